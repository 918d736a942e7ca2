package org.postmem.collector.archive;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The texts of processes that one snapshot gets from others before it, ahead of its own of the same kind. What is gathered is
 * bounded: above that it goes on as an entry, and more of its kind in further parts, {@code pid/status.2} …
 */
final class GatheredTexts {
    private static final int MOST_BYTES = 512 << 10;

    private final SnapshotMembers members;
    /** By kind. */
    private final Map<String, GroupedText.Writer> groups = new LinkedHashMap<>();
    /** Entries of a kind in this snapshot. */
    private final Map<String, Integer> parts = new LinkedHashMap<>();

    private int bytes;

    GatheredTexts(SnapshotMembers members) {
        this.members = members;
    }

    /** A snapshot begins; everything gathered for the one before has gone on. */
    void begin() {
        parts.clear();
    }

    void add(String kind, int pid, byte[] text, int offset, int length) throws IOException {
        if (bytes + length > MOST_BYTES && bytes > 0) {
            flush();
        }
        GroupedText.Writer group = groups.computeIfAbsent(kind, k -> new GroupedText.Writer());
        int before = group.length();
        group.add(Integer.toString(pid), text, offset, length);
        bytes += group.length() - before;
    }

    /** Hands on the snapshot's own texts of a kind, behind what was gathered of it. */
    void handOn(String kind, byte[] text, int size) throws IOException {
        GroupedText.Writer group = groups.get(kind);
        if (group == null || group.isEmpty()) {
            part(kind, text, size);
            return;
        }
        if (bytes + size > MOST_BYTES) {
            flush();
            part(kind, text, size);
            return;
        }
        group.append(text, size);
        part(kind, group.array(), group.length());
        bytes -= group.length() - size;
        group.reset();
    }

    void flush() throws IOException {
        for (Map.Entry<String, GroupedText.Writer> group : groups.entrySet()) {
            if (!group.getValue().isEmpty()) {
                part(group.getKey(), group.getValue().array(), group.getValue().length());
            }
        }
        // a buffer that was needed once is not kept for good
        groups.clear();
        bytes = 0;
    }

    private void part(String kind, byte[] text, int size) throws IOException {
        int number = parts.merge(kind, 1, Integer::sum);
        members.member(members.prefix() + (number == 1 ? kind : kind + "." + number), text, 0, size);
    }
}
