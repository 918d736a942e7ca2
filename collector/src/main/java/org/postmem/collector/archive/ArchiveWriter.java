package org.postmem.collector.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Writes an archive, one snapshot at a time:
 *
 * <pre>
 * writer.beginSnapshot(1);
 * writer.entry("proc/meminfo", bytes, 0, length);
 * writer.endSnapshot(summary);
 * </pre>
 *
 * A snapshot is compressed in memory and goes to disk in one write, after which the file is a whole {@code .tar.zst} (or
 * {@code .tar.gz}). A write that fails costs that snapshot and no other, see {@link ArchiveWriteException}. For one thread.
 */
public final class ArchiveWriter implements Closeable {
    static final int FORMAT = 1;

    /**
     * How to write.
     *
     * @param snapshotsPerSegment a segment that has so many ends
     * @param syncEverySnapshots fdatasync after so many snapshots, in the background; 0 for only when the archive is closed
     * @param segmentBytes a segment that has grown to this ends early
     * @param signer {@code null} for no signatures
     */
    public record Options(
            Compression compression,
            int snapshotsPerSegment,
            int syncEverySnapshots,
            long segmentBytes,
            SegmentSigner signer) {
        /**
         * Of {@link #standard}: the first snapshot of a segment takes as much as thirty others. With half of it an archive
         * is a fifth larger; with twice, a byte that is damaged costs twice as many snapshots behind it.
         */
        private static final int SNAPSHOTS_PER_SEGMENT = 120;

        /** Snapshots that are close together cost less when one is lost, and a first one as much as ever. */
        private static final long SEGMENT_NANOS = TimeUnit.MINUTES.toNanos(10);

        private static final int MOST_PER_SEGMENT = 600;

        /** Segments of 120 snapshots, each snapshot synced. */
        public static Options standard(Compression compression) {
            return new Options(compression, SNAPSHOTS_PER_SEGMENT, 1);
        }

        /** Segments bounded by their snapshots alone. */
        public Options(Compression compression, int snapshotsPerSegment, int syncEverySnapshots) {
            this(compression, snapshotsPerSegment, syncEverySnapshots, Long.MAX_VALUE, null);
        }

        /** The same with segments of ten minutes, where these are more than 120 snapshots; no more than 600. */
        public Options every(Duration interval) {
            long snapshots = Math.max(SNAPSHOTS_PER_SEGMENT, SEGMENT_NANOS / Math.max(1, interval.toNanos()));
            return new Options(
                    compression, (int) Math.min(snapshots, MOST_PER_SEGMENT), syncEverySnapshots, segmentBytes, signer);
        }

        /** The same with segments that end at a size. */
        public Options withSegmentBytes(long bytes) {
            return new Options(compression, snapshotsPerSegment, syncEverySnapshots, bytes, signer);
        }

        /** The same with every trailer signed. */
        public Options signedBy(SegmentSigner by) {
            return new Options(compression, snapshotsPerSegment, syncEverySnapshots, segmentBytes, by);
        }

        public Options {
            if (snapshotsPerSegment < 1 || syncEverySnapshots < 0) {
                throw new IllegalArgumentException("a segment has at least one snapshot");
            }
        }
    }

    /**
     * What a snapshot took.
     *
     * @param rawBytes before compression, tar headers included
     * @param writtenBytes by which the file grew
     */
    public record Written(long rawBytes, long writtenBytes) {}

    private final PublishedArchive published;
    private final Segments segments = new Segments();
    private final Options options;
    private final byte[] captureJson;
    private final Clock clock;
    private final SegmentListener listener;
    private final byte[] seal;
    private final GroupedText.Bytes out = new GroupedText.Bytes();
    private final SnapshotMembers members = new SnapshotMembers();

    private SegmentCompressor.Maker compressors = SegmentCompressor::of;
    /** Null before the first snapshot. */
    private SegmentCompressor compressor;

    /** The compressor holds what was not published: before anything else is written the segment ends. */
    private boolean torn;

    private boolean inSnapshot;
    private int snapshot;
    private Instant at;
    private int frameStart;
    private boolean closed;

    ArchiveWriter(
            Path path, ArchiveFile file, Options options, byte[] captureJson, Clock clock, SegmentListener listener) {
        this.options = options;
        this.captureJson = captureJson.clone();
        this.clock = clock;
        this.listener = listener;
        this.seal = SegmentCompressor.seal(options.compression());
        this.published = new PublishedArchive(path, file, seal, options.syncEverySnapshots());
    }

