package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of a file, read forward through 64 KiB; seeking is free. */
final class FileWindow {
    private final ByteSource source;
    private final long to;
    private final byte[] buffer = new byte[64 << 10];
    private long bufferAt;
    private int buffered;
    private long position;

    FileWindow(FileChannel channel, long from, long to) {
        this(
                (position, bytes, offset, length) -> channel.read(ByteBuffer.wrap(bytes, offset, length), position),
                from,
                to);
    }

    FileWindow(ByteSource source, long from, long to) {
        this.source = source;
        this.position = from;
        this.bufferAt = from;
        this.to = to;
    }

    long position() {
        return position;
    }

    long remaining() {
        return to - position;
    }

    void seek(long target) {
        position = target;
    }

    /** The next byte, or -1. */
    int read() throws IOException {
        if (!fill()) {
            return -1;
        }
        return buffer[(int) (position++ - bufferAt)] & 0xff;
    }

    /** Some bytes, or -1. */
    int read(byte[] target, int offset, int length) throws IOException {
        if (!fill()) {
            return -1;
        }
        int at = (int) (position - bufferAt);
        int count = Math.min(length, buffered - at);
        System.arraycopy(buffer, at, target, offset, count);
        position += count;
        return count;
    }

    /** As many bytes as there are. */
    int readFully(byte[] target, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = read(target, offset + done, length - done);
            if (count < 0) {
                break;
            }
            done += count;
        }
        return done;
    }

    /** Where {@code pattern} stands next at or after {@code start}, -1 when nowhere. */
    long find(byte[] pattern, long start) throws IOException {
        position = start;
        int matched = 0;
        while (true) {
            int b = read();
            if (b < 0) {
                return -1;
            }
            if (b == (pattern[matched] & 0xff)) {
                matched++;
                if (matched == pattern.length) {
                    return position - pattern.length;
                }
            } else if (matched > 0) {
                position -= matched;
                matched = 0;
            }
        }
    }

    private boolean fill() throws IOException {
        if (position >= to) {
            return false;
        }
        if (position >= bufferAt && position < bufferAt + buffered) {
            return true;
        }
        int want = (int) Math.min(buffer.length, to - position);
        int count = source.read(position, buffer, 0, want);
        bufferAt = position;
        buffered = Math.max(0, count);
        return count > 0;
    }
}
