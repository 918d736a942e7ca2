package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.source.Schedule.Tier;

/** Most processes of a host sleep; what may be left unread of them, and what may not. */
class SleepingProcessTest {
    /** As kernels since 4.5 have it: size, resident and shared as in a statm of {@code 13797 795 695 …} pages. */
    private static final String STATUS = """
        Name:\tnginx
        VmSize:\t   55188 kB
        VmRSS:\t    3180 kB
        RssAnon:\t     400 kB
        RssFile:\t    2700 kB
        RssShmem:\t      80 kB
        """;

    /** Pid and snapshot add up to no multiple of six before the sixth snapshot. */
    private static final int PID = 42;

    @TempDir
    Path top;

    private FakeHost host;
    private HostSnapshot source;
    private final AtomicLong nanos = new AtomicLong();
    private int number;

    @BeforeEach
    void openHost() {
        host = new FakeHost(top).process(PID, "nginx", 795);
        host.write("proc/42/status", STATUS);
        source = host.source(4096, new Clocks(nanos::incrementAndGet, nanos::get, nanos::get));
    }

    private FakeHost.Entries tick(EnumSet<Tier> tiers, boolean segmentStart, boolean last, long savedNanos)
            throws IOException, InterruptedException {
        FakeHost.Entries entries = new FakeHost.Entries();
        number++;
        source.read(new HostSnapshot.Plan(number, tiers, segmentStart, last, savedNanos), entries, entries);
        return entries;
    }

    private FakeHost.Entries tick(boolean last) throws IOException, InterruptedException {
        return tick(EnumSet.of(Tier.TICK, Tier.PROCESSES), number == 0, last, 0);
    }

    private FakeHost.Entries tick() throws IOException, InterruptedException {
        return tick(false);
    }

    private void stat(String changed, String into) {
        String stat = FakeHost.stat(PID, "nginx", 4194560, PID * 100L);
        assertThat(stat).contains(changed);
        host.write("proc/42/stat", stat.replace(changed, into));
    }

    @Test
    void isAskedOnlyWhetherItLives() throws Exception {
        tick();
        tick();
        for (String file : new String[] {"status", "oom_score", "oom_score_adj", "cgroup"}) {
            Files.delete(host.path("proc/42/" + file));
        }
        FakeHost.Entries third = tick();
        assertThat(third.living()).containsExactlyInAnyOrder("42");
        assertThat(source.ledger().gaps())
                .filteredOn(gap -> !gap.path().equals("proc"))
                .isEmpty();
        assertThat(source.ledger().carried()).isEqualTo(4);
    }

    @Test
    void isReadAgainAsSoonAsItTakesAFault() throws Exception {
        tick();
        tick();
        String grown = STATUS.replace("3180", "3184").replace("400", "404");
        host.write("proc/42/status", grown);
        stat(" 14210 ", " 14211 ");
        assertThat(tick().blocks("pid/status")).isEqualTo(Map.of("42", grown));
        assertThat(source.ledger().carried()).isEqualTo(3);
    }

