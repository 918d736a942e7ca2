package org.postmem.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The option {@code --verbose}, of each command by itself: {@code collect} gives it a meaning of its own. */
final class Verbosity {
    private static final String NAME = "--verbose";

    @Option(names = NAME, description = "Print the stack trace of an error, too.")
    @SuppressWarnings("UnusedVariable") // see asked
    private boolean verbose;

    /** Was it given to the command that was run? */
    static boolean asked(ParseResult parsed) {
        for (ParseResult at = parsed; at != null; at = at.subcommand()) {
            if (at.hasMatchedOption(NAME)) {
                return true;
            }
        }
        return false;
    }
}
