package org.postmem.collector.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads an archive from its first snapshot to its last, one in memory at a time, past whatever is damaged. Nothing is ever
 * extracted. Concatenated archives, archives without their first segments, still open ones and ones that were decompressed
 * ({@code .tar}) read as well. For one thread.
 */
public final class ArchiveReader implements Closeable {
    private final Path path;
    private final FileChannel channel;
    private final Compression compression;
    private final Limits limits;
    private final boolean texts;
    private final List<Region> regions;
    private final List<SegmentState> segments = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private final Map<String, byte[]> attachments = new LinkedHashMap<>();
    private int region;
    private RegionReader current;
    private Trailer previous;
    private boolean hole;
    private byte[] captureJson;
    private Snapshot first;
    /** Why the file is no archive at all, if nothing can be read. */
    private String foreign;

    private ArchiveReader(Path path, FileChannel channel, Compression compression, Limits limits, boolean texts)
            throws IOException {
        this.path = path;
        this.channel = channel;
        this.compression = compression;
        this.limits = limits;
        this.texts = texts;
        this.regions = Region.of(channel, compression);
    }

    /** See {@link #open(Path, Limits)}. */
    public static ArchiveReader open(Path path) throws IOException {
        return open(path, Limits.STANDARD);
    }

    /**
     * Opens an archive and reads its first snapshot.
     *
     * @throws ArchiveException when the file is no archive of a format that is known, or holds no whole snapshot
     */
    public static ArchiveReader open(Path path, Limits limits) throws IOException {
        return open(path, limits, true);
    }

    /**
     * Opens an archive to see whether it holds: its snapshots come with empty members, so that one of tens of thousands of
     * processes fits into the heap of the collector.
     */
    static ArchiveReader withoutTexts(Path path) throws IOException {
        return open(path, Limits.STANDARD, false);
    }

