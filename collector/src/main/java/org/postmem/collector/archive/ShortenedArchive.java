package org.postmem.collector.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A copy of an archive without some of its segments, or with some of their snapshots. The first snapshot of a segment
 * stands alone: its bytes stay as they are, with a trailer that says what they stand for; with others it is written anew
 * ({@link ThinnedSegment}). Of segments that are dropped a segment without snapshots is left, one for all that lay side by
 * side, which holds their place in the chain of hashes.
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
    /** Dropped since the last one that stays, or from the start. */
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
     * @param thinning of which numbers of segments; those that cannot be stay whole
     */
    void write(List<SealedSegment> segments, long end, Thinning thinning) throws IOException {
        long from = 0;
        SealedSegment waiting = null;
        for (SealedSegment segment : segments) {
            if (segment.end() > end) {
                // its frame is copied with the rest
                waiting = segment;
                break;
            }
            Trailer trailer = segment.trailer();
            if (segment.dropped() || thinning.dropped().contains(trailer.segment())) {
                run.add(trailer);
            } else {
                gap();
                keep(segment, from, snapshots(segment, thinning));
            }
            from = segment.end();
        }
        gap();
        copy(from, end, null);
        if (waiting != null) {
            left.add(new SealedSegment(waiting.trailer(), waiting.end() - end + written, waiting.steps()));
        }
    }

    /** Numbers of those that are to be left; empty for all. */
    private static List<Integer> snapshots(SealedSegment segment, Thinning thinning) {
        int number = segment.trailer().segment();
        if (thinning.lasting().contains(number)) {
            return segment.steps().lasting();
        }
        return thinning.minutes().contains(number) ? segment.steps().byTheMinute() : List.of();
    }

    private void keep(SealedSegment segment, long from, List<Integer> snapshots) throws IOException {
        if (snapshots.isEmpty()) {
            whole(segment, from, segment.steps());
        } else if (!holds(segment.trailer(), from)) {
            // what became of it on the disk must not get a hash of its own
            whole(segment, from, SealedSegment.Steps.NONE);
        } else if (snapshots.size() == 1) {
            first(segment, from);
        } else {
            some(segment, from, snapshots);
        }
    }

    private void whole(SealedSegment segment, long from, SealedSegment.Steps steps) throws IOException {
        copy(from, segment.end(), null);
        left.add(new SealedSegment(segment.trailer(), written, steps));
    }

    private boolean holds(Trailer trailer, long from) throws IOException {
        Sha256 digest = new Sha256();
        for (long at = from; at < from + trailer.length(); ) {
            int read = read(at, from + trailer.length());
            digest.update(buffer, 0, read);
            at += read;
        }
        return digest.hex().equals(trailer.sha256());
    }

    /**
     * In place of dropped segments: a frame without anything in it, and a trailer. Also of the first ones, or whoever cuts
     * them off could not be told from the collector.
     */
    private void gap() throws IOException {
        if (!run.isEmpty()) {
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
                    null,
                    SealedSegment.Steps.NONE);
        }
        run.clear();
    }

    /** Of a segment its first snapshot, a seal, and a trailer that takes its place in the chain. */
    private void first(SealedSegment segment, long from) throws IOException {
        Sha256 digest = new Sha256();
        byte[] seal = SegmentCompressor.seal(compression);
        long firstBytes = segment.steps().firstBytes();
        copy(from, from + firstBytes, digest);
        append(seal);
        thinned(
                segment.trailer(),
                firstBytes + seal.length,
                digest.update(seal).hex(),
                segment.steps().after(firstBytes, 1));
    }

    /** Of a segment some snapshots, written anew, unless that makes it no smaller. */
    private void some(SealedSegment segment, long from, List<Integer> snapshots) throws IOException {
        long start = written;
        Trailer whole = segment.trailer();
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                append(new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                target.write(written, bytes, offset, length);
                written += length;
            }
        };
        ThinnedSegment.Written result;
        try (ThinnedSegment thinned = new ThinnedSegment(source::read, from, from + whole.length(), compression, out)) {
            result = thinned.write(snapshots, SegmentCompressor.seal(compression));
        }
        thinned(whole, result.length(), result.sha256(), segment.steps().after(result.firstBytes(), snapshots.size()));
        if (written - start >= segment.end() - from) {
            left.remove(left.size() - 1);
            written = start;
            target.truncate(start);
            whole(
                    segment,
                    from,
                    segment.steps()
                            .after(segment.steps().firstBytes(), segment.steps().snapshots()));
        }
    }

    private void thinned(Trailer whole, long length, String sha256, SealedSegment.Steps steps) throws IOException {
        seal(
                whole,
                whole,
                length,
                sha256,
                new Trailer.Replaced(whole.firstSegment(), whole.chainSha256(), true),
                whole.frozenFrom(),
                steps);
    }

    /** Ends a segment that stands for those from {@code first} to {@code last}. */
    private void seal(
            Trailer first,
            Trailer last,
            long length,
            String sha256,
            Trailer.Replaced replaced,
            Integer frozenFrom,
            SealedSegment.Steps steps)
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
        left.add(new SealedSegment(trailer, written, steps));
    }

    /** Copies bytes of the archive; {@code digest} null where nobody asks for their hash. */
    private void copy(long from, long to, Sha256 digest) throws IOException {
        long at = from;
        while (at < to) {
            int read = read(at, to);
            append(buffer, read);
            if (digest != null) {
                digest.update(buffer, 0, read);
            }
            at += read;
        }
    }

    /** Some bytes of the archive into the buffer. */
    private int read(long at, long to) throws IOException {
        int read = source.read(at, buffer, 0, (int) Math.min(buffer.length, to - at));
        if (read <= 0) {
            throw new IOException(path + " ends at byte " + at + ", before byte " + to);
        }
        return read;
    }

    private void append(byte[] bytes) throws IOException {
        append(bytes, bytes.length);
    }

    private void append(byte[] bytes, int length) throws IOException {
        target.write(written, bytes, 0, length);
        written += length;
    }
}
