package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;

// # 1795410345
// Sun Nov 22 21:00:00 UTC 2026
// allocinfo - version: 1.0

/**
 * A file that was read again and again into one text, with the second of each reading before it, as {@code date '+# %s'}
 * prints it, or with what date prints of itself. A text without such a line is one reading at an unknown time. Where date
 * names no zone the readings are told apart and their times are not known.
 */
final class TimedParts {
    private static final int FEWEST_DIGITS = 9;
    private static final int MOST_DIGITS = 11;
    private static final byte[] NO_HEADING = {};
    /** More readings than anybody would look at; what follows is left out and said. */
    private static final int MOST_PARTS = 1000;

    private TimedParts() {}

    /**
     * Parses each reading, and lays the issues at the lines of the whole text.
     *
     * @param parser of one reading: its text and its number, 1, 2, 3 …
     */
    static Parsed<List<StackAllocation>> parse(
            byte[] text, BiFunction<byte[], StackBlock, Parsed<List<StackAllocation>>> parser) {
        return parse(text, NO_HEADING, parser);
    }

    /**
     * The same of a file that begins with a heading.
     *
     * @param heading how its first line begins: where it comes again, the file was read again
     */
    static Parsed<List<StackAllocation>> parse(
            byte[] text, byte[] heading, BiFunction<byte[], StackBlock, Parsed<List<StackAllocation>>> parser) {
        List<StackAllocation> rows = new ArrayList<>();
        List<ParseIssue> issues = new ArrayList<>();
        int number = 0;
        int from = 0;
        int line = 0;
        int firstLine = 0;
        Instant time = null;
        int at = 0;
        while (at <= text.length) {
            int end = at;
            while (end < text.length && text[end] != '\n') {
                end++;
            }
            Stamp stamp = at < text.length ? stamp(text, at, end) : null;
            boolean again = heading.length > 0 && at > from && TextBytes.startsWith(text, at, heading);
            boolean next = stamp != null || again;
            boolean last = end >= text.length;
            if (next || last) {
                byte[] part = Arrays.copyOfRange(text, from, next ? at : text.length);
                if (!isBlank(part)) {
                    number++;
                    if (number > MOST_PARTS) {
                        issues.add(new ParseIssue(
                                line + 1, 0, "more than " + MOST_PARTS + " readings; the rest was not read", ""));
                        break;
                    }
                    Parsed<List<StackAllocation>> parsed = parser.apply(part, new StackBlock(number, time, null, null));
                    rows.addAll(parsed.value());
                    int before = firstLine;
                    parsed.issues()
                            .forEach(issue -> issues.add(new ParseIssue(
                                    issue.line() == 0 ? 0 : issue.line() + before,
                                    issue.column(),
                                    issue.reason(),
                                    issue.excerpt())));
                }
                if (stamp != null) {
                    time = stamp.instant();
                    from = Math.min(end + 1, text.length);
                    firstLine = line + 1;
                } else {
                    time = isBlank(part) ? time : null;
                    from = at;
                    firstLine = line;
                }
            }
            line++;
            at = end + 1;
        }
        return new Parsed<>(List.copyOf(rows), issues);
    }

    private static Stamp stamp(byte[] text, int from, int end) {
        int to = end > from && text[end - 1] == '\r' ? end - 1 : end;
        int number = to - from > 2 && text[from] == '#' && text[from + 1] == ' ' ? from + 2 : from;
        int digits = to - number;
        if (digits < FEWEST_DIGITS || digits > MOST_DIGITS) {
            return Frames.stamp(text, from, to);
        }
        for (int i = number; i < to; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return null;
            }
        }
        return Stamp.of(
                Instant.ofEpochSecond(Long.parseLong(new String(text, number, digits, StandardCharsets.US_ASCII))));
    }

    private static boolean isBlank(byte[] text) {
        for (byte b : text) {
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return false;
            }
        }
        return true;
    }
}
