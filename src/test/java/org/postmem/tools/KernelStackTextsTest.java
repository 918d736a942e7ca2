package org.postmem.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.tools.ToolTexts.bytes;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.units.PageSize;

/** Excerpts of published output: page_owner and alloc_traces of the kernel's documentation and mailing list. */
class KernelStackTextsTest {
    private static final PageSize PAGE = new PageSize(4096);

    private static final String SORTED = """
        699487 times:
        Page allocated via order 0, mask 0x280da
          [<ffffffff8116147e>] __alloc_pages_nodemask+0x1de/0xb00
          [<ffffffff8118d35b>] handle_mm_fault+0x11bb/0x1480

        457823 times, 915646 pages:
        Page allocated via order 1, mask 0x202d0
          [<ffffffff8116147e>] __alloc_pages_nodemask+0x1de/0xb00
          [<ffffffffa0427d72>] ttm_dma_populate+0x502/0x900 [ttm]
        """;
    private static final String RAW = """
        Page allocated via order 0, mask 0x1100cca(GFP_HIGHUSER_MOVABLE), pid 162970 (podman), ts 1097761405537 ns, free_ts 1097760838089 ns
        PFN 1925700 type Movable Block 3761 type Movable Flags 0x17ffffc00c001c(uptodate|dirty|lru|reclaim|swapbacked|node=0|zone=2|lastcpupid=0x1fffff)
         prep_new_page+0xac/0xe0
         shmem_alloc_page+0x3f/0x90
        Charged to offline memcg libpod-conmon-e

        Page allocated via order 2, mask 0x0(), pid 1, ts 165564237 ns, free_ts 0 ns
        PFN 16 type Unmovable Block 0 type Unmovable Flags 0x0()
         prep_new_page+0xac/0xe0
         shmem_alloc_page+0x3f/0x90

        """;
    private static final String STACKS = """
         post_alloc_hook+0x177/0x1a0
         get_page_from_freelist+0xd01/0xd80
         sk_prot_alloc+0x58/0x1a0
        nr_base_pages: 16

         post_alloc_hook+0x177/0x1a0
         __do_sys_finit_module+0x381/0x730
        nr_base_pages: 20824

        """;
    private static final String TRACES = """
           1085 populate_error_injection_list+0x97/0x110 age=166678/166680/166682 pid=1 cpus=1
        \t__slab_alloc+0x6d/0x90
        \tkmem_cache_alloc_trace+0x2eb/0x300
        \tpopulate_error_injection_list+0x97/0x110

              7 xfer_submit+0x21/0x90 [xferdrv] waste=56/8 age=3 pid=1-300 cpus=0-1 nodes=0
        """;

