package org.postmem.sysstat;

/** The file is not a {@code saDD} file postmem can read; the message says which field is wrong, and where. */
public final class SystemActivityException extends Exception {

    private static final long serialVersionUID = 1L;

    SystemActivityException(String message) {
        super(message);
    }
}
