package org.postmem.collector.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.ClosedSegment;
import org.postmem.collector.archive.Thinning;

/**
 * Keeps the archive within a size and an age. Old segments it thins by a ladder: every snapshot for an hour, then about one a
 * minute, of what is older than a day the first of each segment; the oldest it drops. What a trigger froze stays whole. All
 * of it copies what is left, so it is done seldom: down to three quarters of the size, or when an eighth more than the age
 * has gathered, a quarter more than the time after which it thins. Ages are told by the monotonic clock: a clock that is set
 * must not cost evidence.
 */
final class Ring {
    /** Of --max-size; a ring of few segments can only be cut roughly. */
    private static final int SEGMENTS = 8;

    private static final long LEAST_SEGMENT_BYTES = 4096;

    /** About twice a signed one. */
    private static final long TRAILER_BYTES = 1500;
    /** What is older than that is thinned to the first snapshot of each segment. */
    private static final Duration LAST_STEP = Duration.ofDays(1);

    /** Each takes the CPU time of a second or less, in which nothing is read. */
    private static final int REWRITTEN_AT_ONCE = 4;

    /** Or so much of a large archive, for all of it is copied each time: a fiftieth, 10 MB of 500, takes two or three seconds. */
    private static final int REWRITTEN_SHARE = 50;

