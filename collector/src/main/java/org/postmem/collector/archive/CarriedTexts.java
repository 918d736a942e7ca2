package org.postmem.collector.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Where in a segment the texts stand that a reader carries forward, so that of a snapshot that is left what was told in the
 * ones before it can be told anew. It holds no text: of each process the numbers of snapshots, by kind.
 *
 * <p>It is shown the entries of the snapshots from behind the one that was left last up to the next that is left, and then
 * answers what of them the latter has to be given.
 */
final class CarriedTexts {
    private static final String STAT = "pid/stat";
    private static final String PIDS = "pid/";
    private static final String WATCHED = "pid/watched/";
    private static final String SLAB = "slab/";
    private static final String TRACES = "slab/alloc_traces";

    /** What is stored at the start of a segment and when it is another than before; all else tells of its moment alone. */
    static final List<String> ON_CHANGE = List.of(
            "proc/sys/",
            "sys/",
            "etc/",
            SLAB,
            "proc/self/mountinfo",
            "proc/modules",
            "proc/version",
            "proc/cmdline",
            "proc/cgroups",
            "proc/filesystems");

    private static final int START_TIME_FIELD = 22;
    private static final int[] NONE = {};
    /** The line can no longer be told. */
    private static final int LOST = -1;

    /** One that lives; 0 is no snapshot. */
    private static final class Living {
        long startTicks = -1;
        /** The snapshot in which it was shown to live last. */
        int seen;
        /** The snapshot that has its line of stat. */
        int statIn;
        /** The one that has it where snapshots were left out. */
        int statOut;
        /** By kind, the snapshot since the one left last that has its text. */
        int[] latest = NONE;
    }

    private final Map<Integer, Living> processes = new HashMap<>();
    private final Map<String, Integer> kinds = new HashMap<>();
    private final Map<String, Integer> files = new HashMap<>();

    /** {@code pid/status} for its part {@code pid/status.2}; names of other files are what they are. */
    static String kind(String entry) {
        if (!entry.startsWith(PIDS) && !entry.startsWith(SLAB)) {
            return entry;
        }
        int dot = entry.length();
        while (dot > 0 && entry.charAt(dot - 1) >= '0' && entry.charAt(dot - 1) <= '9') {
            dot--;
        }
        return dot > 0 && dot < entry.length() && entry.charAt(dot - 1) == '.' ? entry.substring(0, dot - 1) : entry;
    }

    /** Has the kind a text a process, which holds until there is another? */
    static boolean isOfProcesses(String kind) {
        return kind.startsWith(PIDS) && !kind.equals(UnchangedText.ENTRY) && !kind.startsWith(WATCHED);
    }

    static boolean isOnChange(String kind) {
        return !kind.equals(TRACES) && ON_CHANGE.stream().anyMatch(kind::startsWith);
    }

    /** A file of the host stands in a snapshot. */
    void file(int snapshot, String kind) {
        if (isOnChange(kind)) {
            files.put(kind, snapshot);
        }
    }

    /** A text of a process stands in a snapshot. */
    void text(int snapshot, String kind, int pid, byte[] entry, int offset, int length) {
        Living process = processes.computeIfAbsent(pid, p -> new Living());
        if (!kind.equals(STAT)) {
            int slot = kinds.computeIfAbsent(kind, k -> kinds.size());
            if (process.latest.length <= slot) {
                process.latest = Arrays.copyOf(process.latest, kinds.size());
            }
            process.latest[slot] = snapshot;
            return;
        }
        long startTicks = startTicks(entry, offset, length);
        if (startTicks != process.startTicks) {
            // another process of this number; its texts may stand before its stat, in the same snapshot
            process.startTicks = startTicks;
            for (int slot = 0; slot < process.latest.length; slot++) {
                process.latest[slot] = process.latest[slot] == snapshot ? snapshot : 0;
            }
        }
        process.seen = snapshot;
        process.statIn = snapshot;
        process.statOut = 0;
    }

    /** A snapshot names the process as one whose stat is what it was. */
    void unchanged(int snapshot, int pid) {
        Living process = processes.get(pid);
        if (process != null) {
            process.seen = snapshot;
        }
    }

    /** A snapshot that tells of all processes is over: whom it did not show has gone, unless it could not read some. */
    void passed(int snapshot, boolean couldReadAll) {
        if (couldReadAll) {
            processes.values().removeIf(process -> process.seen != snapshot);
        }
    }

    /** Has the snapshot that is left to be given this file of one before it? */
    boolean carriesFile(int snapshot, String kind) {
        return files.getOrDefault(kind, 0) == snapshot;
    }

    /** Has the snapshot {@code left} to be given this text of one before it? */
    boolean carriesText(int snapshot, String kind, int pid, int left) {
        Living process = processes.get(pid);
        if (process == null) {
            return false;
        }
        if (kind.equals(STAT)) {
            return process.statIn == snapshot && process.statOut == 0 && process.seen == left;
        }
        Integer slot = kinds.get(kind);
        return slot != null && slot < process.latest.length && process.latest[slot] == snapshot;
    }

    /**
     * Where the line of stat stands that snapshot {@code named} has of a process.
     *
     * @return 0 for the snapshot that is being left: it is given the line itself
     */
    int statOf(int pid, int named) {
        Living process = processes.get(pid);
        return process == null || process.statIn != named || process.statOut == LOST ? named : process.statOut;
    }

    /** A snapshot is written that is left; what comes next is told against it. */
    void left(int snapshot) {
        Iterator<Living> all = processes.values().iterator();
        while (all.hasNext()) {
            Living process = all.next();
            Arrays.fill(process.latest, 0);
            if (process.statIn > 0 && process.statOut == 0) {
                process.statOut = process.seen == snapshot ? snapshot : LOST;
            }
        }
        files.clear();
    }

    // 1 (systemd) S 0 1 1 0 -1 4194560 14210 1187 15 88 31 103 5 5 20 0 1 0 3 174108672 3180 …
    private static long startTicks(byte[] entry, int offset, int length) {
        int end = offset + length;
        int close = end - 1;
        while (close >= offset && entry[close] != ')') {
            close--;
        }
        int at = close + 1;
        for (int field = 2; field < START_TIME_FIELD && at < end; at++) {
            if (entry[at] == ' ') {
                field++;
            }
        }
        int until = at;
        while (until < end && entry[until] >= '0' && entry[until] <= '9') {
            until++;
        }
        return close < offset || until == at || until - at > 18
                ? -1
                : Long.parseLong(new String(entry, at, until - at, StandardCharsets.ISO_8859_1));
    }
}
