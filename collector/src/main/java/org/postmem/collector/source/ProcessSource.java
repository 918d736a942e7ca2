package org.postmem.collector.source;

import java.io.File;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.postmem.collector.archive.UnchangedText;

/**
 * The processes. At every tick {@code stat} of each, and of those that have done anything since {@code status} as well:
 * the line of one that has neither run for a clock tick nor taken a fault nor won or lost a page is the same to the byte,
 * and most processes of a host sleep: of them it is stored that they live ({@link UnchangedText}). All the same each is
 * read as a whole every sixth tick or every minute, in turns so that no tick has them all: a page moved by the kernel alone,
 * a new control group. Where the CPU budget does not afford that, some are watched ({@link WatchedProcesses}). No text
 * touches another process's memory map.
 */
final class ProcessSource {
    private static final int TURN_PASSES = 6;

    /** A little less than a minute: ticks are never on the nanosecond. */
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(57);

    /** On a host of 1.5 GiB one point of the score; on larger ones less. */
    private static final long SCORE_BYTES = 1 << 20;

    private final Reading reading;
    private final GroupedEntries grouped;
    private final long pageBytes;
    private final Map<Integer, ProcessState> processes = new HashMap<>();
    private final TextHash hash = new TextHash();
    private final UnchangedText.Writer unchanged = new UnchangedText.Writer();
    private final ProcessControlGroups controlGroups;

    private int passes;
    /** Numbers of the snapshots that had the pass before and have this one. */
    private int passBefore;

    private int passNow;

    /**
     * @param kernel on the readers for what waits for locks of the kernel's
     * @param pageBytes of the host
     */
    ProcessSource(Reading reading, Reading kernel, GroupedEntries grouped, long pageBytes) {
        this.reading = reading;
        this.grouped = grouped;
        this.pageBytes = pageBytes;
        this.controlGroups = new ProcessControlGroups(kernel, grouped);
    }

    /** Those seen in the last snapshot read. */
    Collection<ProcessState> living() {
        return Collections.unmodifiableCollection(processes.values());
    }

    /** Takes over processes that were found between two passes: the next tells how far they have grown since. */
    void adopt(Collection<ProcessState> newborn) {
        for (ProcessState process : newborn) {
            processes.put(process.pid(), process);
        }
    }

    /**
     * Reads all processes.
     *
     * @param whole each of them as a whole, whosever turn it is
     * @return how many there are, -1 when the list itself could not be read
     */
    int everyTick(EntrySink sink, int snapshot, boolean segmentStart, boolean whole) throws IOException {
        if (segmentStart) {
            processes.values().forEach(ProcessState::forgetStored);
        }
        String[] names = new File(reading.roots().proc() + "/").list();
        if (names == null) {
            reading.ledger()
                    .gap(
                            "proc",
                            Reading.whyNotListed(reading.roots().proc()),
                            1,
                            "the list of processes could not be read");
            return -1;
        }
        unchanged.reset();
        controlGroups.begin();
        passes++;
        passBefore = passNow;
        passNow = snapshot;
        int living = 0;
        long now = reading.nanos();
        boolean first = false;
        for (String name : names) {
            int pid = pid(name);
            first |= pid == 1;
            if (pid > 0 && one(sink, pid, name, snapshot, now, whole)) {
                living++;
            }
        }
        controlGroups.read(sink);
        if (unchanged.length() > 0) {
            sink.entry(UnchangedText.ENTRY, unchanged.array(), 0, unchanged.length());
        }
        processes.values().removeIf(process -> process.lastSnapshot() != snapshot);
        if (!first) {
            // every namespace of processes has a first one, or dies with it
            reading.ledger().gap("proc", Outcome.EACCES, 1, "process 1 is hidden, and with it those of other users");
        }
        return living;
    }

    /** Was it there when all were read last? */
    boolean knows(int pid) {
        return processes.containsKey(pid);
    }

