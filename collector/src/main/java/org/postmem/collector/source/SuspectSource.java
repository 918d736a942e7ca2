package org.postmem.collector.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * The reads that cost by the size of the process: smaps_rollup of the growing and the biggest, smaps of the few that
 * look guilty, what lies behind file descriptors. Bounded by an allowance that fills with the CPU budget; what was left
 * out stands in the ledger.
 */
final class SuspectSource {
    private static final long FD_DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long LEAST_GROWTH_BYTES = 1 << 20;

    private static final int FD_ROTATION = 6;
    private static final long USUAL_FD_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    /** A reader is woken once for many small reads; a process that dies meanwhile would be missed by no more than that. */
    private static final int LARGEST_BATCH = 32;

    private static final long LONGEST_BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PASS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Reading reading;
    private final GroupedEntries grouped;
    private final TextHash hash = new TextHash();
    private final ProcessSource processes;
    private final TcpQueues tcpQueues;
    private final MemoryMapScans scans;
    private final ReadCost cost = new ReadCost();
    private final long leastGrowthPages;
    private int pass;
    /** The sockets whose owner all processes were asked for. */
    private Set<String> lookedFor = Set.of();

    SuspectSource(
            Reading reading, GroupedEntries grouped, ProcessSource processes, TcpQueues tcpQueues, long pageBytes) {
        this.tcpQueues = tcpQueues;
        this.leastGrowthPages = Math.max(1, LEAST_GROWTH_BYTES / pageBytes);
        this.reading = reading;
        this.grouped = grouped;
        this.processes = processes;
        this.scans = new MemoryMapScans(reading, grouped);
    }

    /**
     * Reads what the allowance lets it read.
     *
     * @param allowanceNanos what may be spent now
     * @param everyDescriptor look behind the descriptors of all processes, not only of those whose turn it is
     */
    void read(EntrySink sink, long allowanceNanos, boolean everyDescriptor) throws IOException {
        Purse purse = new Purse(reading.nanos() + Math.max(LONGEST_PASS_NANOS, 2 * allowanceNanos));
        List<ProcessState> users = users();
        Set<ProcessState> suspects = suspects(users);
        // what is left over of one part is the next one's
        purse.left = allowanceNanos * 2 / 5;
        for (ProcessState process : suspects) {
            smaps(sink, process, purse);
        }
        purse.left += allowanceNanos * 2 / 5;
        rollups(sink, suspects, users, purse);
        purse.left += allowanceNanos / 5;
        Set<String> waitedFor = tcpQueues.waitedFor();
        boolean unknown = !lookedFor.containsAll(waitedFor);
        lookedFor = waitedFor;
        descriptors(sink, suspects, users, purse, everyDescriptor || unknown);
        pass++;
    }

    /** Those that a tick without a pass over all processes is to watch. */
    Set<ProcessState> watched() {
        return suspects(users());
    }

