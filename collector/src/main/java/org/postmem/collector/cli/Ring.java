package org.postmem.collector.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.ArchiveWriter.ClosedSegment;

/**
 * Keeps the archive within a size and an age by dropping its oldest segments. Dropping copies what is left, so it is done
 * seldom: down to three quarters of the size, or when an eighth more than the age has gathered. Ages are told by the
 * monotonic clock: a clock that is set must not cost evidence.
 */
final class Ring {
    /** Of --max-size; a ring of few segments can only be cut roughly. */
    private static final int SEGMENTS = 8;

    private static final long LEAST_SEGMENT_BYTES = 4096;

    private final long maxBytes;
    private final Duration keep;
    private final Consumer<String> progress;
    private final Map<Integer, Long> closedNanos = new HashMap<>();
    private boolean said;
    private boolean failed;

    /** @param keep null for no bound by age */
    Ring(long maxBytes, Duration keep, Consumer<String> progress) {
        this.maxBytes = maxBytes;
        this.keep = keep;
        this.progress = progress;
    }

    /** A segment has to be small against the whole. */
    static long segmentBytes(long maxBytes) {
        return Math.max(LEAST_SEGMENT_BYTES, maxBytes / SEGMENTS);
    }

    /**
     * Makes room for the next snapshot.
     *
     * @param expectedBytes what the next snapshot may add
     * @param freeBytes of the disk, less what must stay free
     * @return is there room now?
     */
    boolean makeRoom(ArchiveWriter writer, long expectedBytes, long freeBytes, long nowNanos) {
        List<ClosedSegment> closed = writer.closedSegments();
        for (ClosedSegment segment : closed) {
            closedNanos.putIfAbsent(segment.segment(), nowNanos);
        }
        // one segment stays, whatever it is
        int most = closed.isEmpty() || closed.get(closed.size() - 1).end() < writer.bytes()
                ? closed.size()
                : closed.size() - 1;
        int count = Math.min(most, tooOld(closed, nowNanos));
        if (writer.bytes() + expectedBytes > maxBytes) {
            long aim = maxBytes - maxBytes / 4;
            while (count < most && bytesAfter(writer, closed, count) + expectedBytes > aim) {
                count++;
            }
            if (bytesAfter(writer, closed, count) + expectedBytes > maxBytes) {
                // dropping evidence would not help
                return false;
            }
        }
        if (count > 0 && bytesAfter(writer, closed, count) <= freeBytes) {
            drop(writer, closed, count);
        }
        return writer.bytes() + expectedBytes <= maxBytes;
    }

    private int tooOld(List<ClosedSegment> closed, long nowNanos) {
        if (keep == null || closed.isEmpty()) {
            return 0;
        }
        long nanos = keep.toNanos();
        if (nowNanos - closedNanos.get(closed.get(0).segment()) <= nanos + nanos / 8) {
            return 0;
        }
        int count = 0;
        while (count < closed.size()
                && nowNanos - closedNanos.get(closed.get(count).segment()) > nanos) {
            count++;
        }
        return count;
    }

    private static long bytesAfter(ArchiveWriter writer, List<ClosedSegment> closed, int count) {
        return writer.bytes() - (count == 0 ? 0 : closed.get(count - 1).end());
    }

    private void drop(ArchiveWriter writer, List<ClosedSegment> closed, int count) {
        try {
            writer.dropOldest(count);
            closed.subList(0, count).forEach(segment -> closedNanos.remove(segment.segment()));
            failed = false;
            if (!said) {
                said = true;
                progress.accept("postmem: keeps the newest snapshots from now on, those up to "
                        + closed.get(count - 1).lastSnapshot() + " were dropped");
            }
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                progress.accept("postmem: old snapshots could not be dropped: " + e.getMessage());
            }
        }
    }
}
