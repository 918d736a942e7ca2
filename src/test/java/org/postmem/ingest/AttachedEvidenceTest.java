package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;
import org.postmem.sql.CaseDatabase;

/** Archives with members that were added later. The genuine traces were made on 2026-11-22 at 21:17 of the host's clock. */
class AttachedEvidenceTest {
    private static final Path SAMPLES = Path.of(System.getProperty("postmem.root"), "testdata");
    private static final Instant START = Instant.parse("2026-11-22T20:10:00Z");
    private static final String KILL = """
            [   37.559226] eat invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), order=0
            [   37.559300] Out of memory: Killed process 412 (eat) total-vm:2103412kB, anon-rss:401232kB, \
            file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:836kB oom_score_adj:0
            """;
    private static final String KILL_RECORDS = """
            6,10,37559226,-;eat invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), order=0
            3,11,37559300,-;Out of memory: Killed process 412 (eat) total-vm:2103412kB, anon-rss:401232kB, \
            file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:836kB oom_score_adj:0
            """;

    private final CaseDatabase database = CaseDatabase.inMemory();
    private final Map<String, byte[]> members = new LinkedHashMap<>();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void laysStacksAndCallsBesideTheCapture() throws IOException, SQLException {
        members.put("attached/memleak.txt", tool("bcc-memleak-genuine.txt"));
        members.put("attached/kmemleak", tool("kmemleak.txt"));
        members.put("attached/trace", tool("strace-leak.txt"));
        members.put("attached/notes.txt", bytes("It began after lunch.\n"));
        load();

        assertThat(rows("SELECT member, tool, block, ts, pid, bytes, allocations, split_part(stack, ';', -1)"
                        + " FROM stack_allocation ORDER BY ALL"))
                .containsExactly(
                        "attached/kmemleak|kmemleak|1|null|null|64|1|kmem_cache_alloc_trace+0x475/0x8a0",
                        "attached/memleak.txt|memleak|1|2026-11-22 20:17:46.0|4705|614400|2|leak_big+0x18 [leak]",
                        "attached/memleak.txt|memleak|1|2026-11-22 20:17:46.0|4705|851968|13|leak_small+0x18 [leak]",
                        "attached/memleak.txt|memleak|2|2026-11-22 20:17:49.0|4705|1228800|4|leak_big+0x18 [leak]",
                        "attached/memleak.txt|memleak|2|2026-11-22 20:17:49.0|4705|1835008|28|leak_small+0x18 [leak]",
                        "attached/memleak.txt|memleak|3|2026-11-22 20:17:52.0|4705|2150400|7|leak_big+0x18 [leak]",
                        "attached/memleak.txt|memleak|3|2026-11-22 20:17:52.0|4705|2818048|43|leak_small+0x18 [leak]");
        assertThat(rows("SELECT member, ts, pid, call, calls, bytes, errors FROM syscall_memory ORDER BY ALL"))
                .containsExactly(
                        "attached/trace|2026-11-22 20:17:12.0|4653|brk|21|4538368|0",
                        "attached/trace|2026-11-22 20:17:12.0|4653|mmap|10|2662400|0",
                        "attached/trace|2026-11-22 20:17:12.0|4653|mprotect|3|null|0",
                        "attached/trace|2026-11-22 20:17:12.0|4653|munmap|2|-356352|0",
                        "attached/trace|2026-11-22 20:17:13.0|4653|brk|32|7372800|0",
                        "attached/trace|2026-11-22 20:17:14.0|4653|brk|32|7372800|0",
                        "attached/trace|2026-11-22 20:17:15.0|4653|brk|29|6656000|0",
                        "attached/trace|2026-11-22 20:17:16.0|4653|brk|27|6250496|0");
        assertThat(rows("SELECT member, severity, reason FROM ingest_issue"))
                .containsExactly("attached/notes.txt|info|not the text of a tool that postmem knows; it was not read");
    }

    @Test
    void leavesTimesOutThatTheCaptureDoesNotCover() throws IOException, SQLException {
        // 11:16 of the host's clock, ten hours before the capture
        members.put("attached/memleak.txt", tool("bcc-memleak-user.txt"));
        load();

        assertThat(rows("SELECT block, ts, pid, bytes FROM stack_allocation ORDER BY ALL"))
                .containsExactly("1|null|5193|80", "2|null|5193|160");
        assertThat(rows("SELECT member, severity FROM ingest_issue")).containsExactly("attached/memleak.txt|info");
    }

