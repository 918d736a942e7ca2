package org.postmem.ingest;

import java.util.Map;

/** The kernel's names of the columns of meminfo that sysstat tells. */
final class MemoryNames {
    private static final Map<String, String> KERNEL = Map.ofEntries(
            Map.entry("mem_free_bytes", "MemFree"),
            Map.entry("buffers_bytes", "Buffers"),
            Map.entry("cached_bytes", "Cached"),
            Map.entry("mem_total_bytes", "MemTotal"),
            Map.entry("swap_free_bytes", "SwapFree"),
            Map.entry("swap_total_bytes", "SwapTotal"),
            Map.entry("swap_cached_bytes", "SwapCached"),
            Map.entry("committed_as_bytes", "Committed_AS"),
            Map.entry("active_bytes", "Active"),
            Map.entry("inactive_bytes", "Inactive"),
            Map.entry("dirty_bytes", "Dirty"),
            Map.entry("anon_pages_bytes", "AnonPages"),
            Map.entry("slab_bytes", "Slab"),
            Map.entry("kernel_stack_bytes", "KernelStack"),
            Map.entry("page_tables_bytes", "PageTables"),
            Map.entry("vmalloc_used_bytes", "VmallocUsed"),
            Map.entry("mem_available_bytes", "MemAvailable"),
            Map.entry("shmem_bytes", "Shmem"));

    private MemoryNames() {}

    static String kernelName(String column) {
        return KERNEL.getOrDefault(column, column);
    }
}
