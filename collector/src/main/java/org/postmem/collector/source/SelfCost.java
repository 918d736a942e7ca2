package org.postmem.collector.source;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** What the collector itself costs, as the kernel accounts for it: CPU time of all its threads, resident memory. */
public final class SelfCost {
    /** Of stat, counted from 1; the name before it may hold blanks and parentheses. */
    private static final int MAJOR_FAULTS_FIELD = 12;

    private static final int NAME_FIELD = 2;

    /** Of what is counted and of what is told in kB; more digits than that no kernel writes. */
    private static final int MOST_DIGITS = 18;

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
        for (String thread : listed) {
            if (file.readShownAtOnce(folder + "/task/" + thread + "/schedstat") == null) {
                long nanos = number(file, 0);
                if (nanos >= 0) {
                    nanosByThread.put(thread, nanos);
                }
            }
        }
        if (nanosByThread.isEmpty()) {
            return lastNanos;
        }
        if (nanosByThread.size() > listed.length) {
            forgetEnded(Set.of(listed));
        }
        long sum = endedNanos;
        for (long nanos : nanosByThread.values()) {
            sum += nanos;
        }
        lastNanos = sum;
        return sum;
    }

    /** The time of a thread that has ended stays in the sum. */
    private void forgetEnded(Set<String> living) {
        Iterator<Map.Entry<String, Long>> all = nanosByThread.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<String, Long> thread = all.next();
            if (!living.contains(thread.getKey())) {
                endedNanos += thread.getValue();
                all.remove();
            }
        }
    }

    /** How often the collector has waited for its own pages since its start; null where the kernel does not tell. */
    public Long majorFaults() {
        if (file.readShownAtOnce(folder + "/stat") != null) {
            return null;
        }
        int at = file.length() - 1;
        while (at >= 0 && file.bytes()[at] != ')') {
            at--;
        }
        return field(at, MAJOR_FAULTS_FIELD - NAME_FIELD);
    }

    /** What of the collector lies in swap now, in bytes; null where the kernel does not tell. */
    public Long swappedBytes() {
        return bytes("VmSwap:");
    }

    /** What of the collector cannot be swapped out, in bytes; null where the kernel does not tell. */
    public Long lockedBytes() {
        return bytes("VmLck:");
    }

    /** Resident memory now, in pages; null where the kernel does not tell. */
    public Long residentPages() {
        return file.readShownAtOnce(folder + "/statm") == null ? field(0, 1) : null;
    }

    /** {@code VmSwap:	       0 kB} of status. */
    private Long bytes(String key) {
        if (file.readShownAtOnce(folder + "/status") != null) {
            return null;
        }
        String text = new String(file.bytes(), 0, file.length(), StandardCharsets.ISO_8859_1);
        int at = text.indexOf("\n" + key);
        if (at < 0) {
            return null;
        }
        at += 1 + key.length();
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        long kilobytes = number(file, at);
        return kilobytes < 0 ? null : Long.valueOf(kilobytes * 1024);
    }

    /** The number behind so many blanks; null when there is none. */
    private Long field(int from, int blanks) {
        int left = blanks;
        for (int at = Math.max(0, from); at < file.length(); at++) {
            if (file.bytes()[at] == ' ' && --left == 0) {
                long number = number(file, at + 1);
                return number < 0 ? null : Long.valueOf(number);
            }
        }
        return null;
    }

    /** The number at a place; below zero when there is none, or one that no counter holds. */
    private static long number(WholeFile file, int from) {
        long value = 0;
        int at = from;
        while (at < file.length() && file.bytes()[at] >= '0' && file.bytes()[at] <= '9') {
            value = 10 * value + (file.bytes()[at++] - '0');
        }
        return at == from || at - from > MOST_DIGITS ? -1 : value;
    }

    /**
     * CPU time of the thread that asks, in nanoseconds; below zero where the kernel does not tell. The sum is brought up to
     * date when a thread is scheduled or a clock tick interrupts it (update_curr of kernel/sched/fair.c): without
     * giving way first, what has run for up to four milliseconds would be missing, three quarters of a small scan.
     */
    @SuppressWarnings("ThreadPriorityCheck") // not to let others run, but to be accounted for
    public static long threadNanos() {
        Thread.yield();
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
}
