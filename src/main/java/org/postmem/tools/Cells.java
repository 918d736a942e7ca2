package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The cells of one line of a table, as places in its bytes; only what is asked becomes a number or a text. Of a million
 * rows most columns are never asked.
 */
final class Cells {
    private static final int MOST_DIGITS = 18;
    private static final String[] LETTERS = new String[128];

    static {
        Arrays.setAll(LETTERS, letter -> String.valueOf((char) letter));
    }

    private byte[] line;
    private final int[] from;
    private final int[] to;

    Cells(int columns) {
        this.from = new int[columns];
        this.to = new int[columns];
    }

    void begin(byte[] text) {
        line = text;
    }

    void set(int place, int begin, int end) {
        from[place] = begin;
        to[place] = end;
    }

    /** The text of a cell; {@code ""} of a column that there is not. */
    String string(int place) {
        if (place < 0 || from[place] >= to[place]) {
            return "";
        }
        int length = to[place] - from[place];
        byte first = line[from[place]];
        return length == 1 && first >= 0
                ? LETTERS[first]
                : new String(line, from[place], length, StandardCharsets.UTF_8);
    }

    /** The first character of a cell, {@code ""} of a column that there is not. */
    String letter(int place) {
        if (place >= 0 && from[place] < to[place] && line[from[place]] >= 0) {
            return LETTERS[line[from[place]]];
        }
        String text = string(place);
        return text.isEmpty() ? "" : text.substring(0, 1);
    }

    /** As {@link Amount#whole}. */
    Long whole(int place) {
        long value = digits(place);
        return value < 0 ? null : Long.valueOf(value);
    }

    /** As {@link Amount#small}. */
    Integer small(int place) {
        long value = digits(place);
        return value < 0 || value > Integer.MAX_VALUE ? null : Integer.valueOf((int) value);
    }

    /** As {@link Amount#bytes}. */
    Long bytes(int place, long unit) {
        if (place < 0) {
            return null;
        }
        long plain = to[place] - from[place] <= Amount.MOST_PLAIN_DIGITS && unit <= Amount.LARGEST_PLAIN_UNIT
                ? digits(place)
                : -1;
        return plain < 0 ? Amount.bytes(string(place), unit) : Long.valueOf(plain * unit);
    }

    boolean isDash(int place) {
        return to[place] - from[place] == 1 && line[from[place]] == '-';
    }

    boolean same(int one, int other) {
        return Arrays.equals(line, from[one], to[one], line, from[other], to[other]);
    }

    /** -1 when it is no whole number of at most 18 digits. */
    private long digits(int place) {
        if (place < 0 || from[place] >= to[place] || to[place] - from[place] > MOST_DIGITS) {
            return -1;
        }
        long value = 0;
        for (int i = from[place]; i < to[place]; i++) {
            int digit = line[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
