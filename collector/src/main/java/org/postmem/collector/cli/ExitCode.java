package org.postmem.collector.cli;

/** How a command ends. */
public final class ExitCode {
    public static final int DONE = 0;
    public static final int PARTIAL = 1;
    public static final int USAGE = 2;
    public static final int UNREADABLE = 3;
    public static final int OWN_FAULT = 70;

    private ExitCode() {}
}
