package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The heading of a table: which column is which. At most one column holds text with blanks (COMMAND): what stands left of
 * it is counted from the left, what stands right of it from the right.
 */
final class ColumnHeader {
    private static final Set<String> TEXT = Set.of("COMMAND", "CMD", "Command", "ARGS");
    private static final Set<String> TEXT_ELSE = Set.of("COMM", "UCMD");
    private static final String DATE = "STARTED";

    private final List<String> names;
    private final int text;
    private final int date;

    private ColumnHeader(List<String> names, int text) {
        this.names = names;
        this.text = text;
        this.date = names.indexOf(DATE);
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

    /** Place of the column that holds text with blanks, or -1. */
    int textPlace() {
        return text;
    }

    /** The cells of a line, one a column; {@code null} when there are too few, or too many for a table without text. */
    String[] cells(String line, int from) {
        byte[] bytes = line.substring(from).getBytes(StandardCharsets.UTF_8);
        Cells places = new Cells(names.size());
        if (!read(bytes, 0, bytes.length, places)) {
            return null;
        }
        String[] cells = new String[names.size()];
        Arrays.setAll(cells, places::string);
        return cells;
    }

    /** Finds the cells of a line; {@code false} when there are too few, or too many for a table without text. */
    boolean read(byte[] line, int from, int to, Cells into) {
        into.begin(line);
        int at = from;
        int left = text < 0 ? names.size() : text;
        for (int i = 0; i < left; i++) {
            at = pastBlanks(line, at, to);
            int end = pastWord(line, at, to);
            if (end == at) {
                return false;
            }
            if (i == date && isWeekday(line, at, end)) {
                // lstart: Sun Nov 22 21:05:25 2026
                for (int word = 0; word < 4; word++) {
                    end = pastWord(line, pastBlanks(line, end, to), to);
                }
            }
            into.set(i, at, end);
            at = end;
        }
        if (text < 0) {
            return pastBlanks(line, at, to) == to;
        }
        int end = to;
        for (int i = names.size() - 1; i > text; i--) {
            while (end > at && blank(line[end - 1])) {
                end--;
            }
            int begin = end;
            while (begin > at && !blank(line[begin - 1])) {
                begin--;
            }
            if (begin == end) {
                return false;
            }
            into.set(i, begin, end);
            end = begin;
        }
        while (at < end && Character.isWhitespace(line[at])) {
            at++;
        }
        while (end > at && Character.isWhitespace(line[end - 1])) {
            end--;
        }
        into.set(text, at, end);
        return at < end;
    }

    static List<String> words(String line, int from) {
        byte[] bytes = line.substring(from).getBytes(StandardCharsets.UTF_8);
        List<String> words = new ArrayList<>();
        int at = pastBlanks(bytes, 0, bytes.length);
        while (at < bytes.length) {
            int end = pastWord(bytes, at, bytes.length);
            words.add(new String(bytes, at, end - at, StandardCharsets.UTF_8));
            at = pastBlanks(bytes, end, bytes.length);
        }
        return words;
    }

    private static boolean isWeekday(byte[] line, int from, int to) {
        String word = new String(line, from, to - from, StandardCharsets.UTF_8);
        return word.length() == 3 && word.chars().allMatch(Character::isLetter);
    }

    private static int pastBlanks(byte[] line, int from, int to) {
        int at = from;
        while (at < to && blank(line[at])) {
            at++;
        }
        return at;
    }

    private static int pastWord(byte[] line, int from, int to) {
        int at = from;
        while (at < to && !blank(line[at])) {
            at++;
        }
        return at;
    }

    private static boolean blank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }
}
