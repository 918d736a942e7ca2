package org.postmem.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.postmem.collector.archive.Snapshot;

/**
 * What {@code snapshot.json} says; {@code null} where it does not say.
 *
 * @param writtenBytes of the snapshot before: its own cannot be known while it is written
 * @param gaps reads that were not OK
 */
record SnapshotFacts(
        int snapshot,
        int segment,
        Instant wallClock,
        Long monotonicNanos,
        String bootId,
        Double uptimeSeconds,
        Long durationNanos,
        String trigger,
        Integer missedTicks,
        Integer processes,
        Long cpuNanos,
        Long rssBytes,
        Long writtenBytes,
        List<Gap> gaps) {
    SnapshotFacts {
        gaps = List.copyOf(gaps);
    }

    /** Of the summary as the archive's reader gives it. */
    static SnapshotFacts of(Snapshot snapshot) {
        JsonFields fields = JsonFields.of(snapshot.summary());
        JsonFields cost = fields.object("cost");
        List<Gap> gaps = new ArrayList<>();
        for (JsonFields gap : fields.object("reads").objects("not_ok")) {
            gaps.add(new Gap(gap.text("path"), gap.text("outcome"), gap.number("count"), gap.text("detail")));
        }
        return new SnapshotFacts(
                snapshot.number(),
                snapshot.segment(),
                fields.instant("wall_clock"),
                fields.number("monotonic_ns"),
                fields.text("boot_id"),
                fields.fraction("uptime_seconds"),
                fields.number("duration_ns"),
                fields.text("trigger"),
                fields.integer("missed_ticks"),
                fields.integer("processes"),
                cost.number("cpu_ns"),
                cost.number("rss_bytes"),
                cost.number("written_bytes"),
                gaps);
    }

    /** Reads of one file, or pattern, that ended alike. */
    record Gap(String path, String outcome, Long count, String detail) {}
}
