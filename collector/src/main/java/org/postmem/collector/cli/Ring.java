package org.postmem.collector.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.ArchiveWriter.ClosedSegment;

/**
 * Keeps the archive within a size and an age: of old segments it leaves the first snapshot, the oldest it drops, but for
 * those that a trigger froze. Both copy what is left, so they are done seldom: down to three quarters of the size, or when
 * an eighth more than the age has gathered, a quarter more than the time after which it thins. Ages are told by the
 * monotonic clock: a clock that is set must not cost evidence.
 */
final class Ring {
    /** Of --max-size; a ring of few segments can only be cut roughly. */
    private static final int SEGMENTS = 8;

    private static final long LEAST_SEGMENT_BYTES = 4096;

    /** About twice a signed one. */
    private static final long TRAILER_BYTES = 1500;
    /** Before a trigger; what is frozen is whole segments. */
    private static final long FROZEN_NANOS = Duration.ofMinutes(15).toNanos();
    /** Triggers must not fill the archive: above this share of its size the oldest that is frozen is let go. */
    private static final int FROZEN_SHARE = 2;

    private final long maxBytes;
    private final Duration keep;
    private final Duration thinAfter;
    private final Consumer<String> progress;
    private final Map<Integer, Long> closedNanos = new HashMap<>();
    private final TreeSet<Integer> frozen = new TreeSet<>();
    private boolean said;
    private boolean saidThins;
    private boolean failed;

    /**
     * @param keep null for no bound by age
     * @param thinAfter null to keep every snapshot until it is dropped; else thinned is what would be dropped at some time:
     *     with a bound by age as soon as it is older than that, else when the size is reached
     */
    Ring(long maxBytes, Duration keep, Duration thinAfter, Consumer<String> progress) {
        this.maxBytes = maxBytes;
        this.keep = keep;
        this.thinAfter = thinAfter;
        this.progress = progress;
    }

    /** A segment has to be small against the whole. */
    static long segmentBytes(long maxBytes) {
        return Math.max(LEAST_SEGMENT_BYTES, maxBytes / SEGMENTS);
    }

    /** Another archive is written from now on. */
    void begin() {
        closedNanos.clear();
        frozen.clear();
    }

    /** Freezes the segments of the last quarter of an hour, and the one being written. */
    void freeze(ArchiveWriter writer, long nowNanos) {
        int first = writer.segment();
        for (ClosedSegment segment : writer.closedSegments()) {
            if (nowNanos - closedNanos.getOrDefault(segment.segment(), nowNanos) <= FROZEN_NANOS) {
                first = Math.min(first, segment.segment());
                frozen.add(segment.segment());
            }
        }
        frozen.add(writer.segment());
        writer.freezeFrom(first);
    }

    /** Freezes the segment being written. */
    void freezeOn(ArchiveWriter writer) {
        frozen.add(writer.segment());
        writer.freezeFrom(writer.segment());
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
        thaw(closed);
        // one segment stays, whatever it is
        int most = closed.isEmpty() || closed.get(closed.size() - 1).end() < writer.bytes()
                ? closed.size()
                : closed.size() - 1;
        List<ClosedSegment> droppable = closed.subList(0, most).stream()
                .filter(segment -> !frozen.contains(segment.segment()))
                .toList();
        Set<Integer> drop = tooOld(droppable, nowNanos);
        boolean full = writer.bytes() + expectedBytes > maxBytes;
        List<ClosedSegment> thinnable = thinnable(droppable, drop, nowNanos);
        Set<Integer> thin = new HashSet<>();
        if (full || !drop.isEmpty() || isLongDue(thinnable, nowNanos)) {
            thinnable.forEach(segment -> thin.add(segment.segment()));
        }
        long bytes = writer.bytes();
        for (ClosedSegment segment : droppable) {
            bytes -= drop.contains(segment.segment())
                    ? segment.bytes()
                    : thin.contains(segment.segment()) ? segment.bytes() - thinned(segment) : 0;
        }
        if (full) {
            long aim = maxBytes - maxBytes / 4;
            for (ClosedSegment segment : droppable) {
                if (bytes + expectedBytes > aim && drop.add(segment.segment())) {
                    bytes -= thin.remove(segment.segment()) ? thinned(segment) : segment.bytes();
                }
            }
            if (bytes + expectedBytes > maxBytes) {
                // dropping evidence would not help
                return false;
            }
        }
        if (!(drop.isEmpty() && thin.isEmpty()) && bytes <= freeBytes) {
            shorten(writer, drop, thin);
        }
        return writer.bytes() + expectedBytes <= maxBytes;
    }

