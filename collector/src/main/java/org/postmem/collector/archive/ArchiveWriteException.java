package org.postmem.collector.archive;

import java.io.IOException;

/**
 * A snapshot could not be written. The file is whole up to the snapshot before it; the writer goes on with a new segment at
 * the next {@link ArchiveWriter#beginSnapshot}.
 */
public final class ArchiveWriteException extends IOException {
    private static final long serialVersionUID = 1;
    private final int snapshot;
    private final boolean noSpace;

    ArchiveWriteException(String message, int snapshot, IOException cause) {
        super(message, cause);
        this.snapshot = snapshot;
        String reason = String.valueOf(cause.getMessage());
        this.noSpace = reason.contains("No space left") || reason.contains("quota exceeded");
    }

    /** The snapshot that is lost, -1 when only a trailer is missing. */
    public int snapshot() {
        return snapshot;
    }

    /** Is the disk or the quota full (it may have space again later)? */
    public boolean noSpace() {
        return noSpace;
    }
}
