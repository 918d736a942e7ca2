package org.postmem.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.postmem.findings.Finding;

/** The three numbers that prove a verdict: what the host lost, what the culprit took, where it lies. */
final class ProofTiles {
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

    /** One series to look for. */
    private record Wanted(String type, String id, String measure, String label, String source, String chapter) {}

    List<ReportModel.Tile> tiles(Finding main) {
        List<Wanted> wanted = new ArrayList<>();
        wanted.add(new Wanted("host", "available", "bytes", "MemAvailable", "/proc/meminfo", "meminfo"));
        if (main != null && main.culprit() != null) {
            culprit(main, main.culprit(), wanted);
        }
        for (Wanted other : List.of(
                bucket("anon", "AnonPages"),
                bucket("slab", "Slab"),
                bucket("shmem", "Shmem"),
                bucket("page_cache", "page cache"))) {
            wanted.add(other);
        }
        List<ReportModel.Tile> tiles = new ArrayList<>();
        for (Wanted one : wanted) {
            ReportModel.Tile tile = tiles.size() == 3 ? null : tile(one, main);
            if (tile != null && tiles.stream().noneMatch(t -> t.label().equals(tile.label()))) {
                tiles.add(tile);
            }
        }
        return tiles;
    }

    private void culprit(Finding main, Finding.Culprit culprit, List<Wanted> wanted) {
        String name = culprit.name();
        switch (culprit.type()) {
            case "process" -> process(main, culprit, wanted);
            case "mount" -> {
                wanted.add(new Wanted("mount", name, "bytes", name, "statvfs " + name, "tmpfs"));
                wanted.add(bucket("shmem", "Shmem"));
            }
            case "segment" -> {
                wanted.add(new Wanted("segment", name, "bytes", "SysV " + name, "/proc/sysvipc/shm", "tmpfs"));
                wanted.add(bucket("shmem", "Shmem"));
            }
            case "slab_cache" -> {
                wanted.add(new Wanted("slab_cache", name, "bytes", name, "/proc/slabinfo", "kernel"));
                wanted.add(bucket("slab", "Slab"));
            }
            case "vmalloc_caller" -> {
                wanted.add(new Wanted("vmalloc_caller", name, "bytes", name, "/proc/vmallocinfo", "kernel"));
                wanted.add(bucket("vmalloc", "VmallocUsed \u2212 KernelStack"));
            }
            case "cgroup" -> {
                wanted.add(new Wanted("cgroup", name, "bytes", "memory.current " + name, "memory.current", "cgroups"));
                wanted.add(bucket("anon", "AnonPages"));
            }
            case "kernel" -> wanted.add(bucket("unaccounted", printing.texts().label("unaccounted")));
            default -> {}
        }
    }

    private void process(Finding main, Finding.Culprit culprit, List<Wanted> wanted) {
        if (culprit.processId() == null) {
            return;
        }
        String id = culprit.processId().toString();
        String who = culprit.name() + " (" + culprit.pid() + ")";
        String status = "/proc/" + culprit.pid() + "/status";
        String measure = switch (main.kind()) {
            case "shared_anonymous", "memfd", "deleted_file", "tmpfs" -> "rss_shmem";
            case "private_file_mapping", "shared_file_mapping" -> "rss_file";
            case "address_space" -> "vm_size";
            case "page_tables" -> "pte";
            case "private_anonymous" -> "private_anon";
            default -> "rss";
        };
        String line = switch (measure) {
            case "rss_shmem" -> "RssShmem";
            case "rss_file" -> "RssFile";
            case "vm_size" -> "VmSize";
            case "pte" -> "VmPTE";
            case "private_anon" -> swapped(id) ? "RssAnon + VmSwap" : "RssAnon";
            default -> "VmRSS";
        };
        wanted.add(new Wanted("process", id, measure, line + " " + who, status, "pidstat"));
        String mapping = largestGrowth(id);
        if (mapping != null) {
            wanted.add(new Wanted(
                    "mapping",
                    id + " " + mapping,
                    "rss",
                    mapping + " " + who,
                    "/proc/" + culprit.pid() + "/smaps",
                    "pidstat"));
        }
    }

    /** What is swapped out is still taken, and the finding counts it. */
    private boolean swapped(String processId) {
        return rows.row("SELECT max(value) AS most FROM path_measure WHERE capture_id = " + captureId
                                        + " AND culprit_type = 'process' AND measure = 'swap' AND id = '" + processId
                                        + "'")
                                .get("most")
                        instanceof Number most
                && most.longValue() > 0;
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
        return new Wanted("bucket", id, "bytes", label, "/proc/meminfo", "meminfo");
    }

    /** Growth counts between the moments that the finding's own does; the line shows the whole capture. */
    private ReportModel.Tile tile(Wanted wanted, Finding main) {
        List<Map<String, Object>> series = rows.rows("SELECT s.ts, m.value FROM path_measure AS m JOIN snapshot AS s"
                + " USING (capture_id, snapshot) WHERE m.capture_id = " + captureId
                + " AND m.culprit_type = '" + wanted.type() + "' AND m.measure = '" + wanted.measure()
                + "' AND m.id = '"
                + wanted.id().replace("'", "''") + "' AND m.value IS NOT NULL ORDER BY m.snapshot");
        if (series.size() < 2) {
            return null;
        }
        List<Map<String, Object>> since = main == null
                ? series
                : series.stream()
                        .filter(row -> within(Printing.instant(row.get("ts")), main.firstSeen(), main.lastSeen()))
                        .toList();
        List<Map<String, Object>> counted = since.size() < 2 ? series : since;
        long first = ((Number) counted.get(0).get("value")).longValue();
        long last = ((Number) counted.get(counted.size() - 1).get("value")).longValue();
        ReportModel.Spark spark =
                Sparkline.of(series.stream().map(row -> row.get("value")).toList(), "_bytes", printing);
        return new ReportModel.Tile(
                wanted.label(),
                Quantity.signedBytes((double) last - first),
                printing.exact("_bytes", last - first),
                spark,
                printing.texts()
                        .text("tile.source")
                        .replace("{from}", Quantity.bytes(first))
                        .replace("{to}", Quantity.bytes(last))
                        .replace("{since}", at(counted.get(0)))
                        .replace("{until}", at(counted.get(counted.size() - 1)))
                        .replace("{file}", wanted.source())
                        .replace("{n}", Integer.toString(series.size())),
                "#" + prefix + wanted.chapter());
    }

    private String at(Map<String, Object> row) {
        return printing.time().time(Printing.instant(row.get("ts")));
    }

    private static boolean within(Instant at, Instant from, Instant to) {
        return (from == null || !at.isBefore(from)) && (to == null || !at.isAfter(to));
    }
}