    /** What is old enough to be thinned, oldest first. */
    private List<ClosedSegment> thinnable(List<ClosedSegment> droppable, Set<Integer> drop, long nowNanos) {
        if (thinAfter == null) {
            return List.of();
        }
        return droppable.stream()
                .filter(segment -> segment.thinBytes() > 0
                        && !drop.contains(segment.segment())
                        && thinned(segment) < segment.bytes()
                        && nowNanos - closedNanos.get(segment.segment()) > thinAfter.toNanos())
                .toList();
    }

    /** With a bound by age, once a quarter more has gathered. */
    private boolean isLongDue(List<ClosedSegment> thinnable, long nowNanos) {
        if (keep == null || thinnable.isEmpty()) {
            return false;
        }
        long nanos = thinAfter.toNanos();
        return nowNanos - closedNanos.get(thinnable.get(0).segment()) > nanos + nanos / 4;
    }

    /** What is left of it, with a trailer at its largest. */
    private static long thinned(ClosedSegment segment) {
        return segment.thinBytes() + TRAILER_BYTES;
    }

    private void thaw(List<ClosedSegment> closed) {
        long bytes = 0;
        for (int i = closed.size() - 1; i >= 0; i--) {
            ClosedSegment segment = closed.get(i);
            if (frozen.contains(segment.segment())) {
                bytes += segment.bytes();
                if (bytes > maxBytes / FROZEN_SHARE) {
                    frozen.remove(segment.segment());
                }
            }
        }
    }

    private Set<Integer> tooOld(List<ClosedSegment> droppable, long nowNanos) {
        Set<Integer> old = new HashSet<>();
        if (keep == null || droppable.isEmpty()) {
            return old;
        }
        long nanos = keep.toNanos();
        if (nowNanos - closedNanos.get(droppable.get(0).segment()) <= nanos + nanos / 8) {
            return old;
        }
        for (ClosedSegment segment : droppable) {
            if (nowNanos - closedNanos.get(segment.segment()) > nanos) {
                old.add(segment.segment());
            }
        }
        return old;
    }

    private void shorten(ArchiveWriter writer, Set<Integer> drop, Set<Integer> thin) {
        int last = writer.closedSegments().stream()
                .filter(segment -> drop.contains(segment.segment()))
                .mapToInt(ClosedSegment::lastSnapshot)
                .max()
                .orElse(0);
        try {
            writer.shorten(drop, thin);
            closedNanos.keySet().removeAll(drop);
            failed = false;
            if (!saidThins && !thin.isEmpty()) {
                saidThins = true;
                progress.accept("postmem: from now on keeps one snapshot in " + writer.snapshotsPerSegment()
                        + " of what is older than " + thinAfter.toMinutes() + " minutes"
                        + (frozen.isEmpty() ? "" : ", but for what a trigger froze"));
            }
            if (!said && !drop.isEmpty()) {
                said = true;
                progress.accept("postmem: keeps the newest snapshots from now on, those up to " + last + " were dropped"
                        + (frozen.isEmpty() ? "" : ", but for what a trigger froze"));
            }
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                progress.accept("postmem: old snapshots could not be dropped: " + e.getMessage());
            }
        }
    }
}
