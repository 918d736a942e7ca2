package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.MIB;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Attached stacks as series, and what one that keeps growing does to the finding it belongs to. */
class StackGrowthTest {
    private static final String INSERT =
            "INSERT INTO stack_allocation (capture_id, member, tool, block, ts, pid, stack, bytes, allocations)"
                    + " VALUES ";

    @Test
    void aStackThatGrowsInEveryPrintOutConfirmsTheLeakOfItsProcess() throws SQLException {
        double without;
        try (SyntheticHost host = leaking()) {
            without = only(host.analysed()).confidence();
        }
        try (SyntheticHost host = leaking()
                .sql(INSERT
                        + "(1, 'attached/memleak.txt', 'memleak', 1, NULL, 1001, 'main;order_add;malloc', 1000, 1),"
                        + " (1, 'attached/memleak.txt', 'memleak', 2, NULL, 1001, 'main;order_add;malloc', 2000, 2),"
                        + " (1, 'attached/memleak.txt', 'memleak', 3, NULL, 1001, 'main;order_add;malloc', 3000, 3),"
                        + " (1, 'attached/memleak.txt', 'memleak', 1, NULL, 1001, 'main;cache_fill', 5000, 3),"
                        + " (1, 'attached/memleak.txt', 'memleak', 2, NULL, 1001, 'main;cache_fill', 5000, 3),"
                        + " (1, 'attached/memleak.txt', 'memleak', 3, NULL, 1001, 'main;cache_fill', 5000, 3)")) {
            Finding finding = only(host.analysed());
            assertThat(finding.confidence()).isGreaterThan(without).isLessThanOrEqualTo(1);
            assertThat(finding.explanation())
                    .endsWith("Confirmed by memleak: memory from order_add grew from print-out to print-out (3 in all),"
                            + " by 1.95 KiB.");
            assertThat(host.rows(
                            "SELECT frame, caller, moments, growth_bytes, growing FROM stack_growth ORDER BY position"))
                    .containsExactly("order_add|main|3|2000|true", "cache_fill|main|3|0|false");
            assertThat(host.rows("SELECT stack, weight_bytes, grown FROM path_flame WHERE weight_bytes > 0"))
                    .containsExactly("main;order_add;malloc|2000|true");
        }
    }

    @Test
    void twoPrintOutsOrAnotherProcessConfirmNothing() {
        try (SyntheticHost host = leaking()
                .process("bystander", t -> 30 * MIB)
                .sql(INSERT + "(1, 'attached/m', 'memleak', 1, NULL, 1001, 'main;order_add', 1000, 1),"
                        + " (1, 'attached/m', 'memleak', 2, NULL, 1001, 'main;order_add', 2000, 2),"
                        + " (1, 'attached/n', 'memleak', 1, NULL, 1002, 'main;x', 1000, 1),"
                        + " (1, 'attached/n', 'memleak', 2, NULL, 1002, 'main;x', 2000, 2),"
                        + " (1, 'attached/n', 'memleak', 3, NULL, 1002, 'main;x', 3000, 2)")) {
            assertThat(only(host.analysed()).explanation()).doesNotContain("Confirmed");
        }
    }

