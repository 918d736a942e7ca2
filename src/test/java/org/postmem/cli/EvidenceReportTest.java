package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.cli.PostmemTest.Run;
import org.postmem.collector.archive.ArchiveReader;
import org.postmem.collector.archive.Json;

/** What is left when the incident is over: files of other tools, and nothing of postmem. */
class EvidenceReportTest {
    private static final Path TESTDATA = Path.of(System.getProperty("postmem.root"), "testdata");

    @TempDir
    Path folder;

    private Run report(Path... inputs) {
        Object[] arguments = new Object[inputs.length + 7];
        arguments[0] = "report";
        System.arraycopy(inputs, 0, arguments, 1, inputs.length);
        int at = inputs.length + 1;
        arguments[at++] = "--output";
        arguments[at++] = folder.resolve("report.html");
        arguments[at++] = "--findings";
        arguments[at++] = folder.resolve("findings.json");
        arguments[at++] = "--database";
        arguments[at] = folder.resolve("case.duckdb");
        Object[] whole = java.util.Arrays.copyOf(arguments, at + 1);
        return Run.of(whole);
    }

    private String sql(String query) {
        return Run.of("sql", folder.resolve("case.duckdb"), query, "--format=csv")
                .out();
    }

    @Test
    void namesTheProcessThatLeaksFromSarPidstatDmesgAndDf() throws IOException {
        Run run = report(TESTDATA.resolve("evidence/folder"));

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        Map<String, Object> findings = Json.readObject(Files.readAllBytes(folder.resolve("findings.json")));
        Map<?, ?> verdict = (Map<?, ?>) findings.get("verdict");
        assertThat(verdict.get("leak")).isEqualTo(true);
        assertThat(String.valueOf(verdict.get("headline"))).startsWith("reportd (pid 4711) leaks memory: +");
        assertThat(run.out()).contains("R42-1", "reportd[4711]", "R04-1").doesNotContain("R13-1");
        assertThat(sql("SELECT kind, readings, from_ts, to_ts, tables FROM evidence_source ORDER BY member"))
                .isEqualTo("""
                        kind,readings,from_ts,to_ts,tables
                        df,1,2026-11-24T12:10:01Z,2026-11-24T12:10:01Z,filesystem
                        kernel_log,44,2026-11-24T11:43:12Z,2026-11-24T11:43:13Z,kernel_message
                        pidstat,73,2026-11-24T00:10:01Z,2026-11-24T12:10:01Z,process_sample
                        sar,73,2026-11-24T00:10:01Z,2026-11-24T12:10:01Z,activity meminfo
                        """);
        assertThat(sql("SELECT origin, host, kernel, cpu_count, (SELECT count(*) FROM snapshot) AS n,"
                        + " (SELECT count(*) FROM process) AS p, (SELECT count(*) FROM filesystem) AS f FROM capture"))
                .isEqualTo("""
                        origin,host,kernel,cpu_count,n,p,f
                        evidence,db7,5.14.0-427.13.1.el9_4.x86_64,4,73,13,7
                        """);
        assertThat(sql("SELECT victim_name, victim_pid, scope, ts FROM oom_kill"))
                .isEqualTo("victim_name,victim_pid,scope,ts\npostmaster,1502,host,2026-11-24T11:43:12Z\n");
        // what nobody told is not there, and no zero stands for it
        assertThat(sql("SELECT count(mem_total_bytes) AS t, count(mem_free_bytes) AS f, count(shmem_bytes) AS s,"
                        + " count(anon_pages_bytes) AS a FROM meminfo"))
                .isEqualTo("t,f,s,a\n0,73,0,0\n");
        assertThat(sql("SELECT count(*) AS n FROM process_sample WHERE rss_anon_bytes IS NOT NULL"))
                .isEqualTo("n\n0\n");
        assertThat(sql("SELECT count(*) AS n FROM memory_ledger WHERE unaccounted_bytes IS NOT NULL"))
                .isEqualTo("n\n0\n");
        assertThat(sql("SELECT count(*) AS n FROM lead_kernel")).isEqualTo("n\n0\n");
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains("reportd", "Files read: 4")
                // the tiles name the files that the numbers are of
                .contains("\u00b7 sar.txt, 73 reads")
                .doesNotContain("Archive intact");
    }

