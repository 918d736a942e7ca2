package org.postmem.collector.archive;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The segment being written: what of it was published, which its trailer will vouch for. */
final class OpenSegment {
    private static final String STAT = "pid/stat";
    private static final String DEBUG = "sys/kernel/debug/";
    /** What comes seldom is worth the more, the more is told by it. */
    private static final int PASS_RICHES = 4;

    private static final int SLOW_RICHES = 2;

    private final int number;
    private final String previousSha256;
    private final Sha256 frame = new Sha256();
    private long bytes;
    private final SegmentMoments moments = new SegmentMoments();
    private long firstBytes;
    private boolean pass;
    private boolean debug;
    private boolean history;
    private int firstSnapshot;
    private int lastSnapshot;
    private Instant from;
    private Instant to;
    private Integer frozenFrom;

    /** @param previousSha256 of the segment before, null of the first */
    OpenSegment(int number, String previousSha256) {
        this.number = number;
        this.previousSha256 = previousSha256;
    }

    int number() {
        return number;
    }

    /** No snapshot of it was published. */
    boolean isEmpty() {
        return snapshots() == 0;
    }

    int snapshots() {
        return moments.count();
    }

    /** Compressed, without a seal. */
    long bytes() {
        return bytes;
    }

    /** Of the bytes published. */
    String frameSha256() {
        return frame.hex();
    }

    /** A snapshot is begun. */
    void begin() {
        pass = false;
        debug = false;
        history = false;
    }

    /**
     * An entry lies in the snapshot that is being made.
     *
     * @param ofTheHost is it of the host's own past, the kernel's log above all?
     */
    void entry(String name, boolean ofTheHost) {
        pass |= name.equals(STAT) || name.equals(UnchangedText.ENTRY);
        debug |= name.startsWith(DEBUG);
        history |= ofTheHost;
    }

    /** It and those from {@code first} on are to be kept. */
    void freezeFrom(int first) {
        frozenFrom = frozenFrom == null ? Integer.valueOf(first) : Integer.valueOf(Math.min(frozenFrom, first));
    }

    /** A snapshot is in the file. */
    void published(byte[] part, int offset, int length, int snapshot, Instant at, Map<String, ?> summary) {
        frame.update(part, offset, length);
        bytes += length;
        if (isEmpty()) {
            firstSnapshot = snapshot;
            from = at;
            firstBytes = bytes;
        }
        lastSnapshot = snapshot;
        to = at;
        boolean slow = summary.get("tiers") instanceof List<?> tiers && tiers.contains("slow");
        moments.add(new SegmentMoments.Moment(
                snapshot,
                summary.get("monotonic_ns") instanceof Long nanos ? nanos : null,
                pass,
                (pass ? PASS_RICHES : 0) + (slow ? SLOW_RICHES : 0) + (debug ? 1 : 0),
                history || summary.get("trigger") != null));
    }

    /** By which it can be thinned when it is old. */
    SealedSegment.Steps steps() {
        return new SealedSegment.Steps(firstBytes, snapshots(), moments.byTheMinute(), moments.lasting());
    }

    /** Its trailer if one more snapshot, whose bytes end with a seal, were its last. */
    Trailer trailerWith(byte[] part, int offset, int length, int snapshot, Instant at) {
        return trailer(
                frame.copy().update(part, offset, length),
                bytes + length,
                isEmpty() ? snapshot : firstSnapshot,
                snapshot,
                isEmpty() ? at : from,
                at);
    }

    /** Its trailer if it ended as it is, with a seal. */
    Trailer trailer(byte[] seal) {
        return trailer(frame.copy().update(seal), bytes + seal.length, firstSnapshot, lastSnapshot, from, to);
    }

    private Trailer trailer(Sha256 digest, long length, int first, int last, Instant firstAt, Instant lastAt) {
        return new Trailer(
                        number,
                        ArchiveWriter.FORMAT,
                        first,
                        last,
                        firstAt.toString(),
                        lastAt.toString(),
                        length,
                        digest.hex(),
                        previousSha256,
                        false)
                .frozenFrom(frozenFrom);
    }
}
