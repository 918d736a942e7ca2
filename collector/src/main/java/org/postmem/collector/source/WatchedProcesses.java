package org.postmem.collector.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The few processes that are read at a tick whose CPU budget does not afford a pass over all of them: those that the last
 * pass found largest or growing, and those born since. Who grows has a point at every tick all the same, and who was
 * started after the last pass is not unknown until the next. Of each {@code stat} and {@code status}, stored whatever was
 * stored before.
 *
 * <p>The newborn are found without a list of all processes, which of tens of thousands costs more than reading a few: the
 * kernel gives out numbers in ascending order, and {@code /proc/loadavg} ends with the one given out last.
 *
 * <pre>
 * 0.20 0.18 0.12 1/80 11206
 * </pre>
 */
final class WatchedProcesses {
    /** Numbers tried at a tick, those given out last; most are threads, or gone again. */
    private static final int MOST_TRIED = 64;

    private static final int MOST_NEWBORN = 8;

    /** {@code RESERVED_PIDS} of kernel/pid.c: numbers begin anew here. */
    private static final int FIRST_AFTER_THE_HIGHEST = 300;

    /** A thread that is not its process's first has a folder as well, and the number of that one here. */
    private static final byte[] LEADER = "Tgid:".getBytes(StandardCharsets.US_ASCII);

    private final Reading reading;
    private final GroupedEntries grouped;
    private final long pageBytes;
    /** By pid. */
    private final Map<Integer, ProcessState> newborn = new HashMap<>();
    /** Null as long as nobody knows. */
    private Integer triedUpTo;

    WatchedProcesses(Reading reading, GroupedEntries grouped, long pageBytes) {
        this.reading = reading;
        this.grouped = grouped;
        this.pageBytes = pageBytes;
    }

    /** Those born since the last pass, with the sizes they had when they were first seen. */
    Collection<ProcessState> newborn() {
        return newborn.values();
    }

    /**
     * All processes have just been read.
     *
     * @param newestPid given out last when that began, null when nobody knows
     */
    void passed(Integer newestPid) {
        newborn.clear();
        triedUpTo = newestPid;
    }

    /**
     * @param some that the last pass knew
     * @param known pids that the last pass knew
     * @param newestPid given out last, null when nobody knows
     */
    void read(EntrySink sink, Collection<ProcessState> some, IntPredicate known, Integer newestPid, int snapshot)
            throws IOException {
        if (newestPid != null && triedUpTo != null) {
            for (int pid = firstToTry(newestPid); pid <= newestPid; pid++) {
                if (!known.test(pid)) {
                    birth(pid, snapshot);
                }
            }
            largestOnly();
        }
        triedUpTo = newestPid == null ? triedUpTo : newestPid;
        for (ProcessState process : some) {
            // a number that another process has by now: the next pass tells of it
            one(sink, process);
        }
        for (ProcessState process : new ArrayList<>(newborn.values())) {
            if (!one(sink, process)) {
                newborn.remove(process.pid());
            }
        }
    }

    private int firstToTry(int newestPid) {
        int after = newestPid >= triedUpTo ? triedUpTo : FIRST_AFTER_THE_HIGHEST - 1;
        return 1 + Math.max(after, newestPid - MOST_TRIED);
    }

    /** Keeps a process, where that number is one and has memory of its own. Most numbers are nobody's: that is no gap. */
    private void birth(int pid, int snapshot) {
        WholeFile file = reading.file();
        String folder = reading.folder(pid);
        if (file.readShownAtOnce(folder + Kind.STATUS.file()) != null
                || StatusSizes.number(LEADER, file.bytes(), file.length()) != pid) {
            return;
        }
        StatusSizes sizes = StatusSizes.parse(file.bytes(), file.length());
        if (sizes == null || file.readShownAtOnce(folder + Kind.STAT.file()) != null) {
            return;
        }
        StatLine stat = StatLine.parse(file.bytes(), file.length());
        if (stat != null) {
            ProcessState process = new ProcessState(pid, stat, snapshot);
            process.measure(sizes, pageBytes);
            newborn.put(pid, process);
        }
    }

    private void largestOnly() {
        if (newborn.size() > MOST_NEWBORN) {
            List<ProcessState> bySize = new ArrayList<>(newborn.values());
            bySize.sort(Comparator.comparingLong(ProcessState::residentPages)
                    .reversed()
                    .thenComparingInt(ProcessState::pid));
            for (ProcessState process : bySize.subList(MOST_NEWBORN, bySize.size())) {
                newborn.remove(process.pid());
            }
        }
    }

    /** Returns whether it is still there. */
    private boolean one(EntrySink sink, ProcessState process) throws IOException {
        WholeFile file = reading.file();
        String name = Integer.toString(process.pid());
        String folder = reading.folder(process.pid());
        if (!reading.ledger().note(Kind.STAT.pattern(), file.readShownAtOnce(folder + Kind.STAT.file()))) {
            return false;
        }
        StatLine stat = StatLine.parse(file.bytes(), file.length());
        if (stat == null || stat.startTicks() != process.startTicks()) {
            return false;
        }
        grouped.add(sink, Kind.STAT.watchedEntry(), name, file.bytes(), 0, file.length());
        if (reading.ledger().note(Kind.STATUS.pattern(), file.readShownAtOnce(folder + Kind.STATUS.file()))) {
            grouped.add(sink, Kind.STATUS.watchedEntry(), name, file.bytes(), 0, file.length());
            StatusSizes sizes = StatusSizes.parse(file.bytes(), file.length());
            if (sizes != null) {
                process.measure(sizes, pageBytes);
            }
        }
        return true;
    }
}
