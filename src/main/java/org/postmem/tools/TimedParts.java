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

/**
 * A file that was read again and again into one text, with the second of each reading before it, as {@code date '+# %s'}
 * prints it. A text without such a line is one reading at an unknown time.
 */
final class TimedParts {
    private static final int FEWEST_DIGITS = 9;
    private static final int MOST_DIGITS = 11;
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
            Instant next = at < text.length ? stamp(text, at, end) : null;
            boolean last = end >= text.length;
            if (next != null || last) {
                byte[] part = Arrays.copyOfRange(text, from, next != null ? at : text.length);
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
                time = next;
                from = Math.min(end + 1, text.length);
                firstLine = line + 1;
            }
            line++;
            at = end + 1;
        }
        return new Parsed<>(List.copyOf(rows), issues);
    }

    private static Instant stamp(byte[] text, int from, int to) {
        int digits = to - from - 2;
        if (digits < FEWEST_DIGITS || digits > MOST_DIGITS || text[from] != '#' || text[from + 1] != ' ') {
            return null;
        }
        for (int i = from + 2; i < to; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return null;
            }
        }
        return Instant.ofEpochSecond(Long.parseLong(new String(text, from + 2, digits, StandardCharsets.US_ASCII)));
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
