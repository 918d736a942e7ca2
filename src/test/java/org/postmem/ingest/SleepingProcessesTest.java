package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postmem.collector.archive.ArchiveReader;
import org.postmem.collector.archive.Snapshot;
import org.postmem.collector.archive.UnchangedText;
import org.postmem.sql.CaseDatabase;

/** The captures kept here repeat every stat at every tick, as collectors did once; those of today leave out what is the same. */
class SleepingProcessesTest {
    private static final Path RECORDED =
            Path.of(System.getProperty("postmem.root"), "testdata/incidents/heap_pid_reuse/capture.tar.zst");

    private static final List<String> TABLES = List.of(
            "process", "process_sample", "watched_sample", "process_memory", "mapping", "process_limit", "fd_count");

    @Test
    void whatIsLeftOutIsToldAllTheSame() throws Exception {
        try (CaseDatabase repeated = CaseDatabase.inMemory();
                CaseDatabase leftOut = CaseDatabase.inMemory()) {
            long[] bytes = {load(repeated, false), load(leftOut, true)};
            assertThat(bytes[1]).as("bytes of stat and of who lives").isLessThan(bytes[0] / 2);
            for (String table : TABLES) {
                assertThat(rows(leftOut, table)).as(table).isEqualTo(rows(repeated, table));
            }
            assertThat(rows(leftOut, "ingest_issue")).isEmpty();
        }
    }

    /** Returns how many bytes tell who lives. */
    private static long load(CaseDatabase database, boolean leaveOut) throws Exception {
        long bytes = 0;
        CaseTables tables = new CaseTables(database.connection());
        CaptureLoader loader = new CaptureLoader(1, "lab", tables);
        tables.begin();
        RepeatedStats stats = new RepeatedStats();
        try (ArchiveReader reader = ArchiveReader.open(RECORDED)) {
            for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
                Map<String, byte[]> members = new LinkedHashMap<>(snapshot.members());
                if (snapshot.forgetCarried()) {
                    stats.forget();
                }
                byte[] stat = members.remove("pid/stat");
                if (stat != null && leaveOut) {
                    RepeatedStats.LeftOut left = stats.of(snapshot.number(), stat);
                    UnchangedText.Writer unchanged = left.unchanged();
                    members.put("pid/stat", left.changed().toByteArray());
                    members.put(UnchangedText.ENTRY, Arrays.copyOf(unchanged.array(), unchanged.length()));
                } else if (stat != null) {
                    members.put("pid/stat", stat);
                }
                bytes += Stream.of("pid/stat", UnchangedText.ENTRY)
                        .mapToLong(name -> members.getOrDefault(name, new byte[0]).length)
                        .sum();
                loader.snapshot(new Snapshot(
                        snapshot.number(),
                        snapshot.segment(),
                        snapshot.captureJson(),
                        members,
                        snapshot.hostMembers(),
                        snapshot.summary(),
                        snapshot.forgetCarried()));
            }
        }
        loader.finish();
        tables.commit();
        return bytes;
    }

    private static List<String> rows(CaseDatabase database, String table) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = database.connection().createStatement();
                ResultSet result = statement.executeQuery("SELECT t::VARCHAR FROM " + table + " t ORDER BY 1")) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }
}
