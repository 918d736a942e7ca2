package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.archive.ArchiveReader;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.Snapshot;
import org.postmem.collector.archive.Thinning;
import org.postmem.collector.archive.UnchangedText;
import org.postmem.sql.CaseDatabase;

/** A recorded capture, stored as collectors do today and thinned to a snapshot a minute. */
class ThinnedCaptureTest {
    private static final Path RECORDED =
            Path.of(System.getProperty("postmem.root"), "testdata/incidents/wave_30min_15s/capture.tar.zst");

    /** Of those every row tells of its snapshot alone. */
    private static final List<String> OF_A_MOMENT =
            List.of("meminfo", "vmstat", "slab", "zone", "cgroup_memory", "filesystem", "read_gap", "load_average");

    private static final String SAMPLES =
            "SELECT t::VARCHAR FROM (SELECT s.* EXCLUDE (process_id), pid, start_ticks FROM"
                    + " %s s JOIN process USING (capture_id, process_id) WHERE snapshot IN (%s)) t ORDER BY 1";

    @TempDir
    Path folder;

    @Test
    void whatIsLeftOfASegmentIsReadAsBefore() throws Exception {
        Path thinned = folder.resolve("thinned");
        Path whole = folder.resolve("whole");
        try (ArchiveWriter writer = copy(thinned)) {
            Files.copy(thinned, whole);
            writer.shorten(new Thinning(Set.of(), Set.of(0), Set.of()));
        }
        try (CaseDatabase before = CaseDatabase.inMemory();
                CaseDatabase after = CaseDatabase.inMemory()) {
            load(before, whole);
            load(after, thinned);
            String left = String.join(", ", rows(after, "SELECT snapshot::VARCHAR FROM snapshot ORDER BY snapshot"));
            // the second has the kernel's log, and the 41st what came later
            assertThat(left).startsWith("1, 2, 6, 10, 14, ").contains(", 93, 97, 101, 102, 103, ");
            for (String table : OF_A_MOMENT) {
                String sql = "SELECT t::VARCHAR FROM " + table + " t WHERE snapshot IN (" + left + ") ORDER BY 1";
                assertThat(rows(after, sql))
                        .as(table)
                        .isEqualTo(rows(before, sql))
                        .isNotEmpty();
            }
            String samples = String.format(SAMPLES, "process_sample", left);
            assertThat(rows(after, samples)).isEqualTo(rows(before, samples)).hasSizeGreaterThan(1000);
            for (String table : List.of("process_memory", "process_limit", "fd_count")) {
                String sql = String.format(SAMPLES, table, left);
                assertThat(rows(after, sql)).as(table).containsAll(rows(before, sql));
            }
            String living = "SELECT (pid, start_ticks, comm, name, command, exe, uid, cgroup, oom_score_adj)::VARCHAR"
                    + " FROM process WHERE last_snapshot = (SELECT max(snapshot) FROM snapshot) ORDER BY 1";
            assertThat(rows(after, living)).isEqualTo(rows(before, living)).isNotEmpty();
            assertThat(rows(after, "SELECT t::VARCHAR FROM ingest_issue t")).isEmpty();
        }
    }

    /** A hundred snapshots in the first segment; the second goes on being written. */
    private static ArchiveWriter copy(Path path) throws Exception {
        ArchiveWriter writer = null;
        RepeatedStats stats = new RepeatedStats();
        try (ArchiveReader reader = ArchiveReader.open(RECORDED)) {
            for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
                if (writer == null) {
                    writer = ArchiveWriter.create(
                            path,
                            new ArchiveWriter.Options(Compression.ZSTD, 100, 0),
                            snapshot.captureJson(),
                            Clock.systemUTC(),
                            segment -> stats.forget());
                }
                writer.beginSnapshot(snapshot.number(), Instant.parse((String)
                        snapshot.summary().get("wall_clock")));
                for (Map.Entry<String, byte[]> member : snapshot.members().entrySet()) {
                    if (member.getKey().equals("pid/stat")) {
                        RepeatedStats.LeftOut left = stats.of(snapshot.number(), member.getValue());
                        writer.entry("pid/stat", left.changed());
                        writer.entry(
                                UnchangedText.ENTRY,
                                left.unchanged().array(),
                                0,
                                left.unchanged().length());
                    } else {
                        writer.entry(member.getKey(), member.getValue());
                    }
                }
                for (Map.Entry<String, byte[]> member : snapshot.hostMembers().entrySet()) {
                    writer.entry(member.getKey(), member.getValue());
                }
                writer.endSnapshot(snapshot.summary());
            }
        }
        return writer;
    }

    private static void load(CaseDatabase database, Path path) throws Exception {
        CaseTables tables = new CaseTables(database.connection());
        CaptureLoader loader = new CaptureLoader(1, "lab", tables);
        tables.begin();
        try (ArchiveReader reader = ArchiveReader.open(path)) {
            for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
                loader.snapshot(snapshot);
            }
        }
        loader.finish();
        tables.commit();
    }

    private static List<String> rows(CaseDatabase database, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = database.connection().createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }
}
