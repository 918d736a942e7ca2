package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postmem.collector.archive.Json;
import org.postmem.collector.archive.Snapshot;
import org.postmem.sql.CaseDatabase;

class CaptureLoaderTest {
    private static final String CAPTURE = "{\"format\":1,\"collector_version\":\"0.1.0\",\"collector_pid\":900,"
            + "\"host\":\"db1\",\"kernel\":\"6.1.0-40-amd64\",\"machine\":\"x86_64\",\"page_bytes\":4096,"
            + "\"ticks_per_second\":100,\"cpu_count\":2,\"interval_seconds\":5.0,\"privileged\":true,"
            + "\"utc_offset_seconds\":3600,\"options\":{\"redact\":\"none\"}}";
    private static final String BOOT = "0c6c0f2e-0000-4000-8000-000000000001";
    private static final String OTHER_BOOT = "0c6c0f2e-0000-4000-8000-000000000002";

    private final CaseDatabase database = CaseDatabase.inMemory();
    private final CaseTables tables = new CaseTables(database.connection());
    private final CaptureLoader loader = new CaptureLoader(1, "db1.tar.zst", tables);
    private final Map<String, byte[]> members = new LinkedHashMap<>();
    private final Map<String, byte[]> hostMembers = new LinkedHashMap<>();

