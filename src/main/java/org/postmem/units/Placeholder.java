package org.postmem.units;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What stands in a text for a value: {@code {files}}, or {@code {files|file|files}}, of which the first word follows the
 * number one and the second every other.
 *
 * @param one {@code null} where no word follows, likewise {@code many}
 */
public record Placeholder(String name, String one, String many) {
    public static final Pattern PATTERN = Pattern.compile("\\{(\\w+)(?:\\|([^{}|]+)\\|([^{}|]+))?}");

    public static Placeholder of(MatchResult found) {
        return new Placeholder(found.group(1), found.group(2), found.group(3));
    }

    /** The value as it was printed, and the word that goes with it. */
    public String filled(Object value, String printed) {
        if (one == null) {
            return printed;
        }
        return printed + " " + (value instanceof Number number && number.doubleValue() == 1 ? one : many);
    }
}
