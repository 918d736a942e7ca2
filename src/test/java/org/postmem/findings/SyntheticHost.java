package org.postmem.findings;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

/** A host made of functions of time, as rows of a case: what a trend and a rule are asked about in tests. */
final class SyntheticHost implements AutoCloseable {
    static final double MIB = 1 << 20;
    /** Behind SELECT: a row for each of 48 snapshots, whose number is i. */
    static final String EACH = " FROM range(48) AS r(i)";

    static final LocalDateTime START = LocalDateTime.of(2026, 11, 22, 10, 0, 0);

    private final CaseDatabase database = CaseDatabase.inMemory(256L << 20);
    private final double interval;
    private final int snapshots;
    private int processes;

    /** A quiet guest of 1 GiB and 2 CPUs that is read so often. */
    SyntheticHost(double intervalSeconds, int snapshots) {
        this.interval = intervalSeconds;
        this.snapshots = snapshots;
        sql(
                "INSERT INTO capture (capture_id, source, host, kernel, cpu_count, interval_seconds, privileged) VALUES (1, 'a.tar.zst', 'guest', '6.1.0-1', 2, "
                        + interval + ", true)");
        sql(
                "INSERT INTO snapshot (capture_id, snapshot, segment, ts, t_seconds, uptime_seconds, boot) SELECT 1, i, 0, TIMESTAMP '"
                        + START.toString().replace('T', ' ') + ":00' + to_milliseconds((1000 * i * " + interval
                        + ")::BIGINT), i * " + interval + ", 100 + i * " + interval + ", 0 FROM range(" + snapshots
                        + ") AS r(i)");
        sql(
                "INSERT INTO meminfo (capture_id, snapshot, mem_total_bytes, mem_free_bytes, mem_available_bytes, buffers_bytes, cached_bytes,"
                        + " swap_cached_bytes, shmem_bytes, anon_pages_bytes, sreclaimable_bytes, kreclaimable_bytes, sunreclaim_bytes, page_tables_bytes,"
                        + " kernel_stack_bytes, vmalloc_used_bytes, percpu_bytes, swap_total_bytes, swap_free_bytes)"
                        + " SELECT 1, i, 1073741824, 734003200, 786432000, 1048576, 157286400, 0, 1048576, 104857600, 20971520, 20971520, 15728640,"
                        + " 2097152, 3145728, 12582912, 1048576, 0, 0 FROM range(" + snapshots + ") AS r(i)");
        sql(
                "INSERT INTO zone (capture_id, snapshot, node, zone, pcp_bytes) SELECT 1, i, 0, 'DMA32', 15728640 FROM range("
                        + snapshots + ") AS r(i)");
        sql("INSERT INTO vmstat SELECT 1, i, 'oom_kill', 0 FROM range(" + snapshots + ") AS r(i)");
    }

    /** A process whose RssAnon follows a function of the seconds since the start. */
    SyntheticHost process(String name, DoubleUnaryOperator anonBytes) {
        return born(0, START.minusSeconds(60), name, anonBytes);
    }

    /** A process that is started at a snapshot and seen from then on. */
    SyntheticHost born(int snapshot, String name, DoubleUnaryOperator anonBytes) {
        return born(snapshot, START.plusNanos(Math.round(snapshot * interval * 1e9)), name, anonBytes);
    }

    private SyntheticHost born(int first, LocalDateTime startedAt, String name, DoubleUnaryOperator anonBytes) {
        int id = ++processes;
        sql(
                "INSERT INTO process (capture_id, process_id, boot, pid, start_ticks, started_at, comm, name, command, kernel_thread, cgroup, oom_score_adj,"
                        + " first_snapshot, last_snapshot, observer) VALUES (1, " + id + ", 0, " + (1000 + id)
                        + ", 4711, TIMESTAMP '" + startedAt.toString().replace('T', ' ') + "', '" + name + "', '" + name
                        + "', '/usr/bin/" + name
                        + " --serve', false, '/apps/" + name + "', 0, " + first + ", " + (snapshots - 1) + ", false)");
        List<String> rows = new ArrayList<>();
        for (int i = first; i < snapshots; i++) {
            long anon = Math.round(anonBytes.applyAsDouble(i * interval));
            rows.add("(1, " + i + ", " + id + ", " + anon + ", " + (anon + 4194304) + ", " + (anon + 67108864)
                    + ", 4194304, 0, 1, 0)");
        }
        sql(
                "INSERT INTO process_sample (capture_id, snapshot, process_id, rss_anon_bytes, rss_bytes, vm_size_bytes, rss_file_bytes, rss_shmem_bytes, threads,"
                        + " oom_score_adj) VALUES " + String.join(", ", rows));
        return this;
    }

    /** Adds a function of the seconds since the start to a line of meminfo, and takes it from what is free. */
    SyntheticHost takes(String column, DoubleUnaryOperator bytes) {
        for (int i = 0; i < snapshots; i++) {
            long taken = Math.round(bytes.applyAsDouble(i * interval));
            String grows = column == null ? "" : column + " = " + column + " + " + taken + ", ";
            sql("UPDATE meminfo SET " + grows + "mem_free_bytes = mem_free_bytes - " + taken
                    + ", mem_available_bytes = mem_available_bytes - " + taken + " WHERE snapshot = " + i);
        }
        return this;
    }

    SyntheticHost sql(String statement) {
        try (Statement run = connection().createStatement()) {
            run.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(statement.substring(0, Math.min(200, statement.length())), e);
        }
        return this;
    }

    /** What a query gives, a row a line, cells between bars; NULL is {@code null}. */
    List<String> rows(String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection().createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    cells.add(String.valueOf(result.getObject(i)));
                }
                rows.add(String.join("|", cells));
            }
        }
        return rows;
    }

    Connection connection() {
        return database.connection();
    }

    Analysis analysed() {
        database.makeViews();
        return FindingsEngine.packaged(connection(), ReportFiles.onClassPath(), "en")
                .analyse();
    }

    /** What the first finding of a rule says. */
    String explanationOf(String rule) {
        return analysed().findings().stream()
                .filter(finding -> finding.rule().equals(rule))
                .map(Finding::explanation)
                .findFirst()
                .orElseThrow();
    }

    /** Verdict of the trend of one process's anonymous memory; {@code none} when it never moved by its floor. */
    String verdictOf(String name) {
        try (PreparedStatement query = connection()
                .prepareStatement(
                        "SELECT verdict FROM trend WHERE metric = 'proc_anon' AND win = 'all' AND name = ?")) {
            query.setString(1, name);
            try (var rows = query.executeQuery()) {
                return rows.next() ? rows.getString(1).toLowerCase(Locale.ROOT) : "none";
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    CaseDatabase database() {
        return database;
    }

    @Override
    public void close() {
        database.close();
    }
}
