package org.postmem.collector.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postmem.collector.source.AuxiliaryVector;
import org.postmem.collector.source.SelfCost;

/** The collector as a process of the host: what it costs, and whether the kernel spares it. */
final class OwnProcess {
    private static final long DEFAULT_PAGE_BYTES = 4096;
    private static final String OOM_SCORE_ADJ = "-900";

    private final SelfCost selfCost = SelfCost.ofThisProcess();
    private final AuxiliaryVector auxiliary = AuxiliaryVector.ofThisProcess();
    private Integer oomScoreAdj;
    private Long cpuAtLastSnapshot;

    /** Lets the kernel kill others first, as far as it lets us. */
    void protect() {
        try (FileOutputStream out = new FileOutputStream("/proc/self/oom_score_adj")) {
            out.write(OOM_SCORE_ADJ.getBytes(StandardCharsets.US_ASCII));
            oomScoreAdj = Integer.valueOf(OOM_SCORE_ADJ);
        } catch (IOException e) {
            // told by its absence
        }
    }

    long pageBytes() {
        return auxiliary.pageBytes() == null ? DEFAULT_PAGE_BYTES : auxiliary.pageBytes();
    }

    /** CPU time so far, null where the kernel does not tell. */
    Long cpuNanos() {
        return selfCost.cpuNanos();
    }

    /** CPU time at the end of the last snapshot, null before the first. */
    Long cpuAtLastSnapshot() {
        return cpuAtLastSnapshot;
    }

    /** For capture.json; null what the kernel does not tell. */
    void describe(Map<String, Object> json) {
        json.put("page_bytes", auxiliary.pageBytes());
        json.put("ticks_per_second", auxiliary.ticksPerSecond());
        json.put("oom_score_adj", oomScoreAdj);
        json.put("locked_bytes", selfCost.lockedBytes());
    }

    /** For snapshot.json: CPU time since the last snapshot said the same, so that compressing and writing are in it. */
    Map<String, Object> cost() {
        Map<String, Object> cost = new LinkedHashMap<>();
        Long cpu = selfCost.cpuNanos();
        if (cpu != null) {
            cost.put("cpu_ns", cpuAtLastSnapshot == null ? cpu : cpu - cpuAtLastSnapshot);
            cpuAtLastSnapshot = cpu;
        }
        Long pages = selfCost.residentPages();
        if (pages != null && auxiliary.pageBytes() != null) {
            cost.put("rss_bytes", pages * auxiliary.pageBytes());
        }
        cost.put("major_faults", selfCost.majorFaults());
        cost.put("swapped_bytes", selfCost.swappedBytes());
        return cost;
    }
}
