package org.postmem.procfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.procfs.Samples.bytes;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postmem.procfs.OomReport.OomTask;
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
                        "6.1.0-50-cloud-amd64",
                        null,
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
        OomScore rule = OomScore.of(report.kernel(), report.totalPages());
        OomTask predicted = report.tasks().stream()
                .max(Comparator.comparingLong(task -> rule.points(new OomScore.Footprint(
                                task.rssBytes() / 4096,
                                task.swapBytes() / 4096,
                                task.pageTablesBytes() / 4096,
                                task.oomScoreAdj(),
                                task.uid() == 0))
                        .orElse(Long.MIN_VALUE)))
                .orElseThrow();
        assertThat(predicted.pid()).isEqualTo(report.victimPid());
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
}