    /** What could not be thinned is not tried again at every tick. */
    private static final long RETRY_NANOS = Duration.ofMinutes(10).toNanos();

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
    /** Null when the last thinning did not fail. */
    private Long thinAgainNanos;

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
        List<ClosedSegment> droppable = droppable(writer, nowNanos);
        Set<Integer> old = tooOld(droppable, nowNanos);
        boolean full = writer.bytes() + expectedBytes > maxBytes;
        List<Due> due = due(droppable, old, nowNanos);
        boolean more = false;
        if (full || !old.isEmpty() || isLongDue(due, nowNanos)) {
            List<Due> now = atOnce(due);
            more = now.size() < due.size();
            shorten(writer, droppable, old, now, freeBytes, nowNanos);
        }
        if (full) {
            // with more to thin another call makes room, too
            long aim = more ? maxBytes : maxBytes - maxBytes / 4;
            if (writer.bytes() + expectedBytes > aim) {
                dropTo(aim, writer, expectedBytes, freeBytes, nowNanos);
            }
        }
        return writer.bytes() + expectedBytes <= maxBytes;
    }

    /** Would there be room if all that may be dropped were? Then what is in the way is the disk, and may pass. */
    boolean mayHaveRoom(ArchiveWriter writer, long expectedBytes, long nowNanos) {
        long old = 0;
        for (ClosedSegment segment : droppable(writer, nowNanos)) {
            old += segment.bytes();
        }
        return old > 0 && writer.bytes() - old + expectedBytes <= maxBytes;
    }

    private List<ClosedSegment> droppable(ArchiveWriter writer, long nowNanos) {
        List<ClosedSegment> closed = writer.closedSegments();
        for (ClosedSegment segment : closed) {
            closedNanos.putIfAbsent(segment.segment(), nowNanos);
        }
        thaw(closed);
        // one segment stays, whatever it is
        int most = closed.isEmpty() || closed.get(closed.size() - 1).end() < writer.bytes()
                ? closed.size()
                : closed.size() - 1;
        return closed.subList(0, most).stream()
                .filter(segment -> !frozen.contains(segment.segment()))
                .toList();
    }

    /** The oldest go, unless that would not help: then no evidence is dropped for it. */
    private void dropTo(long aim, ArchiveWriter writer, long expectedBytes, long freeBytes, long nowNanos) {
        List<ClosedSegment> droppable = droppable(writer, nowNanos);
        Set<Integer> drop = new HashSet<>();
        long bytes = writer.bytes();
        for (ClosedSegment segment : droppable) {
            if (bytes + expectedBytes > aim) {
                drop.add(segment.segment());
                bytes -= segment.bytes();
            }
        }
        if (bytes + expectedBytes <= maxBytes) {
            shorten(writer, droppable, drop, List.of(), freeBytes, nowNanos);
        }
    }

    /**
     * A segment that is old enough for a step.
     *
     * @param lasting is it the last one?
     * @param left snapshots of it
     */
    private record Due(ClosedSegment segment, boolean lasting, int left) {
        /** It takes CPU time: more is left than bytes that stay as they are. */
        boolean isRewritten() {
            return left > 1;
        }

        /** At most, with a trailer at its largest; what is written anew is known when it is. */
        long bytes() {
            return isRewritten() || segment.thinBytes() == 0
                    ? segment.bytes()
                    : Math.min(segment.bytes(), segment.thinBytes() + TRAILER_BYTES);
        }
    }

    /** What is old enough to be thinned, oldest first. */
    private List<Due> due(List<ClosedSegment> droppable, Set<Integer> drop, long nowNanos) {
        List<Due> due = new ArrayList<>();
        if (thinAfter == null || (thinAgainNanos != null && nowNanos - thinAgainNanos < 0)) {
            return due;
        }
        for (ClosedSegment segment : droppable) {
            long age = nowNanos - closedNanos.get(segment.segment());
            if (drop.contains(segment.segment()) || age <= thinAfter.toNanos()) {
                continue;
            }
            boolean lasting = age > LAST_STEP.toNanos() && segment.lasting() > 0;
            Due step = new Due(segment, lasting, lasting ? segment.lasting() : segment.minutes());
            if (step.left() > 0 && (step.isRewritten() || segment.thinBytes() + TRAILER_BYTES < segment.bytes())) {
                due.add(step);
            }
        }
        return due;
    }

    private List<Due> atOnce(List<Due> due) {
        List<Due> now = new ArrayList<>();
        int rewritten = 0;
        long bytes = 0;
        for (Due step : due) {
            if (step.isRewritten()) {
                rewritten++;
                bytes += step.segment().bytes();
                if (rewritten > REWRITTEN_AT_ONCE && bytes > maxBytes / REWRITTEN_SHARE) {
                    continue;
                }
            }
            now.add(step);
        }
        return now;
    }

    /** With a bound by age, once a quarter more has gathered; the last step is made when another is. */
    private boolean isLongDue(List<Due> due, long nowNanos) {
        if (keep == null) {
            return false;
        }
        long nanos = thinAfter == null ? 0 : thinAfter.toNanos();
        return due.stream()
                .anyMatch(step -> nowNanos - closedNanos.get(step.segment().segment())
                        > (step.lasting() ? Math.max(nanos, LAST_STEP.toNanos()) : nanos) * 5 / 4);
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

    private void shorten(
            ArchiveWriter writer,
            List<ClosedSegment> closed,
            Set<Integer> drop,
            List<Due> thin,
            long freeBytes,
            long nowNanos) {
        Set<Integer> minutes = new HashSet<>();
        Set<Integer> lasting = new HashSet<>();
        long bytes = writer.bytes();
        for (Due step : thin) {
            (step.lasting() ? lasting : minutes).add(step.segment().segment());
            bytes -= step.segment().bytes() - step.bytes();
        }
        int last = 0;
        for (ClosedSegment segment : closed) {
            if (drop.contains(segment.segment())) {
                bytes -= segment.bytes();
                last = Math.max(last, segment.lastSnapshot());
            }
        }
        Thinning thinning = new Thinning(drop, minutes, lasting);
        if (thinning.isEmpty() || bytes > freeBytes) {
            return;
        }
        try {
            writer.shorten(thinning);
            closedNanos.keySet().removeAll(drop);
            failed = false;
            thinAgainNanos = null;
            say(!thin.isEmpty(), !drop.isEmpty(), last);
        } catch (IOException | OutOfMemoryError e) {
            thinAgainNanos = thin.isEmpty() ? thinAgainNanos : Long.valueOf(nowNanos + RETRY_NANOS);
            if (!failed) {
                failed = true;
                progress.accept("postmem: old snapshots could not be dropped: " + e.getMessage());
            }
        }
    }

    /** Each once. */
    private void say(boolean thins, boolean drops, int last) {
        String unless = frozen.isEmpty() ? "" : ", but for what a trigger froze";
        if (thins && !saidThins) {
            saidThins = true;
            progress.accept("postmem: from now on keeps about one snapshot a minute of what is older than "
                    + thinAfter.toMinutes() + " minutes, and the first of each segment of what is older than a day"
                    + unless);
        }
        if (drops && !said) {
            said = true;
            progress.accept(
                    "postmem: keeps the newest snapshots from now on, those up to " + last + " were dropped" + unless);
        }
    }
}
