package org.postmem.collector.source;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the collector itself costs, as the kernel accounts for it: CPU time of all its threads, resident memory. */
public final class SelfCost {
    /** Field 12 of stat; the name may hold blanks and parentheses. */
    private static final Pattern MAJOR_FAULTS = Pattern.compile("\\) \\S(?: \\S+){8} (\\d{1,18}) [^)]*$");

    private static final Pattern SWAPPED = Pattern.compile("(?m)^VmSwap:\\s+(\\d{1,15}) kB$");

    private static final Pattern LOCKED = Pattern.compile("(?m)^VmLck:\\s+(\\d{1,15}) kB$");

    private final WholeFile file = new WholeFile(8192);
    private final String folder;
    private final Map<String, Long> nanosByThread = new HashMap<>();
    private long endedNanos;
    private Long lastNanos;

    public SelfCost(String folder) {
        this.folder = folder;
    }

    public static SelfCost ofThisProcess() {
        return new SelfCost("/proc/self");
    }

    /**
     * CPU time in nanoseconds since the start, by the scheduler's clock; null where the kernel does not tell. A thread that
     * has ended is counted as it was seen last, so that the sum never goes back; when it cannot be read for once, for want
     * of descriptors, the sum is the last one.
     */
    public Long cpuNanos() {
        String[] listed = new File(folder + "/task").list();
        if (listed == null) {
            return lastNanos;
        }
        List<String> threads = Arrays.asList(listed);
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
            return lastNanos;
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
        lastNanos = sum;
        return sum;
    }

    /** How often the collector has waited for its own pages since its start; null where the kernel does not tell. */
    public Long majorFaults() {
        return number("/stat", MAJOR_FAULTS);
    }

    /** What of the collector lies in swap now, in bytes; null where the kernel does not tell. */
    public Long swappedBytes() {
        Long kilobytes = number("/status", SWAPPED);
        return kilobytes == null ? null : Long.valueOf(kilobytes * 1024);
    }

    /** What of the collector cannot be swapped out, in bytes; null where the kernel does not tell. */
    public Long lockedBytes() {
        Long kilobytes = number("/status", LOCKED);
        return kilobytes == null ? null : Long.valueOf(kilobytes * 1024);
    }

    private Long number(String name, Pattern pattern) {
        if (file.read(folder + name) != null) {
            return null;
        }
        Matcher matcher = pattern.matcher(new String(file.bytes(), 0, file.length(), StandardCharsets.ISO_8859_1));
        return matcher.find() ? Long.valueOf(matcher.group(1)) : null;
    }

    /** CPU time of the thread that asks, in nanoseconds; below zero where the kernel does not tell. */
    public static long threadNanos() {
        byte[] text = new byte[96];
        int length;
        try (FileInputStream in = new FileInputStream("/proc/thread-self/schedstat")) {
            length = in.read(text);
        } catch (IOException e) {
            return -1;
        }
        long nanos = 0;
        for (int i = 0; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
            nanos = 10 * nanos + (text[i] - '0');
        }
        return nanos;
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