    private List<ProcessState> users() {
        List<ProcessState> users = new ArrayList<>(processes.living());
        users.removeIf(process -> process.kernelThread() || process.residentPages() == 0);
        return users;
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
    private Set<ProcessState> suspects(List<ProcessState> users) {
        Set<ProcessState> suspects = new LinkedHashSet<>();
        suspects.addAll(top(users, ProcessState::anonymousGrowthPages, leastGrowthPages, 3));
        suspects.addAll(top(users, ProcessState::sharedGrowthPages, leastGrowthPages, 3));
        suspects.addAll(top(users, ProcessState::sizeGrowthPages, leastGrowthPages, 2));
        suspects.addAll(top(users, ProcessState::residentPages, 0, 3));
        return suspects;
    }

    /** The few with the most, most first. One look at each: of tens of thousands none is sorted that is not among them. */
    private static List<ProcessState> top(
            List<ProcessState> users, ToLongFunction<ProcessState> measure, long least, int count) {
        Comparator<ProcessState> order = mostFirst(measure);
        List<ProcessState> top = new ArrayList<>(count + 1);
        for (ProcessState process : users) {
            boolean among = top.size() < count || order.compare(process, top.get(count - 1)) < 0;
            if (among && measure.applyAsLong(process) >= least) {
                top.add(process);
                top.sort(order);
                if (top.size() > count) {
                    top.remove(count);
                }
            }
        }
        return top;
    }

    private static Comparator<ProcessState> mostFirst(ToLongFunction<ProcessState> measure) {
        return Comparator.comparingLong((ProcessState process) -> -measure.applyAsLong(process))
                .thenComparingInt(ProcessState::pid);
    }

    private void rollups(EntrySink sink, Set<ProcessState> suspects, List<ProcessState> users, Purse purse)
            throws IOException {
        Set<ProcessState> order = new LinkedHashSet<>(suspects);
        users.stream()
                .filter(process ->
                        Math.max(process.anonymousGrowthPages(), process.sharedGrowthPages()) >= leastGrowthPages)
                .sorted(mostFirst(process -> Math.max(process.anonymousGrowthPages(), process.sharedGrowthPages())))
                .forEach(order::add);
        users.stream().sorted(mostFirst(ProcessState::residentPages)).forEach(order::add);
        long skipped = 0;
        List<ProcessState> batch = new ArrayList<>();
        long batchNanos = 0;
        for (ProcessState process : order) {
            long expected = cost.rollupNanos(process);
            if (expected > MemoryMapScans.LONGEST_NANOS) {
                skippedSize(process, Kind.SMAPS_ROLLUP, expected);
                continue;
            }
            if (batchNanos + expected > LONGEST_BATCH_NANOS || batch.size() >= LARGEST_BATCH) {
                rollups(sink, batch, purse);
                batch.clear();
                batchNanos = 0;
            }
            if (purse.affords(batchNanos + expected)) {
                batch.add(process);
                batchNanos += expected;
            } else {
                skipped++;
            }
        }
        rollups(sink, batch, purse);
        if (skipped > 0) {
            reading.ledger()
                    .gap(Kind.SMAPS_ROLLUP.pattern(), Outcome.SKIPPED_BUDGET, skipped, "the smallest were left out");
        }
    }

    private void rollups(EntrySink sink, List<ProcessState> batch, Purse purse) throws IOException {
        List<Long> took = scans.read(sink, batch, Kind.SMAPS_ROLLUP);
        for (int i = 0; i < batch.size(); i++) {
            purse.left -= took.get(i) == 0 ? 0 : cost.rollupTook(batch.get(i), took.get(i));
        }
    }

    private void smaps(EntrySink sink, ProcessState process, Purse purse) throws IOException {
        long expected = cost.smapsNanos(process);
        if (expected > MemoryMapScans.LONGEST_NANOS) {
            skippedSize(process, Kind.SMAPS, expected);
        } else if (!purse.affords(expected)) {
            reading.ledger().gap(Kind.SMAPS.pattern(), Outcome.SKIPPED_BUDGET);
        } else {
            long nanos = scans.read(sink, List.of(process), Kind.SMAPS).get(0);
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

    private void descriptors(
            EntrySink sink, Set<ProcessState> suspects, List<ProcessState> users, Purse purse, boolean every)
            throws IOException {
        for (ProcessState process : suspects) {
            descriptors(sink, List.of(process), purse);
        }
        long skipped = 0;
        List<ProcessState> batch = new ArrayList<>();
        for (ProcessState process : users) {
            boolean turn = every || process.pid() % FD_ROTATION == pass % FD_ROTATION;
            if (!turn || suspects.contains(process)) {
                continue;
            }
            if (!every && !process.descriptorsDue()) {
                // who does not run opens nothing
                reading.ledger().carried(1);
                continue;
            }
            if (batch.size() >= LARGEST_BATCH) {
                descriptors(sink, batch, purse);
                batch.clear();
            }
            if (purse.affords((batch.size() + 1) * USUAL_FD_NANOS)) {
                batch.add(process);
            } else {
                skipped++;
            }
        }
        descriptors(sink, batch, purse);
        if (skipped > 0) {
            reading.ledger().gap(Kind.FD.pattern(), Outcome.SKIPPED_BUDGET, skipped, "");
        }
    }

    private void descriptors(EntrySink sink, List<ProcessState> batch, Purse purse) throws IOException {
        List<DeadlineReaders.Request<Descriptors>> requests = new ArrayList<>(batch.size());
        Set<String> wanted = tcpQueues.waitedFor();
        for (ProcessState process : batch) {
            String folder = reading.folder(process.pid()) + Kind.FD.file();
            requests.add(new DeadlineReaders.Request<>(process, file -> Descriptors.of(folder, wanted)));
        }
        List<DeadlineReaders.Answer<Descriptors>> answers = reading.readers().readAll(requests, FD_DEADLINE_NANOS);
        for (int i = 0; i < batch.size(); i++) {
            purse.left -= descriptors(sink, batch.get(i), answers.get(i));
        }
    }

    /** Returns what is held against the budget. */
    private long descriptors(EntrySink sink, ProcessState process, DeadlineReaders.Answer<Descriptors> answer)
            throws IOException {
        if (answer.outcome() != null) {
            if (answer.outcome().equals(Outcome.TIMEOUT)) {
                reading.unanswered(process, answer.outcome(), Kind.FD.pattern());
            } else {
                reading.ledger().gap(Kind.FD.pattern(), answer.outcome());
            }
            return USUAL_FD_NANOS;
        }
        reading.ledger().ok();
        process.descriptorsRead();
        if (answer.value().unlooked() > 0) {
            reading.ledger()
                    .gap(
                            Kind.FD.pattern(),
                            Outcome.TRUNCATED,
                            answer.value().unlooked(),
                            "pid " + process.pid() + ": descriptors not looked behind");
        }
        byte[] text = answer.value().text().getBytes(StandardCharsets.UTF_8);
        if (process.changed(Kind.FD, hash.of(text, text.length))) {
            grouped.add(sink, Kind.FD.entry(), Integer.toString(process.pid()), text, 0, text.length);
        }
        return Math.min(answer.nanos(), 10 * USUAL_FD_NANOS);
    }
}
