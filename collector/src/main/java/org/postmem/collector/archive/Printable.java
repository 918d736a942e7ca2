package org.postmem.collector.archive;

import java.util.regex.Pattern;

/**
 * Text for a terminal or a log. Names of control groups, files and members of archives are made by others and may hold what
 * a terminal takes for an order; of such characters a question mark is left.
 */
public final class Printable {
    /** Controls of ASCII and Latin-1, and what turns the direction of writing. */
    private static final Pattern ORDERS =
            Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]");

    private Printable() {}

    public static String line(String text) {
        return ORDERS.matcher(text).replaceAll("?");
    }
}
