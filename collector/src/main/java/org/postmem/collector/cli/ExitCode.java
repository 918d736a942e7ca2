package org.postmem.collector.cli;

/** How a command ends. */
public final class ExitCode {
    public static final int DONE = 0;
    public static final int PARTIAL = 1;
    public static final int USAGE = 2;
    public static final int UNREADABLE = 3;
    public static final int OWN_FAULT = 70;

    /** What a shell says of a program that SIGPIPE (13) ended. */
    public static final int READER_GONE = 141;

    private ExitCode() {}
}
