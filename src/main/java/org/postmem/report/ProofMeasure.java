package org.postmem.report;

import java.util.List;

/**
 * One series of {@code path_measure} that may prove a verdict.
 *
 * @param type of whom it is, as culprits are: process, mount, slab_cache …; host for the whole of it
 * @param id of whom it is
 * @param unit {@code _bytes}, {@code _seconds}, or empty for a count
 * @param source the file of the kernel that tells it
 * @param chapter whose tables show it
 */
record ProofMeasure(String type, String id, String measure, String unit, String label, String source, String chapter) {
    static final String MEMINFO = "/proc/meminfo";
    static final String VMSTAT = "/proc/vmstat";

    static ProofMeasure bucket(String id, String label) {
        return bytes("bucket", id, "bytes", label, MEMINFO, "meminfo");
    }

    static ProofMeasure bytes(String type, String id, String measure, String label, String source, String chapter) {
        return new ProofMeasure(type, id, measure, "_bytes", label, source, chapter);
    }

    static ProofMeasure count(String type, String id, String measure, String label, String source, String chapter) {
        return new ProofMeasure(type, id, measure, "", label, source, chapter);
    }

    /** Tools that tell lines of meminfo, and never this one. */
    List<String> withoutLine() {
        return switch (id) {
            case "free", "page_cache" -> List.of();
            case "available", "swap" -> List.of("vmstat");
            case "shmem" -> List.of("vmstat", "top");
            default -> List.of("vmstat", "top", "free");
        };
    }

    /** The table of the case that a series is made from. */
    String table() {
        return switch (type) {
            case "process" ->
                switch (measure) {
                    case "open_files" -> "open_file";
                    case "pipes", "descriptors" -> "fd_count";
                    default -> "process_sample";
                };
            case "group" -> "process_sample";
            case "mapping" -> "mapping";
            case "segment" -> "shm_segment";
            case "mount" -> "filesystem";
            case "slab_cache" -> "slab";
            case "vmalloc_caller" -> "vmalloc_caller";
            case "cgroup" -> "cgroup_memory";
            case "zone" -> "buddy";
            default ->
                switch (measure) {
                    case "events" -> "vmstat";
                    case "waited" -> "pressure";
                    case "sockets" -> "sockstat";
                    case "dying_descendants" -> "cgroup_memory";
                    default -> id.equals("compressed") ? "vmstat" : "meminfo";
                };
        };
    }
}
