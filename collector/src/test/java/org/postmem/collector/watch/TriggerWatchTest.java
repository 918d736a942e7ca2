package org.postmem.collector.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postmem.collector.archive.GroupedText;

class TriggerWatchTest {
    private static final String CALM = """
            some avg10=3.10 avg60=0.87 avg300=0.22 total=58761459
            full avg10=1.53 avg60=0.87 avg300=0.22 total=58761459
            """;

    private TriggerWatch watch = new TriggerWatch(TriggerRules.STANDARD, 4096);
    private long seconds;

    /** A snapshot ten seconds after the one before, of {@code name, text} pairs. */
    private List<String> snapshot(String... entries) {
        return snapshotAfter(10, entries);
    }

    private List<String> snapshotAfter(long more, String... entries) {
        seconds += more;
        long nanos = TimeUnit.SECONDS.toNanos(seconds);
        watch.begin();
        for (int i = 0; i < entries.length; i += 2) {
            byte[] bytes = ("xx" + entries[i + 1]).getBytes(UTF_8);
            watch.entry(entries[i], bytes, 2, bytes.length - 2, nanos);
        }
        return watch.fired(nanos);
    }

    private static String meminfo(long availableKilobytes) {
        return "MemTotal:       20000000 kB\nMemFree:          600000 kB\nMemAvailable:   " + availableKilobytes
                + " kB\nBuffers:          123456 kB\n";
    }

    private static String vmstat(long in, long out, long kills) {
        return "nr_free_pages 5938500\npswpin " + in + "\npswpout " + out + "\noom_kill " + kills + "\n";
    }

    private static String group(String path, String text) {
        return new String(
                new GroupedText.Writer().add(path, text.getBytes(UTF_8)).toByteArray(), UTF_8);
    }

    private static String events(String path, long max, long oom, long kills) {
        return group(
                path, "low 0\nhigh 0\nmax " + max + "\noom " + oom + "\noom_kill " + kills + "\noom_group_kill 0\n");
    }

    @Test
    void aHostThatIsWellTriggersNothing() {
        for (int i = 0; i < 50; i++) {
            assertThat(snapshot(
                            "proc/meminfo", meminfo(15_000_000 - i * 20_000L),
                            "proc/vmstat", vmstat(i * 100L, i * 100L, 3),
                            "proc/pressure/memory", CALM,
                            "cgroup/memory.events", events("/app", i, 0, 0)))
                    .isEmpty();
        }
    }

    @Test
    void aKillCountsAtOnceAndOnlyWhenTheCounterMoves() {
        assertThat(snapshot("proc/vmstat", vmstat(0, 0, 7))).isEmpty();
        assertThat(snapshot("proc/vmstat", vmstat(0, 0, 9))).containsExactly("oom-kill: 2 more");
        assertThat(snapshot("proc/vmstat", vmstat(0, 0, 9))).isEmpty();
        // a file that could not be read hides nothing
        assertThat(snapshot()).isEmpty();
        assertThat(snapshot("proc/vmstat", vmstat(0, 0, 10))).containsExactly("oom-kill: 1 more");
    }

    @Test
    void theFloorHasToBeReachedTwiceAndIsNamedOnce() {
        assertThat(snapshot("proc/meminfo", meminfo(900_000))).isEmpty();
        assertThat(snapshot("proc/meminfo", meminfo(5_000_000))).isEmpty();
        assertThat(snapshot("proc/meminfo", meminfo(900_000))).isEmpty();
        assertThat(snapshot("proc/meminfo", meminfo(900_000))).containsExactly("available: 4.5 % of MemTotal");
        for (int i = 0; i < 60; i++) {
            assertThat(snapshot("proc/meminfo", meminfo(900_000))).isEmpty();
        }
    }

    @Test
    void aFloorLeftForFiveMinutesIsNamedAgain() {
        snapshot("proc/meminfo", meminfo(900_000));
        assertThat(snapshot("proc/meminfo", meminfo(900_000))).hasSize(1);
        for (int i = 0; i < 31; i++) {
            assertThat(snapshot("proc/meminfo", meminfo(15_000_000))).isEmpty();
        }
        // a fall as steep as this is a trigger of its own, but only while it lasts
        watch = new TriggerWatch(TriggerRules.parse(List.of("no-exhausted")), 4096);
        snapshot("proc/meminfo", meminfo(900_000));
        assertThat(snapshot("proc/meminfo", meminfo(900_000))).containsExactly("available: 4.5 % of MemTotal");
    }

    @Test
    void memoryThatFallsTowardsNothingIsSeenBeforeTheFloor() {
        // 20 MB a second, 6 GB left: gone in five minutes; below 30 % of MemTotal only
        List<String> fired = List.of();
        long available = 7_000_000;
        int snapshots = 0;
        while (fired.isEmpty() && snapshots < 40) {
            available -= 200_000;
            fired = snapshot("proc/meminfo", meminfo(available));
            snapshots++;
        }
        assertThat(fired).hasSize(1);
        assertThat(fired.get(0)).matches("exhausted: MemAvailable gone in \\d{3} s at this rate");
        assertThat(available).isBetween(5_500_000L, 6_000_000L);
    }

