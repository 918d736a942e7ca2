package org.postmem.cli;

/** How a command ended, for scripts. */
enum ExitCode {
    DONE(0),
    /** A finding reached {@code --fail-on}, or the input was only partly readable. */
    FINDINGS_OR_PARTIAL(1),
    USAGE(2),
    UNREADABLE_INPUT(3),
    /** Our own fault; sysexits(3) calls it EX_SOFTWARE. */
    INTERNAL(70);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
