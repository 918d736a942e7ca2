package org.postmem.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postmem.findings.Finding;
import org.postmem.sql.SqlValue;

/**
 * The three numbers that prove a verdict: what the host lost, what the culprit took, where it lies. Trouble that takes no
 * memory is proved by the counters it shows in alone.
 */
final class ProofTiles {
    private static final int MOST_TILES = 3;
    private static final int MOST_FILES = 2;
    private static final String MEMINFO = "/proc/meminfo";
    private static final String VMSTAT = "/proc/vmstat";
    private static final Set<String> WITHOUT_LOSS = Set.of("fragmentation", "configuration", "pressure", "cgroup_oom");

    private final CaseRows rows;
    private final Printing printing;
    private final int captureId;
    private final String prefix;

    ProofTiles(CaseRows rows, Printing printing, int captureId, String prefix) {
        this.rows = rows;
        this.printing = printing;
        this.captureId = captureId;
        this.prefix = prefix;
    }

    /**
     * One series to look for.
     *
     * @param unit {@code _bytes}, {@code _seconds}, or empty for a count
     */
    private record Wanted(
            String type, String id, String measure, String unit, String label, String source, String chapter) {}

    List<ReportModel.Tile> tiles(Finding main) {
        List<Wanted> wanted = new ArrayList<>();
        Wanted available = bytes("host", "available", "bytes", "MemAvailable", MEMINFO, "meminfo");
        if (main == null || !WITHOUT_LOSS.contains(main.kind())) {
            wanted.add(available);
        }
        if (main != null && main.culprit() != null) {
            ofKind(main, main.culprit(), wanted);
        }
        int proving = wanted.size();
        wanted.add(available);
        wanted.add(bucket("anon", "AnonPages"));
        wanted.add(bucket("slab", "Slab"));
        wanted.add(bucket("shmem", "Shmem"));
        wanted.add(bucket("page_cache", "page cache"));
        List<ReportModel.Tile> tiles = new ArrayList<>();
        for (int i = 0; i < wanted.size() && tiles.size() < MOST_TILES; i++) {
            Wanted one = wanted.get(i);
            // the host's loss stands whatever it is; another number proves something only when it moved
            ReportModel.Tile tile = tile(one, main, i == 0 || i >= proving);
            if (tile != null && tiles.stream().noneMatch(t -> t.label().equals(tile.label()))) {
                tiles.add(tile);
            }
        }
        return tiles;
    }