    @Test
    void aProgramThatStartsOnAHostWithMemoryTriggersNothing() {
        for (long available = 19_000_000; available > 7_000_000; available -= 1_000_000) {
            assertThat(snapshot("proc/meminfo", meminfo(available))).isEmpty();
        }
    }

    @Test
    void allTasksWaitingForMemoryIsPressure() {
        String pressed = "some avg10=80.10 avg60=0.87 avg300=0.22 total=1\nfull avg10=42.50 avg60=1 avg300=0 total=1\n";
        assertThat(snapshot("proc/pressure/memory", pressed)).isEmpty();
        assertThat(snapshot("proc/pressure/memory", pressed))
                .containsExactly("pressure: all tasks wait 42.5 % of the time");
        // some tasks waiting is none
        watch = new TriggerWatch(TriggerRules.STANDARD, 4096);
        String some = "some avg10=80.10 avg60=0.87 avg300=0.22 total=1\nfull avg10=0.00 avg60=1 avg300=0 total=1\n";
        snapshot("proc/pressure/memory", some);
        assertThat(snapshot("proc/pressure/memory", some)).isEmpty();
    }

    @Test
    void swappingCountsInBytesOfThePagesOfTheHost() {
        snapshot("proc/vmstat", vmstat(0, 0, 0));
        assertThat(snapshot("proc/vmstat", vmstat(20_000, 30_000, 0))).isEmpty();
        assertThat(snapshot("proc/vmstat", vmstat(40_000, 60_000, 0))).containsExactly("swap: 20.5 MB/s in and out");
    }

    @Test
    void theDeepestGroupIsNamedAndNotItsParents() {
        String before = events("/", 0, 1, 1) + events("/kubepods", 0, 1, 1) + events("/kubepods/pod1/web", 5, 1, 1);
        String after = events("/", 0, 2, 2) + events("/kubepods", 0, 2, 2) + events("/kubepods/pod1/web", 9, 2, 2);
        assertThat(snapshot("cgroup/memory.events", before)).isEmpty();
        assertThat(snapshot("cgroup/memory.events", after)).containsExactly("cgroup-oom: /kubepods/pod1/web, 1 killed");
        assertThat(snapshot("cgroup/memory.events.local", events("/other", 0, 9, 9)))
                .isEmpty();
    }

    @Test
    void aGroupMadeAnewUnderItsOldNameBeginsAtNothing() {
        snapshot("cgroup/memory.events", events("/app", 50, 3, 3));
        assertThat(snapshot("cgroup/memory.events", events("/app", 0, 0, 0))).isEmpty();
        assertThat(snapshot("cgroup/memory.events", events("/app", 0, 1, 0)))
                .containsExactly("cgroup-oom: /app, nothing killed");
    }

    @Test
    void aGroupAtItsLimitIsNamedByTheRate() {
        snapshot("cgroup/memory.events", events("/app", 0, 0, 0));
        assertThat(snapshot("cgroup/memory.events", events("/app", 5000, 0, 0))).isEmpty();
        assertThat(snapshot("cgroup/memory.events", events("/app", 10_000, 0, 0)))
                .containsExactly("cgroup-max: 500 a second, /app");
    }

    @Test
    void killsOfVersionOneCountToo() {
        snapshot("cgroup/v1/memory.oom_control", group("/app", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"));
        assertThat(snapshot(
                        "cgroup/v1/memory.oom_control", group("/app", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n")))
                .containsExactly("cgroup-oom: /app, 1 killed");
    }

    @Test
    void rulesAreReadAsTheyAreWritten() {
        assertThat(TriggerRules.parse(List.of())).isEqualTo(TriggerRules.STANDARD);
        assertThat(TriggerRules.parse(
                        List.of("available=8%", "exhausted=90s", "pressure=2.5%", "cgroup-max=7/s", "swap=1GiB")))
                .isEqualTo(new TriggerRules(8.0, 90.0, 2.5, true, true, 7.0, 1073741824.0));
        assertThat(TriggerRules.parse(List.of("none", "oom-kill", "swap")))
                .isEqualTo(new TriggerRules(null, null, null, true, false, null, 16e6));
        assertThat(TriggerRules.parse(List.of("no-cgroup-oom", "no-available")))
                .isEqualTo(new TriggerRules(null, 300.0, 10.0, true, false, 100.0, 16e6));
    }

    @Test
    void whatIsNoRuleIsRefused() {
        for (String wrong : List.of(
                "availabel=5%",
                "available=5", "available=500%", "oom-kill=3", "swap=16", "exhausted=5", "", "no-", "no-swap=3MB")) {
            assertThatThrownBy(() -> TriggerRules.parse(List.of(wrong)))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is no trigger like");
        }
    }
}
