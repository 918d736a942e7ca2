package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
}
