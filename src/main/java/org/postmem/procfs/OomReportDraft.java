package org.postmem.procfs;

import java.time.Instant;
import org.postmem.units.PageSize;

/** A report of the OOM killer while its lines are read; what no line told is {@code null}. */
final class OomReportDraft {
    private final int line;
    private final Instant time;
    private final Double uptimeSeconds;
    final OomCounters counters = new OomCounters();
    final OomZones zones = new OomZones();
    final OomTaskDump tasks = new OomTaskDump();
    boolean allocatingTask;
    boolean memcg;
    boolean memInfo;
    String constraint;
    String invokerName;
    Integer invokerPid;
    String gfpMask;
    Integer order;
    String cgroup;
    Long limitBytes;
    Long usageBytes;
    Long swapLimitBytes;
    Long failures;
    Integer chosenPid;
    Integer victimPid;
    String victimName;
    Long victimUid;
    Long victimTotalVm;
    Long victimAnon;
    Long victimFile;
    Long victimShmem;
    Integer victimAdj;
    Long ramPages;
    Long reservedPages;
    Long swapBytes;
    Long swapFreeBytes;
    String kernel;
    Integer score;

    OomReportDraft(KernelMessage first) {
        this.line = first.line();
        this.time = first.time();
        this.uptimeSeconds = first.uptimeSeconds();
    }

    /** The report, with pages of this size; it has none of its own where no free list stands in it. */
    OomReport report(PageSize page) {
        Long total = totalPages(page);
        return new OomReport(
                line,
                time,
                uptimeSeconds,
                scope(),
                invokerName,
                invokerPid,
                gfpMask,
                order,
                memcg ? cgroup : null,
                memcg ? limitBytes : null,
                memcg ? usageBytes : null,
                memcg ? swapLimitBytes : null,
                memcg ? failures : null,
                chosenPid,
                allocatingTask,
                victimPid,
                victimName,
                victimUid,
                victimTotalVm,
                victimAnon,
                victimFile,
                victimShmem,
                victimAdj,
                total,
                total == null || total > Long.MAX_VALUE / page.bytes() ? null : (Long) page.toBytes(total),
                page.bytes(),
                swapBytes,
                swapFreeBytes,
                kernel,
                score,
                counters.memory(page),
                zones.zones(page),
                tasks.tasks(page));
    }

    private String scope() {
        if (order != null && order == -1) {
            return "sysrq";
        }
        if (memcg) {
            return "cgroup";
        }
        if (constraint != null) {
            return switch (constraint) {
                case "MEMCG" -> "cgroup";
                case "CPUSET", "MEMORY_POLICY" -> "cpuset";
                default -> "host";
            };
        }
        return memInfo || ramPages != null ? "host" : null;
    }

    private Long totalPages(PageSize page) {
        if (memcg) {
            return limitBytes == null ? null : (Long) (limitBytes / page.bytes());
        }
        // Without the swap line or the reserved pages the sum would be wrong, not only rough.
        if (ramPages == null || reservedPages == null || swapBytes == null) {
            return null;
        }
        return ramPages - reservedPages + swapBytes / page.bytes();
    }
}
