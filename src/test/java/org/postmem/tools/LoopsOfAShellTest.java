package org.postmem.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.tools.ToolTexts.bytes;
import static org.postmem.tools.ToolTexts.sample;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.tools.SlashDates.Beside;

/** What somebody leaves who watched a host with {@code while sleep 600; do date; …; done}. */
class LoopsOfAShellTest {
    private static final String FREE = """
                           total        used        free      shared  buff/cache   available
            Mem:        24684084      684952    20421912       25256     3920528    23999132
            Swap:              0           0           0
            """;

    private static Parsed<ToolText> read(String name, String text, Beside beside) throws Exception {
        byte[] bytes = bytes(text);
        EvidenceKind kind = EvidenceKind.of(name, bytes);
        assertThat(kind).isIn(EvidenceKind.FRAMES, EvidenceKind.HOST_FILES, EvidenceKind.HOST_FILE);
        return ToolReaders.read(kind, name, bytes, beside);
    }

    private static List<Stamp> stamps(Parsed<ToolText> read) {
        return read.value().readings().stream().map(Reading::stamp).toList();
    }

    private static List<String> issues(Parsed<ToolText> read) {
        return read.issues().stream().map(ParseIssue::reason).toList();
    }

    /** Numbers of the processes of the first reading, and what is resident of each. */
    private static List<Tuple> resident(Parsed<ToolText> read) {
        return read.value().readings().get(0).processes().stream()
                .map(process -> tuple(process.pid(), process.rssBytes()))
                .toList();
    }

    private static Stamp clock(String text) {
        return Stamp.of(LocalDateTime.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sat Nov  7 08:00:00 CET 2026",
                "Sa 7. Nov 08:00:00 CET 2026",
                "sam. 07 nov. 2026 08:00:00 CET",
                "samedi 7 novembre 2026, 08:00:00 (UTC+0100)",
                "sáb 07 nov 2026 08:00:00 CET",
                "sab 7 nov 2026, 08:00:00, CET",
                "2026年 11月 07日 星期六 15:00:00 CST",
                "2026年11月07日 星期六 下午 03:00:00 CST",
                "2026年 11月  7日 土曜日 16:00:00 JST",
                "Сб 07 ноя 2026 10:00:00 MSK",
                "Sat, 07 Nov 2026 08:00:00 +0100",
                "07.11.2026 08:00:00 CET"
            })
    void whatDatePrintsInOtherLanguagesIsATime(String date) throws Exception {
        assertThat(stamps(read("free.txt", date + "\n" + FREE, Beside.NOTHING)))
                .containsExactly(Stamp.of(Instant.parse("2026-11-07T07:00:00Z")));
    }

    @Test
    void aWordThatIsNoMonthMakesNoTime() {
        assertThat(Frames.stamp("Sat Foo  7 08:00:00 CET 2026")).isNull();
        assertThat(Frames.stamp("root 7 nil 2026 08:00:00")).isNull();
    }

    @Test
    void minutesAreEnough() throws Exception {
        assertThat(stamps(read("free.txt", "2026-11-07 08:10\n" + FREE, Beside.NOTHING)))
                .containsExactly(clock("2026-11-07T08:10"));
        assertThat(stamps(read("free.txt", "11/27/26 08:10 PM\n" + FREE, Beside.NOTHING)))
                .containsExactly(clock("2026-11-27T20:10"));
    }

    @Test
    void aDayAboveTwelveTellsTheOrderOfAllDatesOfAText() throws Exception {
        Parsed<ToolText> read =
                read("free.txt", "12/11/2026 08:00:00\n" + FREE + "13/11/2026 08:00:00\n" + FREE, Beside.NOTHING);

        assertThat(stamps(read)).containsExactly(clock("2026-11-12T08:00"), clock("2026-11-13T08:00"));
        assertThat(issues(read)).isEmpty();
    }

    @Test
    void daysThatFollowOneAnotherTellTheOrder() throws Exception {
        Parsed<ToolText> read =
                read("free.txt", "06/11/2026 08:00:00\n" + FREE + "07/11/2026 08:00:00\n" + FREE, Beside.NOTHING);

        assertThat(stamps(read)).containsExactly(clock("2026-11-06T08:00"), clock("2026-11-07T08:00"));
        assertThat(issues(read)).isEmpty();
    }

    @Test
    void theDateOfTheFileTellsTheOrder() throws Exception {
        Beside beside = new Beside(Instant.parse("2026-11-07T09:00:00Z"), null);

        Parsed<ToolText> read = read("free.txt", "07/11/2026 08:00:00\n" + FREE, beside);

        assertThat(stamps(read)).containsExactly(clock("2026-11-07T08:00"));
        assertThat(issues(read)).isEmpty();
    }

    @Test
    void aDateThatMayBeTwoIsSaidToBe() throws Exception {
        Parsed<ToolText> read = read("free.txt", "07/11/2026 08:00:00\n" + FREE, Beside.NOTHING);

        assertThat(stamps(read)).containsExactly(clock("2026-07-11T08:00"));
        assertThat(issues(read))
                .containsExactly("the date is read as month/day/year, and nothing tells whether it is day/month/year");
    }

    @Test
    void printOutsThatHaveNoTimeOfTheirOwnAreMissed() throws Exception {
        Parsed<ToolText> read =
                read("free.txt", "Sat Nov  7 08:00:00 UTC 2026\n" + (FREE + "\n").repeat(24), Beside.NOTHING);

        assertThat(stamps(read)).containsExactly(Stamp.of(Instant.parse("2026-11-07T08:00:00Z")));
        assertThat(issues(read))
                .containsExactly("23 print-outs more stand below a time that is not theirs: of those below one time"
                        + " only the last was read; a time above each makes them a series");
    }

