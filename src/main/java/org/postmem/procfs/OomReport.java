package org.postmem.procfs;

import java.time.Instant;
import java.util.List;

/**
 * One kill as the kernel log tells it. What the log does not say is {@code null}; the page size is that of the free lists
 * in the report, else the reader's.
 *
 * @param line of the first message of the report
 * @param scope host, cgroup, sysrq or cpuset; {@code null} where only the last line of a report is left
 * @param cgroup the limited cgroup of a cgroup kill
 * @param cgroupSwapLimitBytes what it may swap; version 1: what {@code memory+swap} leaves beside the limit
 * @param chosenPid whom the kernel chose; before 5.1 a child of it could be killed instead
 * @param allocatingTask by {@code vm.oom_kill_allocating_task} whoever asked for memory is killed, no matter its size
 * @param totalPages RAM less reserved pages, plus swap: what the kernel scores against; of a cgroup kill the limit, and
 *     swap where it may swap and how much there is of it is known
 * @param totalBytes the same
 * @param pageBytes of the pages that are counted here
 * @param kernel release, from the line with the CPU
 * @param score that the kernel printed with the victim (before 5.1)
 * @param memory what filled the memory at that moment
 * @param zones free pages and watermarks of each zone; empty in a cgroup's report, which has none
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
        Long cgroupUsageBytes,
        Long cgroupSwapLimitBytes,
        Long cgroupFailures,
        Integer chosenPid,
        boolean allocatingTask,
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
        long pageBytes,
        Long swapTotalBytes,
        Long swapFreeBytes,
        String kernel,
        Integer score,
        OomMemory memory,
        List<OomZone> zones,
        List<OomTask> tasks) {

    public OomReport {
        zones = List.copyOf(zones);
        tasks = List.copyOf(tasks);
    }

    /**
     * What filled the memory: of the host, after {@code Mem-Info:}, or of the limited cgroup.
     *
     * @param anonLruBytes active and inactive anonymous pages; shared memory stands among them
     * @param fileLruBytes active and inactive pages of files
     */
    public record OomMemory(
            Long anonLruBytes,
            Long fileLruBytes,
            Long shmemBytes,
            Long slabReclaimableBytes,
            Long slabUnreclaimableBytes,
            Long pageTablesBytes,
            Long freeBytes) {}

    /**
     * A zone of a node.
     *
     * @param node {@code null} where the kernel prints none, having one only
     * @param reserveBytes the largest of {@code lowmem_reserve}: kept back from requests that another zone could serve
     * @param freeBlocks free blocks of 2^0, 2^1 … pages; empty where the line is missing
     */
    public record OomZone(
            Integer node,
            String zone,
            Long freeBytes,
            Long minBytes,
            Long lowBytes,
            Long highBytes,
            Long managedBytes,
            Long reserveBytes,
            List<Long> freeBlocks) {
        public OomZone {
            freeBlocks = List.copyOf(freeBlocks);
        }

        /** The same zone with what later lines of the report tell. */
        OomZone with(Long reserve, List<Long> blocks) {
            return new OomZone(node, zone, freeBytes, minBytes, lowBytes, highBytes, managedBytes, reserve, blocks);
        }

        /** The order of the largest free block; {@code null} where nothing is free, or the free lists are unknown. */
        public Integer largestOrder() {
            for (int order = freeBlocks.size() - 1; order >= 0; order--) {
                if (freeBlocks.get(order) > 0) {
                    return order;
                }
            }
            return null;
        }

        /** Free blocks a request of an order can be served from; {@code null} where the free lists are unknown. */
        public Long blocksOf(int order) {
            return freeBlocks.isEmpty()
                    ? null
                    : (Long) freeBlocks.stream()
                            .skip(Math.max(0, order))
                            .mapToLong(Long::longValue)
                            .sum();
        }
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
