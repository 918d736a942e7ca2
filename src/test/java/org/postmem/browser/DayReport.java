package org.postmem.browser;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.postmem.findings.Analysis;
import org.postmem.findings.FindingsEngine;
import org.postmem.report.HtmlReport;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

/**
 * What the page of a long capture weighs and how fast it opens: an invented host, every 10 s a snapshot of many processes,
 * one of which leaks. Run by hand through {@code benchmarks/day-report}.
 */
final class DayReport {
    private DayReport() {}

    /** Arguments: snapshots, processes, the page to write. */
    public static void main(String[] arguments) throws IOException, SQLException {
        int snapshots = Integer.parseInt(arguments[0]);
        int processes = Integer.parseInt(arguments[1]);
        Path page = Path.of(arguments[2]);
        long start = System.nanoTime();
        try (CaseDatabase database = CaseDatabase.inMemory();
                Statement statement = database.connection().createStatement()) {
            fill(statement, snapshots, processes);
            start = say("invent " + snapshots + " snapshots of " + processes + " processes", start);
            database.makeViews();
            start = say("views and trends", start);
            Analysis analysis = FindingsEngine.packaged(database.connection(), ReportFiles.onClassPath(), "en")
                    .analyse();
            start = say("rules", start);
            try (Writer out = Files.newBufferedWriter(page)) {
                new HtmlReport(Clock.fixed(Instant.parse("2026-11-25T00:00:00Z"), ZoneOffset.UTC), "en", "0.1.0")
                        .write(database.connection(), analysis.verdict(), analysis.findings(), out);
            }
            say("page", start);
            System.out.println(analysis.verdict().headline());
        }
        System.out.printf("page %.2f MB%n", Files.size(page) / 1e6);
        if (System.getProperty("postmem.browser", "").equals("off")) {
            return;
        }
        Path profile = Files.createTempDirectory("postmem-profile");
        try (Chromium chromium = Chromium.start(profile)) {
            for (int i = 0; i < 3; i++) {
                chromium.open(page, 1280);
                System.out.println("opened, script done after "
                        + chromium.ask("return Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)")
                        + " ms");
            }
        }
    }

    private static long say(String what, long since) {
        long now = System.nanoTime();
        System.out.printf("%-50s %6.1f s%n", what, (now - since) / 1e9);
        return now;
    }

    private static void fill(Statement to, int snapshots, int processes) throws SQLException {
        to.execute(
                "INSERT INTO capture BY NAME SELECT 1 AS capture_id, 'day.tar.zst' AS source, 'big' AS host, '6.1.0-56-amd64' AS kernel,"
                        + " 'x86_64' AS machine, 4096 AS page_bytes, 100 AS ticks_per_second, 16 AS cpu_count, '0.1.0' AS collector_version,"
                        + " 1 AS format_version, 10 AS interval_seconds, true AS privileged, 0 AS utc_offset_seconds, '{}' AS options");
        to.execute(
                "INSERT INTO segment SELECT 1, s, 'intact', s * 100000, 100000, repeat('ab12cd34', 8), s * 60 + 1, s * 60 + 60, NULL, NULL"
                        + " FROM range(" + (snapshots + 59) / 60 + ") r(s)");
        to.execute("INSERT INTO snapshot BY NAME SELECT 1 AS capture_id, i AS snapshot, (i - 1) // 60 AS segment,"
                + " TIMESTAMP '2026-11-22 00:00:00' + INTERVAL (i * 10) SECOND AS ts, (i - 1) * 10.0 AS t_seconds, 9000 + i * 10.0 AS uptime_seconds,"
                + " 'b0071d' AS boot_id, 0 AS boot, 0.05 AS duration_seconds, 0.04 AS collector_cpu_seconds, 60000000 AS collector_rss_bytes,"
                + " 1700 AS written_bytes, 0 AS missed_ticks, " + processes + " AS processes FROM range(1, "
                + (snapshots + 1)
                + ") r(i)");
        to.execute(
                "INSERT INTO process BY NAME SELECT 1 AS capture_id, p AS process_id, 0 AS boot, 1000 + p AS pid, p AS start_ticks,"
                        + " TIMESTAMP '2026-11-21 00:00:00' AS started_at, 'worker-' || p AS comm, 'worker-' || p AS name,"
                        + " '/usr/bin/worker --number ' || p || ' --config /etc/workers/' || p || '.conf' AS command, 1000 AS uid, 1 AS ppid,"
                        + " false AS kernel_thread, '/workers' AS cgroup, 0 AS oom_score_adj, 1 AS first_snapshot, "
                        + snapshots + " AS last_snapshot, false AS observer FROM range(1, " + (processes + 1)
                        + ") r(p)");
        // process 7 leaks 4 GB over the whole time, every tenth saws by 40 MB, the others jitter
        to.execute("CREATE TEMP TABLE held AS SELECT i, p, 4096 * CAST(2000 + hash(p) % 3000 + hash(i * 1000 + p) % 40"
                + " + CASE WHEN p = 7 THEN i * 1000000.0 / " + snapshots
                + " WHEN p % 10 = 0 THEN (i * (1 + p % 7)) % 360 * 28 ELSE 0 END AS BIGINT) AS anon"
                + " FROM range(1, " + (snapshots + 1) + ") a(i), range(1, " + (processes + 1) + ") b(p)");
        to.execute(
                "INSERT INTO process_sample BY NAME SELECT 1 AS capture_id, i AS snapshot, p AS process_id, 'S' AS state, anon + 50000000 AS vm_size_bytes,"
                        + " anon + 4194304 AS rss_bytes, anon AS rss_anon_bytes, 4194304 AS rss_file_bytes, 0 AS rss_shmem_bytes, 81920 AS pte_bytes,"
                        + " 0 AS swap_bytes, i * 10 AS minor_faults, 0 AS major_faults, i * 0.01 AS user_seconds, i * 0.01 AS system_seconds,"
                        + " 10 AS oom_score, 0 AS oom_score_adj FROM held");
        to.execute("INSERT INTO meminfo BY NAME SELECT 1 AS capture_id, i AS snapshot, 34359738368 AS mem_total_bytes,"
                + " 34359738368 - sum(anon)::BIGINT - 3000000512 AS mem_free_bytes, 34359738368 - sum(anon)::BIGINT - 1000001536 AS mem_available_bytes,"
                + " 0 AS buffers_bytes, 2147483648 AS cached_bytes, 0 AS swap_cached_bytes, 0 AS swap_total_bytes, 0 AS swap_free_bytes,"
                + " sum(anon)::BIGINT AS anon_pages_bytes, 0 AS shmem_bytes, 409600000 AS slab_bytes, 204800000 AS sreclaimable_bytes,"
                + " 204800000 AS sunreclaim_bytes, 20480000 AS kernel_stack_bytes, 102400000 AS page_tables_bytes"
                + " FROM held GROUP BY i");
        to.execute(
                "INSERT INTO slab SELECT 1, i, 'cache-' || c, 1000 + c, 1000 + c, 4096, 1000 + c, 1, (1000 + c) * 4096 FROM range(1, "
                        + (snapshots + 1) + ", 6) a(i), range(120) b(c)");
        to.execute("DROP TABLE held");
    }
}