    private boolean one(EntrySink sink, int pid, String name, int snapshot, long now, boolean whole)
            throws IOException {
        WholeFile file = reading.file();
        String folder = reading.roots().proc() + "/" + name + "/";
        String outcome = file.readShownAtOnce(folder + Kind.STAT.file());
        if (!reading.ledger().note(Kind.STAT.pattern(), outcome)) {
            ProcessState unread = Outcome.isPassing(outcome) ? processes.get(pid) : null;
            if (unread != null) {
                unread.stillThere(snapshot);
            }
            return false;
        }
        long line = hash.of(file.bytes(), file.length());
        ProcessState process = processes.get(pid);
        boolean changed = process == null || !process.isStored(Kind.STAT, line);
        if (changed) {
            grouped.add(sink, Kind.STAT.entry(), name, file.bytes(), 0, file.length());
            StatLine stat = StatLine.parse(file.bytes(), file.length());
            if (stat == null) {
                reading.ledger().gap(Kind.STAT.pattern(), "EFORMAT");
                return true;
            }
            if (process == null || process.startTicks() != stat.startTicks()) {
                process = new ProcessState(pid, stat, snapshot);
                processes.put(pid, process);
            }
            process.seen(stat, snapshot);
            process.statStored(line, snapshot);
        } else {
            process.seenUnchanged(snapshot);
            unchanged.add(pid, process.statSnapshot());
        }
        if (process.kernelThread()) {
            // has no memory of its own: who it is once, that it lives at every tick
            if (process.identityDue()) {
                copy(sink, process, name, folder, Kind.STATUS);
                controlGroups.due(process);
                process.identityRead();
            }
            return true;
        }
        // its line is another as soon as it has run for a clock tick, taken a fault, won or lost a page, or asked for
        // address space
        boolean stirred = changed || process.neverTold();
        tell(sink, process, name, folder, new Due(stirred, whole || itsTurn(process, now)), now);
        if (process.state() == 'D') {
            copy(sink, process, name, folder, Kind.WCHAN);
        }
        return true;
    }

    /** What of a process is read at this tick. */
    private record Due(boolean stirred, boolean whole) {}

    private boolean itsTurn(ProcessState process, long now) {
        // a process may be seen first between its fork and its exec, and be moved into its control group after that
        return process.firstSnapshot() >= passBefore
                || process.neverTold()
                || (passes + process.pid()) % TURN_PASSES == 0
                || (!passesAreRare() && now - process.toldNanos() >= TURN_NANOS);
    }

    /** Then it is because they are dear, and one that reads everything would make them rarer still. */
    private boolean passesAreRare() {
        return passNow > passBefore + 1;
    }

    /** Reads the texts of a process that are due; when it is gone the others would only say so again. */
    private void tell(EntrySink sink, ProcessState process, String name, String folder, Due due, long now)
            throws IOException {
        int carried = 0;
        if (due.stirred() || due.whole()) {
            if (!copy(sink, process, name, folder, Kind.STATUS) || !measure(sink, process, name, folder)) {
                return;
            }
        } else {
            carried++;
        }
        if (process.grownOrShrunkBy(SCORE_BYTES / pageBytes) || due.whole()) {
            if (!copy(sink, process, name, folder, Kind.OOM_SCORE)) {
                return;
            }
        } else {
            carried++;
        }
        if (due.whole()) {
            // what other people or the kernel set, not the process itself
            if (!copy(sink, process, name, folder, Kind.OOM_SCORE_ADJ)) {
                return;
            }
            controlGroups.due(process);
            process.told(now);
        } else {
            carried += 2;
        }
        reading.ledger().carried(carried);
    }

    /** Notes how large a process is; of kernels whose status does not tell enough, statm is evidence, too. */
    private boolean measure(EntrySink sink, ProcessState process, String name, String folder) throws IOException {
        WholeFile file = reading.file();
        StatusSizes sizes = StatusSizes.parse(file.bytes(), file.length());
        if (sizes != null) {
            process.measure(sizes, pageBytes);
            return true;
        }
        boolean there = copy(sink, process, name, folder, Kind.STATM);
        process.measure(file.bytes(), file.length());
        return there;
    }

    /** Returns whether the process is still there. */
    private boolean copy(EntrySink sink, ProcessState process, String name, String folder, Kind kind)
            throws IOException {
        WholeFile file = reading.file();
        String outcome = file.readShownAtOnce(folder + kind.file());
        if (!reading.ledger().note(kind.pattern(), outcome)) {
            return !Outcome.ENOENT.equals(outcome) && !Outcome.ESRCH.equals(outcome);
        }
        if (process.changed(kind, hash.of(file.bytes(), file.length()))) {
            grouped.add(sink, kind.entry(), name, file.bytes(), 0, file.length());
        }
        return true;
    }

    /** Returns 0 for a name that is no pid. */
    private static int pid(String name) {
        if (name.isEmpty() || name.length() > 9) {
            return 0;
        }
        int pid = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            pid = pid * 10 + (c - '0');
        }
        return pid;
    }
}