    /**
     * A new archive.
     *
     * @param captureJson opens every segment; an object that has {@code "format":1}
     * @throws java.nio.file.FileAlreadyExistsException an archive is never overwritten
     */
    public static ArchiveWriter create(
            Path path, Options options, byte[] captureJson, Clock clock, SegmentListener listener) throws IOException {
        return create(path, options, captureJson, clock, listener, ArchiveFile::create);
    }

    /** The same, of a file that is made elsewhere. */
    public static ArchiveWriter create(
            Path path, Options options, byte[] captureJson, Clock clock, SegmentListener listener, NewFile maker)
            throws IOException {
        return new ArchiveWriter(path, maker.create(path), options, captureJson, clock, listener);
    }

    /** Lets tests compress with what fails. */
    ArchiveWriter compressingWith(SegmentCompressor.Maker other) {
        compressors = other;
        return this;
    }

    /** Begins a snapshot now; see {@link #beginSnapshot(int, Instant)}. */
    public void beginSnapshot(int number) throws IOException {
        beginSnapshot(number, clock.instant());
    }

    /**
     * Begins a snapshot, and a segment where one is due.
     *
     * @param wallClock goes into the tar headers and the trailer; {@code wall_clock} of the summary should say the same
     * @throws IOException when there is no memory to compress with; as after any failure before the snapshot's end,
     *     {@link #abandonSnapshot} makes the writer ready for the next
     */
    public void beginSnapshot(int number, Instant wallClock) throws IOException {
        if (inSnapshot || closed) {
            throw new IllegalStateException(
                    closed ? "the archive is closed" : "snapshot " + snapshot + " was not ended");
        }
        if (torn) {
            endSegmentEarly();
        }
        snapshot = number;
        at = wallClock;
        inSnapshot = true;
        published.begin(out);
        frameStart = out.size();
        boolean opens = segments.open() == null;
        if (opens) {
            beginSegment();
        }
        members.begin(compressor, number, wallClock.getEpochSecond());
        if (opens) {
            members.member("capture.json", captureJson, 0, captureJson.length);
            listener.segmentStarted(segments.number());
        }
        segments.open().begin();
    }

    private void beginSegment() throws IOException {
        if (compressor == null) {
            compressor = compressors.of(options.compression(), out);
        }
        compressor.begin();
        segments.begin();
    }

    /**
     * Adds an entry.
     *
     * @param name within the snapshot ({@code proc/meminfo}); names below {@code host/} and {@code attached/} are stored as
     *     they are, without the snapshot's number
     */
    public void entry(String name, byte[] text, int offset, int length) throws IOException {
        if (!inSnapshot) {
            throw new IllegalStateException("no snapshot was begun");
        }
        if (name.equals("snapshot.json") || name.isEmpty()) {
            throw new IllegalArgumentException("not a name for an entry: " + name);
        }
        boolean shared = name.startsWith("host/") || name.startsWith("attached/");
        segments.open().entry(name, shared);
        members.member(shared ? name : members.prefix() + name, text, offset, length);
    }

    /** See {@link #entry(String, byte[], int, int)}. */
    public void entry(String name, byte[] text) throws IOException {
        entry(name, text, 0, text.length);
    }

    /** Adds a grouped entry, unless it is empty. */
    public void entry(String name, GroupedText.Writer group) throws IOException {
        if (!group.isEmpty()) {
            entry(name, group.array(), 0, group.length());
        }
    }

    /**
     * Ends the snapshot and publishes it.
     *
     * @param summary of snapshot.json; {@code snapshot}, {@code segment}, {@code frame_sha256} and {@code crc32c} are added
     * @throws ArchiveWriteException when it could not be written; the archive is whole without it, and goes on
     */
    public Written endSnapshot(Map<String, ?> summary) throws IOException {
        if (!inSnapshot) {
            throw new IllegalStateException("no snapshot was begun");
        }
        OpenSegment open = segments.open();
        members.summary(unclosedJson(summary, open));
        compressor.endSnapshot();
        int length = out.size() - frameStart;
        out.write(seal, 0, seal.length);
        boolean full = open.snapshots() + 1 >= options.snapshotsPerSegment()
                || open.bytes() + length >= options.segmentBytes();
        Trailer trailer = null;
        if (full) {
            trailer = open.trailerWith(out.array(), frameStart, length + seal.length, snapshot, at);
            byte[] bytes = trailer.bytes(options.compression(), options.signer());
            out.write(bytes, 0, bytes.length);
        }
        inSnapshot = false;
        long before = published.end();
        publish(snapshot);
        open.published(out.array(), frameStart, length, snapshot, at, summary);
        published.goOnBehind(trailer != null);
        if (trailer != null) {
            segments.close(trailer, published.end());
        }
        return new Written(members.rawBytes(), published.end() - before);
    }

