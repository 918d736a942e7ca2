package org.postmem.collector.archive;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One moment at which the host was read, proven by its CRC.
 *
 * @param number of the snapshot in its capture; gaps in the numbers are lost snapshots
 * @param segment number of its segment
 * @param captureJson of the segment it lies in; of another segment when that one is lost, {@code null} when none can be read
 * @param members by name within the snapshot ({@code proc/meminfo}), in the order they were written, without snapshot.json
 * @param hostMembers stored with this snapshot under names of their own ({@code host/kmsg}, {@code host/sa/sa22})
 * @param summary snapshot.json
 * @param forgetCarried must texts carried forward from earlier snapshots be forgotten? True at the start of a segment, and
 *     when a snapshot before this one is lost.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record Snapshot(
        int number,
        int segment,
        byte[] captureJson,
        Map<String, byte[]> members,
        Map<String, byte[]> hostMembers,
        Map<String, Object> summary,
        boolean forgetCarried) {
    public Snapshot {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        hostMembers = Collections.unmodifiableMap(new LinkedHashMap<>(hostMembers));
        summary = Collections.unmodifiableMap(new LinkedHashMap<>(summary));
    }

    /** The full name of a member in the archive, as findings quote it. */
    public String memberName(String name) {
        return String.format(java.util.Locale.ROOT, "%06d/%s", number, name);
    }
}
