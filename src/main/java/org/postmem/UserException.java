package org.postmem;

/**
 * Something the user can put right: a file that cannot be read, an option that makes no sense. The message is one line
 * that says what, where and what to do; it is all the user sees. Everything else that is thrown is our own fault.
 */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** Which exit code it ends in. */
    public enum Kind {
        USAGE,
        UNREADABLE_INPUT
    }

    private UserException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** The command line is wrong, or names an output that cannot be written. */
    public static UserException usage(String message) {
        return new UserException(Kind.USAGE, message, null);
    }

    public static UserException usage(String message, Throwable cause) {
        return new UserException(Kind.USAGE, message, cause);
    }

    /** An input cannot be read at all. */
    public static UserException unreadable(String message) {
        return new UserException(Kind.UNREADABLE_INPUT, message, null);
    }

    public static UserException unreadable(String message, Throwable cause) {
        return new UserException(Kind.UNREADABLE_INPUT, message, cause);
    }

    public Kind kind() {
        return kind;
    }
}
