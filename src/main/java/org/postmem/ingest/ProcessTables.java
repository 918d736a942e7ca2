package org.postmem.ingest;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.postmem.collector.archive.UnchangedText;
import org.postmem.procfs.AnonymousRun;
import org.postmem.procfs.CgroupMembership;
import org.postmem.procfs.CommandLine;
import org.postmem.procfs.Mapping;
import org.postmem.procfs.OpenFiles;
import org.postmem.procfs.OpenFiles.OpenFile;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.ProcessLimit;
import org.postmem.procfs.ProcessMemory;
import org.postmem.procfs.ProcessStat;
import org.postmem.procfs.ProcessStatm;
import org.postmem.procfs.ProcessStatus;
import org.postmem.procfs.SingleValue;
import org.postmem.units.ClockTicks;
import org.postmem.units.PageSize;

/**
 * The members {@code pid/*} of a snapshot: the texts of all processes, a kind a member. {@code stat} and
 * {@code unchanged} together are complete and say who lives; a snapshot without either tells of a few at most, in
 * {@code pid/watched}. Of what else is read at every tick, a text that is not there is the one told last in this segment.
 */
final class ProcessTables {
    private static final String PREFIX = "pid/";
    private static final String UNCHANGED = "unchanged";

    /** Limits that memory runs into; the others have nothing to say here. */
    private static final Set<String> LIMITS =
            Set.of("Max address space", "Max data size", "Max locked memory", "Max open files", "Max processes");

    /** What is read at every tick. */
    private enum Ticking {
        STATUS,
        STATM,
        OOM_SCORE,
        OOM_SCORE_ADJ
    }

    private record Carried(long startTicks, Object value) {}

    /** @param snapshot in which it stands */
    private record ToldStat(int snapshot, ProcessStat stat) {}

    private final int captureId;
    private final CaseTables tables;
    private final IssueLog issues;
    private final PageSize page;
    private final ClockTicks ticks;
    private final ProcessRegistry registry = new ProcessRegistry();
    /** Kind, then member, then its bytes. */
    private final Map<String, Map<String, byte[]>> parts = new HashMap<>();

    private final Map<Ticking, Map<Integer, Carried>> carried = new HashMap<>();
    /** By pid; of those who live. */
    private Map<Integer, ToldStat> toldStats = new HashMap<>();

    private final RecordColumns<ProcessMemory> memoryColumns;
    private final RecordColumns<Mapping> mappingColumns;
    private final RecordColumns<AnonymousRun> runColumns;
    private final RecordColumns<OpenFile> openFileColumns;
    private final RecordColumns<ProcessLimit> limitColumns;

    ProcessTables(int captureId, CaseTables tables, IssueLog issues, PageSize page, ClockTicks ticks) {
        this.captureId = captureId;
        this.tables = tables;
        this.issues = issues;
        this.page = page;
        this.ticks = ticks;
        this.memoryColumns = RecordColumns.of(ProcessMemory.class, tables.table("process_memory"));
        this.mappingColumns = RecordColumns.of(Mapping.class, tables.table("mapping"));
        this.runColumns = RecordColumns.of(AnonymousRun.class, tables.table("anonymous_run"));
        this.limitColumns = RecordColumns.of(ProcessLimit.class, tables.table("process_limit"));
        this.openFileColumns = RecordColumns.of(OpenFile.class, tables.table("open_file"));
    }