    /** The counters in which a leak of this kind must show, the most telling one first. */
    private void ofKind(Finding main, Finding.Culprit culprit, List<Wanted> wanted) {
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
                wanted.add(bytes("mount", name, "bytes", name, "statvfs " + name, "tmpfs"));
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
                wanted.add(bucket("unaccounted", printing.texts().label("unaccounted")));
                process(culprit, "pipes", wanted);
                process(culprit, "descriptors", wanted);
                wanted.add(bucket("accounted", printing.texts().label("accounted")));
            }
            case "percpu" -> {
                wanted.add(count(
                        "host", "cgroups", "dying_descendants", "nr_dying_descendants", "cgroup.stat", "cgroups"));
                wanted.add(bucket("slab", "Slab"));
                wanted.add(bucket("percpu", "Percpu"));
            }
            case "sockets" -> {
                wanted.add(count("host", "sockets", "sockets", "sockets used", "/proc/net/sockstat", "kernel"));
                wanted.add(bucket("slab", "Slab"));
            }
            case "hugepages" -> {
                wanted.add(bucket("hugetlb", "Hugetlb"));
                wanted.add(bucket("free", "MemFree"));
            }
            case "process_count" -> {
                group(culprit, wanted);
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
                wanted.add(bytes("zone", name, "pieces", printing.texts().label("free_pieces"), buddy, "meminfo"));
                wanted.add(bytes("zone", name, "blocks", printing.texts().label("free_blocks"), buddy, "meminfo"));
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
                wanted.add(new Wanted(
                        "host",
                        "pressure",
                        "waited",
                        "_seconds",
                        printing.texts().label("waited"),
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
    private void group(Finding.Culprit culprit, List<Wanted> wanted) {
        if (culprit.type().equals("group")) {
            String label = printing.texts().label("processes") + " " + culprit.name();
            wanted.add(count("group", culprit.name(), "processes", label, "/proc", "top"));
        }
    }

    /** What all processes of one name have taken; pages that a child has in common with its parent count for both. */
    private void groupMemory(Finding.Culprit culprit, List<Wanted> wanted) {
        if (culprit.type().equals("group")) {
            String name = culprit.name();
            String label = privateAnonymous("p.name = '" + name.replace("'", "''") + "'") + " " + name;
            wanted.add(bytes("group", name, "private_anon", label, "/proc/*/status", "pidstat"));
        }
    }

    private void cgroup(Finding.Culprit culprit, List<Wanted> wanted) {
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

    private void process(Finding.Culprit culprit, String measure, List<Wanted> wanted) {
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
                        bytes("process", id, measure, printing.texts().label(measure) + who, folder + "/fd", "tmpfs");
                    case "pipes", "descriptors" ->
                        count("process", id, measure, printing.texts().label(measure) + who, folder + "/fd", "kernel");
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

    private static Wanted bucket(String id, String label) {
        return bytes("bucket", id, "bytes", label, MEMINFO, "meminfo");
    }

    private static Wanted bytes(String type, String id, String measure, String label, String source, String chapter) {
        return new Wanted(type, id, measure, "_bytes", label, source, chapter);
    }

    private static Wanted count(String type, String id, String measure, String label, String source, String chapter) {
        return new Wanted(type, id, measure, "", label, source, chapter);
    }

    /**
     * Growth counts between the moments that the finding's own does; the line shows the whole capture.
     *
     * @param still should it stand when it did not move?
     */
    private ReportModel.Tile tile(Wanted wanted, Finding main, boolean still) {
        List<Map<String, Object>> series = rows.rows("SELECT s.ts, m.value FROM path_measure AS m JOIN snapshot AS s"
                + " USING (capture_id, snapshot) WHERE m.capture_id = " + captureId
                + " AND m.culprit_type = '" + wanted.type() + "' AND m.measure = '" + wanted.measure()
                + "' AND m.id = '"
                + wanted.id().replace("'", "''") + "' AND m.value IS NOT NULL ORDER BY m.snapshot");
        if (series.size() < 2) {
            return null;
        }
        // a kill is counted when it has happened, and has emptied the group then; memory is in pieces when it fell to
        // them: the first reading within the finding has it already
        List<Map<String, Object>> since = main == null
                        || (wanted.type().equals("cgroup") && main.kind().equals("cgroup_oom"))
                        || wanted.type().equals("zone")
                ? series
                : series.stream()
                        .filter(row -> within(SqlValue.instant(row.get("ts")), main.firstSeen(), main.lastSeen()))
                        .toList();
        List<Map<String, Object>> counted = since.size() < 2 ? series : since;
        long first = ((Number) counted.get(0).get("value")).longValue();
        long last = ((Number) counted.get(counted.size() - 1).get("value")).longValue();
        if (first == last && !still) {
            return null;
        }
        ReportModel.Spark spark =
                Sparkline.of(series.stream().map(row -> row.get("value")).toList(), wanted.unit(), printing);
        return new ReportModel.Tile(
                wanted.label(),
                (last > first ? "+" : "") + printing.text(wanted.unit(), last - first),
                printing.exact(wanted.unit(), last - first),
                spark,
                printing.texts()
                        .counted("tile.source", series.size())
                        .replace("{from}", printing.text(wanted.unit(), first))
                        .replace("{to}", printing.text(wanted.unit(), last))
                        .replace("{since}", at(counted.get(0)))
                        .replace("{until}", at(counted.get(counted.size() - 1)))
                        .replace("{file}", source(wanted)),
                "#" + prefix + wanted.chapter());
    }

    /** The file of the kernel, or the files of other tools that told it where the numbers are of these. */
    private String source(Wanted wanted) {
        String table = table(wanted);
        List<String> silent = table.equals("meminfo") ? withoutLine(wanted) : List.of();
        List<String> files = rows
                .rows("SELECT e.member, e.kind FROM evidence_source AS e JOIN capture AS c USING (capture_id)"
                        + " WHERE c.capture_id = " + captureId + " AND c.origin = 'evidence'"
                        + " AND list_contains(string_split(e.tables, ' '), '" + table
                        + "') ORDER BY e.from_ts, e.member")
                .stream()
                .filter(row -> !silent.contains(String.valueOf(row.get("kind"))))
                .map(row -> String.valueOf(row.get("member")))
                .toList();
        return files.isEmpty()
                ? wanted.source()
                : String.join(", ", files.subList(0, Math.min(MOST_FILES, files.size())))
                        + (files.size() > MOST_FILES ? ", \u2026" : "");
    }

    /** Tools that tell lines of meminfo, and never this one. */
    private static List<String> withoutLine(Wanted wanted) {
        return switch (wanted.id()) {
            case "free", "page_cache" -> List.of();
            case "available", "swap" -> List.of("vmstat");
            case "shmem" -> List.of("vmstat", "top");
            default -> List.of("vmstat", "top", "free");
        };
    }

    /** The table of the case that a series is made from. */
    private static String table(Wanted wanted) {
        return switch (wanted.type()) {
            case "process" ->
                switch (wanted.measure()) {
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
                switch (wanted.measure()) {
                    case "events" -> "vmstat";
                    case "waited" -> "pressure";
                    case "sockets" -> "sockstat";
                    case "dying_descendants" -> "cgroup_memory";
                    default -> wanted.id().equals("compressed") ? "vmstat" : "meminfo";
                };
        };
    }

    private String at(Map<String, Object> row) {
        return printing.time().time(SqlValue.instant(row.get("ts")));
    }

    private static boolean within(Instant at, Instant from, Instant to) {
        return (from == null || !at.isBefore(from)) && (to == null || !at.isAfter(to));
    }
}