    @Test
    void pageOwnerSortedCountsTimesOrPages() {
        Parsed<List<StackAllocation>> parsed = PageOwner.parse(bytes(SORTED), PAGE);
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value())
                .containsExactly(
                        stack(
                                "handle_mm_fault+0x11bb/0x1480;__alloc_pages_nodemask+0x1de/0xb00",
                                699487L * 4096,
                                699487),
                        stack(
                                "ttm_dma_populate+0x502/0x900 [ttm];__alloc_pages_nodemask+0x1de/0xb00",
                                915646L * 4096,
                                457823));
    }

    @Test
    void pageOwnerRawTakesPagesOfOneStackTogether() {
        Parsed<List<StackAllocation>> parsed = PageOwner.parse(bytes(RAW), PAGE);
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value())
                .containsExactly(stack("shmem_alloc_page+0x3f/0x90;prep_new_page+0xac/0xe0", 5 * 4096, 2));
    }

    @Test
    void showStacksCountsBasePages() {
        Parsed<List<StackAllocation>> parsed = PageOwner.parse(bytes(STACKS), PAGE);
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value())
                .containsExactly(
                        stack(
                                "sk_prot_alloc+0x58/0x1a0;get_page_from_freelist+0xd01/0xd80;post_alloc_hook+0x177/0x1a0",
                                16 * 4096,
                                1),
                        stack("__do_sys_finit_module+0x381/0x730;post_alloc_hook+0x177/0x1a0", 20824L * 4096, 1));
    }

    @Test
    void stackCountOfKernel6Dot9IsNoNumberOfPages() {
        Parsed<List<StackAllocation>> parsed = PageOwner.parse(bytes(" a+0x1/0x2\nstack_count: 234\n"), PAGE);
        assertThat(parsed.value()).isEmpty();
        assertThat(parsed.issues())
                .extracting(ParseIssue::line, ParseIssue::reason)
                .containsExactly(tuple(
                        2,
                        "stack_count is no number of pages; read show_stacks of a kernel 6.10 or newer, or"
                                + " page_owner"));
    }

    @Test
    void allocTracesCountObjectsWhoseSizeOnlySlabinfoTells() {
        String stack =
                "populate_error_injection_list+0x97/0x110;kmem_cache_alloc_trace+0x2eb/0x300;__slab_alloc+0x6d/0x90";
        Parsed<List<StackAllocation>> parsed = AllocTraces.parse(bytes(TRACES));
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value())
                .containsExactly(
                        stack(stack, (Long) null, 1085), stack("xfer_submit+0x21/0x90 [xferdrv]", (Long) null, 7));
        assertThat(AllocTraces.parse(
                                bytes("kmalloc-1k           1664   1664   1024   16    4 : tunables    0    0    0 :"
                                        + " slabdata    104    104      0\n"
                                        + TRACES))
                        .value())
                .containsExactly(
                        stack(stack, 1085L * 1024, 1085), stack("xfer_submit+0x21/0x90 [xferdrv]", 7L * 1024, 7));
    }

    @Test
    void readingsWithTheirSecondAreASeries() {
        Parsed<List<StackAllocation>> parsed = AllocInfo.parse(bytes("""
            # 1795410345
            allocinfo - version: 1.0
            #     <size>  <calls> <tag info>
                       0        0 init/main.c:1314 func:do_initcalls
                      16        1 fs/xfs/xfs_mount.c:87 [xfs] func:xfs_uuid_mount
            # 1795410405
                      48        3 fs/xfs/xfs_mount.c:87 [xfs] func:xfs_uuid_mount
               torn
            """));
        String frame = "xfs_uuid_mount fs/xfs/xfs_mount.c:87 [xfs]";
        assertThat(parsed.value())
                .containsExactly(
                        new StackAllocation(1, Instant.ofEpochSecond(1795410345), null, null, frame, 16L, 1L),
                        new StackAllocation(2, Instant.ofEpochSecond(1795410405), null, null, frame, 48L, 3L));
        assertThat(parsed.issues())
                .isNotEmpty()
                .allSatisfy(issue -> assertThat(issue.line()).isEqualTo(8));
    }

    /** A loop of date and cat: each reading has all there is, so two of them are no sum. */
    @Test
    void readingsBelowWhatDatePrintsAreASeries() {
        String reading = "%s\n%12d %8d fs/xfs/xfs_mount.c:87 [xfs] func:xfs_uuid_mount \n";
        String frame = "xfs_uuid_mount fs/xfs/xfs_mount.c:87 [xfs]";
        Parsed<List<StackAllocation>> parsed =
                AllocInfo.parse(bytes(reading.formatted("Sun Nov 22 21:00:00 UTC 2026", 16, 1)
                        + reading.formatted("Sun 22 Nov 2026 09:01:00 PM CET", 32, 2)
                        + reading.formatted("1795410405", 48, 3)
                        + reading.formatted("2026-11-22 21:03:00", 64, 4)));
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value())
                .containsExactly(
                        new StackAllocation(1, Instant.parse("2026-11-22T21:00:00Z"), null, null, frame, 16L, 1L),
                        new StackAllocation(2, Instant.parse("2026-11-22T20:01:00Z"), null, null, frame, 32L, 2L),
                        new StackAllocation(3, Instant.ofEpochSecond(1795410405), null, null, frame, 48L, 3L),
                        new StackAllocation(4, null, null, null, frame, 64L, 4L));
    }

    /** cat /proc/allocinfo again and again into one file, without any time. */
    @Test
    void aHeadingThatComesAgainBeginsAReading() {
        String reading = """
            allocinfo - version: 1.0
            #     <size>  <calls> <tag info>
            %12d %8d fs/xfs/xfs_mount.c:87 [xfs] func:xfs_uuid_mount
            """;
        Parsed<List<StackAllocation>> parsed =
                AllocInfo.parse(bytes(reading.formatted(16, 1) + reading.formatted(32, 2)));
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value())
                .extracting(StackAllocation::block, StackAllocation::bytes)
                .containsExactly(tuple(1, 16L), tuple(2, 32L));
    }

    /** page_owner_sort --cull=stacktrace and --cull=pid,name,stacktrace: no page stands before a stack. */
    @Test
    void pageOwnerSummedByStackHasItsPages() {
        String summed = """
            4 times, 64 pages:
             prep_new_page+0xac/0xe0
             drv_rx+0x3f/0x90 [drv]

            2 times, 3 pages, PID 710, TGID 710, task_comm_name: a: b, allocated by OTHERS (UNRELEASED):
             prep_new_page+0xac/0xe0
             drv_tx+0x3f/0x90 [drv]

            """;
        Parsed<List<StackAllocation>> parsed = PageOwner.parse(bytes(summed), PAGE);
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value())
                .containsExactly(
                        stack("drv_rx+0x3f/0x90 [drv];prep_new_page+0xac/0xe0", 64 * 4096, 4),
                        stack("drv_tx+0x3f/0x90 [drv];prep_new_page+0xac/0xe0", 3 * 4096, 2));
        assertThat(EvidenceKind.of("x", bytes(summed))).isEqualTo(EvidenceKind.PAGE_OWNER);
    }

    /** Of alloc_calls the one function is all there is: without its module a leak in a module has no name. */
    @Test
    void allocCallsKeepTheModuleAndFramesWithoutAName() {
        Parsed<List<StackAllocation>> parsed = AllocTraces.parse(bytes("""
                 12 frob_alloc+0x21/0x90 [frob] age=1/2/3 pid=77 cpus=0-3 nodes=0-1
                  3 0xffffffffc0a1b2c3 age=9 pid=1
                  5 <not-available> age=9 pid=0
                  7 kmem_cache_alloc+0x21/0x90 age=9 pid=0
                        0xffffffffc0a1b2c3
                        kmem_cache_alloc+0x21/0x90
            """));
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value())
                .containsExactly(
                        stack("frob_alloc+0x21/0x90 [frob]", (Long) null, 12),
                        stack("0xffffffffc0a1b2c3", (Long) null, 3),
                        stack("<not-available>", (Long) null, 5),
                        stack("kmem_cache_alloc+0x21/0x90;0xffffffffc0a1b2c3", (Long) null, 7));
    }

    @Test
    void knowsThemByWhatTheyPrint() {
        assertThat(List.of(SORTED, RAW, STACKS, TRACES, "allocinfo - version: 1.0\n"))
                .extracting(text -> EvidenceKind.of("x", bytes(text)))
                .containsExactly(
                        EvidenceKind.PAGE_OWNER,
                        EvidenceKind.PAGE_OWNER,
                        EvidenceKind.PAGE_OWNER,
                        EvidenceKind.ALLOC_TRACES,
                        EvidenceKind.ALLOCINFO);
    }

    @Test
    void hostileNumbersAreIssuesAndNothingIsThrown() {
        assertThat(PageOwner.parse(bytes("""
            999999999999999 times:
            Page allocated via order 99, mask 0x0
             a+0x1/0x2

            999999999999999 times:
            Page allocated via order 20, mask 0x0
             a+0x1/0x2

             a+0x1/0x2
            nr_base_pages: 999999999999999
            nr_base_pages: 1
            # 99999999999
            Page allocated
            """), PAGE).issues()).hasSize(4);
        assertThat(AllocTraces.parse(bytes("x 1 1 999999999 1 1 : tunables 0\n 999999999999999 a+0x1 age=1\n"
                                + " 999999999999999 a+0x1 age=1\n\t" + "a".repeat(100_000) + "\n"))
                        .issues())
                .hasSize(3);
    }

    private static StackAllocation stack(String frames, Integer bytes, long allocations) {
        return stack(frames, bytes == null ? null : (Long) bytes.longValue(), allocations);
    }

    private static StackAllocation stack(String frames, Long bytes, long allocations) {
        return new StackAllocation(1, null, null, null, frames, bytes, allocations);
    }
}