    /** Keeps a member until the snapshot is whole. Returns false when nobody knows the name. */
    boolean add(String name, String member, byte[] bytes) {
        if (!name.startsWith(PREFIX)) {
            return false;
        }
        String kind = name.substring(PREFIX.length());
        switch (kind) {
            case "stat",
                    UNCHANGED,
                    "watched/stat",
                    "watched/status",
                    "statm",
                    "status",
                    "oom_score",
                    "oom_score_adj",
                    "cgroup",
                    "cmdline",
                    "exe",
                    "smaps_rollup",
                    "smaps",
                    "fd",
                    "limits" ->
                parts.computeIfAbsent(kind, k -> new LinkedHashMap<>()).put(member, bytes);
            case "wchan", "mountinfo" -> {
                // evidence without a table
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** A new segment stands alone, and what was told before a lost snapshot may have been told otherwise in it. */
    void forget() {
        carried.clear();
    }

    /** Writes the rows of a snapshot that is whole. */
    void write(int snapshot, int boot, Integer collectorPid) {
        if (!parts.containsKey("stat") && !parts.containsKey(UNCHANGED)) {
            // the CPU budget did not afford a pass over the processes: nobody is known to have gone
            watched(snapshot, boot);
            parts.clear();
            return;
        }
        stats(snapshot);
        Map<Integer, ProcessRegistry.Known> living = new TreeMap<>();
        toldStats.forEach((pid, told) -> {
            ProcessStat stat = told.stat();
            ProcessRegistry.Known process = registry.seen(boot, pid, stat.startTicks(), snapshot);
            process.tell(stat);
            process.observer |= pid.equals(collectorPid);
            living.put(pid, process);
        });
        Map<Integer, ProcessStatus> statuses =
                ticking(snapshot, living, Ticking.STATUS, "status", ProcessStatus::parse);
        Map<Integer, ProcessStatm> statms =
                ticking(snapshot, living, Ticking.STATM, "statm", text -> ProcessStatm.parse(text, page));
        Map<Integer, Long> scores = ticking(snapshot, living, Ticking.OOM_SCORE, "oom_score", SingleValue::parse);
        Map<Integer, Long> adjustments =
                ticking(snapshot, living, Ticking.OOM_SCORE_ADJ, "oom_score_adj", SingleValue::parse);
        identities(snapshot, living);
        living.forEach((pid, process) -> {
            ProcessStatus status = statuses.get(pid);
            process.uid = status == null || status.uid() == null ? process.uid : status.uid();
            process.oomScoreAdj = adjustments.getOrDefault(pid, process.oomScoreAdj);
            sample("process_sample", snapshot, process.id, toldStats.get(pid).stat(), status, statms.get(pid))
                    .set("oom_score", scores.get(pid))
                    .set("oom_score_adj", adjustments.get(pid))
                    .end();
        });
        budgeted(snapshot, living);
        parts.clear();
    }

    /**
     * Who lives, by their lines of stat. One that is said to be unchanged since a snapshot that is lost lives as well, but
     * nothing is known of it, not even when it was started: it has no row until its line is told again.
     */
    private void stats(int snapshot) {
        Map<Integer, ToldStat> before = toldStats;
        Map<Integer, ToldStat> now = new TreeMap<>();
        parts.getOrDefault(UNCHANGED, Map.of())
                .forEach((member, bytes) -> UnchangedText.forEach(
                        bytes,
                        (pid, statSnapshot) -> {
                            ToldStat told = before.get(pid);
                            if (told != null && told.snapshot() == statSnapshot) {
                                now.put(pid, told);
                            }
                        },
                        offset -> issues.add(
                                snapshot,
                                member,
                                null,
                                IssueLog.Severity.WARNING,
                                "no \"PID SNAPSHOT\" line at byte " + offset,
                                null)));
        blocks(snapshot, "stat", (pid, member, text) -> {
            ProcessStat stat = issues.note(snapshot, member, ProcessStat.parse(text, ticks, page));
            if (stat != null && stat.startTicks() != null) {
                now.put(pid, new ToldStat(snapshot, stat));
            }
        });
        toldStats = now;
    }

    /** The few that were read between two passes; of one born since the last, the next may tell who it is. */
    private void watched(int snapshot, int boot) {
        Map<Integer, ProcessStatus> statuses = new HashMap<>();
        blocks(
                snapshot,
                "watched/status",
                (pid, member, text) -> statuses.put(pid, issues.note(snapshot, member, ProcessStatus.parse(text))));
        blocks(snapshot, "watched/stat", (pid, member, text) -> {
            ProcessStat stat = issues.note(snapshot, member, ProcessStat.parse(text, ticks, page));
            if (stat == null || stat.startTicks() == null) {
                return;
            }
            ProcessRegistry.Known process = registry.known(boot, pid, stat.startTicks());
            if (process == null) {
                process = registry.seen(boot, pid, stat.startTicks(), snapshot);
            }
            process.tell(stat);
            sample("watched_sample", snapshot, process.id, stat, statuses.get(pid), null)
                    .end();
        });
    }

    private void identities(int snapshot, Map<Integer, ProcessRegistry.Known> living) {
        known(snapshot, living, "cmdline", (process, member, text) -> process.command(CommandLine.parse(text)));
        known(
                snapshot,
                living,
                "exe",
                (process, member, text) -> process.exe = new String(text, StandardCharsets.UTF_8).stripTrailing());
        known(
                snapshot,
                living,
                "cgroup",
                (process, member, text) -> process.cgroup = CgroupMembership.memoryPath(
                                issues.note(snapshot, member, CgroupMembership.parse(text)))
                        .orElse(process.cgroup));
    }

    /**
     * Begins the row of a process. Where status could not be read, statm and stat tell the two sizes they know; a
     * kernel thread has a status without them, and no zero is made of that.
     */
    private TableWriter sample(
            String table, int snapshot, int processId, ProcessStat stat, ProcessStatus status, ProcessStatm statm) {
        TableWriter row = tables.row(table, captureId, snapshot)
                .set("process_id", processId)
                .set("state", stat.state())
                .set("threads", stat.threads())
                .set("minor_faults", stat.minorFaults())
                .set("major_faults", stat.majorFaults())
                .set("user_seconds", stat.userSeconds())
                .set("system_seconds", stat.systemSeconds());
        if (status == null) {
            return row.set("vm_size_bytes", statm == null ? stat.virtualBytes() : statm.sizeBytes())
                    .set("rss_bytes", statm == null ? stat.rssBytes() : statm.rssBytes());
        }
        return row.set("vm_size_bytes", status.vmSizeBytes())
                .set("vm_peak_bytes", status.vmPeakBytes())
                .set("rss_bytes", status.rssBytes())
                .set("rss_anon_bytes", status.rssAnonBytes())
                .set("rss_file_bytes", status.rssFileBytes())
                .set("rss_shmem_bytes", status.rssShmemBytes())
                .set("vm_data_bytes", status.vmDataBytes())
                .set("vm_stack_bytes", status.vmStackBytes())
                .set("vm_locked_bytes", status.vmLockedBytes())
                .set("pte_bytes", status.pteBytes())
                .set("pmd_bytes", status.pmdBytes())
                .set("swap_bytes", status.swapBytes())
                .set("hugetlb_bytes", status.hugetlbBytes())
                .set("fd_size", status.fdSize())
                .set("queued_signals", status.queuedSignals());
    }

    private void budgeted(int snapshot, Map<Integer, ProcessRegistry.Known> living) {
        known(snapshot, living, "smaps_rollup", (process, member, text) -> {
            ProcessMemory memory = issues.note(snapshot, member, ProcessMemory.parse(text));
            if (memory != null && text.length > 0) {
                memoryColumns
                        .set(tables.row("process_memory", captureId, snapshot).set("process_id", process.id), memory)
                        .end();
            }
        });
        known(snapshot, living, "smaps", (process, member, text) -> {
            for (Mapping mapping : issues.note(snapshot, member, Mapping.parse(text))) {
                mappingColumns
                        .set(tables.row("mapping", captureId, snapshot).set("process_id", process.id), mapping)
                        .end();
            }
            for (AnonymousRun run : AnonymousRun.parse(text)) {
                runColumns
                        .set(tables.row("anonymous_run", captureId, snapshot).set("process_id", process.id), run)
                        .end();
            }
        });
        known(snapshot, living, "limits", (process, member, text) -> {
            for (ProcessLimit limit : issues.note(snapshot, member, ProcessLimit.parse(text))) {
                if (LIMITS.contains(limit.name())) {
                    limitColumns
                            .set(
                                    tables.row("process_limit", captureId, snapshot)
                                            .set("process_id", process.id),
                                    limit)
                            .end();
                }
            }
        });
        known(snapshot, living, "fd", (process, member, text) -> {
            OpenFiles files = issues.note(snapshot, member, OpenFiles.parse(text));
            tables.row("fd_count", captureId, snapshot)
                    .set("process_id", process.id)
                    .set("total", files.total())
                    .set("sockets", files.sockets())
                    .set("pipes", files.pipes())
                    .set("anon_inodes", files.anonInodes())
                    .set("files", files.files())
                    .end();
            for (OpenFiles.Named kind : files.named()) {
                tables.row("fd_kind", captureId, snapshot)
                        .set("process_id", process.id)
                        .set("target", kind.target())
                        .set("descriptors", kind.descriptors())
                        .end();
            }
            for (OpenFile file : files.hidden()) {
                openFileColumns
                        .set(tables.row("open_file", captureId, snapshot).set("process_id", process.id), file)
                        .end();
            }
        });
    }

    /** The values of a kind for those who live: what stands in this snapshot, else what was told last. */
    @SuppressWarnings("unchecked")
    private <T> Map<Integer, T> ticking(
            int snapshot,
            Map<Integer, ProcessRegistry.Known> living,
            Ticking kind,
            String file,
            Function<byte[], Parsed<T>> parser) {
        Map<Integer, Carried> before = carried.getOrDefault(kind, Map.of());
        Map<Integer, Carried> now = new HashMap<>();
        blocks(snapshot, file, (pid, member, text) -> {
            ProcessRegistry.Known process = living.get(pid);
            if (process != null) {
                T value = issues.note(snapshot, member, parser.apply(text));
                now.put(pid, new Carried(process.startTicks, value));
            }
        });
        living.forEach((pid, process) -> {
            Carried last = before.get(pid);
            if (last != null && last.startTicks() == process.startTicks) {
                now.putIfAbsent(pid, last);
            }
        });
        carried.put(kind, now);
        Map<Integer, T> values = new HashMap<>();
        // Each kind is put in with the one type its parser makes.
        now.forEach((pid, value) -> values.put(pid, (T) value.value()));
        return values;
    }

    private interface KnownBlock {
        void take(ProcessRegistry.Known process, String member, byte[] text);
    }

    private interface Block {
        void take(int pid, String member, byte[] text);
    }

    /** Blocks of processes that stat knows; one that came or went in between has no identity to write it under. */
    private void known(int snapshot, Map<Integer, ProcessRegistry.Known> living, String file, KnownBlock taker) {
        blocks(snapshot, file, (pid, member, text) -> {
            ProcessRegistry.Known process = living.get(pid);
            if (process != null) {
                taker.take(process, member, text);
            }
        });
    }

    private void blocks(int snapshot, String file, Block taker) {
        parts.getOrDefault(file, Map.of())
                .forEach((member, bytes) -> issues.blocks(snapshot, member, bytes, (key, text) -> {
                    Integer pid = pid(key);
                    if (pid == null) {
                        issues.add(snapshot, member, null, IssueLog.Severity.WARNING, "a block of no process", key);
                    } else {
                        taker.take(pid, member, text);
                    }
                }));
    }

    private static Integer pid(String key) {
        try {
            int pid = Integer.parseInt(key);
            return pid > 0 ? pid : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Writes the table {@code process}. */
    void finish(BootStarts bootStarts) {
        registry.write(captureId, tables.table("process"), bootStarts, ticks);
    }
}
