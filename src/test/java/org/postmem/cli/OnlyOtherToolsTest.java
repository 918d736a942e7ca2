package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.cli.PostmemTest.Run;
import org.postmem.collector.archive.Json;

/** A host that had no collector: what is said of its files is true of them, and no more than they tell. */
class OnlyOtherToolsTest {
    private static final Path TESTDATA = Path.of(System.getProperty("postmem.root"), "testdata");
    private static final Instant NOON = Instant.parse("2026-11-24T12:10:01Z");

    @TempDir
    Path folder;

    private Path put(String name, Path genuine, Instant modified) throws IOException {
        return put(name, Files.readAllBytes(TESTDATA.resolve(genuine)), modified);
    }

    private Path put(String name, byte[] bytes, Instant modified) throws IOException {
        Path file = folder.resolve("in").resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.from(modified));
        return file;
    }

    private Run report(Object... inputs) {
        List<Object> arguments = new ArrayList<>(List.of("report"));
        arguments.addAll(List.of(inputs.length == 0 ? new Object[] {folder.resolve("in")} : inputs));
        arguments.addAll(List.of("--output", folder.resolve("report.html")));
        arguments.addAll(List.of("--findings", folder.resolve("findings.json")));
        arguments.addAll(List.of("--database", folder.resolve("case.duckdb")));
        return Run.of(arguments.toArray());
    }

    private String sql(String query) {
        return Run.of("sql", folder.resolve("case.duckdb"), query, "--format=csv")
                .out();
    }

    private Map<String, Object> findings() throws IOException {
        return Json.readObject(Files.readAllBytes(folder.resolve("findings.json")));
    }

    private String headline() throws IOException {
        return String.valueOf(((Map<?, ?>) findings().get("verdict")).get("headline"));
    }

    /** The title of what a rule says, {@code severity title}. */
    private List<String> said(String rule) throws IOException {
        List<String> said = new ArrayList<>();
        for (Object finding : (List<?>) findings().get("findings")) {
            Map<?, ?> f = (Map<?, ?>) finding;
            if (rule.equals(f.get("rule"))) {
                said.add(f.get("severity") + " " + f.get("title"));
            }
        }
        return said;
    }

    /** As in a sosreport: days of sar, one list of processes, one copy of meminfo. */
    @Test
    void oneListOfProcessesBesideDaysOfSarClearsNobody() throws IOException {
        put("sos/var/log/sa/sar24", Path.of("evidence/folder/sar.txt"), NOON);
        put("sos/sos_commands/process/ps_auxwwwm", Path.of("tools/text/ps_auxwwwm.txt"), NOON);
        put("sos/proc/meminfo", Path.of("proc/6.18-meminfo.txt"), NOON);

        Run run = report();

        assertThat(run.exitCode()).isZero();
        assertThat(said("R00")).noneMatch(title -> title.startsWith("ok"));
        assertThat(said("R42"))
                .containsExactly("not_applicable R42 could not be judged: too few readings of /proc/PID/status"
                        + " (or pidstat -r, top -b, ps aux)");
        assertThat(said("R16"))
                .containsExactly("not_applicable R16 could not be judged: too few readings of SUnreclaim of"
                        + " /proc/meminfo (sar tells Slab as a whole)");
        // no log was given in which a kill could stand
        assertThat(said("R04"))
                .containsExactly("not_applicable R04 could not be judged: the kernel log"
                        + " (dmesg, journalctl -k, /var/log/messages) not in this capture");
        assertThat(said("R44")).allMatch(title -> title.startsWith("not_applicable"));
    }

    /** As OSWatcher keeps it; its process has the same number after the host was started anew, as services have. */
    @Test
    void whatAProcessHoldsAfterARestartOfTheHostIsNoGrowthOfTheOneBefore() throws IOException {
        StringBuilder text = new StringBuilder("Linux OSWbb v8.3.2\n");
        for (int minute = 0; minute < 40; minute++) {
            boolean anew = minute >= 20;
            text.append("zzz ***Tue Nov 24 12:%02d:00 UTC 2026\n".formatted(minute));
            text.append("top - 12:%02d:00 up %s,  2 users,  load average: 0.24, 0.09, 0.11\n"
                    .formatted(minute, anew ? minute - 19 + " min" : "41 days,  3:%02d".formatted(minute)));
            text.append("""
                    Tasks:   1 total,   1 running,   0 sleeping,   0 stopped,   0 zombie
                    %Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st
                    MiB Mem :  24105.6 total,  19918.1 free,    694.2 used,   3828.5 buff/cache
                    MiB Swap:      0.0 total,      0.0 free,      0.0 used.  23411.3 avail Mem

                        PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND
                        911 app       20   0 6114908\s""");
            text.append(anew ? 2_400_000 : 600_000).append("  23044 S   0.0   0.5   0:00.10 java\n\n");
        }
        put("oswtop/db7_top_26.11.24.1200.dat", text.toString().getBytes(StandardCharsets.UTF_8), NOON);

        report();

        assertThat(sql("SELECT boot, count(*) AS n FROM snapshot GROUP BY boot ORDER BY boot"))
                .isEqualTo("boot,n\n0,20\n1,20\n");
        assertThat(sql("SELECT boot, pid, name FROM process ORDER BY boot")).isEqualTo("""
                        boot,pid,name
                        0,911,java
                        1,911,java
                        """);
        assertThat(said("R05")).noneMatch(title -> title.contains("java"));
        assertThat(said("R06")).noneMatch(title -> title.contains("java"));
    }

    /** As a loop of {@code date; grep -E 'Name|^Pid|RssAnon' /proc/911/status} prints it. */
    @Test
    void aHeapThatGrowsIsToldWhereNothingTellsOfTheHost() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int reading = 0; reading < 24; reading++) {
            text.append("Tue Nov 24 %02d:%02d:00 UTC 2026%n".formatted(8 + reading / 6, reading % 6 * 10));
            text.append("Name:\torder-svc\nPid:\t911\nRssAnon:\t %d kB\n".formatted(503_000 + reading * 131_072));
        }
        put("loop.txt", text.toString().getBytes(StandardCharsets.UTF_8), NOON);

        report();

        assertThat(said("R42"))
                .containsExactly("warning order-svc (pid 911) holds more and more private anonymous memory: +2.75 GiB");
        assertThat(headline()).startsWith("order-svc (pid 911) holds more and more private anonymous memory");
    }

    /** vmstat tells neither of segments nor of shared memory. */
    @Test
    void freeMemoryAloneDoesNotSayThatNoSegmentsPileUp() throws IOException {
        put("vmstat.txt", Path.of("tools/text/vmstat-wt.txt"), NOON);

        report();

        assertThat(said("R08")).allMatch(title -> title.startsWith("not_applicable"));
        assertThat(headline()).startsWith("Whether memory leaks cannot be told");
    }

    /** sar of a host whose clock is an hour ahead of that of the files beside it: both shrink alike. */
    @Test
    void filesWhoseClocksAreAnHourApartContradictEachOther() throws IOException {
        StringBuilder sar = new StringBuilder("Linux 6.1.0-18-amd64 (db7) \t2026-11-24 \t_x86_64_\t(4 CPU)\n\n");
        sar.append("08:50:00    kbmemfree   kbavail kbmemused  %memused kbbuffers  kbcached\n");
        StringBuilder free = new StringBuilder();
        for (int reading = 0; reading < 24; reading++) {
            int kb = 5_000_000 - reading * 131_072;
            sar.append("%02d:%02d:00 %9d %9d   1112000     13.64     36280   1144304%n"
                    .formatted(9 + reading / 6, reading % 6 * 10, kb, kb + 1_200_000));
            free.append("Tue Nov 24 %02d:%02d:00 UTC 2026%n".formatted(8 + reading / 6, reading % 6 * 10));
            free.append("               total        used        free      shared  buff/cache   available\n");
            free.append(
                    "Mem:         8152108     1112000 %d       25256     1420528 %d%n".formatted(kb, kb + 1_200_000));
        }
        put("sar.txt", sar.toString().getBytes(StandardCharsets.UTF_8), NOON);
        put("free.txt", free.toString().getBytes(StandardCharsets.UTF_8), NOON);

        report();

        assertThat(sql("SELECT what, member, value, other_member, other_value FROM evidence_conflict ORDER BY what"))
                .isEqualTo("""
                        what,member,value,other_member,other_value
                        mem_available_bytes,free.txt,5543493632,sar.txt,6348800000
                        mem_free_bytes,free.txt,4314693632,sar.txt,5120000000
                        """);
        assertThat(said("R34")).first().isEqualTo("warning Files contradict each other (2)");
    }

    @Test
    void freeMemoryInPiecesSaysNothingAboutLeaks() throws IOException {
        String buddyinfo = Files.readString(TESTDATA.resolve("proc/6.18-buddyinfo.txt"));
        StringBuilder text = new StringBuilder();
        for (int minute = 0; minute < 8; minute++) {
            text.append("Tue Nov 24 12:0")
                    .append(minute)
                    .append(":00 UTC 2026\n")
                    .append(buddyinfo);
        }
        put("buddy.txt", text.toString().getBytes(StandardCharsets.UTF_8), NOON);

        report();

        assertThat(headline())
                .isEqualTo("Whether memory leaks cannot be told from what was given; what tells it is listed below.");
        assertThat(said("R26")).containsExactly("ok Free memory is in blocks large enough");
    }

    @Test
    void foldersNamedByTheirTimeAreMomentsOfTheirOwn() throws IOException {
        for (String name : List.of("12-00-00", "12-00-09", "12-00-18")) {
            // copied without their dates
            put("2026-11-24_" + name + "/meminfo", Path.of("proc/6.18-meminfo.txt"), NOON);
            put("2026-11-24_" + name + "/slabinfo", Path.of("proc/6.18-slabinfo.txt"), NOON);
        }
        put("2026-11-24_12-00-09/meminfo", changed(), NOON);

        report();

        assertThat(sql(
                        "SELECT s.ts, m.mem_free_bytes, (SELECT count(*) > 0 FROM slab AS b WHERE b.snapshot = s.snapshot)"
                                + " AS slabs FROM snapshot AS s JOIN meminfo AS m USING (snapshot) ORDER BY s.ts"))
                .isEqualTo("""
                        ts,mem_free_bytes,slabs
                        2026-11-24T12:00:00Z,%1$s,true
                        2026-11-24T12:00:09Z,1024,true
                        2026-11-24T12:00:18Z,%1$s,true
                        """.formatted(memFree()));
        assertThat(sql("SELECT count(*) AS n FROM evidence_conflict")).isEqualTo("n\n0\n");
        assertThat(sql("SELECT DISTINCT time_from FROM evidence_source")).isEqualTo("time_from\nfile name\n");
    }

    private static byte[] changed() throws IOException {
        return Files.readString(TESTDATA.resolve("proc/6.18-meminfo.txt"))
                .replaceFirst("MemFree: +\\d+", "MemFree: 1")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static long memFree() throws IOException {
        String line = Files.readAllLines(TESTDATA.resolve("proc/6.18-meminfo.txt")).stream()
                .filter(l -> l.startsWith("MemFree:"))
                .findFirst()
                .orElseThrow();
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
    }

    @Test
    void ofCopiesAppendedWithoutATimeTheLastOneIsReadAndTheOthersAreMissed() throws IOException {
        byte[] first = Files.readAllBytes(TESTDATA.resolve("proc/6.18-meminfo.txt"));
        byte[] last = changed();
        byte[] both = java.util.Arrays.copyOf(first, first.length + last.length);
        System.arraycopy(last, 0, both, first.length, last.length);
        // named by when the script was started
        put("meminfo-20261124-110000.txt", both, NOON);

        report();

        assertThat(sql("SELECT ts, mem_free_bytes FROM meminfo JOIN snapshot USING (snapshot)"))
                .isEqualTo("ts,mem_free_bytes\n2026-11-24T12:10:01Z,1024\n");
        assertThat(sql("SELECT severity, reason FROM ingest_issue WHERE severity <> 'info'"))
                .isEqualTo("severity,reason\nwarning,\"it holds 2 print-outs and no time of any: only the last one was"
                        + " read, as of the time of the file; a line of time above each makes them a series:"
                        + " date; ps aux\"\n");
    }

    /** Of a log of processes that began before sar did, say; what the host lost then nobody read. */
    @Test
    void whatTheHostLostIsNotToldByReadingsOfAnotherHour() throws IOException {
        put("pidstat.txt", Path.of("evidence/folder/pidstat.txt"), NOON);
        String free = Files.readString(TESTDATA.resolve("tools/text/free.txt"));
        put("free.txt", ("Tue Nov 24 00:00:01 UTC 2026\n" + free).getBytes(StandardCharsets.UTF_8), NOON);

        report();

        assertThat(said("R42")).hasSize(1).allMatch(title -> title.startsWith("warning reportd (pid 4711) holds more"));
        assertThat(sql("SELECT count(*) AS n FROM grower WHERE metric = 'proc_rss' AND loss_bytes IS NOT NULL"))
                .isEqualTo("n\n0\n");
    }

    /** What the host would have lost to who grew it had back from who ended: nothing shows that this can be dropped. */
    @Test
    void whatAnotherProcessGaveBackMeanwhileHidesNoLoss() throws IOException {
        String pidstat = Files.readString(TESTDATA.resolve("evidence/folder/pidstat.txt"))
                .replaceAll(
                        "(?m)^(0[0-5]:\\d\\d:\\d\\d) +0 +1 .*$",
                        "$0\n$1     1002      9999     50.00      0.00 9471440 9000000  50.00  batchd");
        put("pidstat.txt", pidstat.getBytes(StandardCharsets.UTF_8), NOON);
        String meminfo = Files.readString(TESTDATA.resolve("proc/6.18-meminfo.txt"));
        StringBuilder text = new StringBuilder();
        for (int hour = 0; hour < 13; hour++) {
            text.append("2026-11-24 %02d:10:01%n".formatted(hour)).append(meminfo);
        }
        put("meminfo.txt", text.toString().getBytes(StandardCharsets.UTF_8), NOON);

        report();

        assertThat(said("R42"))
                .hasSize(1)
                .allMatch(title -> title.startsWith("info reportd (pid 4711) has ")
                        && title.endsWith(" more resident memory, and others gave back as much meanwhile"));
        assertThat(headline()).startsWith("Whether memory leaks cannot be told: reportd (pid 4711) has ");
    }

    /** sar -r tells what is available and not of how much: ten days of it, without the three in the middle. */
    @Test
    void memoryThatShrinksForDaysIsSaidWhereNothingTellsTheTotal() throws IOException {
        for (int day = 10; day < 20; day++) {
            if (day < 13 || day > 15) {
                put("sar" + day, sar(day), NOON);
            }
        }

        report();

        assertThat(headline())
                .isEqualTo(
                        "No memory leak can be named yet, but what is available shrinks: Memory lasts for about 3 d at"
                                + " this rate. Collect for longer to see who takes it.");
        assertThat(said("R01")).containsExactly("info Memory lasts for about 3 d at this rate");
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains("read at 1001 moments, at most 3\u00a0d apart")
                .doesNotContain("no gap");
    }

    /** In the form of sysstat 12.5, 8 MB less every ten minutes. */
    private static byte[] sar(int day) {
        StringBuilder text = new StringBuilder("Linux 5.14.0-427.13.1.el9_4.x86_64 (db7) \t2026-11-" + day
                + " \t_x86_64_\t(4 CPU)\n\n00:00:01    kbmemfree   kbavail kbmemused  %memused kbbuffers  kbcached  kbcommit"
                + "   %commit  kbactive   kbinact   kbdirty\n");
        for (int i = 1; i < 144; i++) {
            int available = 15_000_000 - 8_000 * (144 * (day - 10) + i) + 7_919 * i % 20_000;
            text.append(String.format(
                    java.util.Locale.ROOT,
                    "%02d:%02d:01     %9d %9d   8000000     50.00    100000   1900000   9000000     50.00   5000000   4000000"
                            + "       100%n",
                    i / 6,
                    i % 6 * 10,
                    available - 2_000_000,
                    available));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void eachWayToWriteTheTimeAboveATextIsRead() throws IOException {
        String meminfo = Files.readString(TESTDATA.resolve("proc/6.18-meminfo.txt"));
        for (List<String> times : List.of(
                List.of("1795521600", "1795521660"),
                List.of("12:00:00", "12:01:00"),
                List.of("2026-11-24_12:00:00", "2026-11-24_12:01:00"),
                List.of("2026/11/24 12:00:00", "2026/11/24 12:01:00"))) {
            Path file = put(
                    "meminfo.txt",
                    (times.get(0) + "\n" + meminfo + times.get(1) + "\n" + meminfo).getBytes(StandardCharsets.UTF_8),
                    NOON);

            assertThat(report(file).exitCode()).isZero();

            assertThat(sql("SELECT ts FROM snapshot JOIN meminfo USING (snapshot) ORDER BY ts"))
                    .as(times.get(0))
                    .isEqualTo("ts\n2026-11-24T12:00:00Z\n2026-11-24T12:01:00Z\n");
        }
    }

    /** A number that may be seconds since 1970, in a file that says what it is. */
    @Test
    void aControlGroupThatHoldsSoManyBytesIsNoTime() throws IOException {
        put("sys/fs/cgroup/app.slice/memory.current", "1795521600\n".getBytes(StandardCharsets.UTF_8), NOON);

        report();

        assertThat(sql("SELECT path, current_bytes FROM cgroup_memory"))
                .isEqualTo("path,current_bytes\n/app.slice,1795521600\n");
    }

    @Test
    void whoNamesAFileThatIsNotReadIsToldWhyAndWhatToGive() throws IOException {
        Path free = put("free.txt", Path.of("tools/text/free.txt"), NOON);
        Path docker = put(
                "stats.txt",
                "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT     MEM %     NET I/O           BLOCK I/O         PIDS\n"
                        .concat(
                                "b0ab8db5d3c0   web       0.07%     796KiB / 64MiB        1.21%     788B / 648B       3.568MB / 512kB   2\n")
                        .getBytes(StandardCharsets.UTF_8),
                NOON);
        Path notes = put("notes.txt", "we restarted it at ten\n".getBytes(StandardCharsets.UTF_8), NOON);

        Run both = report(free, docker, notes);

        assertThat(both.exitCode()).isEqualTo(1);
        assertThat(both.err().lines())
                .anyMatch(line ->
                        line.contains(docker + ": docker stats (or podman) tells no time and no kind of memory;")
                                && line.contains("/sys/fs/cgroup/"))
                .anyMatch(
                        line -> line.contains(notes + ": not the text of a tool that postmem knows; it was not read"));
        // in a folder lies what it may
        Files.delete(docker);
        assertThat(report().exitCode()).isZero();
    }

    @Test
    void aScreenOfAtopIsNoListOfPs() throws IOException {
        Path screen = put("atop.txt", """
                ATOP - vm      2026/11/28  20:35:42      -----------------      6h58m28s elapsed
                MEM | tot    23.5G | free   13.0G | cache   6.4G | buff  141.1M | slab  728.7M |
                *** System and Process Activity since Boot ***                      Rawfile view
                  PID SYSCPU USRCPU BDELAY  VGROW  RGROW  RDDSK  WRDSK  CPU CMD
                    1  2m26s 20.09s  0.00s  41.8M  12.9M     0B     0B   1% process_api
                """.getBytes(StandardCharsets.UTF_8), NOON);

        Run run = report(screen);

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .isEqualTo(
                        "postmem: atop.txt cannot be read: what atop shows on the screen, which is rounded and cut; give"
                                + " what atop -r FILE -P ALL prints of the same log\n");
    }

    @Test
    void theLogOfAnotherHostIsNotLaidBesideTheseFiles() throws IOException {
        put("sar.txt", Path.of("evidence/folder/sar.txt"), NOON);
        put("messages", logOf("web1"), NOON);

        report();

        assertThat(sql("SELECT c.host, count(k.victim_name) AS kills FROM capture AS c LEFT JOIN oom_kill AS k USING"
                        + " (capture_id) GROUP BY ALL ORDER BY ALL"))
                .isEqualTo("host,kills\ndb7,0\nweb1,1\n");
        assertThat(headline())
                .isEqualTo("On web1: No leak was found in what was given, but: The host ran out of memory and"
                        + " killed eat (pid 132).");
    }

    /** A report of a kill as syslog of a host writes it. */
    private static byte[] logOf(String host) throws IOException {
        return Files.readString(TESTDATA.resolve("oom/debian-6.1.176-global.txt"))
                .replaceAll("(?m)^\\[ *[0-9.]+\\] ", "Nov 24 11:00:00 " + host + " kernel: ")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The same host with its domain and without. */
    @Test
    void aLogThatLeavesOutTheDomainIsOfTheSameHost() throws IOException {
        put("sos/etc/hostname", "db7.example.com\n".getBytes(StandardCharsets.UTF_8), NOON);
        put("sos/free", Path.of("tools/text/free.txt"), NOON);
        put("sos/messages", logOf("db7"), NOON);

        report();

        assertThat(sql("SELECT host FROM capture")).isEqualTo("host\ndb7.example.com\n");
    }

    @Test
    void numbersNameTheFilesTheyAreOfAndWhatNobodyGaveIsNotSaidToBeAbsent() throws IOException {
        put("free.txt", Path.of("tools/text/free.txt"), NOON);

        report();

        assertThat(Files.readString(folder.resolve("report.html")))
                .contains("Read from: <code>free.txt</code>")
                .doesNotContain(
                        "000001/proc/meminfo", "No System V segment.", "Everything that was asked for was read");
    }

    @Test
    void standardOutputIsNoFileForThePage() throws IOException {
        Path free = put("free.txt", Path.of("tools/text/free.txt"), NOON);

        Run run = Run.of("report", free, "--output", "-");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("- is no file, and standard output has the summary; name a file");
    }

    /** Nobody's number is 0: no command names it, and it stands behind no name. */
    @Test
    void aCopyThatDoesNotSayWhoseItIsGetsNoNumber() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int minute = 0; minute < 20; minute++) {
            int kilobytes = 50_000 + 8_000 * minute;
            text.append(String.format(Locale.ROOT, "Sat Nov 28 10:%02d:00 UTC 2026%n", minute))
                    .append("5581e6a1c000-5581e8a3d000 rw-p 00000000 00:00 0                          [heap]\n");
            for (String line : List.of("Size:", "Rss:", "Pss:", "Private_Dirty:", "Anonymous:")) {
                text.append(String.format(Locale.ROOT, "%-15s %8d kB%n", line, kilobytes));
            }
            text.append("VmFlags: rd wr mr mw me ac sd\n");
        }
        put("smaps.txt", text.toString().getBytes(StandardCharsets.UTF_8), NOON);
        report();
        assertThat(said("R42"))
                .containsExactly(
                        "warning the process of smaps.txt holds more and more private anonymous memory: +148 MiB");
        String json = Files.readString(folder.resolve("findings.json"));
        assertThat(json).doesNotContain("-p 0", "/proc/0/", "pid 0");
    }

    /** The report of a kill from the kernel's log, and nothing that was read beside it. */
    @Test
    void aLogOfKillsIsNotSaidToTellOfNone() throws IOException {
        put("dmesg.txt", Path.of("oom/debian-6.1.176-global.txt"), NOON);

        report();

        assertThat(sql("SELECT kind, pid, label FROM path_event")).isEqualTo("kind,pid,label\noom_kill,132,eat\n");
        assertThat(Files.readString(folder.resolve("report.html"))).doesNotContain("no OOM kill");
    }

    /** One copy of df and one of meminfo: no mount was seen not to grow. */
    @Test
    void oneReadingOfTheMountsSaysNotThatNoneGrew() throws IOException {
        put("df.txt", Path.of("tools/text/df-Tk.txt"), NOON);
        put("meminfo", Path.of("proc/6.18-meminfo.txt"), NOON);

        report();

        assertThat(sql("SELECT text, used_bytes FROM lead_tmpfs")).startsWith("text,used_bytes\nonce,");
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains("The memory-backed file systems were read once; the fullest is ")
                .doesNotContain("No memory-backed file system grew");
    }

    /** Two copies of one text: every line of the second is that of the first. */
    @Test
    void whereNoLineOfMeminfoGrewNoneIsSaidToHaveGrownMost() throws IOException {
        put("a/proc/meminfo", Path.of("proc/6.18-meminfo.txt"), NOON);
        put("b/proc/meminfo", Path.of("proc/6.18-meminfo.txt"), NOON.plusSeconds(60));

        report();

        assertThat(sql("SELECT text, growth_bytes FROM lead_meminfo")).isEqualTo("text,growth_bytes\nstill,0\n");
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains(", and no use of memory grew.")
                .doesNotContain("What grew most is");
    }

    /** Who grew before a kill that no reading covers is not known, so nobody can be told to treat the grower. */
    @Test
    void ofAKillBeforeTheReadingsNoGrowerIsToldToBeTreated() throws IOException {
        put("dmesg.txt", Path.of("oom/debian-6.1.176-global.txt"), NOON);
        put("meminfo", Path.of("proc/6.18-meminfo.txt"), NOON);

        report();

        assertThat(said("R04")).containsExactly("info The kernel killed eat (pid 132) before this capture began");
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains("Capture while memory fills: who grows up to a kill is not in these readings.")
                .doesNotContain("Treat the grower");
    }

    @Test
    void oneStackIsNoStacks() throws IOException {
        put("memleak.txt", Path.of("tools/text/bcc-memleak-user.txt"), NOON);
        put("meminfo", Path.of("proc/6.18-meminfo.txt"), NOON);

        report();

        assertThat(Files.readString(folder.resolve("report.html"))).contains("Flame graph of 1 stack, ");
    }
}
