package org.postmem.collector.source;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * The reads that cost by the size of the process: smaps_rollup of the growing and the biggest, smaps of the few that
 * look guilty, what lies behind file descriptors. Bounded by an allowance that fills with the CPU budget; what was left
 * out stands in the ledger.
 */
final class SuspectSource {
    private static final long ROLLUP_DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long SMAPS_DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final long FD_DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    /** No single scan may hold a process's mmap lock longer than this by our own estimate. */
    private static final long LONGEST_SCAN_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private static final long LEAST_GROWTH_PAGES = 256;
    private static final int MAX_DESCRIPTORS = 4000;
    private static final int FD_ROTATION = 6;
    private static final long USUAL_FD_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long LONGEST_PASS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Reading reading;
    private final GroupedEntries grouped;
    private final ProcessSource processes;
    private final ReadCost cost = new ReadCost();
    private int pass;

    SuspectSource(Reading reading, GroupedEntries grouped, ProcessSource processes) {
        this.reading = reading;
        this.grouped = grouped;
        this.processes = processes;
    }

    /**
     * Reads what the allowance lets it read.
     *
     * @param allowanceNanos what may be spent now
     * @param everyDescriptor look behind the descriptors of all processes, not only of those whose turn it is
     */
    void read(EntrySink sink, long allowanceNanos, boolean everyDescriptor) throws IOException {
        Purse purse = new Purse(reading.nanos() + Math.max(LONGEST_PASS_NANOS, 2 * allowanceNanos));
        List<ProcessState> users = new ArrayList<>(processes.living());
        users.removeIf(process -> process.kernelThread() || process.residentPages() == 0);
        List<ProcessState> bySize = new ArrayList<>(users);
        bySize.sort(Comparator.comparingLong((ProcessState process) -> -process.residentPages())
                .thenComparingInt(ProcessState::pid));
        Set<ProcessState> suspects = suspects(users, bySize);
        // what is left over of one part is the next one's
        purse.left = allowanceNanos * 2 / 5;
        for (ProcessState process : suspects) {
            smaps(sink, process, purse);
        }
        purse.left += allowanceNanos * 2 / 5;
        rollups(sink, suspects, users, bySize, purse);
        purse.left += allowanceNanos / 5;
        descriptors(sink, suspects, users, purse, everyDescriptor);
        pass++;
    }

    /** What may still be spent, and when the pass has to end whatever is left. */
    private final class Purse {
        private final long end;
        private long left;

        Purse(long end) {
            this.end = end;
        }

        boolean affords(long nanos) {
            return left >= nanos && reading.nanos() - end < 0;
        }
    }

    /** The fastest growing by each measure and the biggest: few, as each costs a walk over all its mappings. */
    private static Set<ProcessState> suspects(List<ProcessState> users, List<ProcessState> bySize) {
        Set<ProcessState> suspects = new LinkedHashSet<>();
        suspects.addAll(top(users, ProcessState::anonymousGrowthPages, 3));
        suspects.addAll(top(users, ProcessState::sharedGrowthPages, 3));
        suspects.addAll(top(users, ProcessState::sizeGrowthPages, 2));
        suspects.addAll(bySize.subList(0, Math.min(3, bySize.size())));
        return suspects;
    }

    private static List<ProcessState> top(List<ProcessState> users, ToLongFunction<ProcessState> growth, int count) {
        return users.stream()
                .filter(process -> growth.applyAsLong(process) >= LEAST_GROWTH_PAGES)
                .sorted(Comparator.comparingLong((ProcessState process) -> -growth.applyAsLong(process))
                        .thenComparingInt(ProcessState::pid))
                .limit(count)
                .toList();
    }

    private void rollups(
            EntrySink sink,
            Set<ProcessState> suspects,
            List<ProcessState> users,
            List<ProcessState> bySize,
            Purse purse)
            throws IOException {
        Set<ProcessState> order = new LinkedHashSet<>(suspects);
        users.stream()
                .filter(process ->
                        Math.max(process.anonymousGrowthPages(), process.sharedGrowthPages()) >= LEAST_GROWTH_PAGES)
                .sorted(Comparator.comparingLong((ProcessState process) ->
                                -Math.max(process.anonymousGrowthPages(), process.sharedGrowthPages()))
                        .thenComparingInt(ProcessState::pid))
                .forEach(order::add);
        order.addAll(bySize);
        long skipped = 0;
        for (ProcessState process : order) {
            long expected = cost.rollupNanos(process);
            if (expected > LONGEST_SCAN_NANOS) {
                skippedSize(process, Kind.SMAPS_ROLLUP, expected);
            } else if (!purse.affords(expected)) {
                skipped++;
            } else {
                long nanos = scan(sink, process, Kind.SMAPS_ROLLUP, ROLLUP_DEADLINE_NANOS);
                purse.left -= cost.rollupTook(process, nanos);
            }
        }
        if (skipped > 0) {
            reading.ledger()
                    .gap(Kind.SMAPS_ROLLUP.pattern(), Outcome.SKIPPED_BUDGET, skipped, "the smallest were left out");
        }
    }

    private void smaps(EntrySink sink, ProcessState process, Purse purse) throws IOException {
        long expected = cost.smapsNanos(process);
        if (expected > LONGEST_SCAN_NANOS) {
            skippedSize(process, Kind.SMAPS, expected);
        } else if (!purse.affords(expected)) {
            reading.ledger().gap(Kind.SMAPS.pattern(), Outcome.SKIPPED_BUDGET);
        } else {
            long nanos = scan(sink, process, Kind.SMAPS, SMAPS_DEADLINE_NANOS);
            purse.left -= ReadCost.counted(cost.smapsNanos(process), nanos);
        }
    }

