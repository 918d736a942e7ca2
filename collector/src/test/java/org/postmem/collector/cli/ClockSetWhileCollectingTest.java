package org.postmem.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.archive.ArchiveVerifier;
import org.postmem.collector.archive.Snapshot;

/** Pitfalls 7, 8 and 14: what happens to clocks, boots and collectors while an archive is written. */
class ClockSetWhileCollectingTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    Path top;

    private Path output;
    private FakeProc host;
    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void begin() throws Exception {
        output = Files.createDirectory(top.resolve("output"));
        host = new FakeProc(top.resolve("host"));
    }

    /** A wall clock that is what the test says at its n-th snapshot. */
    private static final class Set extends UtcClock {
        private final long[] seconds;
        private int asked;

        Set(long... seconds) {
            this.seconds = seconds;
        }

        @Override
        public Instant instant() {
            return NOON.plusSeconds(seconds[Math.min(asked++, seconds.length - 1)]);
        }
    }

    private Collection.Outcome capture(Clock clock, long count) throws Exception {
        CollectSettings settings = Captures.settings(output, host.roots(), Duration.ofMillis(100), count);
        return new Collection(settings, clock, System::nanoTime, lines::add, line -> {}).run(new StopSignal());
    }

    @Test
    void aClockSetBackAndForwardStopsNothingAndIsToldInTheLedger() throws Exception {
        // the first is that of the archive's name
        Collection.Outcome outcome = capture(new Set(0, 0, 0, -3600, -3600, 82_800, 82_800), 6);
        assertThat(outcome.lost()).isZero();
        List<String> told = new ArrayList<>();
        List<Long> monotonic = new ArrayList<>();
        for (Snapshot snapshot : Captures.snapshots(outcome.archive())) {
            Captures.ledger(snapshot).stream()
                    .filter(row -> row.startsWith("clock "))
                    .forEach(row -> told.add(snapshot.number() + " " + row));
            monotonic.add((Long) snapshot.summary().get("monotonic_ns"));
        }
        assertThat(told).hasSize(2);
        assertThat(told.get(0)).matches("3 clock CLOCK_SET 1 -360\\d\\.\\d s");
        assertThat(told.get(1)).matches("5 clock CLOCK_SET 1 \\+86(400|39\\d)\\.\\d s");
        assertThat(monotonic).hasSize(6).isSorted();
        assertThat(ArchiveVerifier.verify(outcome.archive()).whole()).isTrue();
    }

    @Test
    void aClockSetBackToTheSecondOfAnotherArchiveOverwritesNothing() throws Exception {
        Path first = capture(new Set(0), 1).archive();
        byte[] before = Files.readAllBytes(first);
        Path second = capture(new Set(0, 1), 1).archive();
        assertThat(second.getFileName()).hasToString("web-7-20261122T120000Z-2.tar.zst");
        assertThat(Files.readAllBytes(first)).isEqualTo(before);
    }

    @Test
    void aNewCollectorAfterARebootLeavesTheOldArchiveAlone() throws Exception {
        Path killed = capture(new Set(0), 3).archive();
        // as a power cut leaves it: no trailer, a snapshot cut in two
        byte[] bytes = java.util.Arrays.copyOf(Files.readAllBytes(killed), (int) Files.size(killed) - 600);
        Files.write(killed, bytes);
        host.write("proc/sys/kernel/random/boot_id", "3b1c7e0a-0000-4000-8000-000000000002\n")
                .uptime(3);
        Collection.Outcome next = capture(new Set(60), 2);
        assertThat(Files.readAllBytes(killed)).isEqualTo(bytes);
        assertThat(ArchiveVerifier.verify(killed).snapshots()).isBetween(1, 2);
        assertThat(Captures.snapshots(next.archive()))
                .extracting(snapshot -> snapshot.summary().get("boot_id"))
                .containsOnly("3b1c7e0a-0000-4000-8000-000000000002");
    }
}