    @Test
    void importsIntoAnArchiveThatComesToTheSame() throws IOException {
        report(TESTDATA.resolve("evidence/folder"));
        Map<String, Object> direct = Json.readObject(Files.readAllBytes(folder.resolve("findings.json")));
        String sources = sql("SELECT * FROM evidence_source ORDER BY member");
        Path archive = folder.resolve("db7.tar.zst");

        Run imported = Run.of("import", TESTDATA.resolve("evidence/folder"), "--output", archive);

        assertThat(imported.err()).isEmpty();
        assertThat(imported.exitCode()).isZero();
        long bytes = 0;
        for (String name : List.of("df.txt", "dmesg.txt", "pidstat.txt", "sar.txt")) {
            bytes += Files.size(TESTDATA.resolve("evidence/folder").resolve(name));
        }
        assertThat(imported.out()).isEqualTo(archive + ": 4 files, " + bytes + " bytes\n");
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            for (String name : List.of("df.txt", "dmesg.txt", "pidstat.txt", "sar.txt")) {
                assertThat(reader.next().members())
                        .containsOnly(Map.entry(
                                "original/" + name,
                                Files.readAllBytes(
                                        TESTDATA.resolve("evidence/folder").resolve(name))));
            }
        }
        assertThat(Run.of("verify", archive).exitCode()).isZero();
        Run run = report(archive);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        Map<String, Object> again = Json.readObject(Files.readAllBytes(folder.resolve("findings.json")));
        assertThat(again.get("verdict")).isEqualTo(direct.get("verdict"));
        assertThat(again.get("findings")).isEqualTo(direct.get("findings"));
        assertThat(sql("SELECT * FROM evidence_source ORDER BY member")).isEqualTo(sources);
    }

    @Test
    void importOverwritesNoArchiveAndTakesNoneIn() throws IOException {
        Path archive = Files.createFile(folder.resolve("there.tar.zst"));

        assertThat(Run.of("import", TESTDATA.resolve("evidence/folder"), "--output", archive)
                        .err())
                .isEqualTo(
                        "postmem: " + archive + " is there already; an archive is never overwritten, name another\n");
        Path notes = Files.writeString(folder.resolve("notes.txt"), "we restarted it at ten\n");
        Run nothing = Run.of("import", notes, "--output", folder.resolve("new.tar.zst"));
        assertThat(nothing.err()).isEqualTo("postmem: " + notes + " holds no text of a tool that postmem knows\n");
        assertThat(nothing.exitCode()).isEqualTo(3);
        assertThat(folder.resolve("new.tar.zst")).doesNotExist();
    }

    @Test
    void outputTakesThePlaceOfNoInput() throws IOException {
        Path kept = Files.createDirectory(folder.resolve("kept"));
        Path text = Files.copy(TESTDATA.resolve("tools/text/free.txt"), kept.resolve("free.txt"));
        byte[] before = Files.readAllBytes(text);
        Path link = Files.createSymbolicLink(folder.resolve("latest.html"), text);

        for (Path input : List.of(text, kept)) {
            assertThat(Run.of("report", input, "--output", text))
                    .isEqualTo(new Run(
                            2, "", "postmem: " + text + " is an input, which would be lost; name another file\n"));
        }
        assertThat(Run.of("report", text, "--output", folder.resolve("x.html"), "--findings", link)
                        .exitCode())
                .isEqualTo(2);
        assertThat(text).hasBinaryContent(before);
        assertThat(folder.resolve("x.html")).doesNotExist();
        // A page that postmem wrote beside the evidence is written again.
        for (int run = 0; run < 2; run++) {
            assertThat(Run.of("report", kept, "--output", kept.resolve("report.html"), "--database", kept.resolve("c"))
                            .exitCode())
                    .isZero();
        }
    }

    @Test
    void outputsShareNoFile() {
        Path page = folder.resolve("x");
        Run run = Run.of(
                "report",
                TESTDATA.resolve("tools/text/free.txt"),
                "--output",
                page,
                "--findings",
                folder.resolve("./x"));
        assertThat(run)
                .isEqualTo(new Run(
                        2,
                        "",
                        "postmem: " + folder.resolve("./x")
                                + " is named for two outputs; give each a file of its own\n"));
        assertThat(page).doesNotExist();
    }

    @Test
    void aMemoryLimitThatIsTooLowIsSaidAndNoFaultOfPostmem() {
        Run run = Run.of(
                "report",
                TESTDATA.resolve("tools/text/free.txt"),
                "--output",
                folder.resolve("x"),
                "--memory-limit",
                "1KB");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("postmem: DuckDB needs more memory than it may use (Out of Memory Error: ")
                .endsWith("; give it more with --memory-limit, or fewer or shorter captures at once\n")
                .hasLineCount(1);
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void readsAnOswatcherArchiveIntoTheTablesOfItsSubjects() {
        Run run = report(TESTDATA.resolve("tools/osw"));

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(sql("SELECT origin, host FROM capture")).isEqualTo("origin,host\nevidence,vm\n");
        assertThat(sql("SELECT kind, count(*) AS files FROM evidence_source GROUP BY kind"))
                .isEqualTo("kind,files\nframes,5\n");
        assertThat(sql("SELECT min(ts) AS first FROM snapshot")).isEqualTo("first\n2026-11-22T21:00:00Z\n");
        assertThat(
                        sql(
                                "SELECT mem_total_bytes, mem_free_bytes, anon_pages_bytes IS NOT NULL AS a FROM meminfo ORDER BY snapshot LIMIT 1"))
                .isEqualTo("mem_total_bytes,mem_free_bytes,a\n25276502016,20952973312,true\n");
        assertThat(sql(
                        "SELECT p.pid, s.rss_bytes, s.rss_anon_bytes FROM process_sample AS s JOIN process AS p USING (capture_id, process_id)"
                                + " WHERE s.snapshot = 1 AND p.pid = 2 AND s.rss_bytes IS NOT NULL"))
                .isEqualTo("pid,rss_bytes,rss_anon_bytes\n2,114532352,90935296\n");
        assertThat(sql("SELECT count(*) > 100 AS many FROM slab WHERE snapshot = 1"))
                .isEqualTo("many\ntrue\n");
    }

    @Test
    void showsKillsOfDaemonsAsKillsOfTheirOwn() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.copy(TESTDATA.resolve("evidence/folder/sar.txt"), in.resolve("sar.txt"));
        Path log = Files.writeString(in.resolve("journal.txt"), """
                Nov 24 11:43:10 db7 systemd-oomd[840]: Killed /user.slice/a.scope due to memory pressure for /user.slice being 85.23% > 50.00% for > 20s with reclaim activity
                Nov 24 11:44:16 db7 earlyoom[1233]: mem avail:   123 of  7821 MiB ( 1.57%), swap free:   81 of 1023 MiB ( 7.95%)
                Nov 24 11:44:16 db7 earlyoom[1233]: low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%
                Nov 24 11:44:16 db7 earlyoom[1233]: sending SIGTERM to process 4711 uid 0 "reportd": badness 757, VmRSS 3637 MiB
                """);

        Run run = report(in.resolve("sar.txt"), log);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(sql("SELECT ts, killer, reason, signal, victim_cgroup, victim_name, victim_pid, limit_percent,"
                        + " victim_rss_bytes FROM daemon_kill ORDER BY kill_id"))
                .isEqualTo("""
                        ts,killer,reason,signal,victim_cgroup,victim_name,victim_pid,limit_percent,victim_rss_bytes
                        2026-11-24T11:43:10Z,systemd-oomd,pressure,,/user.slice/a.scope,,,50.0,
                        2026-11-24T11:44:16Z,earlyoom,memory,SIGTERM,,reportd,4711,10.0,3813670912
                        """);
        assertThat(sql("SELECT kind, readings, tables FROM evidence_source WHERE kind = 'kernel_log'"))
                .isEqualTo("kind,readings,tables\nkernel_log,4,daemon_kill kernel_message\n");
        assertThat(sql("SELECT at_ts, label FROM path_event WHERE kind = 'daemon_kill'"))
                .isEqualTo("""
                        at_ts,label
                        2026-11-24T11:43:10Z,systemd-oomd: /user.slice/a.scope
                        2026-11-24T11:44:16Z,earlyoom: reportd
                        """);
        assertThat(sql("SELECT count(*) AS n FROM oom_kill")).isEqualTo("n\n0\n");
        String page = Files.readString(folder.resolve("report.html"));
        assertThat(page)
                .contains(
                        "systemd-oomd killed /user.slice/a.scope for want of memory",
                        "Tasks in /user.slice waited for memory 85 % of the time, more than the 50 % allowed for 20 s.",
                        "earlyoom killed reportd (pid 4711) for want of memory",
                        "Kills by systemd-oomd and earlyoom");
    }

    @Test
    void countsFilesOfDfAndAreasOfSmemWhereAReaderLooksForThem() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(in.resolve("df.txt"), """
                2026-11-22T10:00:00Z
                Filesystem      Inodes  IUsed    IFree IUse% Mounted on
                tmpfs          3091463      1  3091462    1% /dev/shm
                2026-11-22T10:10:00Z
                Filesystem      Inodes  IUsed    IFree IUse% Mounted on
                tmpfs          3091463 900001  2191462   30% /dev/shm
                """);
        Files.writeString(
                in.resolve("smem.txt"),
                "2026-11-22T10:00:00Z\n" + Files.readString(TESTDATA.resolve("tools/text/smem-w.txt")));

        Run run = report(in);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(
                        sql(
                                "SELECT device, fstype, size_bytes, used_inodes, free_inodes, inode_growth, mounted_on FROM path_df"))
                .isEqualTo("""
                        device,fstype,size_bytes,used_inodes,free_inodes,inode_growth,mounted_on
                        /dev/shm,unknown,,900001,2191462,900000,/dev/shm
                        """);
        assertThat(sql("SELECT line, last_bytes FROM path_meminfo WHERE line LIKE 'smem %' ORDER BY position"))
                .isEqualTo("""
                        line,last_bytes
                        "smem free memory, cache",20744564736
                        "smem kernel dynamic memory, cache",3977256960
                        "smem kernel dynamic memory, other",154472448
                        "smem userspace memory, cache",87056384
                        "smem userspace memory, other",313151488
                        """);
        assertThat(Files.readString(folder.resolve("report.html"))).contains("IUsed", "smem userspace memory, other");
    }

    /** A sar history of one host whose memory goes in six hours; who takes it, sar does not know. */
    private static String history(String host, long takenKilobytes) {
        StringBuilder text = new StringBuilder(
                "Linux 5.14.0-427.13.1.el9_4.x86_64 (" + host
                        + ") \t11/24/2026 \t_x86_64_\t(4 CPU)\n\n00:00:01    kbmemfree   kbavail kbmemused  %memused kbbuffers"
                        + "  kbcached  kbcommit   %commit  kbactive   kbinact   kbdirty  kbanonpg    kbslab  kbkstack   kbpgtbl  kbvmused\n");
        for (int i = 1; i <= 36; i++) {
            long taken = takenKilobytes * i / 36;
            text.append(String.format(
                    Locale.ROOT,
                    "%02d:%d0:01   %10d %9d %9d %9.2f %9d %9d %9d %9.2f %9d %9d %9d %9d %9d %9d %9d %9d%n",
                    i / 6,
                    i % 6,
                    6_000_000 - taken,
                    7_000_000 - taken,
                    1_000_000,
                    12.5,
                    40_000,
                    1_000_000,
                    900_000,
                    11.0,
                    500_000,
                    400_000,
                    40,
                    400_000 + taken,
                    100_000,
                    4_000,
                    8_000,
                    20_000));
        }
        text.append("\n00:00:01     pswpin/s pswpout/s\n");
        for (int i = 1; i <= 36; i++) {
            text.append(String.format(
                    Locale.ROOT, "%02d:%d0:01         %.2f      %.2f%n", i / 6, i % 6, 0.0, i > 30 ? 120.5 : 0.0));
        }
        text.append(
                "\n00:00:01     pgpgin/s pgpgout/s   fault/s  majflt/s  pgfree/s pgscank/s pgscand/s pgsteal/s    %vmeff\n");
        for (int i = 1; i <= 36; i++) {
            text.append(String.format(
                    Locale.ROOT,
                    "%02d:%d0:01        10.00     20.00    300.00      1.00    500.00      0.00      %.2f      0.00      0.00%n",
                    i / 6,
                    i % 6,
                    i > 30 ? 900.25 : 0.0));
        }
        return text.toString();
    }

    @Test
    void tellsFromSarAloneThatMemoryGoesAndNamesTheToolsThatKnowMore() throws IOException {
        Path sar = Files.writeString(folder.resolve("sar.txt"), history("db7", 5_500_000));

        Run run = report(sar);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(sql("SELECT kind, readings, tables FROM evidence_source"))
                .isEqualTo("kind,readings,tables\nsar,36,activity meminfo\n");
        // trend and buckets
        assertThat(sql("SELECT verdict FROM trend WHERE metric = 'host_anon' AND win = 'all'"))
                .isEqualTo("verdict\nleak\n");
        assertThat(sql("SELECT first_bytes, last_bytes, growth_bytes FROM path_meminfo WHERE line = 'AnonPages'"))
                .isEqualTo("first_bytes,last_bytes,growth_bytes\n566043648,6041600000,5475556352\n");
        assertThat(
                        sql(
                                "SELECT anon_bytes, slab_reclaimable_bytes IS NULL AS u FROM memory_ledger ORDER BY snapshot DESC LIMIT 1"))
                .isEqualTo("anon_bytes,u\n6041600000,true\n");
        // paging
        assertThat(
                        sql(
                                "SELECT count(*) AS n, max(pswpout_per_second) AS o, max(pgscand_per_second) AS s FROM path_sar_history"))
                .isEqualTo("n,o,s\n36,120.5,900.25\n");
        // nobody is accused, and what is missing is named
        String findings = Files.readString(folder.resolve("findings.json"));
        assertThat(run.out()).contains("R43-1").doesNotContain("R05-1", "R42-1");
        assertThat(findings)
                .contains(
                        "Anonymous memory of the host grows by 4.95 GiB, and no file tells whose",
                        "pidstat -r -p ALL 60 30 > pidstat.txt  # half an hour");
        String page = Files.readString(folder.resolve("report.html"));
        assertThat(page).contains("pswpout/s", "pgscand/s", "AnonPages", "pidstat -r");
    }

    @Test
    void keepsHostsApartInReportAndImportAndRefusesToCompareAHeap() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(in.resolve("a.txt"), history("db7", 5_500_000));
        Files.writeString(in.resolve("b.txt"), history("db8", 0));

        Run run = report(in);

        assertThat(run.err()).isEmpty();
        assertThat(sql("SELECT c.capture_id, c.host, e.member, e.readings FROM capture AS c JOIN evidence_source AS e"
                        + " USING (capture_id) ORDER BY 1"))
                .isEqualTo("capture_id,host,member,readings\n1,db7,a.txt,36\n2,db8,b.txt,36\n");
        assertThat(sql("SELECT capture_id FROM trend WHERE metric = 'host_anon' AND win = 'all' AND verdict = 'leak'"))
                .isEqualTo("capture_id\n1\n");
        Path both = folder.resolve("both.tar.zst");
        Path bad = folder.resolve("bad.tar.zst");
        Path good = folder.resolve("good.tar.zst");
        assertThat(Run.of("import", in, "--output", both).exitCode()).isZero();
        assertThat(Run.of("import", in.resolve("a.txt"), "--output", bad).exitCode())
                .isZero();
        assertThat(Run.of("import", in.resolve("b.txt"), "--output", good).exitCode())
                .isZero();
        assertThat(report(both).exitCode()).isZero();
        assertThat(sql("SELECT host FROM capture ORDER BY 1")).isEqualTo("host\ndb7\ndb8\n");

        Run refused = Run.of("compare", both, "--at", "03:00", "--output", folder.resolve("compare.html"));
        assertThat(refused.err())
                .isEqualTo(
                        "postmem: " + both + " holds files of 2 hosts (db7, db8), and one of them stands on each side;"
                                + " import the files of each host into an archive of its own\n");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(folder.resolve("compare.html")).doesNotExist();
        Run compared = Run.of("compare", good, bad, "--output", folder.resolve("compare.html"));
        assertThat(compared.err()).isEmpty();
        assertThat(compared.exitCode()).isZero();
    }

    @Test
    void saysWhomTheKernelKilledAndWhoWasLargeFromAKernelLogAlone() throws IOException {
        Run run = report(TESTDATA.resolve("oom/published-el7-3.10.0-514-global.txt"));

        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("No leak was found in what was given, but:"
                        + " The host ran out of memory and killed mysqld (pid 6576).\n");
        Map<String, Object> findings = Json.readObject(Files.readAllBytes(folder.resolve("findings.json")));
        Map<?, ?> first = (Map<?, ?>) ((List<?>) findings.get("findings")).get(0);
        assertThat(List.of(first.get("rule"), first.get("severity"), first.get("explanation")))
                .isEqualTo(List.of(
                        "R04",
                        "warning",
                        "Kills in the kernel log: 1. The last victim held 19.7 GiB. Largest in the list that the kernel"
                                + " printed with it: mysqld (6576), java (27502), oacore (8685). Who grew up to it"
                                + " stands in no kernel log: that takes readings from before."));
    }

    @Test
    void saysOfOnePrintOfStacksWhatItTellsInsteadOfThatSnapshotsAreMissing() throws IOException {
        Run run = report(TESTDATA.resolve("tools/text/bcc-memleak-genuine.txt"));

        assertThat(run.out())
                .startsWith("Whether memory leaks cannot be told from what was given; what tells it is listed below.")
                .doesNotContain("R33");
    }

    /** As many objects as fill pages of 64 KiB. */
    private static String slabinfoOfLargePages() throws IOException {
        return Files.readString(TESTDATA.resolveSibling("src/test/resources/evidence/slabinfo-64k.txt"));
    }

    @Test
    void countsInPagesOfTheSizeThatTheFilesTell() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(
                in.resolve("a.txt"),
                "2026-11-22T10:00:00Z\nMemTotal: 8000000 kB\nMemFree: 4000000 kB\nSlab: 60000 kB\nSReclaimable: 10000 kB\nSUnreclaim: 50000 kB\n"
                        + "2026-11-22T10:00:00Z\n" + slabinfoOfLargePages());

        Run run = report(in);

        assertThat(run.err()).isEmpty();
        assertThat(sql("SELECT page_bytes, (SELECT bytes FROM slab WHERE cache = 'dentry') AS dentry,"
                        + " (SELECT bytes FROM slab_owner WHERE cache = '(large kmalloc)') AS rest,"
                        + " (SELECT count(*) FROM ingest_issue) AS issues FROM capture"))
                .isEqualTo("page_bytes,dentry,rest,issues\n65536," + 118 * 65536 + ","
                        + (60000 * 1024 - (189 + 122 + 118 + 40 + 16 * 8 + 64 + 20 + 1 + 2) * 65536) + ",0\n");
    }

    @Test
    void namesTheRestOfSlabOnlyWhereTheListOfCachesIsWhole() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        String memory = """
                2026-11-22T10:00:00Z
                MemTotal: 8000000 kB
                MemFree: 4000000 kB
                Slab: 60000 kB
                SReclaimable: 10000 kB
                SUnreclaim: 50000 kB
                2026-11-22T10:00:00Z
                """;
        String slabinfo = slabinfoOfLargePages();
        String head = slabinfo.substring(0, slabinfo.indexOf("kmem_cache_node"));
        Files.writeString(in.resolve("a.txt"), memory + head);

        Run run = report(in);

        assertThat(run.err()).isEmpty();
        assertThat(
                        sql(
                                "SELECT count(*) AS n, count(*) FILTER (WHERE cache = '(large kmalloc)') AS rest FROM slab_owner"))
                .isEqualTo("n,rest\n7,0\n");
    }

    @Test
    void saysThatThePageSizeIsAssumedWhereOnlyPagesAreTold() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        String buddies =
                "Node 0, zone    DMA32      2      1      0      1      2      1      1      0      1      1      3\n";
        Files.writeString(in.resolve("buddyinfo"), "2026-11-22T10:00:00Z\n" + buddies);

        Run run = report(in);

        assertThat(run.exitCode()).isZero();
        assertThat(sql(
                        "SELECT page_bytes IS NULL AS assumed, (SELECT count(*) FROM ingest_issue WHERE severity = 'info'"
                                + " AND reason LIKE '%4 KiB were taken%') AS said FROM capture"))
                .isEqualTo("assumed,said\ntrue,1\n");
    }

    @Test
    void readsDatesInTheOrderOfTheOtherFilesOfTheHost() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(in.resolve("a.txt"), history("db7", 0).replace("11/24/2026", "24/11/2026"));
        Path b = Files.writeString(in.resolve("b.txt"), history("db7", 0).replace("11/24/2026", "05/11/2026"));
        Files.setLastModifiedTime(b, FileTime.from(Instant.parse("2027-01-20T10:00:00Z")));

        report(in);

        assertThat(sql("SELECT member, from_ts::DATE::VARCHAR AS day FROM evidence_source ORDER BY 1"))
                .isEqualTo("member,day\na.txt,2026-11-24\nb.txt,2026-11-05\n");
        assertThat(sql("SELECT member, reason FROM ingest_issue WHERE severity = 'warning'"))
                .isEqualTo("member,reason\nb.txt,\"the date is read as day/month/year, as in other files\"\n");
    }

    /** A sum over caches or counters that are listed twice is twice of what there is. */
    @Test
    void whatACopyOfTheKernelsFileAndAToolTellOfOneMomentIsKeptOnce() throws IOException {
        Path data = Path.of(System.getProperty("postmem.root")).resolve("testdata");
        Path in = Files.createDirectory(folder.resolve("in"));
        String time = "2026-11-22T10:00:00Z\n";
        Files.writeString(in.resolve("a.txt"), time + Files.readString(data.resolve("proc/6.18-slabinfo.txt")));
        Files.writeString(in.resolve("b.txt"), time + Files.readString(data.resolve("tools/text/slabtop-o.txt")));
        Files.writeString(in.resolve("c.txt"), time + "nr_free_pages 1000\npgpgin 5\npswpin 3\noom_kill 2\n");
        Files.writeString(in.resolve("d.txt"), time + Files.readString(data.resolve("tools/text/vmstat-s.txt")));

        report(in);

        assertThat(sql("SELECT count(DISTINCT cache) > 100 AS caches, count(*) - count(DISTINCT cache) AS twice,"
                        + " count(DISTINCT snapshot) AS snapshots FROM slab"))
                .isEqualTo("caches,twice,snapshots\ntrue,0,1\n");
        assertThat(sql("SELECT name, string_agg(value, ' ') AS told FROM vmstat WHERE name IN ('pgpgin', 'oom_kill')"
                        + " GROUP BY name ORDER BY name"))
                .isEqualTo("name,told\noom_kill,2\npgpgin,5\n");
    }

    @Test
    void showsAContradictionInsteadOfAMean() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(in.resolve("a.txt"), "2026-11-22T10:00:00Z\nMemTotal: 8000000 kB\nMemFree: 4000000 kB\n");
        Files.writeString(in.resolve("b.txt"), "2026-11-22T10:00:00Z\nMemTotal: 8000000 kB\nMemFree: 1000000 kB\n");

        Run run = report(in);

        assertThat(run.exitCode()).isZero();
        assertThat(sql("SELECT mem_free_bytes FROM meminfo")).isEqualTo("mem_free_bytes\n4096000000\n");
        assertThat(sql("SELECT what, member, value, other_member, other_value FROM evidence_conflict"))
                .isEqualTo(
                        "what,member,value,other_member,other_value\nmem_free_bytes,a.txt,4096000000,b.txt,1024000000\n");
        assertThat(run.out()).contains("R34");
    }

    /** The texts were read a second apart, while a collector of garbage gave 1.9 of 3.9 GB back. */
    @Test
    void takesWhatMovesAsMuchFromMomentToMomentForNoContradiction() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        String[] free = {"4000000", "3000000", "2100000", "4000000"};
        StringBuilder a = new StringBuilder();
        for (int i = 0; i < free.length; i++) {
            a.append("2026-11-22T10:0%d:00Z\nMemTotal: 8000000 kB\nMemFree: %s kB\n".formatted(i, free[i]));
        }
        Files.writeString(in.resolve("a.txt"), a);
        Files.writeString(in.resolve("b.txt"), "2026-11-22T10:02:00Z\nMemTotal: 8000000 kB\nMemFree: 4000000 kB\n");

        report(in);

        assertThat(sql("SELECT what FROM evidence_conflict")).isEqualTo("what\n");
    }

    @Test
    void takesTheResidentSizeAndItsPartsOfAProcessFromOneText() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(in.resolve("a.txt"), """
                2026-11-22T10:00:00Z
                USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
                root        4711  0.0  0.5 200000 60000 ?        S    09:00   0:00 /usr/bin/ordersvc
                """);
        Files.writeString(in.resolve("b.txt"), """
                2026-11-22T10:00:00Z
                ==> /proc/4711/status <==
                Name:\tordersvc
                Pid:\t4711
                VmSize:\t  200000 kB
                VmRSS:\t   20000 kB
                RssAnon:\t   15000 kB
                RssFile:\t    5000 kB
                """);

        Run run = report(in);

        assertThat(sql("SELECT rss_bytes, rss_anon_bytes FROM process_sample"))
                .isEqualTo("rss_bytes,rss_anon_bytes\n20480000,15360000\n");
        assertThat(sql("SELECT what, value, other_value FROM evidence_conflict"))
                .isEqualTo("what,value,other_value\nrss_bytes of process 1,20480000,61440000\n");
        assertThat(run.out()).contains("R34");
    }

    @Test
    void tellsAPidThatIsUsedAgainByTheStartInCopiesOfStat() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        // one that calls itself otherwise is the same; one of the same name that was started since is another
        String copies = """
                2026-11-22T10:%s:00Z
                ==> /proc/stat <==
                cpu  100 0 100 1000 0 0 0 0 0 0
                btime 1795341000
                ==> /proc/4711/stat <==
                4711 (%s) S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 %s 204800000 5000 18446744073709551615
                ==> /proc/4711/status <==
                Name:\t%2$s
                Pid:\t4711
                VmRSS:\t   20000 kB
                """;
        Files.writeString(in.resolve("a.txt"), copies.formatted("00", "launcher", "6000"));
        Files.writeString(in.resolve("b.txt"), copies.formatted("01", "ordersvc", "6000"));
        Files.writeString(in.resolve("c.txt"), copies.formatted("02", "ordersvc", "71050"));

        report(in);

        assertThat(sql("SELECT process_id, pid, comm, start_ticks, started_at, first_snapshot, last_snapshot"
                        + " FROM process ORDER BY process_id"))
                .isEqualTo("""
                        process_id,pid,comm,start_ticks,started_at,first_snapshot,last_snapshot
                        1,4711,ordersvc,6000,2026-11-22T09:51:00Z,1,2
                        2,4711,ordersvc,71050,2026-11-22T10:01:50.500Z,3,3
                        """);
    }

    @Test
    void namesTheGrowerOfPidstatAloneThoughNothingTellsWhatTheHostLost() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        StringBuilder text = new StringBuilder("""
                Linux 6.1.0 (orders-1) \t2026-11-22 \t_x86_64_\t(4 CPU)

                # Time        UID       PID  minflt/s  majflt/s     VSZ     RSS   %MEM  Command
                """);
        for (int i = 0; i < 28; i++) {
            text.append("%d  1000  4711  50.00  0.00  2000000  %d  12.00  ordersvc%n"
                    .formatted(1795341600 + 60 * i, 100_000 + 20_480 * i));
        }
        Files.writeString(in.resolve("pidstat.txt"), text);

        Run run = report(in);

        assertThat(run.out()).startsWith("ordersvc (pid 4711) holds more and more memory: +520 MiB");
        assertThat(sql("SELECT count(*) FILTER (WHERE loss_bytes IS NULL) = count(*) AS unknown FROM leak_row"))
                .isEqualTo("unknown\ntrue\n");
    }

    @Test
    void tellsOfTheKillAtTheLimitOfAGroupThatAKernelLogAloneTells() {
        Run run = report(TESTDATA.resolve("oom/debian-6.1.176-memcg.txt"));

        assertThat(run.out()).startsWith("Control group /app.slice/svc.scope was at its limit: 1 killed.");
    }

    @Test
    void makesThePageOfAProcessThatLeaksInTopAlone() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        StringBuilder screens = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            screens.append(
                    """
                    zzz ***Sun Nov 22 10:%02d:%02d UTC 2026
                    top - 10:00:00 up 1 day,  1:00,  1 user,  load average: 0.00, 0.00, 0.00
                    Tasks:   1 total,   1 running,   0 sleeping,   0 stopped,   0 zombie
                    KiB Mem :  8000000 total,  %d free,  1000000 used,  1000000 buff/cache
                    KiB Swap:        0 total,        0 free,        0 used.  %d avail Mem

                      PID USER      PR  NI    VIRT    RES    SHR S %%CPU %%MEM     TIME+ COMMAND
                     4711 root      20   0 2000000 %d  10000 S  0.0 12.0   0:01.00 ordersvc
                    """.formatted(i / 2, i % 2 * 30, 6_000_000 - i * 4096, 6_000_000 - i * 4096, 100_000 + i * 4096));
        }
        Files.writeString(in.resolve("top.txt"), screens);

        Run run = report(in);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("ordersvc (pid 4711) leaks private anonymous memory: +");
    }

    @Test
    void saysThatNobodyKnowsWhereNothingCouldBeAsked() throws IOException {
        Path texts = Path.of(System.getProperty("postmem.root")).resolve("testdata/tools/text");

        Run run = report(texts.resolve("vmstat-nt-repeats.txt"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("Whether memory leaks cannot be told from what was given; what tells it is listed below.");
    }

    @Test
    void saysWhenNothingIsRecognised() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(in.resolve("notes.txt"), "we restarted it at ten\n");

        Run run = report(in);

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .isEqualTo("postmem: " + in.resolve("notes.txt")
                        + " holds no archive, and no text of a tool that postmem knows (it reads sysstat, top, ps, pidstat,"
                        + " free, vmstat, slabtop, df, atop -P, OSWatcher, kernel logs and copies of /proc; README.md has"
                        + " them all)\n");
    }

    /** atop and pidstat print no memory of a process that has exited, which is no kernel thread for that. */
    @Test
    void aProcessThatHasExitedIsNoKernelThread() throws IOException {
        Path atop = Files.writeString(folder.resolve("atop.txt"), """
                        RESET
                        PRM db1 1795381516 2026/11/22 21:05:16 600 2 (kthreadd) S 4096 0 0 0 0 0 0 0 0 0 0 0 2 y 0
                        PRM db1 1795381516 2026/11/22 21:05:16 600 4242 (leaker) S 4096 9000000 8000000 4 0 0 9 0 0 0 0 0 4242 y 0
                        SEP
                        PRM db1 1795382116 2026/11/22 21:15:16 600 2 (kthreadd) S 4096 0 0 0 0 0 0 0 0 0 0 0 2 y 0
                        PRM db1 1795382116 2026/11/22 21:15:16 600 4242 (leaker) E 4096 0 0 0 0 0 0 0 0 0 0 0 4242 y 0
                        PRM db1 1795382116 2026/11/22 21:15:16 600 4250 (gone) E 4096 0 0 0 0 0 0 0 0 0 0 0 4250 y 0
                        SEP
                        """);
        Path pidstat = Files.writeString(folder.resolve("pidstat.txt"), """
                        Linux 4.18.0-553.el8_10.x86_64 (db1) \t2026-11-22 \t_x86_64_\t(2 CPU)

                        21:05:15      UID       PID  minflt/s  majflt/s     VSZ     RSS   %MEM  Command
                        21:05:16        0      4300      0.00      0.00  174000   14000   0.09  ends

                        21:05:16      UID       PID  minflt/s  majflt/s     VSZ     RSS   %MEM  Command
                        21:15:16        0      4300      0.00      0.00       0       0   0.00  ends
                        """);

        assertThat(report(atop, pidstat).exitCode()).isZero();
        assertThat(sql("SELECT pid, comm, kernel_thread FROM process ORDER BY pid"))
                .isEqualTo("""
                        pid,comm,kernel_thread
                        2,kthreadd,true
                        4242,leaker,false
                        4250,gone,false
                        4300,ends,false
                        """);
    }

    @Test
    void readsAMeminfoThatAnEditorOfWindowsSaved() throws IOException {
        Path meminfo = folder.resolve("meminfo.txt");
        Files.writeString(
                meminfo,
                "\ufeff"
                        + Files.readString(TESTDATA.resolve("proc/6.1-meminfo.txt"))
                                .replace("\n", "\r\n"));

        report(meminfo);

        assertThat(sql("SELECT count(mem_total_bytes) AS n FROM meminfo")).isEqualTo("n\n1\n");
    }
}
