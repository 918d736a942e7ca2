package org.postmem.collector.source;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the collector itself costs, as the kernel accounts for it: CPU time of all its threads, resident memory. */
public final class SelfCost {
    private final WholeFile file = new WholeFile(8192);
    private final String folder;
    private final Map<String, Long> nanosByThread = new HashMap<>();
    private long endedNanos;

    public SelfCost(String folder) {
        this.folder = folder;
    }

    public static SelfCost ofThisProcess() {
        return new SelfCost("/proc/self");
    }

    /**
     * CPU time in nanoseconds since the start, by the scheduler's clock; null where the kernel does not tell. A thread that
     * has ended is counted as it was seen last, so that the sum never goes back.
     */
    public Long cpuNanos() {
        List<String> threads = HostFiles.names(folder + "/task");
        for (String thread : threads) {
            if (file.read(folder + "/task/" + thread + "/schedstat") == null) {
                String text = new String(file.bytes(), 0, file.length(), StandardCharsets.US_ASCII);
                int blank = text.indexOf(' ');
                if (blank > 0) {
                    nanosByThread.put(thread, Long.parseLong(text.substring(0, blank)));
                }
            }
        }
        if (nanosByThread.isEmpty()) {
            return null;
        }
        for (String thread : List.copyOf(nanosByThread.keySet())) {
            if (!threads.contains(thread)) {
                endedNanos += nanosByThread.remove(thread);
            }
        }
        long sum = endedNanos;
        for (long nanos : nanosByThread.values()) {
            sum += nanos;
        }
        return sum;
    }

    /** Resident memory now, in pages; null where the kernel does not tell. */
    public Long residentPages() {
        if (file.read(folder + "/statm") != null) {
            return null;
        }
        String[] words = new String(file.bytes(), 0, file.length(), StandardCharsets.US_ASCII)
                .trim()
                .split(" ", -1);
        return words.length > 1 ? Long.valueOf(words[1]) : null;
    }
}