    /** Each of these files has what there is at its moment; together they are a series, ordered by time. */
    @Test
    void readingsOfTheKernelInSeveralFilesAreOneSeries() throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 6)
                .sql(INSERT
                        + "(1, 'attached/c', 'page_owner', 1, TIMESTAMP '2026-11-22 10:00:00', NULL,"
                        + " 'init;drv_rx;alloc_pages', 4096, 1), (1, 'attached/a', 'page_owner', 1, TIMESTAMP"
                        + " '2026-11-22 10:01:00', NULL, 'init;drv_rx;alloc_pages', 8192, 2), (1,"
                        + " 'attached/b', 'page_owner', 1, TIMESTAMP '2026-11-22 10:02:00', NULL,"
                        + " 'init;drv_rx;alloc_pages', 12288, 3), (1, 'attached/t', 'alloc_traces', 1, NULL,"
                        + " NULL, 'xfer_submit;kmem_cache_alloc', NULL, 10), (1, 'attached/t', 'alloc_traces',"
                        + " 2, NULL, NULL, 'xfer_submit;kmem_cache_alloc', NULL, 20), (1, 'attached/t',"
                        + " 'alloc_traces', 3, NULL, NULL, 'xfer_submit;kmem_cache_alloc', NULL, 30)")) {
            host.database().makeViews();
            assertThat(host.rows("SELECT run, frame, growth_bytes, growth_allocations, growing FROM stack_growth"
                            + " ORDER BY run"))
                    .containsExactly("attached/t|xfer_submit|null|20|true", "page_owner|drv_rx|8192|2|true");
            assertThat(host.rows("SELECT metric, tool FROM stack_evidence ORDER BY metric"))
                    .containsExactly("host_slab_unreclaimable|alloc_traces", "host_unaccounted|page_owner");
        }
    }

    /** Each of these may be of another cache: that a driver asks for objects of three sizes is no growth. */
    @Test
    void tracesOfThreeCachesAreNoSeries() throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 6)
                .sql(INSERT
                        + "(1, 'attached/a', 'alloc_traces', 1, NULL, NULL, 'xfer_submit', NULL, 10),"
                        + " (1, 'attached/b', 'alloc_traces', 1, NULL, NULL, 'xfer_submit', NULL, 20),"
                        + " (1, 'attached/c', 'alloc_traces', 1, NULL, NULL, 'xfer_submit', NULL, 30),"
                        + " (1, 'x/1', 'alloc_traces', 1, NULL, NULL, 'slab:kmalloc-64;get', NULL, 10),"
                        + " (1, 'x/2', 'alloc_traces', 1, NULL, NULL, 'slab:kmalloc-64;get', NULL, 20),"
                        + " (1, 'x/3', 'alloc_traces', 1, NULL, NULL, 'slab:kmalloc-64;get', NULL, 30)")) {
            host.database().makeViews();
            assertThat(host.rows("SELECT frame, seen, growing FROM stack_growth ORDER BY run, frame"))
                    .containsExactly("get|3|true", "xfer_submit|1|false", "xfer_submit|1|false", "xfer_submit|1|false");
            assertThat(host.rows("SELECT frame FROM stack_evidence")).containsExactly("get");
        }
    }

    /** page_owner lists all pages there are; those of processes and files stand behind no growth of unknown memory. */
    @Test
    void pagesThatMeminfoCountsItselfAreNoUnaccountedMemory() throws SQLException {
        StringBuilder rows = new StringBuilder();
        for (int block = 1; block <= 3; block++) {
            String row = ", (1, 'attached/p', '%s', " + block + ", NULL, NULL, '%s', " + block * 1_000_000 + ", 1)";
            rows.append(row.formatted(
                            "page_owner",
                            "do_user_addr_fault+0x1/0x2;__handle_mm_fault+0x1/0x2;"
                                    + "do_anonymous_page+0x1/0x2;alloc_anon_folio+0x1/0x2;vma_alloc_folio_noprof+0x1/0x2;"
                                    + "__alloc_frozen_pages_noprof+0x1/0x2;get_page_from_freelist+0x1/0x2"))
                    .append(row.formatted(
                            "page_owner", "handle_mm_fault+0x11bb/0x1480;__alloc_pages_nodemask+0x1de/0xb00"))
                    .append(row.replace("000000,", "000000 - 1,")
                            .formatted(
                                    "page_owner",
                                    "__handle_mm_fault+0x1/0x2;drm_vm_fault+0x1/0x2 [drm];"
                                            + "__alloc_frozen_pages_noprof+0x1/0x2;get_page_from_freelist+0x1/0x2"))
                    .append(row.formatted(
                            "kmemleak",
                            "frob_init+0x1/0x2 [frob];vmalloc_noprof+0x1/0x2;" + "__vmalloc_node_range_noprof+0x1/0x2"))
                    .append(row.formatted("kmemleak", "frob_init+0x1/0x2 [frob];pcpu_alloc_noprof+0x1/0x2"))
                    .append(row.formatted("strace", "main+0x1 [app];pool_alloc_pages+0x1 [app];mmap+0x17 [libc.so.6]"));
        }
        try (SyntheticHost host = new SyntheticHost(5, 6).sql(INSERT + rows.substring(2))) {
            host.database().makeViews();
            assertThat(host.rows("SELECT count(*) FROM stack_growth WHERE growing"))
                    .containsExactly("6");
            assertThat(host.rows("SELECT metric, tool, frame FROM stack_evidence ORDER BY metric"))
                    .containsExactly(
                            "host_unaccounted|page_owner|drm_vm_fault+0x1/0x2 [drm]",
                            "host_vmalloc|kmemleak|frob_init+0x1/0x2 [frob]");
        }
    }

    /** allocinfo has every allocation of the kernel: who is meant is who takes pages as fast as they go. */
    @Test
    void aLineOfKernelCodeThatTakesPagesAsFastAsTheyGoIsNamed() throws SQLException {
        try (SyntheticHost host = losingPages()
                .sql(site("drivers/net/xfer.c:120", "'xferdrv'", "xfer_refill", "i * 2097152"))
                .sql(site("net/core/neighbour.c:508", "NULL", "neigh_alloc", "i * 209715"))
                .sql(site("mm/readahead.c:200", "NULL", "page_cache_ra_unbounded", "i * 2097152"))
                .sql(site("fs/ext4/super.c:1392", "'ext4'", "ext4_alloc_inode", "31457280 - i * 1000"))) {
            Finding finding = only("R22", host.analysed());
            assertThat(finding.title())
                    .startsWith("Kernel pages that xferdrv takes are not given back: +")
                    .endsWith(" MiB");
            assertThat(finding.culprit().name()).isEqualTo("xferdrv");
            assertThat(finding.culprit().detail()).isEqualTo("xfer_refill drivers/net/xfer.c:120 [xferdrv]");
            assertThat(finding.explanation())
                    .contains(
                            "allocinfo says who asked for them: what xfer_refill drivers/net/xfer.c:120 [xferdrv] holds"
                                    + " grew from print-out to print-out (8 in all), by 84.0 MiB.");
            assertThat(host.rows("SELECT (SELECT count(*) FROM path_bcc), (SELECT count(*) FROM path_allocinfo)"))
                    .containsExactly("0|4");
        }
    }

    @Test
    void oneThatTakesATenthOfThemOrIsCountedByMeminfoIsNot() {
        try (SyntheticHost host = losingPages()
                .sql(site("net/core/neighbour.c:508", "NULL", "neigh_alloc", "i * 209715"))
                .sql(site("mm/readahead.c:200", "NULL", "page_cache_ra_unbounded", "i * 2097152"))
                .sql(site("kernel/fork.c:311", "NULL", "alloc_thread_stack_node", "i * 2097152"))) {
            Finding finding = only("R22", host.analysed());
            assertThat(finding.title()).startsWith("Kernel pages that nothing accounts for grow");
            assertThat(finding.culprit().name()).isEqualTo("kernel");
        }
    }

    /** The stack of another leak, a small one beside it, grows just as surely. */
    @Test
    void aStackThatGrowsByItsOwnClockAtLessThanATenthOfThePaceConfirmsNothing() {
        for (int growth : new int[] {100_000, 900_000}) {
            StringBuilder rows = new StringBuilder();
            for (int block = 1; block <= 4; block++) {
                rows.append(rows.isEmpty() ? "" : ", ")
                        .append("(1, 'attached/memleak.txt', 'memleak', " + block + ", TIMESTAMP '2026-11-22 10:00:00'"
                                + " + to_seconds(" + block + "), 1001, 'main;order_add;malloc', " + block * growth
                                + ", 1)");
            }
            try (SyntheticHost host = leaking().sql(INSERT + rows)) {
                assertThat(only(host.analysed()).explanation().contains("Confirmed by memleak"))
                        .as("%d bytes a second of a leak of 1 MiB a second", growth)
                        .isEqualTo(growth == 900_000);
            }
        }
    }

    /** A guest whose pages go at 0.4 MiB a second, and nobody counts them. */
    private static SyntheticHost losingPages() {
        return new SyntheticHost(5, 48).takes(null, t -> 0.4 * t * MIB);
    }

    /** A line of allocinfo in every sixth of 48 snapshots, as the collector reads it. */
    private static String site(String site, String module, String function, String bytes) {
        return "INSERT INTO kernel_allocation SELECT 1, i, '" + site + "', " + module + ", '" + function + "', 1, "
                + bytes + " FROM range(1, 48, 6) AS r(i)";
    }

    /** What the last print-out does not name holds nothing, or too little to be told: not what it held before. */
    @Test
    void aStackThatIsGoneHoldsNothingKnown() throws SQLException {
        try (SyntheticHost host = leaking()
                .sql(INSERT + "(1, 'attached/m', 'memleak', 1, NULL, 1001, 'main;burst', 9000, 1),"
                        + " (1, 'attached/m', 'memleak', 1, NULL, 1001, 'main;kept', 1000, 1),"
                        + " (1, 'attached/m', 'memleak', 2, NULL, 1001, 'main;burst', 9000, 1),"
                        + " (1, 'attached/m', 'memleak', 2, NULL, 1001, 'main;kept', 2000, 2),"
                        + " (1, 'attached/m', 'memleak', 3, NULL, 1001, 'main;kept', 3000, 3)")) {
            host.database().makeViews();
            assertThat(host.rows("SELECT frame, first_bytes, last_bytes, growth_bytes, last_allocations, growing"
                            + " FROM stack_growth ORDER BY frame"))
                    .containsExactly("burst|9000|null|null|null|false", "kept|1000|3000|2000|3|true");
        }
    }

    private static SyntheticHost leaking() {
        // MemAvailable does not fall with it, so there is room for doubt.
        return new SyntheticHost(5, 48).process("ordersvc", t -> (20 + t) * MIB);
    }

    private static Finding only(Analysis analysis) {
        return only("R05", analysis);
    }

    private static Finding only(String rule, Analysis analysis) {
        return analysis.findings().stream()
                .filter(finding -> finding.rule().equals(rule) && finding.culprit() != null)
                .findFirst()
                .orElseThrow();
    }
}
