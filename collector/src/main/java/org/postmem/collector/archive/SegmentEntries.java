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
    private RawRun run;

    private final byte[] buffer = new byte[RawRun.READ_BYTES];
    private int bufferAt;
    private int buffered;

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
        int count = read(target, 0, Math.min(textLeft, target.length));
        if (count < 0) {
            throw broken("the entry " + name + " has no end");
        }
        textLeft -= count;
        left -= count;
        return count;
    }

    private void skip() throws IOException {
        while (left > 0) {
            if (bufferAt == buffered && !refill()) {
                throw broken("the entry " + name + " has no end");
            }
            int count = (int) Math.min(left, buffered - bufferAt);
            bufferAt += count;
            left -= count;
        }
    }

    private int fill(byte[] target, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = read(target, done, length - done);
            if (count < 0) {
                break;
            }
            done += count;
        }
        return done;
    }

    private int read(byte[] target, int offset, int length) throws IOException {
        if (bufferAt == buffered && !refill()) {
            return -1;
        }
        int count = Math.min(length, buffered - bufferAt);
        System.arraycopy(buffer, bufferAt, target, offset, count);
        bufferAt += count;
        return count;
    }

    /** A frame is one run, of gzip a snapshot is one. */
    private boolean refill() throws IOException {
        bufferAt = 0;
        buffered = 0;
        while (true) {
            if (run == null) {
                if (file.remaining() == 0) {
                    return false;
                }
                run = compression == Compression.ZSTD ? new RawRun.Zstd(file) : new RawRun.Gzip(file);
            }
            buffered = Math.max(0, run.read(buffer, 0, buffer.length));
            if (buffered > 0) {
                return true;
            }
            if (run.problem() != null) {
                throw broken(run.problem());
            }
            run.close();
            run = null;
        }
    }

    private IOException broken(String reason) {
        return new IOException(
                "the segment from byte " + from + " on cannot be read at byte " + file.position() + ": " + reason);
    }

    @Override
    public void close() throws IOException {
        if (run != null) {
            run.close();
            run = null;
        }
    }
}
