package org.postmem.report;

import java.util.List;
import java.util.Set;

/** The chapters in the order a person works, and the tables of each. */
final class Chapters {
    /**
     * @param id anchor, and key of its texts
     * @param aliases other names rules may call it by
     */
    record Outline(String id, List<String> aliases, List<String> tables) {
        boolean holds(String chapter) {
            return id.equals(chapter) || aliases.contains(chapter);
        }

        /** Does what is lost in this way show in its tables, or is only the one who does it listed there? */
        boolean shows(String kind) {
            return !aboutProcesses() || IN_PROCESSES.contains(kind);
        }

        boolean aboutProcesses() {
            return id.equals("top") || id.equals("pidstat");
        }
    }

    /** What stands in VIRT, RES, the faults or the number of processes; pipes, sockets and files in memory do not. */
    private static final Set<String> IN_PROCESSES = Set.of(
            "private_anonymous",
            "shared_anonymous",
            "private_file_mapping",
            "shared_file_mapping",
            "address_space",
            "process_count");

    static final List<Outline> ORDER = List.of(
            new Outline("top", List.of(), List.of("top", "top_name")),
            new Outline("meminfo", List.of("ledger"), List.of("ledger", "meminfo")),
            new Outline("pidstat", List.of("pmap", "process"), List.of("pidstat", "pmap")),
            new Outline(
                    "sar",
                    List.of("pressure", "swap"),
                    List.of("sar_memory", "sar_paging", "sar_pressure", "sar_history")),
            new Outline("strace", List.of(), List.of("strace")),
            new Outline("bcc", List.of("memleak"), List.of("bcc")),
            new Outline("tmpfs", List.of("shm", "shared"), List.of("df", "ipcs", "lsof")),
            new Outline(
                    "kernel", List.of("slab", "vmalloc"), List.of("kernel_side", "slabtop", "vmalloc", "allocinfo")),
            new Outline("cgroups", List.of("cgroup"), List.of("cgroup")),
            new Outline(
                    "oom",
                    List.of(),
                    List.of(
                            "oom_rank",
                            "oom_first",
                            "oom_kill",
                            "daemon_kill",
                            "oom_history",
                            "oom_zone",
                            "oom_task")));

    static final List<String> QUALITY = List.of("event", "read_gap", "issue", "segment", "observer", "host_fact");

    private Chapters() {}
}
