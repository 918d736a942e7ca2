package org.postmem.ingest;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.collector.archive.Snapshot;
import org.postmem.ingest.IssueLog.Severity;
import org.postmem.procfs.CgroupMemory;
import org.postmem.procfs.NumaNode;
import org.postmem.procfs.SlabCache;

/**
 * Members that hold one file of many folders, a block each: of NUMA nodes, of cgroups, of slab caches. A cgroup and a
 * cache have several such files, so their rows are written when the snapshot is whole.
 */
final class FolderTables {
    private static final Pattern CGROUP = Pattern.compile("cgroup/(v1/)?([a-z_.]+)");

    private record CgroupKey(int version, String path) {}

    private final int captureId;
    private final CaseTables tables;
    private final IssueLog issues;
    private final Map<CgroupKey, Map<String, byte[]>> cgroups = new LinkedHashMap<>();
    private final Map<String, Map<String, byte[]>> slabs = new HashMap<>();

    FolderTables(int captureId, CaseTables tables, IssueLog issues) {
        this.captureId = captureId;
        this.tables = tables;
        this.issues = issues;
    }

    /**
     * Takes a member if it is one of these.
     *
     * @param name path within the snapshot, without the number of its part: {@code cgroup/memory.stat}
     */
    boolean add(int snapshot, String name, String member, byte[] text) {
        if (name.equals("numa/meminfo")) {
            RecordColumns<NumaNode> columns = RecordColumns.of(NumaNode.class, tables.table("numa_node"));
            issues.blocks(snapshot, member, text, (node, block) -> {
                for (NumaNode row : issues.note(snapshot, member, NumaNode.parse(block))) {
                    columns.set(tables.row("numa_node", captureId, snapshot), row)
                            .end();
                }
            });
            return true;
        }
        if (name.equals("slab/aliases") || name.equals("slab/reclaim_account") || name.equals("slab/ctor")) {
            Map<String, byte[]> caches = slabs.computeIfAbsent(name, n -> new LinkedHashMap<>());
            issues.blocks(snapshot, member, text, caches::put);
            return true;
        }
        Matcher cgroup = CGROUP.matcher(name);
        if (!cgroup.matches()) {
            return false;
        }
        int version = cgroup.group(1) == null ? 2 : 1;
        issues.blocks(
                snapshot,
                member,
                text,
                (path, block) -> cgroups.computeIfAbsent(new CgroupKey(version, path), k -> new TreeMap<>())
                        .put(cgroup.group(2), block));
        return true;
    }

    /** Writes what lay across members of the snapshot. */
    void write(Snapshot snapshot) {
        cgroups(snapshot);
        slabCaches(snapshot);
    }

    private void cgroups(Snapshot snapshot) {
        RecordColumns<CgroupMemory> columns = RecordColumns.of(CgroupMemory.class, tables.table("cgroup_memory"));
        cgroups.forEach((key, files) -> {
            CgroupMemory.Result result = CgroupMemory.parse(key.path(), key.version(), files);
            result.issues()
                    .forEach(found -> issues.add(
                            snapshot.number(),
                            snapshot.memberName((key.version() == 1 ? "cgroup/v1/" : "cgroup/") + found.file()),
                            found.issue().line() == 0 ? null : found.issue().line(),
                            Severity.WARNING,
                            found.issue().reason() + " of " + key.path(),
                            found.issue().excerpt()));
            columns.set(tables.row("cgroup_memory", captureId, snapshot.number()), result.value())
                    .end();
        });
        cgroups.clear();
    }

    private void slabCaches(Snapshot snapshot) {
        if (slabs.isEmpty()) {
            return;
        }
        RecordColumns<SlabCache> columns = RecordColumns.of(SlabCache.class, tables.table("slab_cache"));
        List<SlabCache> caches = issues.note(
                snapshot.number(),
                snapshot.memberName("slab/aliases"),
                SlabCache.parse(
                        slabs.getOrDefault("slab/aliases", Map.of()),
                        slabs.getOrDefault("slab/reclaim_account", Map.of()),
                        slabs.getOrDefault("slab/ctor", Map.of())));
        for (SlabCache cache : caches) {
            columns.set(tables.row("slab_cache", captureId, snapshot.number()), cache)
                    .end();
        }
        slabs.clear();
    }
}
