package org.postmem.procfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.procfs.Samples.bytes;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postmem.units.PageSize;

class KernelMemoryTextsTest {
    private static final PageSize PAGE = new PageSize(4096);

    private static <T> T clean(Parsed<T> parsed) {
        assertThat(parsed.issues()).isEmpty();
        return parsed.value();
    }

    @Test
    void readsSlabinfoOfKernel6Dot18() {
        assertThat(clean(Slab.parse(Samples.proc("6.18-slabinfo.txt"), PAGE)))
                .contains(new Slab("bio-312", 12L, 12L, 320L, 1L, 1L, 4096L))
                .hasSizeGreaterThan(200);
    }

    @Test
    void slabBytesAreSlabsTimesPages() {
        String line = """
                slabinfo - version: 2.1 (statistics)
                fuse request         12     24    320   12    2 : tunables   54   27    8 : slabdata      1      2      0 : globalstat 7 8 : cpustat 1 2
                """;
        assertThat(clean(Slab.parse(bytes(line), PAGE)))
                .containsExactly(new Slab("fuse request", 12L, 24L, 320L, 2L, 2L, 2L * 2 * 4096));
    }

    @Test
    void brokenSlabLineIsAnIssue() {
        Parsed<List<Slab>> parsed = Slab.parse(bytes("dentry 1 2 3 4 x : tunables 0 0 0 : slabdata 1 2 0\n"), PAGE);
        assertThat(parsed.value()).containsExactly(new Slab("dentry", 1L, 2L, 3L, 2L, null, null));
        assertThat(parsed.issues()).extracting(ParseIssue::reason).containsExactly("pagesperslab is not a number");
    }

    @Test
    void sumsVmallocByCaller() {
        List<VmallocCaller> rows = clean(VmallocCaller.parse(Samples.proc("6.18-vmallocinfo.txt"), PAGE));
        assertThat(rows)
                .contains(
                        new VmallocCaller("irq_init_percpu_irqstack", null, 1, 20480L, 0L),
                        new VmallocCaller("acpi_os_map_iomem", null, 2, 20480L, 0L),
                        new VmallocCaller("bpf_prog_alloc_no_stats", null, 2, 16384L, 8192L))
                .filteredOn(row -> row.caller().equals("kernel_clone"))
                .singleElement()
                .satisfies(row -> assertThat(row.bytes()).isEqualTo(row.areas() * 4 * 4096));
    }

    @Test
    void readsModulesUnpurgedAreasAndCallersThatAreGone() {
        String text = """
                0x0000000000000000-0x0000000000000000    8192 leak_init+0x10/0x50 [vmalloc_leak] pages=1 vmalloc N0=1
                0x0000000000000000-0x0000000000000000    8192 0xffffffffc0a81234 pages=1 vmalloc vpages N0=1
                0x0000000000000000-0x0000000000000000    8192 unpurged vm_area
                0x0000000000000000-0x0000000000000000    8192 vm_map_ram
                0x0000000000000000-0x0000000000000000    8192 pages=x vmalloc
                """;
        Parsed<List<VmallocCaller>> parsed = VmallocCaller.parse(bytes(text), PAGE);
        assertThat(parsed.value())
                .containsExactly(
                        new VmallocCaller("leak_init", "vmalloc_leak", 1, 8192L, 4096L),
                        new VmallocCaller("0xffffffffc0a81234", null, 1, 8192L, 4096L),
                        new VmallocCaller("unpurged", null, 1, 8192L, 0L),
                        new VmallocCaller("vm_map_ram", null, 1, 8192L, 0L),
                        new VmallocCaller("(unknown)", null, 1, 8192L, null));
        assertThat(parsed.issues()).extracting(ParseIssue::reason).containsExactly("pages= is not a number of pages");
    }

    @Test
    void readsVmallocThatTheCollectorHasSummed() {
        assertThat(clean(VmallocCaller.parseByCaller(
                        bytes("16384 20480 1 kernel_clone\n4096 8192 1 leak_init [leak]\n"))))
                .containsExactly(
                        new VmallocCaller("kernel_clone", null, 1, 20480L, 16384L),
                        new VmallocCaller("leak_init", "leak", 1, 8192L, 4096L));
    }

    @Test
    void readsAllocinfoWithAndWithoutHeading() {
        List<KernelAllocation> rows = clean(KernelAllocation.parse(Samples.proc("allocinfo-1.0.txt")));
        assertThat(rows)
                .containsExactly(
                        new KernelAllocation("init/main.c:1314", null, "do_initcalls", 0L, 0L),
                        new KernelAllocation("fs/xfs/xfs_mount.c:87", "xfs", "xfs_uuid_mount", 1L, 16L),
                        new KernelAllocation("fs/xfs/xfs_log_cil.c:1775", "xfs", "xlog_cil_init", 1L, 40L));
        assertThat(clean(KernelAllocation.parse(bytes("  8 1 mm/slub.c:9 func:f accurate:no\n"))))
                .containsExactly(new KernelAllocation("mm/slub.c:9", null, "f", 1L, 8L));
    }

    @Test
    void namesTheCachesThatShareALine() {
        Map<String, byte[]> links = Map.of("dentry2", bytes(":0000192"), "frob", bytes("../slab/:0000192\n"));
        Map<String, byte[]> reclaim = Map.of(":0000192", bytes("1\n"), "alone", bytes("0\n"));
        Map<String, byte[]> constructors = Map.of("alone", bytes("frob_ctor+0x0/0x10 [kmalloc_leak]\n"));
        assertThat(clean(SlabCache.parse(links, reclaim, constructors)))
                .containsExactly(
                        new SlabCache("dentry2", "frob", true, null),
                        new SlabCache("frob", "dentry2", true, null),
                        new SlabCache("alone", null, false, "frob_ctor [kmalloc_leak]"));
    }
}
