package org.postmem.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The heading of a table: which column is which. At most one column holds text with blanks (COMMAND): what stands left of
 * it is counted from the left, what stands right of it from the right.
 */
final class ColumnHeader {
    private static final Set<String> TEXT = Set.of("COMMAND", "CMD", "Command", "ARGS");
    private static final Set<String> TEXT_ELSE = Set.of("COMM", "UCMD");
    private static final Set<String> DATES = Set.of("STARTED");

    private final List<String> names;
    private final int text;

    private ColumnHeader(List<String> names, int text) {
        this.names = names;
        this.text = text;
    }

    static ColumnHeader of(List<String> names) {
        int text = -1;
        for (int i = 0; i < names.size(); i++) {
            if (TEXT.contains(names.get(i))) {
                text = i;
            }
        }
        for (int i = 0; text < 0 && i < names.size(); i++) {
            if (TEXT_ELSE.contains(names.get(i))) {
                text = i;
            }
        }
        return new ColumnHeader(List.copyOf(names), text);
    }

    List<String> names() {
        return names;
    }

    boolean has(String name) {
        return names.contains(name);
    }

    /** Place of the first of these columns that there is, or -1. */
    int place(String... wanted) {
        for (String name : wanted) {
            int at = names.indexOf(name);
            if (at >= 0) {
                return at;
            }
        }
        return -1;
    }

    /** The cells of a line, one a column; {@code null} when there are too few, or too many for a table without text. */
    String[] cells(String line, int from) {
        String[] cells = new String[names.size()];
        int at = from;
        int left = text < 0 ? names.size() : text;
        for (int i = 0; i < left; i++) {
            at = pastBlanks(line, at);
            int end = pastWord(line, at);
            if (end == at) {
                return null;
            }
            if (DATES.contains(names.get(i)) && isWeekday(line, at, end)) {
                // lstart: Sun Nov 22 21:05:25 2026
                for (int word = 0; word < 4; word++) {
                    end = pastWord(line, pastBlanks(line, end));
                }
            }
            cells[i] = line.substring(at, end);
            at = end;
        }
        if (text < 0) {
            return pastBlanks(line, at) == line.length() ? cells : null;
        }
        int end = line.length();
        for (int i = names.size() - 1; i > text; i--) {
            while (end > at && blank(line.charAt(end - 1))) {
                end--;
            }
            int begin = end;
            while (begin > at && !blank(line.charAt(begin - 1))) {
                begin--;
            }
            if (begin == end) {
                return null;
            }
            cells[i] = line.substring(begin, end);
            end = begin;
        }
        cells[text] = line.substring(Math.min(at, end), end).strip();
        return cells[text].isEmpty() ? null : cells;
    }

    static List<String> words(String line, int from) {
        List<String> words = new ArrayList<>();
        int at = pastBlanks(line, from);
        while (at < line.length()) {
            int end = pastWord(line, at);
            words.add(line.substring(at, end));
            at = pastBlanks(line, end);
        }
        return words;
    }

    private static boolean isWeekday(String line, int from, int to) {
        return to - from == 3
                && Character.isLetter(line.charAt(from))
                && Character.isLetter(line.charAt(from + 1))
                && Character.isLetter(line.charAt(from + 2));
    }

    private static int pastBlanks(String line, int from) {
        int at = from;
        while (at < line.length() && blank(line.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int pastWord(String line, int from) {
        int at = from;
        while (at < line.length() && !blank(line.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }
}
