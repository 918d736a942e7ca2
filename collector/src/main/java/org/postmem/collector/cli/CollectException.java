package org.postmem.collector.cli;

/** Collecting cannot begin or go on; the message is one line that says what, where, and what to do. */
public final class CollectException extends Exception {
    private static final long serialVersionUID = 1;

    public CollectException(String message) {
        super(message);
    }

    public CollectException(String message, Throwable cause) {
        super(message, cause);
    }
}
