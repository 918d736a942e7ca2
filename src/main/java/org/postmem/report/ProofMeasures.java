package org.postmem.report;

import static org.postmem.report.ProofMeasure.MEMINFO;
import static org.postmem.report.ProofMeasure.VMSTAT;
import static org.postmem.report.ProofMeasure.bucket;
import static org.postmem.report.ProofMeasure.bytes;
import static org.postmem.report.ProofMeasure.count;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postmem.findings.Finding;

/** Where a finding must show, if it is true: the series that prove it, by its kind. */
final class ProofMeasures {
    private static final Set<String> WITHOUT_LOSS = Set.of("fragmentation", "configuration", "pressure", "cgroup_oom");
    private static final ProofMeasure AVAILABLE =
            bytes("host", "available", "bytes", "MemAvailable", MEMINFO, "meminfo");

    private final CaseRows rows;
    private final Texts texts;
    private final int captureId;

    ProofMeasures(CaseRows rows, Texts texts, int captureId) {
        this.rows = rows;
        this.texts = texts;
        this.captureId = captureId;
    }

    /** Of a host whatever it suffers from. */
    static List<ProofMeasure> ofAnyHost() {
        return List.of(
                AVAILABLE,
                bucket("anon", "AnonPages"),
                bucket("slab", "Slab"),
                bucket("shmem", "Shmem"),
                bucket("page_cache", "page cache"));
    }

    /**
     * What the host lost, and the counters in which a leak of this kind must show, the most telling one first.
     *
     * @param main {@code null} where nobody is accused
     */
    List<ProofMeasure> of(Finding main) {
        List<ProofMeasure> wanted = new ArrayList<>();
        if (main == null || !WITHOUT_LOSS.contains(main.kind())) {
            wanted.add(AVAILABLE);
        }
        if (main != null && main.culprit() != null) {
            ofKind(main, main.culprit(), wanted);
        }
        return wanted;
    }