    /** {@code vmstat 1 3}, as OSWatcher has it: the first line is of the time since the start of the host. */
    @Test
    void theLinesOfOneCommandAreOneMoment() throws Exception {
        String vmstat = """
                zzz ***Sun Nov 22 21:00:00 UTC 2026
                procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
                 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
                 1  0      0 20421680  36952 3883692    0    0  1770  3285  373  824 18 21 61  0  0
                 1  0      0 20421680  36952 3883692    0    0     0     0   57   85  0  0 100  0  0
                 1  0      0 20421680  36952 3883692    0    0    40 16556   65  123  0  1 99  0  0
                """;

        assertThat(issues(read("vm_vmstat_26.11.22.2100.dat", vmstat, Beside.NOTHING)))
                .isEmpty();
    }

    @Test
    void linesOfAStatusThatGrepFoundAreOfTheProcessInTheirPath() throws Exception {
        Parsed<ToolText> read = read("loop.txt", """
                Sat Nov  7 08:00:00 UTC 2026
                /proc/1/status:VmRSS:\t   12812 kB
                /proc/4711/status:Name:\torder-svc
                /proc/4711/status:VmRSS:\t  512000 kB
                /proc/4711/status:RssAnon:\t  503000 kB
                """, Beside.NOTHING);

        assertThat(issues(read)).isEmpty();
        assertThat(read.value().readings().get(0).processes())
                .extracting(ToolProcess::pid, ToolProcess::comm, ToolProcess::rssBytes, ToolProcess::rssAnonBytes)
                .containsExactlyInAnyOrder(
                        tuple(1, null, 12_812L << 10, null), tuple(4711, "order-svc", 512_000L << 10, 503_000L << 10));
    }

    /** {@code grep -E 'VmRSS|Name' /proc/4711/status}: whose number it was nobody can tell any more. */
    @Test
    void linesOfAStatusWithoutANumberAreMissed() throws Exception {
        Parsed<ToolText> read = read(
                "loop.txt", "Sat Nov  7 08:00:00 UTC 2026\nName:\torder-svc\nVmRSS:\t  512000 kB\n", Beside.NOTHING);

        assertThat(read.value().readings()).flatExtracting(Reading::processes).isEmpty();
        assertThat(issues(read))
                .containsExactly("neither the text nor its name says of which process it is: name the file"
                        + " PID-status, or let grep look for Pid, too");
    }

    @Test
    void theNameOfTheFileTellsTheNumberOfTheProcess() throws Exception {
        Parsed<ToolText> read =
                read("4711-status.txt", "Sat Nov  7 08:00:00 UTC 2026\nVmRSS:\t  512000 kB\n", Beside.NOTHING);

        assertThat(resident(read)).containsExactly(tuple(4711, 512_000L << 10));
    }

    /** Of several processes without their numbers nobody can tell which is which. */
    @Test
    void linesOfSeveralStatusesWithoutNumbersAreNotRead() throws Exception {
        Parsed<ToolText> read = read(
                "loop.txt",
                "Sat Nov  7 08:00:00 UTC 2026\nName:\tone\nVmRSS:\t  512000 kB\nName:\ttwo\nVmRSS:\t  1200 kB\n",
                Beside.NOTHING);

        assertThat(read.value().readings()).flatExtracting(Reading::processes).isEmpty();
        assertThat(issues(read)).isNotEmpty();
    }

    @Test
    void psMayPrintNumbersOnly() throws Exception {
        Parsed<ToolText> read =
                read("ps.txt", "Sat Nov  7 08:00:00 UTC 2026\n    PID   RSS\n   4711 512000\n", Beside.NOTHING);

        assertThat(resident(read)).containsExactly(tuple(4711, 512_000L << 10));
    }

    @Test
    void theMappingsOfPmapComeToWhatIsResidentOfTheProcess() throws Exception {
        String pmap = new String(sample("pmap-x.txt"), StandardCharsets.UTF_8);
        long total = pmap.lines()
                .filter(line -> line.startsWith("total kB"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[3]))
                .findFirst()
                .orElseThrow();

        Parsed<ToolText> read = read("pmap.txt", "Sat Nov  7 08:00:00 UTC 2026\n" + pmap, Beside.NOTHING);

        assertThat(read.value().readings().get(0).processes())
                .extracting(ToolProcess::rssBytes)
                .contains(total << 10);
    }

    @Test
    void topAndUptimeTellForHowLongTheHostWasUp() {
        String text = """
                zzz ***Sun Nov 22 21:00:00 UTC 2026
                top - 21:00:00 up 41 days,  3:02,  2 users,  load average: 4.24, 5.09, 3.11
                zzz ***Sun Nov 22 21:10:00 UTC 2026
                top - 21:10:00 up 22 min,  0 user,  load average: 4.24, 5.09, 3.11
                Sun Nov 22 22:10:00 UTC 2026
                 22:10:00 up  1:22,  0 user,  load average: 3.20, 1.87, 1.45
                Sun Nov 22 22:20:00 UTC 2026
                MemTotal:       24684084 kB
                """;

        assertThat(UpTime.of(bytes(text), Beside.NOTHING))
                .containsExactly(
                        new UpTime(Stamp.of(Instant.parse("2026-11-22T21:00:00Z")), Duration.parse("P41DT3H2M")),
                        new UpTime(Stamp.of(Instant.parse("2026-11-22T21:10:00Z")), Duration.parse("PT22M")),
                        new UpTime(Stamp.of(Instant.parse("2026-11-22T22:10:00Z")), Duration.parse("PT1H22M")));
    }
}
