package org.postmem.collector.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postmem.collector.archive.GroupedText;

/**
 * Gathers the texts of many processes (cgroups, nodes …) into one entry a kind: {@code ==> KEY <== LENGTH}, the bytes,
 * a newline. What is gathered is bounded: when all kinds together pass the bound, they are handed on as they are and go
 * on in further parts, {@code pid/status.2}, {@code pid/status.3} …
 */
final class GroupedEntries {
    /** While a buffer grows it is there twice: more than that does not fit into the heap beside 30,000 processes. */
    private static final int BOUND_BYTES = 512 << 10;

    private static final int SMALL_BYTES = 64 << 10;

    private final Map<String, Group> groups = new LinkedHashMap<>();
    private int gathered;

    private static final class Group {
        private GroupedText.Writer text = new GroupedText.Writer();
        private int parts;
        private int usedBefore;

        /** Begins anew; a buffer that was needed once, for all processes at the start of a segment, is not kept for good. */
        void renew() {
            int used = text.length();
            int capacity = text.array().length;
            if (capacity > SMALL_BYTES && Math.max(used, usedBefore) < capacity / 4) {
                text = new GroupedText.Writer();
            }
            usedBefore = used;
            text.reset();
        }

        /** What is read once a minute or once a segment leaves its buffer to the others until then. */
        void release() {
            if (parts == 0 && text.array().length > SMALL_BYTES) {
                text = new GroupedText.Writer();
            }
            parts = 0;
        }
    }

    /** Nothing is left of a snapshot that could not be made to its end. */
    void begin() {
        groups.values().forEach(group -> {
            group.text.reset();
            group.parts = 0;
        });
        gathered = 0;
    }

    void add(EntrySink sink, String entry, String key, byte[] bytes, int offset, int length) throws IOException {
        Group group = groups.computeIfAbsent(entry, e -> new Group());
        if (gathered + length > BOUND_BYTES && gathered > 0) {
            flush(sink);
        }
        int before = group.text.length();
        group.text.add(key, bytes, offset, length);
        gathered += group.text.length() - before;
    }

    void add(EntrySink sink, String entry, String key, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(sink, entry, key, bytes, 0, bytes.length);
    }

    private void flush(EntrySink sink) throws IOException {
        for (Map.Entry<String, Group> e : groups.entrySet()) {
            Group group = e.getValue();
            if (group.text.isEmpty()) {
                continue;
            }
            group.parts++;
            String name = group.parts == 1 ? e.getKey() : e.getKey() + "." + group.parts;
            sink.entry(name, group.text.array(), 0, group.text.length());
            group.renew();
        }
        gathered = 0;
    }

    /** Hands on what is left; the next entry of the same name begins anew. */
    void end(EntrySink sink) throws IOException {
        flush(sink);
        groups.values().forEach(Group::release);
    }

    /** Blanks, tabs, newlines and backslashes as in mountinfo. */
    static String escape(String key) {
        boolean plain = true;
        for (int i = 0; i < key.length() && plain; i++) {
            char c = key.charAt(i);
            plain = c != ' ' && c != '\t' && c != '\n' && c != '\\';
        }
        if (plain) {
            return key;
        }
        return key.replace("\\", "\\134")
                .replace(" ", "\\040")
                .replace("\t", "\\011")
                .replace("\n", "\\012");
    }
}
