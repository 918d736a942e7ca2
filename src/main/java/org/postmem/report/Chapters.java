package org.postmem.report;

import java.util.List;
import java.util.Set;

/** The chapters in the order a person works, and the tables of each. */
final class Chapters {
    /** @param id anchor, key of its texts, and what rules call it by */
    record Outline(String id, List<String> tables) {
        boolean holds(String chapter) {
            return id.equals(chapter);
        }

        /** Does what is lost in this way show in its tables, or is only the one who does it listed there? */
        boolean shows(String kind) {
            if (aboutProcesses()) {
                return IN_PROCESSES.contains(kind);
            }
            // a hugetlbfs is listed among the file systems, without what its files hold
            return !id.equals("tmpfs") || !kind.equals("hugepages");
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
            new Outline("top", List.of("top", "top_name")),
            new Outline("meminfo", List.of("ledger", "meminfo")),
            new Outline("pidstat", List.of("pidstat", "pmap")),
            new Outline("sar", List.of("sar_memory", "sar_paging", "sar_pressure", "sar_history")),
            new Outline("strace", List.of("strace")),
            new Outline("bcc", List.of("bcc")),
            new Outline("tmpfs", List.of("df", "ipcs", "lsof")),
            new Outline("kernel", List.of("kernel_side", "slabtop", "vmalloc", "allocinfo")),
            new Outline("cgroups", List.of("cgroup")),
            new Outline(
                    "oom",
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