    private void ofKind(Finding main, Finding.Culprit culprit, List<ProofMeasure> wanted) {
        String name = culprit.name();
        switch (main.kind()) {
            case "private_anonymous" -> {
                process(culprit, "private_anon", wanted);
                groupMemory(culprit, wanted);
                group(culprit, wanted);
                cgroup(culprit, wanted);
                wanted.add(bucket("anon", "AnonPages"));
            }
            // pages of a private mapping that were written to are anonymous
            case "private_file_mapping" -> process(culprit, "private_anon", wanted);
            case "shared_file_mapping" -> {
                wanted.add(bytes("host", "locked", "bytes", "Mlocked", MEMINFO, "meminfo"));
                process(culprit, "rss_file", wanted);
                wanted.add(bucket("page_cache", "page cache"));
            }
            case "shared_anonymous" -> {
                process(culprit, "rss_shmem", wanted);
                wanted.add(bucket("shmem", "Shmem"));
            }
            case "memfd", "deleted_file" -> {
                wanted.add(bucket("shmem", "Shmem"));
                // a file that is only mapped has no descriptor
                process(culprit, main.facts().get("mapped_bytes") == null ? "open_files" : "rss_shmem", wanted);
            }
            case "sysv_shm" -> {
                wanted.add(bytes("segment", name, "bytes", "SysV " + name, "/proc/sysvipc/shm", "tmpfs"));
                wanted.add(bucket("shmem", "Shmem"));
            }
            case "tmpfs" -> {
                // at one place in several mount namespaces lie several file systems
                String measure = main.facts().get("mounts") == null ? "bytes" : "together";
                wanted.add(bytes("mount", name, measure, name, "statvfs " + name, "tmpfs"));
                wanted.add(bucket("shmem", "Shmem"));
                wanted.add(bytes("host", "unevictable", "bytes", "Unevictable", MEMINFO, "meminfo"));
                wanted.add(bucket("page_cache", "page cache"));
            }
            case "address_space" -> {
                process(culprit, "vm_size", wanted);
                process(culprit, "private_anon", wanted);
            }
            case "page_tables" -> {
                process(culprit, "pte", wanted);
                wanted.add(bucket("page_tables", "PageTables"));
            }
            case "kernel_stacks" -> {
                process(culprit, "threads", wanted);
                wanted.add(bucket("kernel_stack", "KernelStack"));
            }
            case "slab_cache" -> {
                wanted.add(bytes("slab_cache", name, "bytes", name, "/proc/slabinfo", "kernel"));
                wanted.add(bucket("slab", "Slab"));
            }
            case "vmalloc" -> {
                wanted.add(bytes("vmalloc_caller", name, "bytes", name, "/proc/vmallocinfo", "kernel"));
                wanted.add(bucket("vmalloc", "VmallocUsed \u2212 KernelStack"));
            }
            case "kernel_pages" -> {
                if (name.equals("zram")) {
                    wanted.add(bytes("host", "compressed", "bytes", "nr_zspages", VMSTAT, "kernel"));
                }
                wanted.add(bytes("host", "total", "bytes", "MemTotal", MEMINFO, "meminfo"));
                wanted.add(bucket("unaccounted", texts.label("unaccounted")));
                process(culprit, "pipes", wanted);
                process(culprit, "descriptors", wanted);
                wanted.add(bucket("accounted", texts.label("accounted")));
            }
            case "percpu" -> {
                wanted.add(count(
                        "host", "cgroups", "dying_descendants", "nr_dying_descendants", "cgroup.stat", "cgroups"));
                wanted.add(bucket("slab", "Slab"));
                wanted.add(bucket("percpu", "Percpu"));
            }
            case "sockets" -> {
                if (main.facts().get("sockets") == null) {
                    wanted.add(bytes("host", "buffers", "bytes", "TCP and UDP mem", "/proc/net/sockstat", "kernel"));
                    wanted.add(bucket("unaccounted", texts.label("unaccounted")));
                }
                wanted.add(count("host", "sockets", "sockets", "sockets used", "/proc/net/sockstat", "kernel"));
                wanted.add(bucket("slab", "Slab"));
            }
            case "hugepages" -> {
                wanted.add(bucket("hugetlb", "Hugetlb"));
                wanted.add(bucket("free", "MemFree"));
            }
            case "process_count" -> {
                group(culprit, wanted);
                if ("anon".equals(LeakBand.of(main))) {
                    groupMemory(culprit, wanted);
                    wanted.add(bucket("anon", "AnonPages"));
                }
                wanted.add(bucket("slab", "Slab"));
                wanted.add(bucket("kernel_stack", "KernelStack"));
            }
            case "cgroup_oom", "cgroup_limit" -> {
                wanted.add(count(
                        "cgroup",
                        name,
                        "oom_kills",
                        "oom_kill " + name,
                        isVersionOne(name) ? "memory.oom_control" : "memory.events",
                        "cgroups"));
                cgroup(culprit, wanted);
            }
            case "fragmentation" -> {
                String buddy = "/proc/buddyinfo";
                wanted.add(bytes("zone", name, "pieces", texts.label("free_pieces"), buddy, "meminfo"));
                wanted.add(bytes("zone", name, "blocks", texts.label("free_blocks"), buddy, "meminfo"));
                wanted.add(count("host", "compact_fail", "events", "compact_fail", VMSTAT, "meminfo"));
            }
            case "swap" -> {
                wanted.add(bytes("host", "swap", "bytes", "SwapTotal \u2212 SwapFree", MEMINFO, "sar"));
                wanted.add(count("host", "pswpin", "events", "pswpin", VMSTAT, "sar"));
            }
            case "pressure" -> {
                if (culprit.type().equals("cgroup")) {
                    wanted.add(count("cgroup", name, "high_stops", "high " + name, "memory.events", "cgroups"));
                }
                wanted.add(new ProofMeasure(
                        "host",
                        "pressure",
                        "waited",
                        "_seconds",
                        texts.label("waited"),
                        "/proc/pressure/memory",
                        "sar"));
                cgroup(culprit, wanted);
            }
            case "configuration" -> {
                process(culprit, "descriptors", wanted);
                wanted.add(bytes("host", "committed", "bytes", "Committed_AS", MEMINFO, "meminfo"));
                wanted.add(bytes("host", "commit_limit", "bytes", "CommitLimit", MEMINFO, "meminfo"));
            }
            case "host_oom" -> {
                process(culprit, "rss", wanted);
                wanted.add(bytes("host", "swap", "bytes", "SwapTotal \u2212 SwapFree", MEMINFO, "sar"));
            }
            default -> process(culprit, "rss", wanted);
        }
    }

