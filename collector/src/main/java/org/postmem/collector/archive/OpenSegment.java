package org.postmem.collector.archive;

import java.time.Instant;

/** The segment being written: what of it was published, which its trailer will vouch for. */
final class OpenSegment {
    private final int number;
    private final Sha256 frame = new Sha256();
    private long bytes;
    private int snapshots;
    private long firstBytes;
    private boolean historyBehindFirst;
    private int firstSnapshot;
    private int lastSnapshot;
    private Instant from;
    private Instant to;
    private Integer frozenFrom;

    OpenSegment(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** No snapshot of it was published. */
    boolean isEmpty() {
        return snapshots == 0;
    }

    int snapshots() {
        return snapshots;
    }

    /** Compressed, without a seal. */
    long bytes() {
        return bytes;
    }

    /** Of the bytes published. */
    String frameSha256() {
        return frame.hex();
    }

    /** An entry of the host's own past, the kernel's log above all, lies in the snapshot that is being made. */
    void holdsHistory() {
        historyBehindFirst |= snapshots > 0;
    }

    /** It and those from {@code first} on are to be kept. */
    void freezeFrom(int first) {
        frozenFrom = frozenFrom == null ? Integer.valueOf(first) : Integer.valueOf(Math.min(frozenFrom, first));
    }

    /** A snapshot is in the file. */
    void published(byte[] part, int offset, int length, int snapshot, Instant at) {
        frame.update(part, offset, length);
        bytes += length;
        if (snapshots == 0) {
            firstSnapshot = snapshot;
            from = at;
            firstBytes = bytes;
        }
        lastSnapshot = snapshot;
        to = at;
        snapshots++;
    }

    /** Of its first snapshot, which stands alone; 0 when the others have what nobody could read again. */
    long thinBytes() {
        return snapshots > 1 && !historyBehindFirst ? firstBytes : 0;
    }

    /** Its trailer if one more snapshot, whose bytes end with a seal, were its last. */
    Trailer trailerWith(byte[] part, int offset, int length, int snapshot, Instant at, String previousSha256) {
        return trailer(
                frame.copy().update(part, offset, length),
                bytes + length,
                isEmpty() ? snapshot : firstSnapshot,
                snapshot,
                isEmpty() ? at : from,
                at,
                previousSha256);
    }

    /** Its trailer if it ended as it is, with a seal. */
    Trailer trailer(byte[] seal, String previousSha256) {
        return trailer(
                frame.copy().update(seal), bytes + seal.length, firstSnapshot, lastSnapshot, from, to, previousSha256);
    }

    private Trailer trailer(
            Sha256 digest, long length, int first, int last, Instant firstAt, Instant lastAt, String previousSha256) {
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
