package org.postmem.collector.archive;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/** The entries of a snapshot that is being read, until its snapshot.json says whether all of them hold. */
final class PendingSnapshot {
    static final String CAPTURE = "capture.json";
    private static final String CRC_FIELD = ",\"crc32c\":\"";
    private static final int CRC_TAIL = CRC_FIELD.length() + 8 + 2;

    private final CRC32C crc = new CRC32C();
    private final Map<String, byte[]> members = new LinkedHashMap<>();
    private final Map<String, byte[]> hostMembers = new LinkedHashMap<>();
    private byte[] captureJson;
    private Integer number;
    private long bytes;
    private int entries;
    private Map<String, Object> summary;

    /** Of all that was read since the snapshot before. */
    CRC32C crc() {
        return crc;
    }

    /** {@code null} until an entry has it in its name. */
    Integer number() {
        return number;
    }

    boolean begun() {
        return number != null || entries > 0;
    }

    /** Has it entries of its own, beside those that stand before the first snapshot? */
    boolean hasMembers() {
        return number != null || !members.isEmpty();
    }

    Map<String, byte[]> members() {
        return members;
    }

    Map<String, byte[]> hostMembers() {
        return hostMembers;
    }

    /** {@code null} where it does not open a segment. */
    byte[] captureJson() {
        return captureJson;
    }

    /** That of {@link #fault}, once it found none. */
    Map<String, Object> summary() {
        return summary;
    }

    int segment() {
        return ((Long) summary.get("segment")).intValue();
    }

    /** Counts an entry; {@code false} where it is beyond what a snapshot can hold. */
    boolean holds(String name, long size, int entryBytes, Limits limits) {
        bytes += size;
        entries++;
        return name.getBytes(StandardCharsets.UTF_8).length <= limits.nameBytes()
                && size <= entryBytes
                && bytes <= limits.snapshotBytes()
                && entries <= limits.entriesPerSnapshot();
    }

    void numbered(int snapshot) {
        number = snapshot;
    }

    /** The first text of a name counts. */
    void keep(String name, String inSnapshot, byte[] text) {
        if (inSnapshot != null) {
            members.putIfAbsent(inSnapshot, text);
        } else if (name.equals(CAPTURE)) {
            captureJson = text;
        } else {
            hostMembers.putIfAbsent(name, text);
        }
    }

    /** What is wrong with the snapshot that this snapshot.json closes; {@code null} where it holds. */
    String fault(byte[] snapshotJson) {
        int body = snapshotJson.length - CRC_TAIL;
        String tail = body < 0 ? "" : new String(snapshotJson, body, CRC_TAIL, StandardCharsets.ISO_8859_1);
        if (!tail.startsWith(CRC_FIELD) || !tail.endsWith("\"}")) {
            return "its snapshot.json does not end in a crc32c";
        }
        crc.update(snapshotJson, 0, body);
        String expected = tail.substring(CRC_FIELD.length(), CRC_FIELD.length() + 8);
        if (!expected.equals(String.format(Locale.ROOT, "%08x", crc.getValue()))) {
            return "its crc32c does not hold";
        }
        try {
            Map<String, Object> json = Json.readObject(snapshotJson);
            if (json.get("snapshot") instanceof Long snapshot
                    && snapshot == number.longValue()
                    && json.get("segment") instanceof Long segment
                    && segment >= 0
                    && segment <= Integer.MAX_VALUE) {
                summary = json;
                return null;
            }
            return "its snapshot.json names another snapshot";
        } catch (Json.MalformedJsonException e) {
            return "its snapshot.json is not JSON (" + e.getMessage() + ")";
        }
    }
}
