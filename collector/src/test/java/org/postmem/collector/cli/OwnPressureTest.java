package org.postmem.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.archive.ArchiveReader;
import org.postmem.collector.archive.ArchiveVerifier;
import org.postmem.collector.archive.Snapshot;
import org.postmem.collector.source.Roots;

/** The collector on a host that hardly lets it run. */
class OwnPressureTest {
    private static final Duration INTERVAL = Duration.ofMillis(200);

    @TempDir
    Path top;

    private List<Map<String, Object>> summaries(long count, LongSupplier nanoClock, Consumer<String> detail)
            throws Exception {
        CollectSettings settings = Captures.settings(top, new Roots("/proc", "/sys", "/"), INTERVAL, count);
        Path archive = new Collection(settings, Clock.systemUTC(), nanoClock, line -> {}, detail)
                .run(new StopSignal())
                .archive();
        List<Map<String, Object>> summaries = new ArrayList<>();
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
                summaries.add(snapshot.summary());
            }
        }
        return summaries;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> gaps(Map<String, Object> summary) {
        return (List<Map<String, Object>>) ((Map<String, Object>) summary.get("reads")).get("not_ok");
    }

    @Test
    void ticksMissedWhileTheHostStoodStillAreGapsAndNotMadeUpFor() throws Exception {
        AtomicLong stoodStill = new AtomicLong();
        // each snapshot ends ten intervals late
        List<Map<String, Object>> summaries = summaries(
                3, () -> System.nanoTime() + stoodStill.get(), line -> stoodStill.addAndGet(10 * INTERVAL.toNanos()));
        assertThat(summaries).hasSize(3);
        assertThat(summaries.get(0)).containsEntry("missed_ticks", 0L);
        long missed = (Long) summaries.get(1).get("missed_ticks");
        assertThat(missed).isGreaterThanOrEqualTo(10);
        assertThat(gaps(summaries.get(1)))
                .contains(Map.of(
                        "path",
                        "tick",
                        "outcome",
                        "MISSED",
                        "count",
                        missed,
                        "detail",
                        "the snapshot before was still being read"));
    }

    @Test
    void aSnapshotThatTookLongSaysThatItIsOfNoSingleMoment() throws Exception {
        long start = System.nanoTime();
        // a clock on which everything takes a hundred thousand times as long
        List<Map<String, Object>> summaries =
                summaries(1, () -> start + (System.nanoTime() - start) * 100_000, line -> {});
        assertThat(gaps(summaries.get(0)))
                .anySatisfy(gap -> assertThat(gap)
                        .containsEntry("path", "snapshot")
                        .containsEntry("outcome", "SLOW")
                        .containsEntry("count", 1L));
    }

    @Test
    @SuppressWarnings("unchecked")
    void everySnapshotTellsHowMuchOfTheCollectorIsSwappedOut() throws Exception {
        List<Map<String, Object>> summaries = summaries(2, System::nanoTime, line -> {});
        for (Map<String, Object> summary : summaries) {
            Map<String, Object> cost = (Map<String, Object>) summary.get("cost");
            assertThat((Long) cost.get("major_faults")).isNotNegative();
            assertThat((Long) cost.get("swapped_bytes")).isNotNegative();
            assertThat((Long) cost.get("cpu_ns")).isPositive();
        }
    }

    /** Tells the time, and at one snapshot lets the collector have no memory while the processes are read. */
    private static final class StarvingClock extends UtcClock {
        private final int starved;
        private final Thread reading = Thread.currentThread();
        private int snapshot;
        private int asked;

        StarvingClock(int starved) {
            this.starved = starved;
        }

        @Override
        public Instant instant() {
            snapshot++;
            asked = 0;
            return Instant.now();
        }

        long nanos() {
            // the first is asked for when a snapshot begins, the third while it is read
            if (Thread.currentThread() == reading && snapshot == starved && ++asked == 3) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return System.nanoTime();
        }
    }

    @Test
    void aSnapshotForWhichThereIsNoMemoryIsLostAndTheNextOneIsWhole() throws Exception {
        List<String> lines = new ArrayList<>();
        // the first is asked for by the archive
        StarvingClock clock = new StarvingClock(4);
        CollectSettings settings = Captures.settings(top, new Roots("/proc", "/sys", "/"), INTERVAL, 5L);
        Collection.Outcome outcome =
                new Collection(settings, clock, clock::nanos, lines::add, line -> {}).run(new StopSignal());
        assertThat(outcome).isEqualTo(new Collection.Outcome(outcome.archive(), 4, 1));
        assertThat(lines.subList(1, lines.size()))
                .containsExactly(
                        "postmem: snapshot 3 could not be made (unable to create native thread); goes on with the next",
                        "postmem: complete again, with snapshot 4");
        List<Integer> numbers = new ArrayList<>();
        Captures.snapshots(outcome.archive()).forEach(snapshot -> numbers.add(snapshot.number()));
        assertThat(numbers).containsExactly(1, 2, 4, 5);
        ArchiveVerifier.Result result = ArchiveVerifier.verify(outcome.archive());
        assertThat(result.damages()).isEmpty();
        assertThat(result.whole()).isTrue();
    }
}
