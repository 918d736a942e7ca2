package org.postmem.findings;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

/**
 * A host as production has them, as rows of a case: hundreds of GiB, hundreds of processes, hours to days. What each process
 * and each line of meminfo holds is an SQL expression in GiB, of
 * {@code h} hours since the start, {@code j} the number of the process among its like (1 …) and {@code n} noise between -1
 * and 1, another at each reading. Lines of meminfo that hold what processes hold follow from these, and what is left is free.
 */
final class LargeHost implements AutoCloseable {
    private static final String START = "TIMESTAMP '2026-11-02 00:00:00'";
    private static final double GIB = 1L << 30;
    private static final long CASE_BYTES = 1L << 30;

    private final CaseDatabase database = CaseDatabase.inMemory(CASE_BYTES);
    private final double totalGib;
    private final double intervalSeconds;
    private final int snapshots;
    private final Map<String, String> lines = new LinkedHashMap<>();
    private int processes;

    LargeHost(double totalGib, int cpus, double intervalSeconds, double hours) {
        this.totalGib = totalGib;
        this.intervalSeconds = intervalSeconds;
        this.snapshots = (int) Math.round(hours * 3600 / intervalSeconds);
        sql(
                "INSERT INTO capture (capture_id, source, host, kernel, page_bytes, cpu_count, interval_seconds, privileged)"
                        + " VALUES (1, 'a.tar.zst', 'host', '6.1.0-1', 4096, " + cpus + ", " + intervalSeconds
                        + ", true)");
        sql(
                "INSERT INTO snapshot (capture_id, snapshot, segment, ts, t_seconds, uptime_seconds, boot, boot_id) SELECT 1, i, 0, "
                        + START + " + to_milliseconds((1000 * i * " + intervalSeconds + ")::BIGINT), i * "
                        + intervalSeconds
                        + ", 8640000 + i * " + intervalSeconds + ", 0, 'b' FROM range(" + snapshots + ") AS r(i)");
        line("cached", "2").line("shmem", "0.1").line("sreclaimable", "1").line("sunreclaim", "0.4 + 0.001 * n");
        line("vmalloc_used", "0.3")
                .line("percpu", "0.1")
                .line("kernel_stack", "0.05")
                .line("unaccounted", "0.5 + 0.002 * n");
        line("hugetlb", "0")
                .line("swap_total", "0")
                .line("swap_used", "0")
                .line("page_tables", "0")
                .line("anon_pages", "0");
    }

    /** A line of meminfo without {@code _bytes}, or {@code unaccounted}; of anon_pages and page_tables what comes on top of the processes'. */
    LargeHost line(String name, String gib) {
        lines.put(name, gib);
        return this;
    }

    /** Processes of one name that are there all the time. */
    LargeHost processes(String name, int count, String anonGib) {
        return processes(name, count, anonGib, Map.of());
    }

    /**
     * @param other {@code shmem}, {@code file}, {@code swap}, {@code vm} in GiB, {@code threads}, and of the process itself
     *     {@code command}, {@code exe}, {@code cgroup}, {@code uid}: SQL, too; {@code born} and {@code died}: hours, of j
     */
    LargeHost processes(String name, int count, String anonGib, Map<String, String> other) {
        int first = processes + 1;
        processes += count;
        String born = other.getOrDefault("born", "-1");
        String died = other.getOrDefault("died", "1e9");
        String life = "FROM (SELECT j, " + (first - 1) + " + j AS id, ceil(greatest(0, (" + born + ")) * 3600 / "
                + intervalSeconds
                + ")::INTEGER AS first_snapshot, least(" + (snapshots - 1) + ", floor((" + died + ") * 3600 / "
                + intervalSeconds
                + "))::INTEGER AS last_snapshot FROM range(1, " + (count + 1) + ") AS r(j)) AS p";
        sql(
                "INSERT INTO process (capture_id, process_id, boot, pid, start_ticks, started_at, comm, name, command, exe, uid, kernel_thread, cgroup,"
                        + " oom_score_adj, first_snapshot, last_snapshot, observer) SELECT 1, id, 0, 1000 + id, id, "
                        + START
                        + " + to_milliseconds((3600000 * CASE WHEN (" + born + ") <= 0 THEN -100 ELSE (" + born
                        + ") END)::BIGINT), " + other.getOrDefault("comm", "'" + name + "'") + ", '" + name + "', "
                        + other.getOrDefault("command", "'/usr/bin/" + name + "'") + ", "
                        + other.getOrDefault("exe", "NULL") + ", "
                        + other.getOrDefault("uid", "0") + ", false, "
                        + other.getOrDefault("cgroup", "'/system.slice/" + name + ".service'")
                        + ", 0, first_snapshot, last_snapshot, false " + life
                        + " WHERE first_snapshot <= last_snapshot");
        sql(
                "INSERT INTO process_sample (capture_id, snapshot, process_id, rss_anon_bytes, rss_shmem_bytes, rss_file_bytes, swap_bytes, vm_size_bytes, vm_data_bytes,"
                        + " pte_bytes, threads, oom_score_adj, rss_bytes, hugetlb_bytes) SELECT 1, i, id, anon, shmem, file, swap, anon + shmem + file + vm, anon + 67108864,"
                        + " (anon + shmem + file) // 512 // 4096 * 4096, threads, 0, anon + shmem + file, 0 FROM (SELECT i, id, "
                        + page(anonGib)
                        + " AS anon, " + page(other.getOrDefault("shmem", "0")) + " AS shmem, "
                        + page(other.getOrDefault("file", "0.01"))
                        + " AS file, " + page(other.getOrDefault("swap", "0")) + " AS swap, "
                        + page(other.getOrDefault("vm", "1")) + " AS vm, ("
                        + other.getOrDefault("threads", "4") + ")::BIGINT AS threads FROM (SELECT i, j, id, i * "
                        + intervalSeconds / 3600
                        + " AS h, i * " + intervalSeconds / 3600 + " - greatest(0, " + born + ") AS age, " + noise("id")
                        + " AS n FROM (SELECT *, unnest(range(first_snapshot, last_snapshot + 1)) AS i " + life
                        + ")))");
        return this;
    }

