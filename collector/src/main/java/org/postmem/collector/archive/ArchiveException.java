package org.postmem.collector.archive;

import java.io.IOException;

/** An input that cannot be read as an archive. The message says what, where, and what to do. */
public final class ArchiveException extends IOException {
    private static final long serialVersionUID = 1;

    public ArchiveException(String message) {
        super(message);
    }

    public ArchiveException(String message, Throwable cause) {
        super(message, cause);
    }
}
