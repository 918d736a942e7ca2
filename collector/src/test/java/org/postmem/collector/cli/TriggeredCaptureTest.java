package org.postmem.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.archive.Snapshot;

class TriggeredCaptureTest {
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

    @Test
    void aTriggerNamesItselfReadsAllTiersNextAndSpeedsUp() throws Exception {
        StopSignal stop = new StopSignal();
        int[] snapshots = {0};
        CollectSettings settings = Captures.settings(output, host.roots(), Duration.ofSeconds(3), 5L);
        Collection.Outcome outcome = new Collection(settings, Clock.systemUTC(), System::nanoTime, lines::add, line -> {
                    snapshots[0]++;
                    if (snapshots[0] == 1) {
                        host.oomKills(1);
                    }
                })
                .run(stop);
        List<Snapshot> read = Captures.snapshots(outcome.archive());
        assertThat(read)
                .extracting(s -> s.summary().get("trigger"))
                .containsExactly(null, "oom-kill: 1 more", null, null, null);
        assertThat(read.get(2).summary().get("tiers")).isEqualTo(List.of("tick", "processes", "slow", "budget"));
        long second = (Long) read.get(1).summary().get("monotonic_ns");
        long third = (Long) read.get(2).summary().get("monotonic_ns");
        long first = (Long) read.get(0).summary().get("monotonic_ns");
        assertThat(second - first).isGreaterThan(Duration.ofMillis(2500).toNanos());
        // once a second, on a machine that is busy perhaps a tick later
        assertThat(third - second).isLessThan(Duration.ofMillis(2900).toNanos());
        assertThat(lines).contains("postmem: snapshot 2 triggered: oom-kill: 1 more");
    }

    @Test
    void askedByHandItTakesASnapshotAtOnce() throws Exception {
        StopSignal stop = new StopSignal();
        int[] snapshots = {0};
        CollectSettings settings = Captures.settings(output, host.roots(), Duration.ofHours(1), 100L);
        Collection.Outcome outcome = new Collection(settings, Clock.systemUTC(), System::nanoTime, lines::add, line -> {
                    snapshots[0]++;
                    if (snapshots[0] == 1) {
                        stop.freeze();
                    } else {
                        stop.stop();
                    }
                })
                .run(stop);
        assertThat(Captures.snapshots(outcome.archive()))
                .extracting(s -> s.summary().get("trigger"))
                .containsExactly(null, "by hand", null);
    }

    @Test
    void theSignalIsHeard() throws Exception {
        java.util.concurrent.CountDownLatch heard = new java.util.concurrent.CountDownLatch(1);
        assertThat(FreezeSignal.hear(heard::countDown)).isNull();
        Class<?> signal = Class.forName("sun.misc.Signal");
        signal.getMethod("raise", signal)
                .invoke(null, signal.getConstructor(String.class).newInstance("USR1"));
        assertThat(heard.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void fasterMinutesComeAtMostEveryTen() {
        Pace pace = new Pace(Duration.ofSeconds(10).toNanos());
        long minute = Duration.ofMinutes(1).toNanos();
        assertThat(pace.stepNanos(0)).isEqualTo(Duration.ofSeconds(10).toNanos());
        assertThat(pace.triggered(0)).isTrue();
        assertThat(pace.stepNanos(minute)).isEqualTo(Duration.ofSeconds(2).toNanos());
        assertThat(pace.stepNanos(2 * minute)).isEqualTo(Duration.ofSeconds(10).toNanos());
        assertThat(pace.triggered(9 * minute)).isFalse();
        assertThat(pace.stepNanos(9 * minute)).isEqualTo(Duration.ofSeconds(10).toNanos());
        assertThat(pace.triggered(10 * minute)).isTrue();
        Pace quick = new Pace(Duration.ofMillis(500).toNanos());
        quick.triggered(0);
        assertThat(quick.stepNanos(1)).isEqualTo(Duration.ofMillis(500).toNanos());
    }
}
