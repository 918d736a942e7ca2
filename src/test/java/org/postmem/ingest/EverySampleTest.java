package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.Test;
import org.postmem.UserException;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.EvidenceLimits;
import org.postmem.evidence.EvidenceMember;
import org.postmem.evidence.Originals;
import org.postmem.sql.CaseDatabase;

/**
 * Every genuine sample, each as the only file of a case: what it is taken for, and how many rows of which tables it fills.
 * The answer of all of them lies in {@code evidence/samples.txt}; {@code -Dgolden.update=true} writes it anew.
 */
class EverySampleTest {
    private static final Path ROOT = Path.of(System.getProperty("postmem.root"));
    /** A text without a time has that of its file. */
    private static final Instant MODIFIED = Instant.parse("2026-11-22T21:30:00Z");

    private static List<Path> samples() throws IOException {
        List<Path> samples = new ArrayList<>();
        for (String folder : List.of("tools", "oom", "proc")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve("testdata").resolve(folder))) {
                files.filter(Files::isRegularFile)
                        .filter(file -> !file.endsWith("README.md"))
                        .sorted()
                        .forEach(samples::add);
            }
        }
        return samples;
    }

    /** The file as it is, with a date that no checkout changes. */
    private static Originals dated(Path sample, String label) {
        return new Originals() {
            @Override
            public void walk(EvidenceFiles.Visitor visitor) throws IOException {
                EvidenceFiles.walk(
                        label, MODIFIED, Files.newInputStream(sample), EvidenceLimits.STANDARD, new Dated(visitor));
            }

            @Override
            public String name() {
                return label;
            }
        };
    }

    private record Dated(EvidenceFiles.Visitor visitor) implements EvidenceFiles.Visitor {
        @Override
        public void file(EvidenceMember member) throws IOException {
            visitor.file(EvidenceMember.of(member.path(), MODIFIED, member.bytes()));
        }

        @Override
        public void refused(String path, String reason) {
            visitor.refused(path, reason);
        }
    }

    private static void load(CaseDatabase database, String label) {
        new EvidenceIngest(new CaseTables(database.connection()))
                .load(1, dated(ROOT.resolve("testdata").resolve(label), label), label, null, files -> {});
    }

    private static List<List<Object>> rows(DuckDBConnection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<Object>> rows = new ArrayList<>();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getObject(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    private static String told(String label) throws SQLException {
        try (CaseDatabase database = CaseDatabase.inMemory()) {
            load(database, label);
            String kind = String.valueOf(rows(database.connection(), "SELECT kind FROM evidence_source")
                    .get(0)
                    .get(0));
            StringBuilder line = new StringBuilder(label).append(": ").append(kind);
            TreeMap<String, Object> counts = new TreeMap<>();
            for (String table : database.tables()) {
                Object count = rows(database.connection(), "SELECT count(*) FROM \"" + table + '"')
                        .get(0)
                        .get(0);
                boolean about = table.equals("capture") || table.equals("evidence_source") || table.equals("snapshot");
                if (!about && !count.equals(0L)) {
                    counts.put(table, count);
                }
            }
            counts.forEach(
                    (table, count) -> line.append(' ').append(table).append('=').append(count));
            return line.toString();
        } catch (UserException e) {
            return label + ": " + e.getMessage();
        }
    }

    private static String row(String label, String sql) throws SQLException {
        try (CaseDatabase database = CaseDatabase.inMemory()) {
            load(database, label);
            return rows(database.connection(), sql).toString();
        }
    }

    @Test
    void keepsWholeRowsInTheUnitsOfTheirTables() throws Exception {
        assertThat(row(
                        "tools/text/proc-pagetypeinfo.txt",
                        "SELECT node, zone, page_order, free_blocks FROM buddy"
                                + " WHERE zone = 'DMA32' ORDER BY page_order"))
                .isEqualTo("[[0, DMA32, 0, 1], [0, DMA32, 1, 1], [0, DMA32, 2, 4], [0, DMA32, 3, 2], [0, DMA32, 4, "
                        + "5], [0, DMA32, 5, 4], [0, DMA32, 6, 3], [0, DMA32, 7, 3], [0, DMA32, 8, 4], [0, DMA32, 9, "
                        + "2], [0, DMA32, 10, 752]]");
        assertThat(row(
                        "tools/text/smem-w.txt",
                        "SELECT area, used_bytes, cache_bytes, noncache_bytes FROM memory_area"
                                + " WHERE used_bytes > 0 ORDER BY area"))
                .isEqualTo("[[free memory, 20744564736, 20744564736, 0],"
                        + " [kernel dynamic memory, 4131729408, 3977256960, 154472448],"
                        + " [userspace memory, 400207872, 87056384, 313151488]]");
        assertThat(row(
                        "tools/text/df-Tk.txt",
                        "SELECT device, fstype, mount_point, total_bytes, used_bytes, available_bytes"
                                + " FROM filesystem WHERE mount_point = '/'"))
                .isEqualTo("[[/, ext4, /, 270553174016, 30279888896, 78664404992]]");
        assertThat(
                        row(
                                "tools/text/ps_aux.txt",
                                "SELECT p.pid, p.comm, p.command, s.state, s.vm_size_bytes, s.rss_bytes, s.rss_anon_bytes"
                                        + " FROM process_sample AS s JOIN process AS p USING (capture_id, process_id) ORDER BY p.pid LIMIT 2"))
                .isEqualTo("[[1, bash, bash /opt/src/cap.sh, S, 4464640, 3293184, null], [2, python3, "
                        + "/opt/pythons/versions/3.11.7/bin/python3 -c  import time,mmap a=bytearray(80*1024*1024) "
                        + "m=mmap.mmap(-1,16*1024*1024); m[:]=b'x'*len(m) time.sleep(60), S, 117665792, 114532352, "
                        + "null]]");
        assertThat(
                        row(
                                "tools/text/smem.txt",
                                "SELECT p.pid, m.rss_bytes, m.pss_bytes, m.swap_bytes"
                                        + " FROM process_memory AS m JOIN process AS p USING (capture_id, process_id) ORDER BY p.pid LIMIT 2"))
                .isEqualTo("[[1, 3276800, 527360, 0], [2, 114532352, 110222336, 0]]");
        assertThat(row(
                        "tools/text/free-h.txt",
                        "SELECT mem_total_bytes, mem_free_bytes, mem_available_bytes, swap_total_bytes,"
                                + " anon_pages_bytes FROM meminfo"))
                .isEqualTo("[[24696061952, 20401094656, 23622320128, 0, null]]");
        assertThat(row(
                        "tools/osw/archive/oswslabinfo/vm_slabinfo_26.11.22.2100.dat.gz",
                        "SELECT s.ts, cache, active_objects,"
                                + " objects, object_bytes, slabs, pages_per_slab, bytes FROM slab JOIN snapshot AS s USING (capture_id, snapshot)"
                                + " WHERE cache = 'dentry' ORDER BY s.ts"))
                .isEqualTo("[[2026-11-22 21:00:00.0, dentry, 239967, 248787, 192, 11847, 1, 48525312], [2026-11-22 "
                        + "21:00:30.0, dentry, 239967, 248787, 192, 11847, 1, 48525312]]");
        assertThat(row(
                        "oom/debian-6.1.176-memcg.txt",
                        "SELECT scope, victim_pid, victim_name, victim_rss_anon_bytes, cgroup,"
                                + " cgroup_limit_bytes FROM oom_kill"))
                .isEqualTo("[[cgroup, 89, eat, 45625344, /app.slice/svc.scope, 67108864]]");
        assertThat(
                        row(
                                "tools/sysstat/sa.x86_64-v12.6.1",
                                "SELECT s.ts, mem_total_bytes, mem_free_bytes, swap_total_bytes,"
                                        + " slab_bytes FROM meminfo JOIN snapshot AS s USING (capture_id, snapshot) ORDER BY s.ts"))
                .isEqualTo("[[2026-11-22 21:02:30.0, 25276502016, 20099366912, 0, 477945856], [2026-11-22 21:02:31.0, "
                        + "25276502016, 20095123456, 0, 477265920], [2026-11-22 21:02:32.0, 25276502016, "
                        + "20094648320, 0, 477081600]]");
        assertThat(
                        row(
                                "tools/text/pmap-X.txt",
                                "SELECT p.pid, mapping.name, perms, mappings, size_bytes, rss_bytes, pss_bytes, anonymous_bytes"
                                        + " FROM mapping JOIN process AS p USING (capture_id, process_id) WHERE mapping.name = '[heap]'"))
                .isEqualTo("[[2, [heap], rw-p, 1, 1634304, 1576960, 1576960, 1576960]]");
        assertThat(row(
                        "proc/6.18-pressure.txt",
                        "SELECT resource, scope, avg10_percent, avg60_percent, avg300_percent FROM pressure"
                                + " ORDER BY resource, scope"))
                .isEqualTo(
                        "[[cpu, full, 0.0, 0.0, 0.0], [cpu, some, 32.39, 58.88, 42.78], [io, full, 0.0, 0.02, 0.22],"
                                + " [io, some, 1.25, 1.32, 0.94], [memory, full, 0.0, 0.0, 0.0], [memory, some, 0.0, 0.0, 0.0]]");
        assertThat(row(
                        "proc/6.1-memcg-files.txt",
                        "SELECT path, version, current_bytes, max_bytes, peak_bytes, anon_bytes, file_bytes,"
                                + " kernel_stack_bytes, slab_unreclaimable_bytes, events_max, events_oom, events_oom_kill,"
                                + " swap_current_bytes FROM cgroup_memory"))
                .isEqualTo("[[(unnamed), 2, 21254144, 67108864, 67108864, 21110784, 0, 16384, 17704, 35, 1, 1, null]]");
        assertThat(
                        row(
                                "oom/debian-6.1.176-predict.txt",
                                "SELECT p.pid, p.comm, s.rss_bytes, s.rss_anon_bytes, s.rss_shmem_bytes, s.pte_bytes, s.swap_bytes,"
                                        + " s.oom_score, s.oom_score_adj, p.oom_score_adj, p.kernel_thread FROM process_sample AS s JOIN process AS p USING (capture_id, process_id) ORDER BY p.pid"))
                .isEqualTo("[[102, eat, 105766912, 105099264, 663552, 241664, 0, 810, 0, 0, false],"
                        + " [103, eat, 63594496, 41955328, 21635072, 163840, 0, 752, 0, 0, false],"
                        + " [104, eat, 32235520, 31567872, 663552, 98304, 0, 0, -1000, -1000, false],"
                        + " [105, eat, 53321728, 52654080, 663552, 139264, 0, 406, -500, -500, false]]");
        assertThat(row(
                        "proc/6.18-pid-smaps_rollup.txt",
                        "SELECT p.pid, p.name, m.rss_bytes, m.pss_anon_bytes, m.pss_shmem_bytes, m.private_dirty_bytes"
                                + " FROM process_memory AS m JOIN process AS p USING (capture_id, process_id)"))
                .isEqualTo(
                        "[[null, the process of 6.18-pid-smaps_rollup.txt, 114532352, 90935296, 16777216, 107712512]]");
        assertThat(
                        row(
                                "proc/6.18-pid-smaps.txt",
                                "SELECT p.pid, p.name, m.name, m.perms, m.mappings, m.size_bytes, m.rss_bytes FROM mapping AS m"
                                        + " JOIN process AS p USING (capture_id, process_id) ORDER BY m.size_bytes DESC, m.name, m.perms LIMIT 1"))
                .isEqualTo("[[null, the process of 6.18-pid-smaps.txt, [anon], rw-p, 1, 85147648, 84672512]]");
        assertThat(row(
                        "tools/text/vmstat-m.txt",
                        "SELECT cache, objects, object_bytes, bytes FROM slab WHERE cache = 'dentry'"))
                .isEqualTo("[[dentry, 248787, 192, null]]");
    }

    @Test
    void fillsTheTablesOfItsSubjectFromEverySample() throws Exception {
        StringBuilder told = new StringBuilder();
        for (Path sample : samples()) {
            told.append(told(ROOT.resolve("testdata").relativize(sample).toString()))
                    .append('\n');
        }
        Path golden = ROOT.resolve("src/test/resources/evidence/samples.txt");
        if (System.getProperty("golden.update") != null) {
            Files.writeString(golden, told);
        }
        assertThat(told.toString()).isEqualTo(Files.readString(golden));
    }
}
