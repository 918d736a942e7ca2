package org.postmem.procfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.procfs.Samples.bytes;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.procfs.OpenFiles.OpenFile;
import org.postmem.units.ClockTicks;
import org.postmem.units.PageSize;

class ProcessTextsTest {
    private static final PageSize PAGE = new PageSize(4096);
    private static final ClockTicks TICKS = new ClockTicks(100);

    private static <T> T clean(Parsed<T> parsed) {
        assertThat(parsed.issues()).isEmpty();
        return parsed.value();
    }

    @Test
    void keepsParenthesesInCommandName() {
        assertThat(clean(ProcessStat.parse(bytes(KernelTexts.PID_STAT), TICKS, PAGE)))
                .isEqualTo(new ProcessStat(
                        421,
                        "a) b (c)",
                        "S",
                        1,
                        4194560L,
                        false,
                        49536L,
                        7L,
                        0.77,
                        3.72,
                        13L,
                        2400L,
                        52162560L,
                        4881L * 4096));
    }

    @Test
    void knowsAKernelThreadByItsFlag() {
        byte[] text =
                bytes("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 24 0 0 18446744073709551615 0\n");
        assertThat(clean(ProcessStat.parse(text, TICKS, PAGE)).kernelThread()).isTrue();
    }

    @Test
    void statCutOffIsNoProcess() {
        Parsed<ProcessStat> parsed = ProcessStat.parse(bytes("2 (kthreadd) S 0 0 0 0 -1 21"), TICKS, PAGE);
        assertThat(parsed.value()).isNull();
        assertThat(parsed.issues())
                .hasSize(2)
                .last()
                .extracting(ParseIssue::reason)
                .isEqualTo("the text is cut off");
    }

    @Test
    void readsStatusOfKernel6Dot18() {
        assertThat(clean(ProcessStatus.parse(Samples.proc("6.18-pid-status.txt"))))
                .isEqualTo(new ProcessStatus(
                        "python3",
                        "S",
                        2,
                        2,
                        1,
                        0L,
                        256L,
                        1L,
                        2L,
                        131296L * 1024,
                        114908L * 1024,
                        0L,
                        0L,
                        128092L * 1024,
                        111848L * 1024,
                        88804L * 1024,
                        6660L * 1024,
                        16384L * 1024,
                        89872L * 1024,
                        132L * 1024,
                        4L * 1024,
                        4684L * 1024,
                        260L * 1024,
                        null,
                        0L,
                        0L));
    }

    @Test
    void kernelBefore4Dot5HasNoRssAnon() {
        ProcessStatus status = clean(ProcessStatus.parse(bytes("Name:\tjava\nVmRSS:\t     512 kB\nVmPMD:\t 12 kB\n")));
        assertThat(status.rssBytes()).isEqualTo(512 * 1024);
        assertThat(status.pmdBytes()).isEqualTo(12 * 1024);
        assertThat(status.rssAnonBytes()).isNull();
    }

    @Test
    void brokenStatusLineIsAnIssueAndNull() {
        Parsed<ProcessStatus> parsed = ProcessStatus.parse(
                bytes(
                        "VmRSS:\t  51x2 kB\nVmSwap:\t 4\nVmData:\t99999999999999999999 kB\nVmSize:\t 9223372036854775807 kB\n"));
        assertThat(parsed.issues())
                .containsExactly(
                        new ParseIssue(1, 10, "the value is not a number", "VmRSS:\t  51x2 kB"),
                        new ParseIssue(2, 11, "the value has no unit kB", "VmSwap:\t 4"),
                        new ParseIssue(3, 9, "the value does not fit into 63 bits", "VmData:\t99999999999999999999 kB"),
                        new ParseIssue(
                                4,
                                10,
                                "the value does not fit into 63 bits as bytes",
                                "VmSize:\t 9223372036854775807 kB"));
        assertThat(parsed.value().rssBytes()).isNull();
        assertThat(parsed.value().swapBytes()).isNull();
    }

    @Test
    void numberCutOffIsNotRead() {
        Parsed<ProcessStatus> parsed = ProcessStatus.parse(bytes("VmRSS:\t  512 kB\nVmSwap:\t 4"));
        assertThat(parsed.value().rssBytes()).isEqualTo(512 * 1024);
        assertThat(parsed.value().swapBytes()).isNull();
        assertThat(parsed.issues())
                .containsExactly(new ParseIssue(2, 11, "the text is cut off in this line", "VmSwap:\t 4"));
    }

    @Test
    void readsStatm() {
        assertThat(clean(ProcessStatm.parse(bytes("25945 25822 163 120 0 25775 0\n"), PAGE)))
                .isEqualTo(new ProcessStatm(25945L * 4096, 25822L * 4096, 163L * 4096, 120L * 4096, 25775L * 4096));
    }

    @Test
    void readsSmapsRollup() {
        assertThat(clean(ProcessMemory.parse(Samples.proc("6.18-pid-smaps_rollup.txt"))))
                .isEqualTo(new ProcessMemory(
                        111848L * 1024,
                        110146L * 1024,
                        88804L * 1024,
                        4958L * 1024,
                        16384L * 1024,
                        105188L * 1024,
                        1944L * 1024,
                        0L,
                        4716L * 1024,
                        105188L * 1024,
                        111848L * 1024,
                        88804L * 1024,
                        0L,
                        0L,
                        0L,
                        0L,
                        0L,
                        0L,
                        0L));
    }

