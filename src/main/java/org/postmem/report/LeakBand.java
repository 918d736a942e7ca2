package org.postmem.report;

import org.postmem.findings.Finding;

/** The band of the balance sheet in which a leak lies. */
final class LeakBand {
    private LeakBand() {}

    /** Names the band of {@link Balance}, {@code null} where what was found lies in none or in several. */
    static String of(Finding finding) {
        return switch (finding.kind()) {
            case "private_anonymous" -> "anon";
            case "process_count" -> ofCrowd(finding);
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

    /** Zombies have no memory of their own any more: what they keep is structures of the kernel. */
    private static String ofCrowd(Finding finding) {
        if (!(finding.facts().get("kernel_bytes") instanceof Number kernel) || finding.growthBytes() == null) {
            return "anon";
        }
        if (kernel.longValue() >= finding.growthBytes()) {
            return "slab";
        }
        return 2 * kernel.longValue() < finding.growthBytes() ? "anon" : null;
    }
}