    /** Processes of one name, as many as there are. */
    private void group(Finding.Culprit culprit, List<ProofMeasure> wanted) {
        if (culprit.type().equals("group")) {
            String label = texts.label("processes") + " " + culprit.name();
            wanted.add(count("group", culprit.name(), "processes", label, "/proc", "top"));
        }
    }

    /** What all processes of one name have taken; pages that a child has in common with its parent count for both. */
    private void groupMemory(Finding.Culprit culprit, List<ProofMeasure> wanted) {
        if (culprit.type().equals("group")) {
            String name = culprit.name();
            String label = privateAnonymous("p.name = '" + name.replace("'", "''") + "'") + " " + name;
            wanted.add(bytes("group", name, "private_anon", label, "/proc/*/status", "pidstat"));
        }
    }

    private void cgroup(Finding.Culprit culprit, List<ProofMeasure> wanted) {
        if (culprit.type().equals("cgroup")) {
            String path = culprit.name();
            String file = isVersionOne(path) ? "memory.usage_in_bytes" : "memory.current";
            wanted.add(bytes("cgroup", path, "bytes", file + " " + path, file, "cgroups"));
        }
    }

    /** Is it a control group of version 1, whose files have other names? */
    private boolean isVersionOne(String path) {
        return rows.row("SELECT max(version) AS version FROM cgroup_memory WHERE capture_id = " + captureId
                                        + " AND path = '" + path.replace("'", "''") + "'")
                                .get("version")
                        instanceof Number version
                && version.intValue() == 1;
    }

    private void process(Finding.Culprit culprit, String measure, List<ProofMeasure> wanted) {
        // of a copy that does not say whose it is no file can be named
        if (culprit.processId() == null || culprit.pid() == null) {
            return;
        }
        String id = culprit.processId().toString();
        String who = " " + culprit.name() + " (" + culprit.pid() + ")";
        String folder = "/proc/" + culprit.pid();
        wanted.add(
                switch (measure) {
                    case "open_files" ->
                        bytes("process", id, measure, texts.label(measure) + who, folder + "/fd", "tmpfs");
                    case "pipes", "descriptors" ->
                        count("process", id, measure, texts.label(measure) + who, folder + "/fd", "kernel");
                    case "threads" -> count("process", id, measure, "Threads" + who, folder + "/status", "pidstat");
                    default ->
                        bytes("process", id, measure, statusLine(id, measure) + who, folder + "/status", "pidstat");
                });
        String mapping = largestGrowth(id);
        if (mapping != null) {
            wanted.add(bytes("mapping", id + " " + mapping, "rss", mapping + who, folder + "/smaps", "pidstat"));
        }
    }

    private String statusLine(String processId, String measure) {
        return switch (measure) {
            case "rss_shmem" -> "RssShmem";
            case "rss_file" -> "RssFile";
            case "vm_size" -> "VmSize";
            case "pte" -> "VmPTE";
            case "private_anon" -> privateAnonymous("p.process_id = " + processId);
            default -> "VmRSS";
        };
    }

    /**
     * What is swapped out is still taken, and the finding counts it.
     *
     * @param who condition on {@code process AS p}
     */
    private String privateAnonymous(String who) {
        Object swapped = rows.row("SELECT max(s.swap_bytes) AS most FROM process_reading AS s"
                        + " JOIN process AS p USING (capture_id, process_id) WHERE s.capture_id = " + captureId
                        + " AND " + who)
                .get("most");
        return swapped instanceof Number most && most.longValue() > 0 ? "RssAnon + VmSwap" : "RssAnon";
    }

    /** Name of the mapping of a process that grew most, {@code null} when none was read twice and grew. */
    private String largestGrowth(String processId) {
        return (String) rows.row(
                        "SELECT name FROM mapping WHERE capture_id = " + captureId + " AND process_id = " + processId
                                + " GROUP BY name HAVING arg_max(rss_bytes, snapshot) > arg_min(rss_bytes, snapshot)"
                                + " ORDER BY arg_max(rss_bytes, snapshot) - arg_min(rss_bytes, snapshot) DESC, name LIMIT 1")
                .get("name");
    }
}
