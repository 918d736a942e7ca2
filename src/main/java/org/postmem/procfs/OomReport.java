package org.postmem.procfs;

import java.time.Instant;
import java.util.List;

/**
 * One kill as the kernel log tells it. What the log does not say is {@code null}; the page size, which it does not say
 * either, is the reader's to give.
 *
 * @param line of the first message of the report
 * @param scope host, cgroup, sysrq or cpuset; {@code null} where only the last line of a report is left
 * @param cgroup the limited cgroup of a cgroup kill
 * @param totalPages RAM less reserved pages, plus swap: what the kernel scores against; of a cgroup kill the limit
 * @param totalBytes the same
 * @param kernel release, from the line with the CPU
 * @param score that the kernel printed with the victim (before 5.1)
 * @param tasks the task dump, in its order; empty where there is none
 */
public record OomReport(
        int line,
        Instant time,
        Double uptimeSeconds,
        String scope,
        String invokerName,
        Integer invokerPid,
        String gfpMask,
        Integer pageOrder,
        String cgroup,
        Long cgroupLimitBytes,
        Integer victimPid,
        String victimName,
        Long victimUid,
        Long victimTotalVmBytes,
        Long victimRssAnonBytes,
        Long victimRssFileBytes,
        Long victimRssShmemBytes,
        Integer victimOomScoreAdj,
        Long totalPages,
        Long totalBytes,
        String kernel,
        Integer score,
        List<OomTask> tasks) {

    public OomReport {
        tasks = List.copyOf(tasks);
    }

    /**
     * A line of the task dump.
     *
     * @param pageTablesBytes {@code pgtables_bytes} (4.15+), else {@code nr_ptes + nr_pmds} pages
     */
    public record OomTask(
            int pid,
            Integer tgid,
            Long uid,
            Long totalVmBytes,
            Long rssBytes,
            Long rssAnonBytes,
            Long rssFileBytes,
            Long rssShmemBytes,
            Long pageTablesBytes,
            Long swapBytes,
            Integer oomScoreAdj,
            String name) {}
}