    private void skippedSize(ProcessState process, Kind kind, long expectedNanos) {
        reading.ledger()
                .gap(
                        kind.pattern(),
                        Outcome.SKIPPED_SIZE,
                        1,
                        "pid " + process.pid() + " resident pages " + process.residentPages() + " expected ms "
                                + TimeUnit.NANOSECONDS.toMillis(expectedNanos));
    }

    /** Reads one text of a memory map on a reader that may be lost; returns what it took, 0 when nothing was read. */
    private long scan(EntrySink sink, ProcessState process, Kind kind, long deadlineNanos) throws IOException {
        String folder = reading.roots().proc() + "/" + process.pid() + "/";
        DeadlineReaders.Answer<Text> answer = reading.readers().read(process, deadlineNanos, file -> {
            String outcome = file.read(folder + kind.file());
            return new Text(outcome, file.bytes(), file.length());
        });
        if (answer.outcome() != null) {
            processes.stuck(process, folder, answer.outcome(), kind.pattern());
            return 0;
        }
        Text text = answer.value();
        if (!reading.ledger().note(kind.pattern(), text.outcome())) {
            return 0;
        }
        if (kind == Kind.SMAPS) {
            process.mappings(mappings(text));
        }
        if (text.length() > 0 && process.changed(kind, text.bytes(), text.length())) {
            grouped.add(sink, kind.entry(), Integer.toString(process.pid()), text.bytes(), 0, text.length());
        }
        return answer.nanos();
    }

    /** The reader's own buffer: it is idle until it is asked again. */
    @SuppressWarnings("ArrayRecordComponent") // the buffer itself, on purpose
    private record Text(String outcome, byte[] bytes, int length) {}

    /** A mapping's block is about twenty lines; its last one names the flags. */
    private static int mappings(Text text) {
        int count = 0;
        byte[] bytes = text.bytes();
        for (int i = 0; i + 1 < text.length(); i++) {
            if (bytes[i] == 'V' && bytes[i + 1] == 'm' && (i == 0 || bytes[i - 1] == '\n')) {
                count++;
            }
        }
        return count;
    }

    private void descriptors(
            EntrySink sink, Set<ProcessState> suspects, List<ProcessState> users, Purse purse, boolean every)
            throws IOException {
        for (ProcessState process : suspects) {
            purse.left -= descriptors(sink, process);
        }
        long skipped = 0;
        for (ProcessState process : users) {
            boolean turn = every || process.pid() % FD_ROTATION == pass % FD_ROTATION;
            if (!turn || suspects.contains(process)) {
                continue;
            }
            if (purse.affords(USUAL_FD_NANOS)) {
                purse.left -= descriptors(sink, process);
            } else {
                skipped++;
            }
        }
        if (skipped > 0) {
            reading.ledger().gap(Kind.FD.pattern(), Outcome.SKIPPED_BUDGET, skipped, "");
        }
    }

    /** Returns what is held against the budget. */
    private long descriptors(EntrySink sink, ProcessState process) throws IOException {
        String folder = reading.roots().proc() + "/" + process.pid() + "/";
        DeadlineReaders.Answer<String> answer =
                reading.readers().read(process, FD_DEADLINE_NANOS, file -> descriptorText(folder + Kind.FD.file()));
        if (answer.outcome() != null) {
            if (answer.outcome().equals(Outcome.TIMEOUT)) {
                processes.stuck(process, folder, answer.outcome(), Kind.FD.pattern());
            } else {
                reading.ledger().gap(Kind.FD.pattern(), answer.outcome());
            }
            return USUAL_FD_NANOS;
        }
        reading.ledger().ok();
        byte[] text = answer.value().getBytes(StandardCharsets.UTF_8);
        if (process.changed(Kind.FD, text, text.length)) {
            grouped.add(sink, Kind.FD.entry(), Integer.toString(process.pid()), text, 0, text.length);
        }
        return Math.min(answer.nanos(), 10 * USUAL_FD_NANOS);
    }

    /** The descriptors of a process by kind, and those that can hide memory one by one. */
    private static String descriptorText(String folder) throws IOException {
        long total = 0;
        long sockets = 0;
        long pipes = 0;
        long anonInodes = 0;
        long files = 0;
        StringBuilder hidden = new StringBuilder();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(Path.of(folder))) {
            for (Path link : stream) {
                total++;
                if (total > MAX_DESCRIPTORS) {
                    continue;
                }
                String target;
                try {
                    target = Files.readSymbolicLink(link).toString();
                } catch (IOException e) {
                    // closed since it was listed
                    total--;
                    continue;
                }
                if (target.startsWith("socket:")) {
                    sockets++;
                } else if (target.startsWith("pipe:")) {
                    pipes++;
                } else if (target.startsWith("anon_inode:")) {
                    anonInodes++;
                } else {
                    files++;
                    if (hidesMemory(target)) {
                        hidden.append(line(link, target));
                    }
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (total > MAX_DESCRIPTORS) {
            return "total " + total + "\n" + hidden;
        }
        return "total " + total + " socket " + sockets + " pipe " + pipes + " anon_inode " + anonInodes + " file "
                + files + "\n" + hidden;
    }

    private static boolean hidesMemory(String target) {
        return target.endsWith(" (deleted)") || target.startsWith("/memfd:") || target.startsWith("/dev/shm/");
    }

    private static String line(Path link, String target) {
        try {
            Map<String, Object> facts = Files.readAttributes(link, "unix:size,dev,ino");
            return new File(link.toString()).getName() + " " + facts.get("size") + " " + facts.get("dev") + " "
                    + facts.get("ino") + " " + GroupedEntries.escape(target) + "\n";
        } catch (IOException e) {
            return "";
        }
    }
}