    /** Forgets the snapshot that was begun. What it held is already in the compressor, so a new segment follows. */
    public void abandonSnapshot() {
        if (inSnapshot) {
            inSnapshot = false;
            // not where there was no memory to begin a segment with
            torn = segments.open() != null;
        }
    }

    /** Bytes of the archive as it stands. */
    public long bytes() {
        return published.end();
    }

    /** The segments that can be dropped, oldest first. */
    public List<ClosedSegment> closedSegments() {
        return segments.droppable(published.end());
    }

    /** The segment being written and those from {@code first} on are to be kept: its trailer will say so. */
    public void freezeFrom(int first) {
        if (segments.open() != null) {
            segments.open().freezeFrom(first);
        }
    }

    /** Makes a new file. */
    @FunctionalInterface
    public interface NewFile {
        ArchiveFile create(Path path) throws IOException;
    }

    /**
     * Drops closed segments and leaves of others some of their snapshots, as far as that can be done. The first snapshot of
     * a segment stands alone: where it is all that is left its bytes stay as they are. Else the segment is written anew,
     * each snapshot with what a reader would have carried forward into it. Either has a trailer that says what it stands for.
     * A segment that would become no smaller, or whose SHA-256 does not hold, stays what it is. Whenever this is interrupted,
     * the archive is the old one or the new one.
     *
     * @throws IOException when that could not be done; the archive is what it was and can be gone on with
     */
    public void shorten(Thinning thinning) throws IOException {
        shorten(thinning, ArchiveFile::create);
    }

    void shorten(Thinning thinning, NewFile maker) throws IOException {
        if (inSnapshot || closed) {
            throw new IllegalStateException("segments are dropped between two snapshots");
        }
        segments.shortened(published.shorten(segments.closed(), thinning, options, maker));
    }

    /** Number of the segment written to last, -1 before the first snapshot. */
    public int segment() {
        return segments.number();
    }

    public Path path() {
        return published.path();
    }

    /**
     * Does the archive still have its name? What is written after somebody moved it goes with it, and what is written
     * after somebody removed it is lost.
     */
    public boolean isInPlace() {
        return published.isInPlace();
    }

    /** Closes the last segment with its trailer and syncs. Safe to call twice; a snapshot that was begun is forgotten. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (ArchiveFile last = published.last()) {
            abandonSnapshot();
            if (segments.open() != null) {
                endSegmentEarly();
            }
            if (!published.isComplete()) {
                published.begin(out);
                publish(-1);
            }
            last.sync();
        } finally {
            if (compressor != null) {
                compressor.close();
            }
        }
    }

    /** Publishes what {@link #out} holds; after a write that fails a new segment follows. */
    private void publish(int number) throws ArchiveWriteException {
        try {
            published.publish(out, number);
        } catch (ArchiveWriteException e) {
            torn = segments.open() != null;
            throw e;
        }
    }

    /** Makes of what was published a closed segment; its trailer goes out with the next write. */
    private void endSegmentEarly() throws IOException {
        OpenSegment open = segments.open();
        if (open.isEmpty()) {
            segments.takeBack();
        } else {
            Trailer trailer = open.trailer(seal);
            out.reset();
            out.write(seal, 0, seal.length);
            byte[] bytes = trailer.bytes(options.compression(), options.signer());
            out.write(bytes, 0, bytes.length);
            byte[] ending = out.toByteArray();
            // the last for which memory is needed: what fails before it is done again
            segments.close(trailer, published.nextWriteAt() + ending.length);
            published.closeWith(ending);
        }
        torn = false;
    }

    /** What {@link SnapshotMembers#summary} takes. */
    private String unclosedJson(Map<String, ?> summary, OpenSegment open) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("snapshot", snapshot);
        json.put("segment", open.number());
        json.putAll(summary);
        json.put("snapshot", snapshot);
        json.put("segment", open.number());
        json.remove("crc32c");
        json.remove("frame_sha256");
        json.put("frame_sha256", open.frameSha256());
        String text = Json.write(json);
        return text.substring(0, text.length() - 1);
    }
}
