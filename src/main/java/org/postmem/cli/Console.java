package org.postmem.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;

/**
 * Where a command prints and what time it is.
 *
 * @param out results
 * @param err progress and warnings
 * @param terminal is a person watching {@code err}?
 * @param colour may {@code out} be coloured?
 */
public record Console(PrintWriter out, PrintWriter err, Clock clock, boolean terminal, boolean colour) {
    /** Neither terminal nor colour: a pipe, or a test. */
    public static Console plain(PrintWriter out, PrintWriter err, Clock clock) {
        return new Console(out, err, clock, false, false);
    }

    /** Says what could not be read or done, a line each. */
    void warn(List<String> warnings) {
        warnings.forEach(warning -> err.println("postmem: warning: " + warning));
    }
}
