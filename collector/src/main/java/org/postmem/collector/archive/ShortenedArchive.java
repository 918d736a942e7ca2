package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A copy of an archive without some of its segments, or with the first snapshot of some. The first snapshot of a segment
 * stands alone: its bytes stay as they are, with a trailer that says what they stand for. Of segments that are dropped
 * behind one that stays, a segment without snapshots is left, which holds their place in the chain of hashes.
 */
final class ShortenedArchive {
    private static final int COPY_BYTES = 64 << 10;

    private final Path path;
    private final ArchiveFile source;
    private final ArchiveFile target;
    private final Compression compression;
    /** Null for no signatures. */
    private final SegmentSigner signer;

    private final List<SealedSegment> left = new ArrayList<>();
    /** Dropped since the last one that stays. */
    private final List<Trailer> run = new ArrayList<>();

    private final byte[] buffer = new byte[COPY_BYTES];
    private long written;

    /** @param path of the archive, for what is said when it cannot be read */
    ShortenedArchive(Path path, ArchiveFile source, ArchiveFile target, Compression compression, SegmentSigner signer) {
        this.path = path;
        this.source = source;
        this.target = target;
        this.compression = compression;
        this.signer = signer;
    }

    /** Its segments. */
    List<SealedSegment> segments() {
        return left;
    }

    /** Its bytes. */
    long length() {
        return written;
    }

    /**
     * Writes it.
     *
     * @param segments of the archive, oldest first; the trailer of the last may be still to be written
     * @param end of what is in the archive's file
     * @param dropped numbers of segments
     * @param thinned likewise; those that cannot be stay whole
     */
    void write(List<SealedSegment> segments, long end, Set<Integer> dropped, Set<Integer> thinned) throws IOException {
        long from = 0;
        SealedSegment waiting = null;
        for (SealedSegment segment : segments) {
            if (segment.end() > end) {
                // its frame is copied with the rest
                waiting = segment;
                break;
            }
            Trailer trailer = segment.trailer();
            if (segment.dropped() || dropped.contains(trailer.segment())) {
                run.add(trailer);
            } else {
                gap();
                if (segment.thinBytes() > 0 && thinned.contains(trailer.segment())) {
                    thin(segment, from);
                } else {
                    copy(from, segment.end(), null);
                    left.add(new SealedSegment(trailer, written, segment.thinBytes()));
                }
            }
            from = segment.end();
        }
        gap();
        copy(from, end, null);
        if (waiting != null) {
            left.add(new SealedSegment(waiting.trailer(), waiting.end() - end + written, waiting.thinBytes()));
        }
    }

    /** In place of dropped segments behind one that stays: a frame without anything in it, and a trailer. */
    private void gap() throws IOException {
        if (!run.isEmpty() && !left.isEmpty()) {
            byte[] nothing = SegmentCompressor.nothing(compression);
            Trailer first = run.get(0);
            Trailer last = run.get(run.size() - 1);
            append(nothing);
            seal(
                    first,
                    last,
                    nothing.length,
                    Sha256.of(nothing),
                    new Trailer.Replaced(first.firstSegment(), last.chainSha256(), false),
                    null);
        }
        run.clear();
    }

    /** Of a segment its first snapshot, a seal, and a trailer that takes its place in the chain. */
    private void thin(SealedSegment segment, long from) throws IOException {
        Trailer whole = segment.trailer();
        Sha256 digest = new Sha256();
        byte[] seal = SegmentCompressor.seal(compression);
        copy(from, from + segment.thinBytes(), digest);
        append(seal);
        seal(
                whole,
                whole,
                segment.thinBytes() + seal.length,
                digest.update(seal).hex(),
                new Trailer.Replaced(whole.firstSegment(), whole.chainSha256(), true),
                whole.frozenFrom());
    }

    /** Ends a segment that stands for those from {@code first} to {@code last}. */
    private void seal(
            Trailer first, Trailer last, long length, String sha256, Trailer.Replaced replaced, Integer frozenFrom)
            throws IOException {
        Trailer trailer = new Trailer(
                last.segment(),
                ArchiveWriter.FORMAT,
                first.firstSnapshot(),
                last.lastSnapshot(),
                first.from(),
                last.to(),
                length,
                sha256,
                first.previousSha256(),
                false,
                replaced,
                frozenFrom,
                null);
        append(trailer.bytes(compression, signer));
        left.add(new SealedSegment(trailer, written, 0));
    }

    /** Copies bytes of the archive; {@code digest} null where nobody asks for their hash. */
    private void copy(long from, long to, Sha256 digest) throws IOException {
        long at = from;
        while (at < to) {
            int read = source.read(at, buffer, 0, (int) Math.min(buffer.length, to - at));
            if (read <= 0) {
                throw new IOException(path + " ends at byte " + at + ", before byte " + to);
            }
            append(buffer, read);
            if (digest != null) {
                digest.update(buffer, 0, read);
            }
            at += read;
        }
    }

    private void append(byte[] bytes) throws IOException {
        append(bytes, bytes.length);
    }

    private void append(byte[] bytes, int length) throws IOException {
        target.write(written, bytes, 0, length);
        written += length;
    }
}
