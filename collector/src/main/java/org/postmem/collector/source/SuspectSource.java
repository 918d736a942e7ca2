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

    /** A scan that takes so long on the clock on the wall, whatever was expected, is given up between two reads. */
    private static final long LONGEST_SCAN_ON_THE_WALL_NANOS = 4 * LONGEST_SCAN_NANOS;

    private static final long LEAST_GROWTH_BYTES = 1 << 20;
    private static final int MAX_DESCRIPTORS = 4000;
    private static final int FD_ROTATION = 6;
    private static final long USUAL_FD_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long LONGEST_PASS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Reading reading;
    private final GroupedEntries grouped;
    private final ProcessSource processes;
    private final ReadCost cost;
    private final long leastGrowthPages;
    private int pass;

    SuspectSource(Reading reading, GroupedEntries grouped, ProcessSource processes, long pageBytes) {
        this.cost = new ReadCost();
        this.leastGrowthPages = Math.max(1, LEAST_GROWTH_BYTES / pageBytes);
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
    private Set<ProcessState> suspects(List<ProcessState> users, List<ProcessState> bySize) {
        Set<ProcessState> suspects = new LinkedHashSet<>();
        suspects.addAll(top(users, ProcessState::anonymousGrowthPages, 3));
        suspects.addAll(top(users, ProcessState::sharedGrowthPages, 3));
        suspects.addAll(top(users, ProcessState::sizeGrowthPages, 2));
        suspects.addAll(bySize.subList(0, Math.min(3, bySize.size())));
        return suspects;
    }

    private List<ProcessState> top(List<ProcessState> users, ToLongFunction<ProcessState> growth, int count) {
        return users.stream()
                .filter(process -> growth.applyAsLong(process) >= leastGrowthPages)
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
                        Math.max(process.anonymousGrowthPages(), process.sharedGrowthPages()) >= leastGrowthPages)
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
                purse.left -= nanos == 0 ? 0 : cost.rollupTook(process, nanos);
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
            purse.left -= nanos == 0 ? 0 : cost.smapsTook(process, nanos);
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

    /** Reads one text of a memory map on a reader that may be lost; returns the CPU time it took, 0 when nothing was read. */
    private long scan(EntrySink sink, ProcessState process, Kind kind, long deadlineNanos) throws IOException {
        String folder = reading.roots().proc() + "/" + process.pid() + "/";
        long giveUpNanos = reading.nanos() + LONGEST_SCAN_ON_THE_WALL_NANOS;
        DeadlineReaders.Answer<Scan> answer = reading.readers().read(process, deadlineNanos, file -> {
            long before = reading.clocks().thread().getAsLong();
            String outcome = file.read(folder + kind.file(), () -> reading.nanos() - giveUpNanos > 0);
            long after = reading.clocks().thread().getAsLong();
            return new Scan(
                    new Reading.Text(outcome, file.bytes(), file.length()),
                    before < 0 || after < 0 ? -1 : after - before);
        });
        if (answer.outcome() != null) {
            processes.stuck(process, folder, answer.outcome(), kind.pattern());
            return 0;
        }
        Reading.Text text = answer.value().text();
        long nanos =
                answer.value().cpuNanos() < 0 ? answer.nanos() : answer.value().cpuNanos();
        if (Outcome.SKIPPED_BUDGET.equals(text.outcome())) {
            process.scanWasCut(answer.nanos());
            reading.ledger()
                    .gap(
                            kind.pattern(),
                            Outcome.SKIPPED_BUDGET,
                            1,
                            "pid " + process.pid() + " given up after ms "
                                    + TimeUnit.NANOSECONDS.toMillis(answer.nanos()));
            return nanos;
        }
        if (!reading.ledger().note(kind.pattern(), text.outcome())) {
            return 0;
        }
        if (kind == Kind.SMAPS) {
            process.mappings(mappings(text));
        }
        if (text.length() > 0 && process.changed(kind, text.bytes(), text.length())) {
            grouped.add(sink, kind.entry(), Integer.toString(process.pid()), text.bytes(), 0, text.length());
        }
        return Math.max(1, nanos);
    }

    /** What was read, and the CPU time it took, below zero where the kernel does not tell. */
    private record Scan(Reading.Text text, long cpuNanos) {}

    /** A mapping's block is about twenty lines; its last one names the flags. */
    private static int mappings(Reading.Text text) {
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
        DeadlineReaders.Answer<Descriptors> answer =
                reading.readers().read(process, FD_DEADLINE_NANOS, file -> descriptors(folder + Kind.FD.file()));
        if (answer.outcome() != null) {
            if (answer.outcome().equals(Outcome.TIMEOUT)) {
                processes.stuck(process, folder, answer.outcome(), Kind.FD.pattern());
            } else {
                reading.ledger().gap(Kind.FD.pattern(), answer.outcome());
            }
            return USUAL_FD_NANOS;
        }
        reading.ledger().ok();
        if (answer.value().unlooked() > 0) {
            reading.ledger()
                    .gap(
                            Kind.FD.pattern(),
                            Outcome.TRUNCATED,
                            answer.value().unlooked(),
                            "pid " + process.pid() + ": descriptors not looked behind");
        }
        byte[] text = answer.value().text().getBytes(StandardCharsets.UTF_8);
        if (process.changed(Kind.FD, text, text.length)) {
            grouped.add(sink, Kind.FD.entry(), Integer.toString(process.pid()), text, 0, text.length);
        }
        return Math.min(answer.nanos(), 10 * USUAL_FD_NANOS);
    }

    /**
     * The descriptors of a process.
     *
     * @param text by kind, and those that can hide memory one by one
     * @param unlooked how many there are beyond those looked at, or that could not be
     */
    private record Descriptors(String text, long unlooked) {}

    private static Descriptors descriptors(String folder) throws IOException {
        long unlooked = 0;
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
                    unlooked++;
                    continue;
                }
                String target;
                try {
                    target = Files.readSymbolicLink(link).toString();
                } catch (IOException e) {
                    if (Outcome.ENOENT.equals(Outcome.of(e))) {
                        // closed since it was listed
                        total--;
                    } else {
                        unlooked++;
                    }
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
        String kinds = unlooked > 0
                ? ""
                : " socket " + sockets + " pipe " + pipes + " anon_inode " + anonInodes + " file " + files;
        return new Descriptors("total " + total + kinds + "\n" + hidden, unlooked);
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
