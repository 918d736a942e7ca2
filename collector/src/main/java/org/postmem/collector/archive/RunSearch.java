package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Finds the runs of a region one after the other: its frames or members, past what lies between them and decodes to nothing. */
final class RunSearch {
    private static final int MAX_RESYNCS = 1000;
    private static final int SKIPPABLE_HEAD_BYTES = 8;

    private final FileWindow file;
    private final Compression compression;
    private final Region region;
    private final RegionOutcome outcome;
    private long position;
    private long at;
    private int resyncs;
    private boolean leftover;

    /** @param compression null for a tar without any: one run, to the end of the region */
    RunSearch(FileWindow file, Compression compression, Region region, RegionOutcome outcome) {
        this.file = file;
        this.compression = compression;
        this.region = region;
        this.outcome = outcome;
        this.position = region.from();
        this.at = region.from();
    }

    /** The next run, {@code null} at the end of the region. */
    RawRun next() throws IOException {
        leftover = false;
        while (position < region.to()) {
            file.seek(position);
            at = position;
            if (compression == null) {
                return new RawRun.Plain(file);
            }
            byte[] magic = magic();
            byte[] head = new byte[SKIPPABLE_HEAD_BYTES];
            int got = file.readFully(head, 0, head.length);
            file.seek(position);
            if (got >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length)) {
                return compression == Compression.ZSTD ? new RawRun.Zstd(file) : new RawRun.Gzip(file);
            }
            if (region.proven() && got == head.length && skippable(head)) {
                position = Math.min(region.to(), position + head.length + skippedBytes(head));
            } else {
                resync(position + 1);
                leftover(at, position);
            }
        }
        return null;
    }

    /** Byte of the file at which the run begins that {@link #next} found. */
    long at() {
        return at;
    }

    /** Did {@link #next} pass over bytes of no frame? */
    boolean hadLeftover() {
        return leftover;
    }

    /** Goes on from there: that is where a run ended, or the region. */
    void goOn(long from) {
        position = from;
    }

    /** Goes on with the next run that begins there or behind. */
    void resync(long from) throws IOException {
        long next = compression == null || ++resyncs > MAX_RESYNCS ? -1 : file.find(magic(), from);
        position = next < 0 ? region.to() : next;
    }

    private byte[] magic() {
        return compression == Compression.ZSTD ? RawRun.Zstd.MAGIC : RawRun.Gzip.MAGIC;
    }

    /** A skippable frame of zstd (RFC 8878, 3.1.2), as trailers are. */
    private boolean skippable(byte[] head) {
        return compression == Compression.ZSTD
                && (head[0] & 0xf0) == 0x50
                && head[1] == 0x2a
                && head[2] == 0x4d
                && head[3] == 0x18;
    }

    private static long skippedBytes(byte[] head) {
        return Integer.toUnsignedLong(
                ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
    }

    /** Bytes that no frame or member holds: the rest of a trailer, zeros after a power cut … */
    private void leftover(long from, long to) {
        leftover = true;
        outcome.leftover(
                new Damage(from, to, null, null, (to - from) + " bytes from byte " + from + " on belong to no frame"));
    }
}
