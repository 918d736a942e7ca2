package org.postmem.report;

/** The band of the balance sheet in which a kind of leak lies. */
final class LeakBand {
    private LeakBand() {}

    /** Names the band of {@link Balance}, {@code null} where the kind lies in none or in several. */
    static String of(String kind) {
        return switch (kind) {
            case "private_anonymous", "process_count" -> "anon";
            case "tmpfs", "shared_anonymous", "sysv_shm", "memfd", "deleted_file" -> "shmem";
            case "slab_cache" -> "slab";
            case "vmalloc", "kernel_stacks" -> "vmalloc";
            case "kernel_pages" -> "unaccounted";
            case "page_tables" -> "page_tables";
            case "percpu" -> "other";
            case "hugepages" -> "hugetlb";
            default -> null;
        };
    }
}
