package org.postmem.collector.archive;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/**
 * The entries of a segment whose SHA-256 holds, one after another, through buffers that are used again: of a segment of any
 * size no more than one entry is in memory. What is not as this program writes it is an {@link IOException}; to read what
 * others may have damaged there is {@link RegionReader}.
 */
final class SegmentEntries implements Closeable {
    private static final String SUMMARY = "snapshot.json";
    private static final int LEAST_DIGITS = 6;
    private static final int MOST_DIGITS = 9;
    private static final int MAX_PAX_BYTES = 64 << 10;

    private final FileWindow file;
    private final Compression compression;
    private final long from;
    private final byte[] buffer = new byte[RawRun.READ_BYTES];
    private BufferedRun in;

    private final byte[] block = new byte[TarHeader.BLOCK];
    private String name;
    private int snapshot;
    private String inSnapshot;
    private int size;
    private long mtimeSeconds;
    private byte[] text = new byte[RawRun.READ_BYTES];
    /** Bytes of the entry, padding included, that were not read yet. */
    private long left;

    private int textLeft;

    SegmentEntries(ByteSource source, Compression compression, long from, long to) {
        this.file = new FileWindow(source, from, to);
        this.compression = compression;
        this.from = from;
    }

    /** Goes to the next entry, whatever was read of this one. Returns false when there is none. */
    boolean next() throws IOException {
        skip();
        String longName = null;
        while (true) {
            int got = fill(block, block.length);
            if (got == 0) {
                return false;
            }
            TarHeader header = got < block.length ? null : TarHeader.parse(block);
            if (header == null || header.size() > Limits.STANDARD.entryBytes()) {
                throw broken("no tar header");
            }
            size = (int) header.size();
            textLeft = size;
            left = header.size() + TarHeader.padding(header.size());
            mtimeSeconds = TarHeader.mtimeSeconds(block);
            if (header.type() != 'x') {
                name = longName == null ? header.name() : longName;
                place();
                return true;
            }
            if (size > MAX_PAX_BYTES) {
                throw broken("an extended header of " + size + " bytes");
            }
            longName = TarHeader.paxPath(Arrays.copyOf(text(), size));
            skip();
        }
    }

    /** {@code 000042/proc/meminfo} */
    private void place() {
        int slash = name.indexOf('/');
        snapshot = -1;
        inSnapshot = null;
        if (slash < LEAST_DIGITS || slash > MOST_DIGITS) {
            return;
        }
        int number = 0;
        for (int i = 0; i < slash; i++) {
            char c = name.charAt(i);
            if (c < '0' || c > '9') {
                return;
            }
            number = number * 10 + c - '0';
        }
        snapshot = number;
        inSnapshot = name.substring(slash + 1);
    }

    /** {@code 000042/proc/meminfo}, {@code host/kmsg} */
    String name() {
        return name;
    }

    /** Of its name; -1 for an entry that has none. */
    int snapshot() {
        return snapshot;
    }

    /** {@code proc/meminfo}; {@code null} for an entry without a snapshot's number. */
    String inSnapshot() {
        return inSnapshot;
    }

    /** Is it the last one of its snapshot? */
    boolean endsSnapshot() {
        return SUMMARY.equals(inSnapshot);
    }

    /** Bytes of its text. */
    int size() {
        return size;
    }

    long mtimeSeconds() {
        return mtimeSeconds;
    }

    /** Its text in a buffer that the next entry uses again; valid to {@link #size}. */
    byte[] text() throws IOException {
        if (text.length < size) {
            text = new byte[Math.max(size, Math.min(2 * text.length, Limits.STANDARD.entryBytes()))];
        }
        if (fill(text, size) < size) {
            throw broken("the entry " + name + " has no end");
        }
        textLeft = 0;
        left -= size;
        return text;
    }

    /** Some bytes of its text, -1 behind them; instead of {@link #text}. */
    int read(byte[] target) throws IOException {
        if (textLeft == 0) {
            return -1;
        }
        int count = open() ? in.read(target, 0, Math.min(textLeft, target.length)) : -1;
        if (count < 0) {
            throw broken("the entry " + name + " has no end");
        }
        textLeft -= count;
        left -= count;
        return count;
    }

    private void skip() throws IOException {
        while (left > 0) {
            if (!open()) {
                throw broken("the entry " + name + " has no end");
            }
            left -= in.skip(left);
        }
    }

    private int fill(byte[] target, int length) throws IOException {
        int done = open() ? in.fill(target, length) : 0;
        if (done < length && in != null && in.run().problem() != null) {
            throw broken(in.run().problem());
        }
        return done;
    }

    /** Goes to the run that the next byte is of; a frame is one run, of gzip a snapshot is one. Returns false at the end. */
    private boolean open() throws IOException {
        while (true) {
            if (in == null) {
                if (file.remaining() == 0) {
                    return false;
                }
                in = new BufferedRun(
                        compression == Compression.ZSTD ? new RawRun.Zstd(file) : new RawRun.Gzip(file), buffer);
            }
            if (in.hasMore()) {
                return true;
            }
            if (in.run().problem() != null) {
                throw broken(in.run().problem());
            }
            close();
        }
    }

    private IOException broken(String reason) {
        return new IOException(
                "the segment from byte " + from + " on cannot be read at byte " + file.position() + ": " + reason);
    }

    @Override
    public void close() throws IOException {
        if (in != null) {
            in.close();
            in = null;
        }
    }
}