    @Test
    void readsAKernelLogWhereTheCaptureHasNone() throws IOException, SQLException {
        members.put("attached/dmesg.txt", bytes(KILL));
        load();

        assertThat(rows("SELECT member, line, ts FROM kernel_message ORDER BY ALL"))
                .containsExactly(
                        "attached/dmesg.txt|1|2026-11-22 20:08:57.559226",
                        "attached/dmesg.txt|2|2026-11-22 20:08:57.5593");
        assertThat(rows("SELECT oom_id, member, line, victim_pid, victim_name, victim_rss_anon_bytes FROM oom_kill"))
                .containsExactly("1|attached/dmesg.txt|1|412|eat|410861568");
    }

    @Test
    void countsAKillOnceThatTwoLogsTell() throws IOException, SQLException {
        members.put("host/kmsg", bytes(KILL_RECORDS));
        members.put(
                "attached/dmesg.txt",
                bytes(KILL
                        + KILL.replace("   37.559", "   90.559")
                                .replace("(eat)", "(cc1)")
                                .replace("412", "500")));
        members.put(
                "attached/messages",
                bytes(KILL.replace("[   37.559226]", "Nov 22 21:08:58 db1 kernel:")
                        .replace("[   37.559300]", "Nov 22 21:08:58 db1 kernel:")));
        load();

        assertThat(rows("SELECT oom_id, member, line, ts, victim_pid, victim_name FROM oom_kill ORDER BY ALL"))
                .containsExactly(
                        "1|host/kmsg|1|2026-11-22 20:08:57.559226|412|eat",
                        "2|attached/dmesg.txt|3|2026-11-22 20:09:50.559226|500|cc1");
        assertThat(rows("SELECT member, line FROM kernel_message ORDER BY ALL"))
                .containsExactly("attached/dmesg.txt|3", "attached/dmesg.txt|4", "host/kmsg|1", "host/kmsg|2");
    }

    @Test
    void knowsNoTimeOfALogThatSharesNoLineWithTheCapture() throws IOException, SQLException {
        members.put("host/kmsg", bytes("6,10,1000000,-;another boot\n"));
        members.put("attached/dmesg.txt", bytes(KILL));
        load();

        assertThat(rows("SELECT ts, uptime_seconds, victim_name FROM oom_kill")).containsExactly("null|37.559226|eat");
    }

    /** Only what the boot's own log told, or has no clock of its own beside it, is of that boot by its uptime. */
    @Test
    void aKillIsOfTheBootWhoseLogToldIt() throws IOException, SQLException {
        members.put("host/kmsg", bytes(KILL_RECORDS));
        members.put(
                "attached/kern.log",
                bytes(KILL.replace("[   37.559226]", "Nov 21 21:08:58 db1 kernel: [   37.559226]")
                        .replace("[   37.559300]", "Nov 21 21:08:58 db1 kernel: [   37.559300]")
                        .replace("(eat)", "(cc1)")
                        .replace("412", "500")));
        load();

        assertThat(rows("SELECT member, victim_name, boot, uptime_seconds, ts FROM oom_kill ORDER BY ALL"))
                .containsExactly(
                        "attached/kern.log|cc1|null|37.559226|2026-11-21 20:08:58.0",
                        "host/kmsg|eat|0|37.559226|2026-11-22 20:08:57.559226");
    }

    /** Two snapshots, ten minutes apart; the members that are told lie in the last. */
    private void load() throws IOException {
        Path archive = folder.resolve("db1.tar.gz");
        byte[] capture = bytes("{\"format\":1,\"host\":\"db1\",\"page_bytes\":4096,\"ticks_per_second\":100,"
                + "\"utc_offset_seconds\":3600}");
        try (ArchiveWriter writer = ArchiveWriter.create(
                archive,
                new ArchiveWriter.Options(Compression.GZIP, 30, 0),
                capture,
                Clock.fixed(START, ZoneOffset.UTC),
                segment -> {})) {
            for (int number = 1; number <= 2; number++) {
                Instant time = START.plusSeconds(600L * (number - 1));
                writer.beginSnapshot(number, time);
                if (number == 2) {
                    for (Map.Entry<String, byte[]> member : members.entrySet()) {
                        writer.entry(member.getKey(), member.getValue());
                    }
                }
                writer.endSnapshot(Map.of(
                        "wall_clock", time.toString(), "uptime_seconds", 100.0 + 600 * (number - 1), "boot_id", "b1"));
            }
        }
        new CaptureIngest(new CaseTables(database.connection())).load(1, archive, (snapshots, share) -> {});
    }

    private static byte[] tool(String name) throws IOException {
        return Files.readAllBytes(SAMPLES.resolve("tools/text").resolve(name));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
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