    @Test
    void sumsMappingsByNameAndPermissions() {
        String lines = """
                Size:                  4 kB
                Rss:                   3 kB
                Pss:                   2 kB
                Shared_Clean:          1 kB
                Shared_Dirty:          0 kB
                Private_Clean:         1 kB
                Private_Dirty:         1 kB
                Anonymous:             1 kB
                AnonHugePages:         0 kB
                Swap:                  5 kB
                Locked:                0 kB
                VmFlags: rd wr mr mw me ac
                """;
        String text = "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \n" + lines
                + "7f0000001000-7f0000002000 rw-s 00000000 00:01 7                          /my file (deleted)\n"
                + lines
                + "7f0000002000-7f0000003000 rw-p 00000000 00:00 0\n" + lines
                + "7f0000003000-7f0000004000 rw-p 00000000 00:00 0                          [anon:glibc: heap]\n"
                + lines;
        assertThat(clean(Mapping.parse(bytes(text))))
                .containsExactly(
                        mapping("[anon]", "rw-p", 2),
                        mapping("/my file (deleted)", "rw-s", 1),
                        mapping("[anon:glibc: heap]", "rw-p", 1));
    }

    private static Mapping mapping(String name, String perms, long n) {
        long kilobyte = 1024 * n;
        return new Mapping(
                name,
                perms,
                n,
                4 * kilobyte,
                3 * kilobyte,
                2 * kilobyte,
                kilobyte,
                0L,
                kilobyte,
                kilobyte,
                kilobyte,
                0L,
                5 * kilobyte,
                0L);
    }

    @Test
    void sumWithABrokenPartIsNullAndNotTooSmall() {
        Parsed<List<Mapping>> parsed = Mapping.parse(bytes(
                "10-20 rw-p 0 0:0 0 [heap]\nRss: 4 kB\nPss: 4 kB\n20-30 rw-p 0 0:0 0 [heap]\nRss: x kB\nPss: 2 kB\n"));
        assertThat(parsed.value()).hasSize(1);
        assertThat(parsed.value().get(0).mappings()).isEqualTo(2);
        assertThat(parsed.value().get(0).rssBytes()).isNull();
        assertThat(parsed.value().get(0).pssBytes()).isEqualTo(6 * 1024);
        assertThat(parsed.value().get(0).swapBytes()).isNull();
        assertThat(parsed.issues())
                .containsExactly(new ParseIssue(5, 6, "the value is not a number of kB", "Rss: x kB"));
    }

    @Test
    void mappingCutOffIsLeftOut() {
        Parsed<List<Mapping>> parsed =
                Mapping.parse(bytes("10-20 rw-p 0 0:0 0 [heap]\nRss: 4 kB\n20-30 rw-p 0 0:0 0 [stack]\nRss: 4"));
        assertThat(parsed.value()).extracting(Mapping::name).containsExactly("[heap]");
        assertThat(parsed.issues()).hasSize(1);
    }

    @Test
    void readsCgroupPathsWithColons() {
        List<CgroupMembership> rows = clean(CgroupMembership.parse(bytes(KernelTexts.CGROUP)));
        assertThat(rows)
                .containsExactly(
                        new CgroupMembership(9, List.of("name=systemd"), "/"),
                        new CgroupMembership(4, List.of("memory"), "/docker/a:b"),
                        new CgroupMembership(3, List.of("cpu", "cpuacct"), "/"),
                        new CgroupMembership(0, List.of(), "/app.slice/svc.scope"));
        assertThat(CgroupMembership.memoryPath(rows)).contains("/docker/a:b");
        assertThat(CgroupMembership.memoryPath(rows.subList(3, 4))).contains("/app.slice/svc.scope");
    }

    @Test
    void commandLineLosesItsNuls() {
        assertThat(CommandLine.parse(bytes("java\0-jar\0\0a.jar\0")).arguments())
                .containsExactly("java", "-jar", "", "a.jar");
        assertThat(CommandLine.parse(bytes("nginx: worker\0\0\0\0")).text()).isEqualTo("nginx: worker");
        assertThat(CommandLine.parse(new byte[0]).text()).isNull();
    }

    @Test
    void unlimitedIsNull() {
        assertThat(clean(ProcessLimit.parse(bytes(KernelTexts.LIMITS))))
                .containsExactly(
                        new ProcessLimit("Max cpu time", null, null, "seconds"),
                        new ProcessLimit("Max open files", 32768L, 65536L, "files"),
                        new ProcessLimit("Max nice priority", 0L, 0L, null));
    }

    @Test
    void tellsApartWhatDescriptorsHide() {
        assertThat(clean(OpenFiles.parse(bytes(KernelTexts.FD))))
                .isEqualTo(new OpenFiles(
                        12L,
                        3L,
                        2L,
                        1L,
                        6L,
                        List.of(new OpenFiles.Named("/dev/pts/", 2L), new OpenFiles.Named("[eventfd]", 1L)),
                        List.of(
                                new OpenFile(5, "memfd", "/memfd:cache", 1048576L, 26L, 1031L),
                                new OpenFile(7, "deleted", "/var/log/my app.log", 4096L, 64768L, 77L),
                                new OpenFile(9, "shm", "/dev/shm/ring", 8192L, 25L, 3L),
                                new OpenFile(11, "socket", "socket:[23114]", 0L, 0L, 23114L))));
    }

    @Test
    void garbageGivesAHundredIssuesAndTheCountOfTheRest() {
        Parsed<List<VmStat>> parsed = VmStat.parse(bytes("x y\n".repeat(250)));
        assertThat(parsed.value()).isEmpty();
        assertThat(parsed.issues())
                .hasSize(101)
                .last()
                .isEqualTo(new ParseIssue(0, 0, "150 more issues in this text", ""));
    }
}