    private static ArchiveReader open(Path path, Limits limits, boolean texts) throws IOException {
        if (!Files.exists(path)) {
            throw new ArchiveException(path + ": no such file");
        }
        if (Files.isDirectory(path)) {
            throw new ArchiveException(path + " is a directory; name the archive (.tar.zst or .tar.gz) in it");
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (IOException e) {
            throw new ArchiveException(path + " cannot be opened (" + e + "); check who may read it", e);
        }
        boolean good = false;
        try {
            Compression compression = kind(path, channel);
            if (compression == Compression.ZSTD && Compression.zstdUnusable() != null) {
                throw new ArchiveException(path + ": " + Compression.zstdUnusable());
            }
            ArchiveReader reader = new ArchiveReader(path, channel, compression, limits, texts);
            reader.first = reader.read();
            if (reader.first == null && reader.attachments.isEmpty()) {
                throw reader.nothing();
            }
            if (reader.first != null && reader.captureJson == null) {
                reader.findCapture();
            }
            good = true;
            return reader;
        } finally {
            if (!good) {
                channel.close();
            }
        }
    }

    /** {@code null} for a plain tar. */
    private static Compression kind(Path path, FileChannel channel) throws IOException {
        byte[] head = new byte[TarHeader.BLOCK];
        int length = Math.max(0, new FileWindow(channel, 0, channel.size()).readFully(head, 0, head.length));
        if (length == 0) {
            throw new ArchiveException(path
                    + " is empty: its collector was killed before the first snapshot, or it was not copied to its end");
        }
        long magic = ByteBuffer.wrap(head).getInt() & 0xffff_ffffL;
        if (magic == 0x28b5_2ffdL || (magic & 0xf0ff_ffffL) == 0x502a_4d18L) {
            return Compression.ZSTD;
        }
        if (magic >>> 16 == 0x1f8b) {
            return Compression.GZIP;
        }
        if (length == TarHeader.BLOCK && TarHeader.parse(head) != null) {
            return null;
        }
        String what = "not an archive of postmem";
        if (magic == 0x504b_0304L || magic == 0x504b_0506L) {
            what = "a zip";
        } else if (text(head, length)) {
            what = "a text file";
        } else if (zeros(head, length)) {
            what = "filled with zeros";
        }
        throw new ArchiveException(path + " is " + what + ", at byte 0; an archive is a .tar.zst or .tar.gz that"
                + " \"postmem collect\" wrote");
    }

    private static boolean text(byte[] head, int length) {
        for (int i = 0; i < length; i++) {
            if (head[i] >= 0 && head[i] < ' ' && "\t\n\r\f\033".indexOf(head[i]) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean zeros(byte[] head, int length) {
        for (int i = 0; i < length; i++) {
            if (head[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private ArchiveException nothing() {
        String reason = damages.isEmpty() ? "" : ": " + damages.get(0).reason();
        if (foreign != null) {
            return new ArchiveException(path + " " + foreign);
        }
        boolean cut = segments.size() == 1 && segments.get(0).state() == SegmentState.State.OPEN;
        if (cut) {
            return new ArchiveException(path + " holds no whole snapshot: the file ends at byte " + size()
                    + ", before the first one is complete; copy it again, or collect for longer");
        }
        return new ArchiveException(path + " holds no snapshot that can be read" + reason
                + "; copy it again from the host it was collected on");
    }

    private long size() {
        return regions.isEmpty() ? 0 : regions.get(regions.size() - 1).end();
    }

    /** The next snapshot that holds, {@code null} after the last. */
    public Snapshot next() throws IOException {
        if (first != null) {
            Snapshot snapshot = first;
            first = null;
            return snapshot;
        }
        return read();
    }

    private Snapshot read() throws IOException {
        while (true) {
            if (current == null || current.over()) {
                if (region == regions.size()) {
                    return null;
                }
                begin(regions.get(region++));
            }
            RegionReader.Read read = current.next();
            if (read == null) {
                finish();
                continue;
            }
            if (read.captureJson() != null) {
                checkFormat(read.captureJson());
                captureJson = read.captureJson();
            }
            boolean forget = read.opens() || hole || read.afterHole();
            hole = false;
            return new Snapshot(
                    read.number(),
                    read.segment(),
                    captureJson,
                    read.members(),
                    read.hostMembers(),
                    read.summary(),
                    forget);
        }
    }

    /** The beginning is lost: what a later segment says of the host holds for this one, too. */
    private void findCapture() throws IOException {
        for (Region later : regions.subList(region, regions.size())) {
            try (RegionReader reader =
                    new RegionReader(channel, compression, later, limits, new ArrayList<>(), false)) {
                RegionReader.Read read = reader.next();
                if (read != null && read.captureJson() != null) {
                    checkFormat(read.captureJson());
                    captureJson = read.captureJson();
                    first = new Snapshot(
                            first.number(),
                            first.segment(),
                            captureJson,
                            first.members(),
                            first.hostMembers(),
                            first.summary(),
                            first.forgetCarried());
                    return;
                }
            }
        }
    }

    private void begin(Region next) throws IOException {
        Trailer trailer = next.trailer();
        if (trailer != null && next.proven()) {
            if (trailer.format() > ArchiveWriter.FORMAT) {
                throw newer(trailer.format());
            }
            // the collector leaves a segment in the place of those it drops, the first ones too
            int expected = region == 1 ? 0 : previous == null ? Integer.MAX_VALUE : previous.segment() + 1;
            if (trailer.firstSegment() > expected && (region == 1 || adjacent())) {
                for (int lost = expected; lost < trailer.firstSegment() && lost < expected + 1000; lost++) {
                    segments.add(new SegmentState(
                            lost,
                            SegmentState.State.LOST,
                            null,
                            null,
                            null,
                            null,
                            null,
                            0,
                            "segment " + lost + " is missing before byte " + next.from(),
                            null));
                }
                damages.add(new Damage(
                        next.from(),
                        next.from(),
                        previous == null ? null : Integer.valueOf(previous.lastSnapshot() + 1),
                        previous == null ? null : Integer.valueOf(trailer.firstSnapshot() - 1),
                        "segments are missing here"));
                hole = true;
            } else if (previous != null
                    && adjacent()
                    && trailer.firstSegment() <= previous.segment()
                    && trailer.previousSha256() != null) {
                // another archive that was put behind this one begins with a segment that names none before it
                damages.add(new Damage(
                        next.from(),
                        next.to(),
                        null,
                        null,
                        "segment " + trailer.segment() + " stands behind segment " + previous.segment()
                                + ": segments were repeated or put in another order"));
            } else if (previous != null
                    && adjacent()
                    && trailer.firstSegment() == previous.segment() + 1
                    && !previous.chainSha256().equals(trailer.previousSha256())) {
                damages.add(new Damage(
                        next.from(),
                        next.to(),
                        null,
                        null,
                        "segment " + trailer.segment()
                                + " does not name the SHA-256 of the segment before it: one of them"
                                + " was replaced"));
            }
        }
        current = new RegionReader(channel, compression, next, limits, damages, texts);
    }

    /** Is the region before the one that begins a proven one? */
    private boolean adjacent() {
        return region >= 2 && regions.get(region - 2).proven();
    }

    private void finish() throws IOException {
        segments.add(current.state());
        if (region == 1) {
            foreign = current.foreign();
        }
        if (current.state().state() == SegmentState.State.DAMAGED) {
            hole = true;
        }
        attachments.putAll(current.attachments());
        Trailer trailer = regions.get(region - 1).trailer();
        if (trailer != null) {
            previous = trailer;
        }
        current.close();
    }

    private void checkFormat(byte[] json) throws ArchiveException {
        Object format;
        try {
            format = Json.readObject(json).get("format");
        } catch (Json.MalformedJsonException e) {
            throw new ArchiveException(
                    path + ": capture.json is not JSON (" + e.getMessage() + "); this is no archive of" + " postmem");
        }
        if (!(format instanceof Long version) || version < 1) {
            throw new ArchiveException(path + ": capture.json names no format; this is no archive of postmem");
        }
        if (version > ArchiveWriter.FORMAT) {
            throw newer(version);
        }
    }

    private ArchiveException newer(long version) {
        return new ArchiveException(String.format(
                Locale.ROOT,
                "%s has format %d, this postmem knows %d; use the postmem that collected it, or a newer one",
                path,
                version,
                ArchiveWriter.FORMAT));
    }

    /** How much of the file has been read, 0 to 1. */
    public double progress() {
        long at = current != null
                ? current.position()
                : region < regions.size() ? regions.get(region).from() : size();
        return size() == 0 ? 1 : Math.min(1, (double) at / size());
    }

    /** The segments read so far; all of them once {@link #next} has said {@code null}. */
    public List<SegmentState> segments() {
        return Collections.unmodifiableList(segments);
    }

    /** What could not be read so far. */
    public List<Damage> damages() {
        return Collections.unmodifiableList(damages);
    }

    /** Members that belong to no snapshot, added later; complete once {@link #next} has said {@code null}. */
    public Map<String, byte[]> attachments() {
        return Collections.unmodifiableMap(attachments);
    }

    /** {@code null} for a plain tar. */
    public Compression compression() {
        return compression;
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            if (current != null) {
                current.close();
            }
        }
    }
}
