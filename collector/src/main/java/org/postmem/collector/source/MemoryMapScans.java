package org.postmem.collector.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The texts for which the kernel walks through a process's memory map, and what they take. They are read on readers that may
 * be lost.
 */
final class MemoryMapScans {
    private static final long ROLLUP_DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long SMAPS_DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    /** No single scan may hold a process's mmap lock longer than this by our own estimate. */
    static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    /** A scan that takes so long on the clock on the wall, whatever was expected, is given up between two reads. */
    private static final long LONGEST_ON_THE_WALL_NANOS = 4 * LONGEST_NANOS;

    private final Reading reading;
    private final GroupedEntries grouped;
    private final TextHash hash = new TextHash();

    /** What was read, and the CPU time of its reader before the first scan of a batch and after the last. */
    private record Scan(Reading.Text text, long cpuBefore, long cpuAfter) {}

    MemoryMapScans(Reading reading, GroupedEntries grouped) {
        this.reading = reading;
        this.grouped = grouped;
    }

    /**
     * Reads a text of each, one after the other.
     *
     * @param kind smaps_rollup or smaps
     * @return the CPU time each took, 0 when nothing was read
     */
    List<Long> read(EntrySink sink, List<ProcessState> batch, Kind kind) throws IOException {
        List<DeadlineReaders.Request<Scan>> requests = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            String path = reading.folder(batch.get(i).pid()) + kind.file();
            boolean first = i == 0;
            boolean last = i == batch.size() - 1;
            boolean alone = first && last;
            requests.add(new DeadlineReaders.Request<>(batch.get(i), file -> {
                long before = first ? reading.clocks().thread().getAsLong() : 0;
                long giveUpNanos = reading.nanos() + LONGEST_ON_THE_WALL_NANOS;
                BooleanSupplier givenUp = () -> reading.nanos() - giveUpNanos > 0;
                String outcome =
                        kind == Kind.SMAPS_ROLLUP ? file.readShownAtOnce(path, givenUp) : file.read(path, givenUp);
                long after = last ? reading.clocks().thread().getAsLong() : 0;
                byte[] bytes = alone ? file.bytes() : Arrays.copyOf(file.bytes(), file.length());
                return new Scan(new Reading.Text(outcome, bytes, file.length()), before, after);
            }));
        }
        long deadlineNanos = kind == Kind.SMAPS_ROLLUP ? ROLLUP_DEADLINE_NANOS : SMAPS_DEADLINE_NANOS;
        List<DeadlineReaders.Answer<Scan>> answers = reading.readers().readAll(requests, deadlineNanos);
        double cpuShare = cpuShare(answers);
        List<Long> took = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            took.add(take(sink, batch.get(i), kind, answers.get(i), cpuShare));
        }
        return took;
    }

    /**
     * What of the time that went by was CPU time: all scans of a batch share one measure, as asking the clock costs as
     * much as a small scan. 1 where it is not known, so that a scan is never taken to be cheaper than it was.
     */
    private static double cpuShare(List<DeadlineReaders.Answer<Scan>> answers) {
        long wall = 0;
        for (DeadlineReaders.Answer<Scan> answer : answers) {
            if (answer.value() == null) {
                return 1;
            }
            wall += answer.nanos();
        }
        if (wall <= 0) {
            return 1;
        }
        long before = answers.get(0).value().cpuBefore();
        long after = answers.get(answers.size() - 1).value().cpuAfter();
        return before < 0 || after < before ? 1 : Math.min(1, (double) (after - before) / wall);
    }

    private long take(
            EntrySink sink, ProcessState process, Kind kind, DeadlineReaders.Answer<Scan> answer, double cpuShare)
            throws IOException {
        if (answer.outcome() != null) {
            reading.unanswered(process, answer.outcome(), kind.pattern());
            return 0;
        }
        Reading.Text text = answer.value().text();
        long nanos = (long) (cpuShare * answer.nanos());
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
        if (text.length() > 0 && process.changed(kind, hash.of(text.bytes(), text.length()))) {
            grouped.add(sink, kind.entry(), Integer.toString(process.pid()), text.bytes(), 0, text.length());
        }
        return Math.max(1, nanos);
    }

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
}
