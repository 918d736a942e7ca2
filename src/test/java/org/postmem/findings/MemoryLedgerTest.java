package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postmem.procfs.MemInfo;

/** Numbers of the 6.1.176 row are those of a genuine meminfo in kB; the others leave out what those kernels do not print. */
class MemoryLedgerTest {
    private static final String MODERN =
            "mem_total_bytes = 480288 * 1024, mem_free_bytes = 450944 * 1024, buffers_bytes = 0,"
                    + " cached_bytes = 2688 * 1024, swap_cached_bytes = 0, anon_pages_bytes = 112 * 1024, shmem_bytes = 2688 * 1024,"
                    + " kreclaimable_bytes = 9004 * 1024, slab_bytes = 14984 * 1024, sreclaimable_bytes = 9004 * 1024, sunreclaim_bytes = 5980 * 1024,"
                    + " kernel_stack_bytes = 720 * 1024, page_tables_bytes = 44 * 1024, sec_page_tables_bytes = 0, vmalloc_used_bytes = 7064 * 1024,"
                    + " percpu_bytes = 256 * 1024, hugetlb_bytes = 0";

    @ParameterizedTest(name = "kernel {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "6.1.176 | hugetlb_bytes = 0 | 6496256 | 737280",
                // prints VmallocUsed as 0: the stacks stand alone
                "4.19.0 | vmalloc_used_bytes = 0 | 0 | 737280",
                // counts mappings of devices in VmallocUsed, and knows neither of the newer lines
                "3.10.0 | kreclaimable_bytes = NULL, percpu_bytes = NULL, hugetlb_bytes = NULL, sec_page_tables_bytes = NULL | 0 | 737280",
            })
    void closesToTheByte(String kernel, String differs, long vmalloc, long stack) throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 1)) {
            host.sql("UPDATE capture SET kernel = '" + kernel + "'");
            host.sql("UPDATE meminfo SET " + MODERN).sql("UPDATE meminfo SET " + differs);
            host.sql("UPDATE zone SET pcp_bytes = 1228800");
            host.database().makeViews();
            try (Statement statement = host.connection().createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT sum(b.bytes)::BIGINT, any_value(l.mem_total_bytes), any_value(l.vmalloc_bytes), any_value(l.kernel_stack_bytes),"
                                    + " count(*), count(b.bytes) FROM ledger_bucket AS b JOIN memory_ledger AS l USING (capture_id, snapshot)")) {
                row.next();
                assertThat(row.getLong(1)).isEqualTo(row.getLong(2)).isEqualTo(480288L * 1024);
                assertThat(row.getLong(3)).isEqualTo(vmalloc);
                assertThat(row.getLong(4)).isEqualTo(stack);
                assertThat(row.getLong(5)).isEqualTo(row.getLong(6)).isEqualTo(15);
            }
        }
    }

    /**
     * Hand-made, from the documented layout of each kernel: one host, of which an older kernel prints less. What it does
     * not print has to be in unaccounted, all of it and nothing twice. In kB: 93000 = 3000 that no kernel counts, 5000
     * of KReclaimable, 2000 SecPageTables, 40000 vmalloc, 6000 Percpu, 30000 Balloon, 7000 Zswap.
     */
    @ParameterizedTest(name = "kernel {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                // counts mappings of devices in VmallocUsed; huge pages only as a count of pages
                "2.6.32-754.el6 | 341000 | MemAvailable KReclaimable SecPageTables Percpu Hugetlb Balloon Zswap | 93000 | 0",
                "3.10.0-1160.el7 | 341000 | KReclaimable SecPageTables Percpu Hugetlb Balloon Zswap | 93000 | 0",
                // prints VmallocUsed as 0
                "4.4.0 | 0 | KReclaimable SecPageTables Percpu Hugetlb Balloon Zswap | 93000 | 0",
                "4.18.0-553.el8 | 0 | KReclaimable SecPageTables Percpu Balloon Zswap | 93000 | 0",
                "4.19.0 | 0 | KReclaimable SecPageTables Balloon Zswap | 87000 | 0",
                "5.2.0 | 0 | SecPageTables Balloon Zswap | 82000 | 0",
                // the kernel stacks are in VmallocUsed
                "5.3.0 | 50240 | SecPageTables Balloon Zswap | 42000 | 40000",
                "5.14.0-503.el9 | 50240 | SecPageTables Balloon Zswap | 42000 | 40000",
                "6.1.0 | 50240 | Balloon | 33000 | 40000",
                "6.12.0 | 50240 | Balloon | 33000 | 40000",
                "6.18.0 | 50240 | Nothing | 3000 | 40000",
            })
    void putsWhatAKernelDoesNotPrintIntoUnaccounted(
            String kernel, long vmallocUsed, String missing, long unaccounted, long vmalloc)
            throws SQLException, ReflectiveOperationException {
        Map<String, Object> row;
        try (SyntheticHost host = new SyntheticHost(5, 1)) {
            host.sql("UPDATE capture SET kernel = '" + kernel + "'");
            host.sql("DELETE FROM meminfo").sql("UPDATE zone SET pcp_bytes = 12000 * 1024");
            host.sql(insert(
                    host,
                    MemInfo.parse(meminfo(vmallocUsed, Set.of(missing.split(" "))))
                            .value()));
            host.database().makeViews();
            row = ledger(host);
        }
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("closes", 0L);
        expected.put("unaccounted", unaccounted * 1024);
        expected.put("vmalloc", vmalloc * 1024);
        expected.put("stack", 10240L * 1024);
        expected.put("hugetlb", 65536L * 1024);
        assertThat(row).isEqualTo(expected);
    }

    /** Two genuine moments of a guest that swaps, in kB: once it has read back what it swapped out, SwapCached is mapped. */
    @ParameterizedTest(name = "snapshot {0}")
    @CsvSource({
        // snapshot, Active(anon), Inactive(anon), AnonPages, Shmem, SwapCached, of it no process's
        "25, 138728, 278452, 408156, 124, 69060, 8900",
        "97, 143420, 274028, 415768, 124, 368084, 1556",
    })
    void countsAPageOfTheSwapCacheOnceThoughAProcessMapsIt(
            int snapshot, long active, long inactive, long anon, long shmem, long swapCached, long unmapped)
            throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 1)) {
            host.sql("UPDATE meminfo SET " + MODERN)
                    .sql("UPDATE meminfo SET active_anon_bytes = 1024 * " + active + ", inactive_anon_bytes = 1024 * "
                            + inactive + ", anon_pages_bytes = 1024 * " + anon + ", shmem_bytes = 1024 * " + shmem
                            + ", cached_bytes = 1024 * " + shmem + ", swap_cached_bytes = 1024 * " + swapCached);
            host.database().makeViews();
            assertThat(host.rows("SELECT page_cache_bytes // 1024 FROM memory_ledger"))
                    .containsExactly(Long.toString(unmapped));
        }
    }

    private static Map<String, Object> ledger(SyntheticHost host) throws SQLException {
        try (Statement statement = host.connection().createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT (sum(b.bytes) - any_value(l.mem_total_bytes))::BIGINT, any_value(l.unaccounted_bytes),"
                                + " any_value(l.vmalloc_bytes), any_value(l.kernel_stack_bytes), any_value(l.hugetlb_bytes)"
                                + " FROM ledger_bucket AS b JOIN memory_ledger AS l USING (capture_id, snapshot)")) {
            row.next();
            Map<String, Object> read = new LinkedHashMap<>();
            for (String name : List.of("closes", "unaccounted", "vmalloc", "stack", "hugetlb")) {
                read.put(name, row.getLong(read.size() + 1));
            }
            return read;
        }
    }

    private static byte[] meminfo(long vmallocUsed, Set<String> missing) {
        Map<String, Long> lines = new LinkedHashMap<>();
        lines.put("MemTotal", 4096000L);
        lines.put("MemFree", 2269220L);
        lines.put("MemAvailable", 2800000L);
        lines.put("Buffers", 20000L);
        lines.put("Cached", 580000L);
        lines.put("SwapCached", 1000L);
        lines.put("Active(anon)", 481000L);
        lines.put("Inactive(anon)", 500000L);
        lines.put("Zswap", 7000L);
        lines.put("AnonPages", 900000L);
        lines.put("Mapped", 90000L);
        lines.put("Shmem", 80000L);
        lines.put("KReclaimable", 65000L);
        lines.put("Slab", 130000L);
        lines.put("SReclaimable", 60000L);
        lines.put("SUnreclaim", 70000L);
        lines.put("KernelStack", 10240L);
        lines.put("PageTables", 15000L);
        lines.put("SecPageTables", 2000L);
        lines.put("VmallocTotal", 34359738367L);
        lines.put("VmallocUsed", vmallocUsed);
        lines.put("Percpu", 6000L);
        lines.put("HardwareCorrupted", 4L);
        lines.put("AnonHugePages", 200000L);
        lines.put("Balloon", 30000L);
        lines.put("Hugepagesize", 2048L);
        lines.put("Hugetlb", 65536L);
        StringBuilder text = new StringBuilder();
        lines.forEach((name, kb) -> {
            if (!missing.contains(name)) {
                text.append(String.format(Locale.ROOT, "%-16s%8d kB%n", name + ":", kb));
            }
        });
        text.append("HugePages_Total:      32\nHugePages_Free:        2\n");
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The record as a row of the table meminfo. */
    private static String insert(SyntheticHost host, MemInfo read) throws SQLException, ReflectiveOperationException {
        Map<String, String> columns = new LinkedHashMap<>();
        try (Statement statement = host.connection().createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT column_name FROM duckdb_columns() WHERE table_name = 'meminfo' ORDER BY column_index")) {
            while (rows.next()) {
                columns.put(rows.getString(1).replace("_", ""), rows.getString(1));
            }
        }
        List<String> names = new ArrayList<>(List.of("capture_id", "snapshot"));
        List<String> values = new ArrayList<>(List.of("1", "0"));
        for (RecordComponent component : MemInfo.class.getRecordComponents()) {
            Object value = component.getAccessor().invoke(read);
            if (value instanceof Long) {
                names.add(columns.get(component.getName().toLowerCase(Locale.ROOT)));
                values.add(value.toString());
            }
        }
        return "INSERT INTO meminfo (" + String.join(", ", names) + ") VALUES (" + String.join(", ", values) + ")";
    }
}