    @Test
    void isReadAsAWholeEverySixthTick() throws Exception {
        tick();
        tick();
        host.write("proc/42/oom_score_adj", "-900\n");
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            FakeHost.Entries entries = tick();
            if (entries.byName().containsKey("pid/oom_score_adj")) {
                seen.add(number);
            }
            assertThat(source.ledger().carried()).isEqualTo(number % 6 == 0 ? 0 : 4);
        }
        assertThat(seen).containsExactly(6);
    }

    @Test
    void isReadAsAWholeAfterAMinute() throws Exception {
        tick();
        tick();
        host.write("proc/42/cgroup", "0::/user.slice\n");
        assertThat(tick().byName()).doesNotContainKey("pid/cgroup");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
        assertThat(tick().blocks("pid/cgroup")).isEqualTo(Map.of("42", "0::/user.slice\n"));
    }

    @Test
    void isReadAsAWholeInTheLastSnapshot() throws Exception {
        tick();
        tick();
        host.write("proc/42/status", STATUS + "Threads:\t2\n");
        assertThat(tick(true).blocks("pid/status")).isEqualTo(Map.of("42", STATUS + "Threads:\t2\n"));
    }

    @Test
    void isAskedForItsScoreWhenItHasGrownByAMebibyte() throws Exception {
        tick();
        tick();
        host.write("proc/42/oom_score", "700\n");
        stat(" 3180 ", " 3400 ");
        assertThat(tick().byName()).doesNotContainKey("pid/oom_score");
        stat(" 3180 ", " 3436 ");
        assertThat(tick().blocks("pid/oom_score")).isEqualTo(Map.of("42", "700\n"));
    }

    /** Each time it is asked it has one descriptor more, which a process that sleeps cannot have opened. */
    @Test
    void isAskedForItsDescriptorsOnceASegmentAndWhenItHasRun() throws Exception {
        for (int larger = 1; larger <= 3; larger++) {
            host.process(larger, "java", 9000);
            host.write("proc/" + larger + "/status", STATUS.replace("3180", "36000"));
        }
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 36; i++) {
            Files.createSymbolicLink(host.path("proc/42/fd/" + i), Path.of("socket:[" + i + "]"));
            if (i == 14) {
                stat(" 14210 ", " 14211 ");
            }
            FakeHost.Entries entries = tick(
                    EnumSet.of(Tier.TICK, Tier.PROCESSES, Tier.BUDGET),
                    i == 0 || i == 26,
                    i == 35,
                    TimeUnit.SECONDS.toNanos(1));
            String text = entries.byName().containsKey("pid/fd")
                    ? entries.blocks("pid/fd").get("42")
                    : null;
            if (text != null) {
                told.add(i + " " + text.trim());
            }
        }
        assertThat(told)
                .containsExactly(
                        "0 total 1 socket 1 pipe 0 anon_inode 0 file 0",
                        "18 total 19 socket 19 pipe 0 anon_inode 0 file 0",
                        "30 total 31 socket 31 pipe 0 anon_inode 0 file 0",
                        "35 total 36 socket 36 pipe 0 anon_inode 0 file 0");
    }

    @Test
    void isReadAgainWhenItsStatusCouldNotBeRead() throws Exception {
        tick();
        Files.delete(host.path("proc/42/status"));
        tick();
        assertThat(source.ledger().gaps())
                .filteredOn(gap -> !gap.path().equals("proc"))
                .containsExactly(new Ledger.Gap("proc/*/status", "ENOENT", 1, ""));
        host.write("proc/42/status", STATUS + "Threads:\t2\n");
        stat(" 14210 ", " 14211 ");
        assertThat(tick().blocks("pid/status")).isEqualTo(Map.of("42", STATUS + "Threads:\t2\n"));
    }

    @Test
    void tellsItsSizesInStatusAndOnOldKernelsInStatm() throws Exception {
        assertThat(tick().byName()).doesNotContainKey("pid/statm");
        host.write("proc/42/status", FakeHost.STATUS.formatted(PID));
        stat(" 14210 ", " 14211 ");
        assertThat(tick().blocks("pid/statm")).isEqualTo(Map.of("42", "13797 795 100 200 0 500 0\n"));
    }

    @Test
    void sizesOfAStatusAreThoseOfItsStatm() throws Exception {
        byte[] status = Files.readAllBytes(
                Path.of(System.getProperty("postmem.root"), "testdata", "proc", "6.18-pid-status.txt"));
        assertThat(StatusSizes.parse(status, status.length))
                .isEqualTo(new StatusSizes(114_908, 111_848, 6_660 + 16_384));
        String text = new String(status, StandardCharsets.US_ASCII);
        int old = text.indexOf("RssAnon");
        assertThat(StatusSizes.parse(status, old)).isNull();
        assertThat(StatusSizes.parse("RssShmem:\t".getBytes(StandardCharsets.US_ASCII), 10))
                .isNull();
    }
}