    private static String noise(String id) {
        return "(hash(i, " + id + ") % 2001) / 1000.0 - 1";
    }

    private static String page(String gib) {
        return "greatest(0, ((" + gib + ") * 262144)::BIGINT) * 4096";
    }

    /** A control group, GiB again, and how often it was stopped at its limit so far. */
    LargeHost cgroups(String path, String limitGib, String anonGib, String fileGib, String stops) {
        return rows(
                "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, max_bytes, anon_bytes, file_bytes, current_bytes, shmem_bytes,"
                        + " slab_reclaimable_bytes, events_max, events_oom, events_oom_kill)",
                "1, i, '" + path + "', 2, " + page(limitGib) + ", " + page(anonGib) + ", " + page(fileGib) + ", "
                        + page(anonGib) + " + " + page(fileGib) + " + 4194304, 0, 0, " + stops + ", 0, 0");
    }

    /** A row a snapshot, of an expression in i (the snapshot), h and n. */
    LargeHost rows(String statement, String expression) {
        return sql(statement + " SELECT " + expression + " FROM (SELECT i, i * " + intervalSeconds / 3600 + " AS h, "
                + noise("0") + " AS n FROM range(" + snapshots + ") AS r(i))");
    }

    /** Bytes of an expression in GiB, for a statement of one's own. */
    static String bytes(String expression) {
        return page(expression);
    }

    LargeHost sql(String statement) {
        try (Statement run = database.connection().createStatement()) {
            run.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(statement.substring(0, Math.min(3000, statement.length())), e);
        }
        return this;
    }

    Analysis analysed() {
        sql("INSERT INTO zone (capture_id, snapshot, node, zone, pcp_bytes) SELECT 1, i, 0, 'Normal', " + listedBytes()
                + " FROM range(" + snapshots + ") AS r(i)");
        sql("INSERT INTO vmstat SELECT 1, i, 'oom_kill', 0 FROM range(" + snapshots + ") AS r(i)");
        List<String> expressions = new ArrayList<>();
        lines.forEach((name, gib) -> expressions.add(page(gib) + " AS " + name));
        sql(String.format(
                Locale.ROOT,
                "INSERT INTO meminfo (capture_id, snapshot, mem_total_bytes, mem_free_bytes, mem_available_bytes, buffers_bytes, cached_bytes, swap_cached_bytes,"
                        + " shmem_bytes, anon_pages_bytes, sreclaimable_bytes, kreclaimable_bytes, sunreclaim_bytes, page_tables_bytes, kernel_stack_bytes, vmalloc_used_bytes,"
                        + " percpu_bytes, hugetlb_bytes, swap_total_bytes, swap_free_bytes, huge_pages_total, huge_page_size_bytes, huge_pages_free, huge_pages_rsvd)"
                        + " SELECT 1, i, %1$d, free, free + 0.9 * (cached - shmem) + 0.5 * sreclaimable, 0, cached, 0, shmem, anon, sreclaimable, sreclaimable, sunreclaim,"
                        + " tables, kernel_stack, vmalloc_used, percpu, hugetlb, swap_total, swap_total - swap_used, hugetlb // 2097152, 2097152, 0, 0 FROM (SELECT *, %1$d - cached - anon"
                        + " - sreclaimable - sunreclaim - tables - vmalloc_used - percpu - hugetlb - unaccounted - %6$d AS free FROM (SELECT i, cached, shmem, sreclaimable, sunreclaim, kernel_stack,"
                        + " vmalloc_used, percpu, hugetlb, unaccounted, swap_total, swap_used, anon_pages + coalesce(a, 0)::BIGINT AS anon, page_tables + coalesce(p, 0)::BIGINT AS tables FROM (SELECT i, %2$s"
                        + " FROM (SELECT i, i * %3$s AS h, %4$s AS n FROM range(%5$d) AS r(i))) LEFT JOIN (SELECT snapshot AS i, sum(rss_anon_bytes) AS a, sum(pte_bytes) AS p"
                        + " FROM process_sample GROUP BY snapshot) USING (i)))",
                (long) (totalGib * GIB),
                String.join(", ", expressions),
                intervalSeconds / 3600,
                noise("0"),
                snapshots,
                listedBytes()));
        long least = Long.parseLong(one("SELECT min(mem_free_bytes) FROM meminfo"));
        if (least < 0) {
            throw new IllegalStateException("the host would need " + -least + " bytes more");
        }
        database.makeViewsOfRules();
        return FindingsEngine.packaged(database.connection(), ReportFiles.onClassPath(), "en")
                .analyse();
    }

    /** Free pages on lists of the processors. */
    private long listedBytes() {
        return Math.min(1L << 28, (long) (totalGib * GIB / 40));
    }

    String one(String query) {
        try (Statement statement = database.connection().createStatement();
                ResultSet result = statement.executeQuery(query)) {
            return result.next() ? String.valueOf(result.getObject(1)) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
