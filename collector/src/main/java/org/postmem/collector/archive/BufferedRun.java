package org.postmem.collector.archive;

import java.io.Closeable;
import java.io.IOException;

/** The bytes that a run decodes to, through a buffer that its user lends: headers and small texts want few at a time. */
final class BufferedRun implements Closeable {
    private final RawRun run;
    private final byte[] buffer;
    private int at;
    private int buffered;

    /** @param buffer may have been that of a run before */
    BufferedRun(RawRun run, byte[] buffer) {
        this.run = run;
        this.buffer = buffer;
    }

    RawRun run() {
        return run;
    }

    /** Was all that was decoded so far taken? */
    boolean drained() {
        return at == buffered;
    }

    /** Is there another byte? Decodes on where there is none yet. */
    boolean hasMore() throws IOException {
        return at < buffered || refill();
    }

    /** Some bytes, -1 at the end of the run. */
    int read(byte[] target, int offset, int length) throws IOException {
        if (at == buffered) {
            if (length >= buffer.length) {
                return run.read(target, offset, length);
            }
            if (!refill()) {
                return -1;
            }
        }
        int count = Math.min(length, buffered - at);
        System.arraycopy(buffer, at, target, offset, count);
        at += count;
        return count;
    }

    /** As many bytes as there are, at most {@code length}; returns how many. */
    int fill(byte[] target, int length) throws IOException {
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

    /** Passes over some bytes, at most so many; returns how many, 0 at the end of the run. */
    int skip(long most) throws IOException {
        if (!hasMore()) {
            return 0;
        }
        int count = (int) Math.min(most, buffered - at);
        at += count;
        return count;
    }

    private boolean refill() throws IOException {
        at = 0;
        buffered = Math.max(0, run.read(buffer, 0, buffer.length));
        return buffered > 0;
    }

    @Override
    public void close() throws IOException {
        run.close();
    }
}
