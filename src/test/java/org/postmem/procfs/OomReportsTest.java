package org.postmem.procfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.procfs.Samples.bytes;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postmem.procfs.OomReport.OomMemory;
import org.postmem.procfs.OomReport.OomTask;
import org.postmem.procfs.OomReport.OomZone;
import org.postmem.units.PageSize;

class OomReportsTest {
    private static final PageSize PAGE = new PageSize(4096);

    private static Parsed<List<OomReport>> parse(byte[] text) {
        return OomReports.parse(KernelMessage.parseText(text, null, null).value(), PAGE);
    }

    private static OomReport sample(String name) {
        Parsed<List<OomReport>> parsed = parse(Samples.oom(name));
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value()).hasSize(1);
        return parsed.value().get(0);
    }

    @Test
    void readsAGlobalKillOfKernel6Dot1() {
        OomReport report = sample("debian-6.1.176-global.txt");
        assertThat(report)
                .isEqualTo(new OomReport(
                        1,
                        null,
                        37.559226,
                        "host",
                        "eat",
                        132,
                        "0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO)",
                        0,
                        null,
                        null,
                        null,
                        null,
                        null,
                        132,
                        false,
                        132,
                        "eat",
                        0L,
                        201440L * 1024,
                        200052L * 1024,
                        4L * 1024,
                        648L * 1024,
                        0,
                        130942L - 10870,
                        (130942L - 10870) * 4096,
                        4096L,
                        0L,
                        0L,
                        "6.1.0-50-cloud-amd64",
                        null,
                        new OomMemory(
                                (611L + 111808) * 4096,
                                0L,
                                5792L * 4096,
                                2276L * 4096,
                                1520L * 4096,
                                261L * 4096,
                                1118L * 4096),
                        List.of(
                                new OomZone(
                                        0,
                                        "DMA",
                                        1864L * 1024,
                                        88L * 1024,
                                        108L * 1024,
                                        128L * 1024,
                                        15360L * 1024,
                                        444L * 4096,
                                        List.of(0L, 1L, 0L, 2L, 2L, 1L, 2L, 2L, 0L, 0L, 0L)),
                                new OomZone(
                                        0,
                                        "DMA32",
                                        2608L * 1024,
                                        2648L * 1024,
                                        3308L * 1024,
                                        3968L * 1024,
                                        464928L * 1024,
                                        0L,
                                        List.of(2L, 1L, 0L, 1L, 2L, 1L, 1L, 2L, 1L, 0L, 0L))),
                        List.of(
                                task(102, 25945, 25822, 241664, 0, "eat"),
                                task(103, 15645, 15526, 163840, 0, "eat"),
                                task(104, 7955, 7870, 98304, -1000, "eat"),
                                task(105, 13095, 13018, 139264, -500, "eat"),
                                task(132, 50360, 50176, 438272, 0, "eat"),
                                task(133, 565, 1, 28672, 0, "sleep"))));
    }

    private static OomTask task(int pid, long totalVm, long rss, long pageTables, int adj, String name) {
        return new OomTask(pid, pid, 0L, totalVm * 4096, rss * 4096, null, null, null, pageTables, 0L, adj, name);
    }

    @Test
    void readsTheLimitAndTheCgroupOfACgroupKill() {
        OomReport report = sample("debian-6.1.176-memcg.txt");
        assertThat(report.scope()).isEqualTo("cgroup");
        assertThat(report.cgroup()).isEqualTo("/app.slice/svc.scope");
        assertThat(report.cgroupLimitBytes()).isEqualTo(65536L * 1024);
        assertThat(report.totalPages()).isEqualTo(16384);
        assertThat(report.victimPid()).isEqualTo(89);
        assertThat(report.tasks()).hasSize(2);
    }

    @Test
    void knowsAKillThatSysrqAskedFor() {
        OomReport report = sample("debian-6.1.176-sysrq.txt");
        assertThat(report.scope()).isEqualTo("sysrq");
        assertThat(report.pageOrder()).isEqualTo(-1);
        assertThat(report.victimPid()).isEqualTo(102);
    }

    @Test
    void readsKernel3Dot10WhoseDumpCountsPageTablePages() {
        OomReport report = sample("published-el7-3.10.0-514-global.txt");
        assertThat(report.kernel()).isEqualTo("3.10.0-514.6.1.el7.x86_64");
        assertThat(report.invokerName()).isEqualTo("sed");
        assertThat(report.invokerPid()).isEqualTo(29481);
        assertThat(report.score()).isEqualTo(651);
        assertThat(report.totalPages()).isEqualTo(8379834 - 192987 + 8388604 / 4);
        assertThat(report.victimRssAnonBytes()).isEqualTo(20629004L * 1024);
        assertThat(report.victimOomScoreAdj()).isNull();
        assertThat(report.tasks())
                .contains(new OomTask(
                        6576,
                        6576,
                        12345L,
                        8478546L * 4096,
                        5157063L * 4096,
                        null,
                        null,
                        null,
                        15483L * 4096,
                        1527848L * 4096,
                        0,
                        "mysqld"))
                .hasSize(85);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "debian-6.1.176-global.txt",
                "debian-6.1.176-memcg.txt",
                "debian-6.1.176-sysrq.txt",
                "published-el7-3.10.0-514-global.txt"
            })
    void taskDumpPredictsWhoWasKilled(String name) {
        OomReport report = sample(name);
        OomPrediction prediction = OomPrediction.of(report);
        assertThat(prediction.outcome()).isEqualTo(OomPrediction.Outcome.HIT);
        assertThat(prediction.pid()).isEqualTo(report.victimPid());
        assertThat(prediction.tied()).isEqualTo(1);
    }

    @Test
    void scoreOfKernel3Dot10IsTheOneTheKernelPrinted() {
        OomReport report = sample("published-el7-3.10.0-514-global.txt");
        OomScore rule = OomScore.of(report.kernel(), report.totalPages());
        assertThat(rule.score(new OomScore.Footprint(5157063, 1527848, 15483, 0, false)))
                .isEqualTo(OptionalLong.of(report.score()));
    }

    /** The table of debian-6.1.176-predict.txt; MemTotal 480288 kB, no swap. */
    @ParameterizedTest
    @CsvSource({
        "102636, 4, 648, 236, 0, 810",
        "40972, 4, 21128, 160, 0, 752",
        "30828, 4, 648, 96, -1000, 0",
        "51420, 4, 648, 136, -500, 406"
    })
    void scoreIsTheOneTheKernelShowed(long anon, long file, long shmem, long pte, int adj, long score) {
        OomScore rule = OomScore.of("6.1.0-50-cloud-amd64", 480288 / 4);
        assertThat(rule.score(new OomScore.Footprint((anon + file + shmem) / 4, 0, pte / 4, adj, true)))
                .isEqualTo(OptionalLong.of(score));
    }

    @Test
    void readsTheThreePartsOfTheResidentPagesThatKernel6Dot8Prints() {
        Parsed<List<OomReport>> parsed = parse(bytes("""
            java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
            CPU: 1 UID: 0 PID: 77 Comm: java Not tainted 6.12.100+deb13 #1 Debian
            Tasks state (memory values in pages):
            [  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name
            [     77]   101    77    11553    11302    11000      300         2   131072       5          -7 my app
            """));
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value()).hasSize(1);
        OomReport report = parsed.value().get(0);
        assertThat(report.kernel()).isEqualTo("6.12.100+deb13");
        assertThat(report.victimPid()).isNull();
        assertThat(report.totalPages()).isNull();
        assertThat(report.tasks())
                .containsExactly(new OomTask(
                        77,
                        77,
                        101L,
                        11553L * 4096,
                        11302L * 4096,
                        11000L * 4096,
                        300L * 4096,
                        2L * 4096,
                        131072L,
                        5L * 4096,
                        -7,
                        "my app"));
    }

    @Test
    void readsTheLinesOfKernel2Dot6WithoutTheReport() {
        Parsed<List<OomReport>> parsed = parse(bytes("""
            Jan  3 04:05:06 db1 kernel: Out of memory: Kill process 1234 (java) score 903 or sacrifice child
            Jan  3 04:05:06 db1 kernel: Killed process 1240, UID 500, (sh) total-vm:100kB, anon-rss:40kB, file-rss:8kB
            """));
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value()).hasSize(1);
        OomReport report = parsed.value().get(0);
        assertThat(report.victimPid()).isEqualTo(1240);
        assertThat(report.victimUid()).isEqualTo(500);
        assertThat(report.victimRssAnonBytes()).isEqualTo(40 * 1024);
        assertThat(report.victimRssShmemBytes()).isNull();
        assertThat(report.score()).isNull();
        assertThat(report.scope()).isNull();
    }

    @Test
    void taskWithTooFewFieldsIsAnIssueAndNoTask() {
        Parsed<List<OomReport>> parsed = parse(bytes("""
            x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
            [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
            [     89]     0    89    11553
            """));
        assertThat(parsed.issues())
                .containsExactly(new ParseIssue(
                        3,
                        0,
                        "a task with fewer fields than the heading of the task dump",
                        "[     89]     0    89    11553"));
        assertThat(parsed.value().get(0).tasks()).isEmpty();
    }

    @Test
    void kernelBefore3Dot0IsNotPredicted() {
        OomScore rule = OomScore.of("2.6.32-754.el6.x86_64", 1000);
        assertThat(rule.points(new OomScore.Footprint(10, 0, 0, 0, false))).isEmpty();
        assertThat(rule.score(new OomScore.Footprint(10, 0, 0, -1000, false))).isEmpty();
    }

    /** The framings of one kill that people have: each gives the same report. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[   37.559226] ",
                "<4>[   37.559226] ",
                "[   37.559226][  T132] ",
                "kern  :err   : [   37.559226] ",
                "[   37.559226] db1 kernel: ",
                "[So Nov 22 10:00:05 2026] ",
                "Nov 22 10:00:05 db1 kernel: [   37.559226] ",
                "Nov 22 10:00:05 db1 kernel: ",
                "Nov 22 10:00:05.559226 db1 kernel: ",
                "2026-11-22T10:00:05.559226+01:00 db1 kernel: [   37.559226] ",
                "2026-11-22T10:00:05+0100 db1 kernel: ",
                "2026-11-22T10:00:05,559226+01:00 ",
                "Sun 2026-11-22 10:00:05 UTC db1 kernel: ",
                "kernel: ",
                ""
            })
    void readsTheKillBehindEveryPrefix(String prefix) {
        String text = prefix + "eat invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n" + prefix
                + "Out of memory: Killed process 132 (eat) total-vm:201440kB, anon-rss:200052kB, file-rss:4kB,"
                + " shmem-rss:648kB\n";
        Parsed<List<OomReport>> parsed = parse(bytes(text));
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value()).hasSize(1).allSatisfy(report -> {
            assertThat(report.invokerName()).isEqualTo("eat");
            assertThat(report.victimPid()).isEqualTo(132);
            assertThat(report.victimRssAnonBytes()).isEqualTo(200052L * 1024);
        });
    }

    @Test
    void takesTheTimeOfTheDatesThatHaveAZone() {
        assertThat(KernelMessage.parseText(bytes("""
                                2026-11-22T10:00:05+0100 db1 kernel: a
                                2026-11-22T10:00:05,559226+01:00 b
                                Sun 2026-11-22 09:00:05 UTC db1 kernel: c
                                """), null, null).value())
                .extracting(KernelMessage::text, message -> message.time().toString())
                .containsExactly(
                        tuple("a", "2026-11-22T09:00:05Z"),
                        tuple("b", "2026-11-22T09:00:05.559226Z"),
                        tuple("c", "2026-11-22T09:00:05Z"));
    }

    @Test
    void readsZonesOfSeveralNodesAndKernel3Dot10sCounters() {
        OomReport report = sample("published-el7-3.10.0-514-global.txt");
        assertThat(report.zones())
                .extracting(OomZone::node, OomZone::zone, OomZone::freeBytes, zone -> zone.blocksOf(3))
                .containsExactly(
                        tuple(0, "DMA", 15872L * 1024, 9L),
                        tuple(0, "DMA32", 59728L * 1024, 551L),
                        tuple(0, "Normal", 36692L * 1024, 506L),
                        tuple(1, "Normal", 49436L * 1024, 575L));
        assertThat(report.memory().anonLruBytes()).isEqualTo((7355653L + 660960) * 4096);
        assertThat(report.memory().shmemBytes()).isEqualTo(87896L * 4096);
        assertThat(report.swapTotalBytes()).isEqualTo(8388604L * 1024);
        assertThat(report.swapFreeBytes()).isZero();
    }

    @Test
    void countsACgroupsMemoryInBytes() {
        OomReport report = sample("debian-6.1.176-memcg.txt");
        assertThat(report.memory()).isEqualTo(new OomMemory(66818048L + 8192, 0L, 0L, 1840L, 21880L, 188416L, null));
        assertThat(report.cgroupUsageBytes()).isEqualTo(65536L * 1024);
        assertThat(report.cgroupFailures()).isEqualTo(21);
        assertThat(report.cgroupSwapLimitBytes()).isEqualTo(9007199254740988L * 1024);
        assertThat(report.zones()).isEmpty();
    }

    /** A busy log: between all lines of the report stand those of others, and of the kernel after other kills. */
    @Test
    void readsAReportBetweenWhoseLinesOthersStand() {
        String text = new String(Samples.oom("debian-6.1.176-global.txt"), StandardCharsets.UTF_8);
        String between = """

                [   37.600000] oom_reaper: reaped process 99 (old), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB
                [   37.600000] kworker/0:1: page allocation failure: order:4, mode:0x40dc0(GFP_KERNEL), nodemask=(null)
                [   37.600000] systemd[1]: db.service: A process of this unit has been killed by the OOM killer.
                [   37.600000] IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready
                """;
        Parsed<List<OomReport>> parsed = parse(bytes(text.replace("\n", between)));
        OomReport alone = sample("debian-6.1.176-global.txt");
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value()).singleElement().satisfies(report -> {
            assertThat(report.tasks()).isEqualTo(alone.tasks());
            assertThat(report.zones()).isEqualTo(alone.zones());
            assertThat(report.memory()).isEqualTo(alone.memory());
            assertThat(report.victimPid()).isEqualTo(alone.victimPid());
            assertThat(OomPrediction.of(report)).isEqualTo(OomPrediction.of(alone));
        });
    }

    /** Form of el7, where memory and memory with swap are limited apart. */
    @Test
    void readsAKillInACgroupOfVersionOne() {
        OomReport report = parse(bytes("""
            mysqld invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0
            CPU: 1 PID: 2345 Comm: mysqld Not tainted 3.10.0-514.el7.x86_64 #1
            Task in /docker/1f killed as a result of limit of /docker
            memory: usage 65536kB, limit 65536kB, failcnt 27
            memory+swap: usage 65536kB, limit 131072kB, failcnt 0
            kmem: usage 0kB, limit 9007199254740988kB, failcnt 0
            Memory cgroup stats for /docker: cache:128KB rss:0KB active_anon:64KB inactive_file:60KB
            [ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name
            [ 2345]    27  2345    20000    16352      50        0             0 mysqld
            Memory cgroup out of memory: Kill process 2345 (mysqld) score 999 or sacrifice child
            Killed process 2345 (mysqld) total-vm:80000kB, anon-rss:65000kB, file-rss:408kB, shmem-rss:0kB
            """)).value().get(0);
        assertThat(report.scope()).isEqualTo("cgroup");
        assertThat(report.cgroup()).isEqualTo("/docker");
        assertThat(report.cgroupUsageBytes()).isEqualTo(64L << 20);
        assertThat(report.cgroupFailures()).isEqualTo(27);
        assertThat(report.cgroupSwapLimitBytes()).isEqualTo(64L << 20);
        assertThat(report.victimPid()).isEqualTo(2345);
        assertThat(report.victimRssAnonBytes()).isEqualTo(65000L * 1024);
        assertThat(report.kernel()).isEqualTo("3.10.0-514.el7.x86_64");
        assertThat(OomPrediction.of(report).outcome()).isEqualTo(OomPrediction.Outcome.HIT);
    }

    /** Zones without a node as kernels for one node print them; the smallest block is a page, here of 64 KiB. */
    @Test
    void takesThePageSizeFromTheFreeLists() {
        OomReport report = parse(bytes("""
            x invoked oom-killer: gfp_mask=0x201da, order=2, oom_score_adj=0
            CPU: 4 PID: 29 Comm: x Kdump: loaded Not tainted 4.18.0-372.el8.aarch64 #1
            Mem-Info:
            active_anon:2000 inactive_anon:500 isolated_anon:0
            DMA free:519112kB min:10428kB low:11228kB high:12028kB managed:663836kB
            lowmem_reserve[]: 0 0 3188 3188
            DMA: 142*64kB (UEC) 161*128kB (UEC) 0*256kB 0*512kB = 29696kB
            [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
            [     89]     0    89      100       10    65536        1             0 x
            Out of memory: Killed process 89 (x) total-vm:6400kB, anon-rss:640kB, file-rss:0kB, shmem-rss:0kB
            """)).value().get(0);
        assertThat(report.pageBytes()).isEqualTo(65536);
        assertThat(report.zones())
                .containsExactly(new OomZone(
                        null,
                        "DMA",
                        519112L * 1024,
                        10428L * 1024,
                        11228L * 1024,
                        12028L * 1024,
                        663836L * 1024,
                        3188L * 65536,
                        List.of(142L, 161L, 0L, 0L)));
        assertThat(report.memory().anonLruBytes()).isEqualTo(2500L * 65536);
        assertThat(report.zones().get(0).blocksOf(2)).isZero();
        assertThat(report.zones().get(0).largestOrder()).isEqualTo(1);
        assertThat(report.tasks().get(0).rssBytes()).isEqualTo(10L * 65536);
        assertThat(OomPrediction.of(report)).isEqualTo(new OomPrediction(OomPrediction.Outcome.HIT, 89, "x", 12L, 1));
    }

    /** A kill in a cgroup lists no free blocks; those of another kill of the same log tell its pages as well. */
    @Test
    void takesThePageSizeFromAnotherReportOfTheLog() {
        List<OomReport> reports = parse(bytes("""
            a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
            memory: usage 65536kB, limit 65536kB, failcnt 27
            [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
            [     77]     0    77      100       10    65536        1             0 a
            Memory cgroup out of memory: Killed process 77 (a) total-vm:6400kB, anon-rss:640kB, file-rss:0kB, shmem-rss:0kB
            x invoked oom-killer: gfp_mask=0x201da, order=2, oom_score_adj=0
            Mem-Info:
            DMA free:519112kB min:10428kB low:11228kB high:12028kB managed:663836kB
            DMA: 142*64kB (UEC) 161*128kB (UEC) 0*256kB 0*512kB = 29696kB
            Out of memory: Killed process 89 (x) total-vm:6400kB, anon-rss:640kB, file-rss:0kB, shmem-rss:0kB
            """)).value();
        assertThat(reports).extracting(OomReport::pageBytes).containsExactly(65536L, 65536L);
        assertThat(reports.get(0).totalPages()).isEqualTo(1024);
        assertThat(reports.get(0).tasks().get(0).rssBytes()).isEqualTo(10L * 65536);
    }

    /** Form of kernel 5.4 and newer; the chosen one is named twice. */
    @Test
    void groupThatIsKilledAsAWholeIsAKillEach() {
        List<OomReport> reports = parse(bytes("""
            node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=969
            oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/pod,task_memcg=/pod,task=node,pid=22609,uid=0
            Memory cgroup out of memory: Killed process 22609 (node) total-vm:9923620kB, anon-rss:4116684kB, file-rss:23132kB, shmem-rss:0kB, UID:0 pgtables:10964kB oom_score_adj:969
            Tasks in /pod are going to be killed due to memory.oom.group set
            Memory cgroup out of memory: Killed process 22609 (node) total-vm:9923620kB, anon-rss:4116684kB, file-rss:23132kB, shmem-rss:0kB, UID:0 pgtables:10964kB oom_score_adj:969
            Memory cgroup out of memory: Killed process 22610 (sh) total-vm:100kB, anon-rss:50kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:969
            """)).value();
        assertThat(reports)
                .extracting(OomReport::victimPid, OomReport::cgroup, OomReport::scope)
                .containsExactly(tuple(22609, "/pod", "cgroup"), tuple(22610, "/pod", "cgroup"));
        assertThat(reports)
                .extracting(report -> OomPrediction.of(report).outcome())
                .containsOnly(OomPrediction.Outcome.NO_TASKS);
    }

    @Test
    void predictionSaysWhyThereIsNone() {
        OomReport report = sample("debian-6.1.176-global.txt");
        String text = new String(Samples.oom("debian-6.1.176-global.txt"), StandardCharsets.UTF_8);
        assertThat(outcome(text.replace("pages reserved", "pages"))).isEqualTo(OomPrediction.Outcome.NO_TOTAL);
        assertThat(outcome(text.replace("CPU: 0 PID", "CPU 0 PID"))).isEqualTo(OomPrediction.Outcome.NO_RULE);
        assertThat(outcome(text.replace("Killed process 132", "Killed somebody")
                        .replace("oom-kill:constraint", "oom-kill")))
                .isEqualTo(OomPrediction.Outcome.NO_VICTIM);
        assertThat(outcome(text.replace("[    132]     0", "[    999]     0"))).isEqualTo(OomPrediction.Outcome.MISS);
        assertThat(OomPrediction.of(report))
                .isEqualTo(new OomPrediction(OomPrediction.Outcome.HIT, 132, "eat", 50176L + 438272 / 4096, 1));
    }

    private static OomPrediction.Outcome outcome(String text) {
        return OomPrediction.of(parse(bytes(text)).value().get(0)).outcome();
    }

    /** Heading, columns and the missing bracket before rss are those of el6 (2.6.32), without page tables and swap. */
    @Test
    void readsTheTaskDumpOfKernel2Dot6WhichIsNotPredicted() {
        OomReport report = parse(bytes("""
            Nov 24 19:52:22 dr-2 kernel: httpd invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0, oom_score_adj=0
            Nov 24 19:52:22 dr-2 kernel: Pid: 4711, comm: httpd Not tainted 2.6.32-431.el6.x86_64 #1
            Nov 24 19:52:22 dr-2 kernel: Total swap = 32767992kB
            Nov 24 19:52:22 dr-2 kernel: 4194303 pages RAM
            Nov 24 19:52:22 dr-2 kernel: 115262 pages reserved
            Nov 24 19:52:22 dr-2 kernel: [ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name
            Nov 24 19:52:22 dr-2 kernel: [  624]     0   624     2763        0   1     -17         -1000 udevd
            Nov 24 19:52:22 dr-2 kernel: [ 1997]     0  1997    82373      196   0       0             0 rsyslogd
            Nov 24 19:52:22 dr-2 kernel: Out of memory: Kill process 1997 (rsyslogd) score 1 or sacrifice child
            Nov 24 19:52:22 dr-2 kernel: Killed process 1997, UID 0, (rsyslogd) total-vm:329492kB, anon-rss:784kB, file-rss:0kB
            """)).value().get(0);
        assertThat(report.tasks())
                .extracting(OomTask::pid, OomTask::rssBytes, OomTask::oomScoreAdj, OomTask::swapBytes)
                .containsExactly(tuple(624, 0L, -1000, null), tuple(1997, 196L * 4096, 0, null));
        assertThat(report.chosenPid()).isEqualTo(1997);
        assertThat(report.kernel()).isEqualTo("2.6.32-431.el6.x86_64");
        assertThat(OomPrediction.of(report).outcome()).isEqualTo(OomPrediction.Outcome.NO_RULE);
    }

    /** Numbers at the edge, lines out of place, lists without an end: nothing is thrown, and the kill is still read. */
    @Test
    void hostileReportsAreReadAsFarAsTheyAreSound() {
        List<OomReport> reports = parse(bytes("""
            x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=999999999, oom_score_adj=0
            lowmem_reserve[]: 0 999999999999999
            Node 99999 Zone9 free:999999999999999kB min:999999999999999kB low:-1kB
            Node 99999 Zone9: 999999999999999*3kB 1*7kB = 1kB
            lowmem_reserve[]: 0 999999999999999
            Mem-Info:
            active_anon:999999999999999999 inactive_anon:999999999999999999
            memory: usage 999999999999999999kB, limit 999999999999999999kB, failcnt 999999999999999999
            Memory cgroup stats for : cache:999999999999999999KB active_anon:999999999999999999KB
            [  pid  ] rss name
            [      1] 999999999999999999 a
            Killed process 1 (a) total-vm:999999999999999kB, anon-rss:99999999999999999999kB
            Tasks in  are going to be killed due to memory.oom.group set
            Killed process 1 (a) total-vm:1kB
            """)).value();
        assertThat(reports).extracting(OomReport::victimPid).containsExactly(1, 1);
        assertThat(reports.get(0).zones()).hasSize(1);
        assertThat(OomPrediction.of(reports.get(0)).outcome().told()).isFalse();
    }

    /** Of a published log of 3.10.0-1127.el7. */
    @Test
    void readsTheUserBehindTheNameAsEnterpriseLinux7WritesIt() {
        assertThat(parse(bytes("""
                                [274272.750038] Out of memory: Kill process 10666 (mysqld) score 955 or sacrifice child
                                [274272.750136] Killed process 10666 (mysqld), UID 27, total-vm:14025996kB, anon-rss:7633856kB, file-rss:0kB, shmem-rss:0kB
                                """)).value())
                .extracting(
                        OomReport::victimPid,
                        OomReport::victimName,
                        OomReport::victimUid,
                        OomReport::victimTotalVmBytes,
                        OomReport::victimRssAnonBytes)
                .containsExactly(tuple(10666, "mysqld", 27L, 14025996L * 1024, 7633856L * 1024));
    }

    @Test
    void readsNamesThatHoldALineBreak() {
        List<KernelMessage> messages = KernelMessage.parseKmsg(bytes("""
                                4,1,11025432,-;a\\x0ab invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
                                6,2,11025433,-;[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
                                6,3,11025434,-;[     89]     0    89    11553    11302   131072        0             0 a\\x0ab
                                3,4,11025435,-;Out of memory: Killed process 89 (a\\x0ab) total-vm:46212kB, anon-rss:44556kB, file-rss:4kB, shmem-rss:0kB, UID:0 pgtables:128kB oom_score_adj:0
                                """)).value();
        Parsed<List<OomReport>> parsed = OomReports.parse(messages, PAGE);

        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value())
                .extracting(
                        OomReport::invokerName,
                        OomReport::victimName,
                        OomReport::victimTotalVmBytes,
                        report -> report.tasks().get(0).name())
                .containsExactly(tuple("a\nb", "a\nb", 46212L * 1024, "a\nb"));
    }

    @Test
    void doesNotTakeAnUnknownFrameForTheNameOfWhoAskedForMemory() {
        Parsed<List<OomReport>> parsed =
                parse(bytes("#1795341611# db1/kernel eat invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0\n"));

        assertThat(parsed.value()).extracting(OomReport::invokerName).containsOnlyNulls();
        assertThat(parsed.issues())
                .extracting(ParseIssue::reason)
                .containsExactly("an OOM report that begins in an unknown way");
    }
}