    CaptureLoaderTest() {
        tables.begin();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void describesCaptureAndSnapshots() throws SQLException {
        snapshot(1, BOOT, 100, "2026-11-22T10:00:00Z", false, "\"written_bytes\":70000");
        snapshot(2, BOOT, 105, "2026-11-22T10:00:05.25Z", false, "\"cpu_ns\":1500000,\"written_bytes\":9000");
        snapshot(4, OTHER_BOOT, 3, "2026-11-22T10:01:05Z", true, "\"written_bytes\":8000");
        commit();

        assertThat(rows("SELECT source, host, kernel, page_bytes, ticks_per_second, cpu_count, format_version,"
                        + " collector_pid, interval_seconds, privileged, utc_offset_seconds, options FROM capture"))
                .containsExactly("db1.tar.zst|db1|6.1.0-40-amd64|4096|100|2|1|900|5.0|true|3600|{\"redact\":\"none\"}");
        assertThat(rows("SELECT snapshot, ts, t_seconds, uptime_seconds, boot, written_bytes, collector_cpu_seconds"
                        + " FROM snapshot ORDER BY 1"))
                .containsExactly(
                        "1|2026-11-22 10:00:00.0|0.0|100.0|0|9000|null",
                        "2|2026-11-22 10:00:05.25|5.0|105.0|0|null|0.0015",
                        "4|2026-11-22 10:01:05.0|64.75|3.0|1|null|null");
        assertThat(rows("FROM ingest_issue")).isEmpty();
    }

    @Test
    void carriesForwardWhatIsToldOnce() throws SQLException {
        processes(process(900, "collector", 50), process(42, "a) (b", 700));
        group("pid/status", "42", """
                Name:\ta) (b
                Uid:\t1000\t1000\t1000\t1000
                VmSize:\t    3000 kB
                VmRSS:\t    2000 kB
                RssAnon:\t    1500 kB
                """);
        group("pid/statm", "42", "750 500 125 1 0 300 0\n");
        group("pid/statm", "900", "10 5 1 1 0 3 0\n");
        group("pid/oom_score", "42", "667\n");
        group("pid/oom_score_adj", "42", "-998\n");
        group("pid/cmdline", "42", "/usr/bin/python3\0-u\0/opt/leak.py\0");
        group("pid/cgroup", "42", "0::/system.slice/leak.service\n");
        group("pid/exe", "42", "/usr/bin/python3.11");
        snapshot(1, BOOT, 100, "2026-11-22T10:00:00Z", false, "");
        processes(process(900, "collector", 50), process(42, "a) (b", 700));
        snapshot(2, BOOT, 105, "2026-11-22T10:00:05Z", false, "");
        // the same number, another process: nothing of the old one is its own
        processes(process(42, "sh", 10_400));
        snapshot(3, BOOT, 110, "2026-11-22T10:00:10Z", false, "");
        commit();

        assertThat(rows("SELECT snapshot, process_id, vm_size_bytes, rss_bytes, rss_anon_bytes, oom_score,"
                        + " oom_score_adj, minor_faults, user_seconds FROM process_sample ORDER BY 1, 2"))
                .containsExactly(
                        "1|1|3072000|2048000|1536000|667|-998|10|0.25",
                        "1|2|40960|20480|null|null|null|10|0.25",
                        "2|1|3072000|2048000|1536000|667|-998|10|0.25",
                        "2|2|40960|20480|null|null|null|10|0.25",
                        // no status and no statm: stat knows the two sizes
                        "3|3|1048576|524288|null|null|null|10|0.25");
        assertThat(rows("SELECT process_id, pid, start_ticks, started_at, comm, name, command, exe, uid, ppid, cgroup,"
                        + " oom_score_adj, first_snapshot, last_snapshot, observer FROM process ORDER BY 1"))
                .containsExactly(
                        "1|42|700|2026-11-22 09:58:27.0|a) (b|a) (b|/usr/bin/python3 -u /opt/leak.py|"
                                + "/usr/bin/python3.11|1000|1|/system.slice/leak.service|-998|1|2|false",
                        "2|900|50|2026-11-22 09:58:20.5|collector|collector|null|null|null|1|null|null|1|2|true",
                        "3|42|10400|2026-11-22 10:00:04.0|sh|sh|null|null|null|1|null|null|3|3|false");
    }

    @Test
    void aProcessThatSleepsIsTheOneOfTheSnapshotThatIsNamed() throws SQLException {
        processes(process(42, "eat", 700), process(7, "cron", 50));
        group("pid/status", "42", "VmRSS:\t    2000 kB\n");
        snapshot(1, BOOT, 100, "2026-11-22T10:00:00Z", false, "");
        processes(process(42, "eat", 700).replace(" 25 5 ", " 125 5 "));
        member("pid/unchanged", "7 1\n");
        snapshot(2, BOOT, 105, "2026-11-22T10:00:05Z", false, "");
        // nobody stirred
        member("pid/unchanged", "7 1\n42 2\n");
        snapshot(3, BOOT, 110, "2026-11-22T10:00:10Z", false, "");
        // a snapshot is lost in which 42 stirred: nothing is known of it, and everything of the other
        member("pid/unchanged", "7 1\n42 4\nand so on\n");
        snapshot(5, BOOT, 120, "2026-11-22T10:00:20Z", true, "");
        commit();

        assertThat(rows("SELECT snapshot, p.pid, rss_bytes, user_seconds FROM process_sample"
                        + " JOIN process p USING (capture_id, process_id) ORDER BY 1, 2"))
                .containsExactly(
                        "1|7|524288|0.25",
                        "1|42|2048000|0.25",
                        "2|7|524288|0.25",
                        "2|42|2048000|1.25",
                        "3|7|524288|0.25",
                        "3|42|2048000|1.25",
                        "5|7|524288|0.25");
        assertThat(rows("SELECT snapshot, member, reason FROM ingest_issue"))
                .contains("5|000005/pid/unchanged|no \"PID SNAPSHOT\" line at byte 9");
    }

    @Test
    void aSnapshotWithoutAPassOverTheProcessesEndsNoneAndForgetsNothing() throws SQLException {
        processes(process(42, "eat", 700));
        group("pid/oom_score", "42", "667\n");
        snapshot(1, BOOT, 100, "2026-11-22T10:00:00Z", false, "");
        member("proc/meminfo", "MemTotal:         480288 kB\n");
        snapshot(2, BOOT, 105, "2026-11-22T10:00:05Z", false, "");
        processes(process(42, "eat", 700));
        snapshot(3, BOOT, 110, "2026-11-22T10:00:10Z", false, "");
        commit();

        assertThat(rows("SELECT snapshot, process_id, oom_score FROM process_sample ORDER BY 1"))
                .containsExactly("1|1|667", "3|1|667");
        assertThat(rows("SELECT first_snapshot, last_snapshot FROM process")).containsExactly("1|3");
        assertThat(rows("FROM ingest_issue")).isEmpty();
    }

    @Test
    void theFewThatAreWatchedBetweenTwoPassesHaveReadingsOfTheirOwnAndEndNobody() throws SQLException {
        processes(process(42, "eat", 700), process(43, "sh", 710));
        snapshot(1, BOOT, 100, "2026-11-22T10:00:00Z", false, "");
        group("pid/watched/stat", "42", process(42, "eat", 700));
        group("pid/watched/status", "42", "Name:\teat\nVmRSS:\t    2000 kB\nRssAnon:\t    1500 kB\n");
        // its number had another process in the last pass: this one was born since
        group("pid/watched/stat", "43", process(43, "cc1", 90_000));
        group("pid/watched/status", "43", "Name:\tcc1\nVmRSS:\t    9000 kB\nRssAnon:\t    8000 kB\n");
        snapshot(2, BOOT, 105, "2026-11-22T10:00:05Z", false, "");
        commit();

        assertThat(
                        rows(
                                "SELECT snapshot, process_id, rss_bytes, rss_anon_bytes, oom_score, minor_faults FROM watched_sample"))
                .containsExactly("2|1|2048000|1536000|null|10", "2|3|9216000|8192000|null|10");
        assertThat(rows("SELECT snapshot, process_id FROM process_sample ORDER BY ALL"))
                .containsExactly("1|1", "1|2");
        assertThat(rows("SELECT process_id, comm, first_snapshot, last_snapshot FROM process ORDER BY 1"))
                .containsExactly("1|eat|1|1", "2|sh|1|1", "3|cc1|2|2");
        assertThat(rows("FROM ingest_issue")).isEmpty();
    }

    @Test
    void loadsTheLatestThatKmemleakFound() throws SQLException {
        String object = """
                unreferenced object 0xffff888105a65340 (size 64):
                  comm "mount", pid 710, jiffies 4302851558 (age 58.239s)
                  backtrace:
                    [<ffffffff859c45e5>] kmem_cache_alloc_trace+0x475/0x8a0
                """;
        member("sys/kernel/debug/kmemleak", object);
        snapshot(1, BOOT, 100, "2026-11-22T10:00:00Z", false, "");
        member("sys/kernel/debug/kmemleak", object + object.replace("65340", "65380"));
        snapshot(2, BOOT, 105, "2026-11-22T10:00:05Z", false, "");
        commit();

        assertThat(rows("SELECT member, tool, bytes, allocations FROM stack_allocation"))
                .containsExactly("000002/sys/kernel/debug/kmemleak|kmemleak|128|2");
        assertThat(rows("FROM ingest_issue")).isEmpty();
    }

    @Test
    void loadsWhoHoldsPagesAndObjectsAsASeriesOfTheSnapshotsTheyWereReadIn() throws SQLException {
        for (int number = 1; number <= 3; number++) {
            if (number != 2) {
                member("proc/slabinfo", """
                        slabinfo - version: 2.1
                        kmalloc-64         12034  12096     64   64    1 : tunables    0    0    0 : slabdata    189    189      0
                        """);
            }
            member(
                    "sys/kernel/debug/page_owner_stacks/show_stacks",
                    " get_page_from_freelist+0x5a9/0x1580\n hog_init+0x10/0x1000 [hog]\nnr_base_pages: " + 4 * number
                            + "\n\n");
            group(
                    "slab/alloc_traces",
                    "kmalloc-64",
                    "     " + 10 * number + " leak_init+0x33/0x1b0 [leaky] age=1/2/3 pid=710 cpus=0\n"
                            + "        __kmalloc+0x1a/0x20\n        leak_init+0x33/0x1b0 [leaky]\n");
            if (number == 3) {
                group("slab/alloc_traces", "dentry", "      7 __d_alloc+0x2a/0x1e0 age=1/2/3 pid=1-99 cpus=0-1\n");
            }
            snapshot(number, BOOT, 100 + 5 * number, "2026-11-22T10:00:0" + number + "Z", false, "");
        }
        commit();

        assertThat(rows("SELECT member, tool, block, ts, pid, stack, bytes, allocations FROM stack_allocation"
                        + " ORDER BY ts, tool, stack"))
                .containsExactly(
                        "000001/slab/alloc_traces|alloc_traces|1|2026-11-22 10:00:01.0|null"
                                + "|slab:kmalloc-64;leak_init+0x33/0x1b0 [leaky];__kmalloc+0x1a/0x20|640|10",
                        "000001/sys/kernel/debug/page_owner_stacks/show_stacks|page_owner|1|2026-11-22 10:00:01.0|null"
                                + "|hog_init+0x10/0x1000 [hog];get_page_from_freelist+0x5a9/0x1580|16384|1",
                        "000002/slab/alloc_traces|alloc_traces|1|2026-11-22 10:00:02.0|null"
                                + "|slab:kmalloc-64;leak_init+0x33/0x1b0 [leaky];__kmalloc+0x1a/0x20|1280|20",
                        "000002/sys/kernel/debug/page_owner_stacks/show_stacks|page_owner|1|2026-11-22 10:00:02.0|null"
                                + "|hog_init+0x10/0x1000 [hog];get_page_from_freelist+0x5a9/0x1580|32768|1",
                        "000003/slab/alloc_traces|alloc_traces|1|2026-11-22 10:00:03.0|null"
                                + "|slab:dentry;__d_alloc+0x2a/0x1e0|null|7",
                        "000003/slab/alloc_traces|alloc_traces|1|2026-11-22 10:00:03.0|null"
                                + "|slab:kmalloc-64;leak_init+0x33/0x1b0 [leaky];__kmalloc+0x1a/0x20|1920|30",
                        "000003/sys/kernel/debug/page_owner_stacks/show_stacks|page_owner|1|2026-11-22 10:00:03.0|null"
                                + "|hog_init+0x10/0x1000 [hog];get_page_from_freelist+0x5a9/0x1580|49152|1");
        assertThat(rows("FROM ingest_issue")).isEmpty();
    }

    @Test
    void forgetsWhatWasToldBeforeAHole() throws SQLException {
        processes(process(42, "eat", 700));
        group("pid/oom_score", "42", "667\n");
        snapshot(1, BOOT, 100, "2026-11-22T10:00:00Z", false, "");
        processes(process(42, "eat", 700));
        snapshot(3, BOOT, 110, "2026-11-22T10:00:10Z", true, "");
        commit();

        assertThat(rows("SELECT snapshot, process_id, oom_score FROM process_sample ORDER BY 1"))
                .containsExactly("1|1|667", "3|1|null");
    }

    @Test
    void laysHostFilesIntoTheirTables() throws SQLException {
        member("proc/meminfo", "MemTotal:         480288 kB\nMemFree:           12345 kB\nHugePages_Total:       0\n");
        member("proc/vmstat", "nr_free_pages 3086\npgmajfault 17\n");
        member("proc/pressure/memory", "some avg10=0.13 avg60=1.00 avg300=0.00 total=1500000\n");
        member("proc/sys/vm/overcommit_memory", "0\n");
        member("etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n");
        member("fs/statvfs", "4026531841 0:24 tmpfs 1048576 524288 524288 /dev/shm/a\\040b\n");
        group("numa/meminfo", "0", "Node 0 MemFree:        12345 kB\n");
        group("cgroup/memory.current", "/a b", "4096\n");
        group("cgroup/memory.max", "/a b", "max\n");
        group("slab/aliases", "kmalloc-frob", ":0000192\n");
        group("slab/reclaim_account", ":0000192", "1\n");
        member("slab/unknown", "?");
        snapshot(7, BOOT, 100, "2026-11-22T10:00:00Z", true, "");
        commit();

        assertThat(
                        rows(
                                "SELECT snapshot, mem_total_bytes, mem_free_bytes, cached_bytes, huge_pages_total FROM meminfo"))
                .containsExactly("7|491814912|12641280|null|0");
        assertThat(rows("SELECT name, value FROM vmstat ORDER BY 1"))
                .containsExactly("nr_free_pages|3086", "pgmajfault|17");
        assertThat(rows("SELECT resource, scope, avg10_percent, total_seconds FROM pressure"))
                .containsExactly("memory|some|0.13|1.5");
        assertThat(rows("SELECT name, value FROM host_fact ORDER BY 1"))
                .containsExactly(
                        "etc/os-release:ID|debian",
                        "etc/os-release:PRETTY_NAME|Debian GNU/Linux 12 (bookworm)",
                        "proc/sys/vm/overcommit_memory|0");
        assertThat(rows("SELECT device, mount_point, used_bytes FROM filesystem"))
                .containsExactly("0:24|/dev/shm/a b|524288");
        assertThat(rows("SELECT node, name, bytes FROM numa_node")).containsExactly("0|MemFree|12641280");
        assertThat(rows("SELECT path, version, current_bytes, max_bytes FROM cgroup_memory"))
                .containsExactly("/a b|2|4096|null");
        assertThat(rows("SELECT cache, reclaim_account FROM slab_cache")).containsExactly("kmalloc-frob|true");
        assertThat(rows("SELECT snapshot, member, severity, reason FROM ingest_issue"))
                .containsExactly("7|000007/slab/unknown|info|postmem knows no such member; it was not read");
    }

    @Test
    void notesWhatItCannotReadAndGoesOn() throws SQLException {
        member("proc/meminfo", "MemTotal:         48o288 kB\nMemFree:           12345 kB\n");
        processes(process(42, "eat", 700));
        group("pid/status", "42", "VmRSS:\t    2000 kB\n");
        members.merge("pid/status", bytes("==> 43 <== 99\nshort\n"), CaptureLoaderTest::concat);
        group("pid/oom_score", "x", "1\n");
        snapshot(1, BOOT, 100, "2026-11-22T10:00:00Z", true, "");
        commit();

        assertThat(rows("SELECT mem_total_bytes, mem_free_bytes FROM meminfo")).containsExactly("null|12641280");
        assertThat(rows("SELECT rss_bytes FROM process_sample")).containsExactly("2048000");
        assertThat(rows("SELECT member, line FROM ingest_issue ORDER BY 1"))
                .containsExactly("000001/pid/oom_score|null", "000001/pid/status|null", "000001/proc/meminfo|1");
    }

    @Test
    void countsAnIssueThatComesAgainAndAgain() throws SQLException {
        for (int i = 1; i <= 50; i++) {
            member("proc/meminfo", "MemTotal:         48o288 kB\n");
            snapshot(i, BOOT, 100 + i, "2026-11-22T10:00:00Z", i == 1, "");
        }
        commit();

        assertThat(rows("SELECT count(*), max(reason) FILTER (snapshot IS NULL) FROM ingest_issue"))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("21|30 more of the kind: ");
    }

    @Test
    void takesAKernelRecordOnceAndItsOomReport() throws SQLException {
        String part = """
                6,10,37559226,-;eat invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), order=0
                3,11,37559300,-;Out of memory: Killed process 412 (eat) total-vm:2103412kB, anon-rss:401232kB, \
                file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:836kB oom_score_adj:0
                """;
        hostMembers.put("host/kmsg", bytes(part));
        snapshot(1, BOOT, 100, "2026-11-22T10:00:00Z", true, "");
        hostMembers.put("host/kmsg", bytes(part + "6,12,40000000,-;later\n"));
        snapshot(2, BOOT, 105, "2026-11-22T10:00:05Z", true, "");
        commit();

        assertThat(rows("SELECT sequence, line, uptime_seconds, ts, priority FROM kernel_message ORDER BY 1"))
                .containsExactly(
                        "10|1|37.559226|2026-11-22 09:58:57.559226|6",
                        "11|2|37.5593|2026-11-22 09:58:57.5593|3",
                        "12|3|40.0|2026-11-22 09:59:00.0|6");
        assertThat(rows("SELECT oom_id, member, line, invoker_name, victim_pid, victim_name, victim_rss_anon_bytes"
                        + " FROM oom_kill"))
                .containsExactly("1|host/kmsg|1|eat|412|eat|410861568");
    }

    @Test
    void keepsTheLedgerOfReads() throws SQLException {
        snapshot(
                1,
                BOOT,
                100,
                "2026-11-22T10:00:00Z",
                true,
                "",
                "{\"path\":\"proc/*/smaps_rollup\",\"outcome\":\"EACCES\",\"count\":480,\"detail\":\"\"}");
        commit();

        assertThat(rows("FROM read_gap")).containsExactly("1|1|proc/*/smaps_rollup|EACCES|480|null");
    }

    private void snapshot(
            int number,
            String bootId,
            int uptimeSeconds,
            String wallClock,
            boolean forget,
            String cost,
            String... gaps) {
        String json = "{\"snapshot\":" + number + ",\"segment\":0,\"wall_clock\":\"" + wallClock
                + "\",\"monotonic_ns\":" + uptimeSeconds + "000000000,\"boot_id\":\"" + bootId
                + "\",\"uptime_seconds\":" + uptimeSeconds + ".0,\"duration_ns\":2000000,\"trigger\":null,"
                + "\"missed_ticks\":0,\"processes\":2,\"cost\":{" + cost + "},\"reads\":{\"ok\":9,\"not_ok\":["
                + String.join(",", gaps) + "]}}";
        loader.snapshot(new Snapshot(number, 0, bytes(CAPTURE), members, hostMembers, Json.readObject(json), forget));
        members.clear();
        hostMembers.clear();
    }

    private void processes(String... stats) {
        for (String stat : stats) {
            group("pid/stat", stat.substring(0, stat.indexOf(' ')), stat);
        }
    }

    private static String process(int pid, String comm, long startTicks) {
        return pid + " (" + comm + ") S 1 1 1 0 -1 4194560 10 0 3 0 25 5 0 0 20 0 1 0 " + startTicks
                + " 1048576 128 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
    }

    private void member(String name, String text) {
        members.put(name, bytes(text));
    }

    private void group(String name, String key, String text) {
        String escaped = key.replace(" ", "\\040");
        members.merge(
                name,
                bytes("==> " + escaped + " <== " + bytes(text).length + "\n" + text + "\n"),
                CaptureLoaderTest::concat);
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void commit() {
        loader.finish();
        tables.commit();
    }

    private List<String> rows(String sql) throws SQLException {
        try (Statement statement = database.connection().createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    cells.add(String.valueOf(result.getString(i)));
                }
                rows.add(String.join("|", cells));
            }
            return rows;
        }
    }
}
