package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * What the snapshots of a segment without a trailer say of the bytes before them: each names the SHA-256 of the segment up
 * to itself.
 */
final class FrameProof {
    private final FileChannel channel;

    /** Of the segment's bytes up to {@link #digested}; {@code null} where its start is unknown or it does not hold. */
    private Sha256 frame;

    private long digested;
    /** Up to here the bytes are those that were written. */
    private long proven;

    FrameProof(FileChannel channel) {
        this.channel = channel;
    }

    /** A segment begins at this byte. */
    void begin(long at) {
        frame = new Sha256();
        digested = at;
        proven = at;
    }

    /** Do the bytes up to this one hold, as the snapshot there says? Also {@code true} where it cannot be told. */
    boolean holds(long to, Object written) throws IOException {
        if (frame == null || to < digested || !(written instanceof String hex)) {
            return true;
        }
        frame.update(channel, digested, to);
        digested = to;
        if (frame.hex().equals(hex)) {
            proven = to;
            return true;
        }
        frame = null;
        return false;
    }

    long proven() {
        return proven;
    }
}
