package org.postmem.procfs;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.postmem.units.Kilobytes;
import org.postmem.units.PageSize;

/**
 * Walks over the lines of a text and over the blank-separated fields of each, on the bytes. What cannot be read is
 * noted as an issue at the place it stands; the walk goes on.
 */
public final class Lines {
    /** No number there: what no kernel file can say. */
    static final long NONE = Long.MIN_VALUE;

    final byte[] text;
    /** The line the walk stands on, without its newline. */
    int start;

    int end;
    /** The field last taken. */
    int fieldStart;

    int fieldEnd;
    int number;

    private final Issues issues = new Issues();
    private final boolean lastLineMayLackNewline;
    private int nextStart;
    private int cursor;

    private Lines(byte[] text, boolean lastLineMayLackNewline) {
        this.text = text;
        this.lastLineMayLackNewline = lastLineMayLackNewline;
    }

    /**
     * Of a kernel file. The kernel ends each line with a newline: a last line without one was cut off, and a number cut
     * off is a wrong number, so that line is an issue and is not read.
     */
    public static Lines of(byte[] text) {
        return new Lines(text, false);
    }

    /** Of a text a person or a tool may have saved without the last newline, or with the line ends of Windows. */
    public static Lines ofAnyText(byte[] text) {
        return new Lines(text, true);
    }

    /** Goes to the next line; {@code false} at the end of the text. */
    public boolean next() {
        if (nextStart >= text.length) {
            return false;
        }
        start = nextStart;
        int i = start;
        while (i < text.length && text[i] != '\n') {
            i++;
        }
        end = i;
        nextStart = i + 1;
        cursor = start;
        fieldStart = start;
        fieldEnd = start;
        number++;
        if (i == text.length && !lastLineMayLackNewline) {
            issueAt(end, "the text is cut off in this line");
            return false;
        }
        if (lastLineMayLackNewline && end > start && text[end - 1] == '\r') {
            end--;
        }
        return true;
    }

    /** Takes a part of the text for one line, whatever newlines it holds. */
    void over(int from, int to) {
        start = from;
        end = to;
        nextStart = text.length;
        cursor = from;
        number = 1;
    }

    /** Steps over fields nobody asks for. */
    void skip(int fields) {
        for (int i = 0; i < fields; i++) {
            field();
        }
    }

    public boolean isBlank() {
        for (int i = start; i < end; i++) {
            // a text that was copied twice through a terminal has two carriage returns at the end of a line
            if (!blank(text[i]) && text[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    /** Takes the next blank-separated field; {@code false} at the end of the line. */
    boolean field() {
        int i = cursor;
        while (i < end && blank(text[i])) {
            i++;
        }
        fieldStart = i;
        while (i < end && !blank(text[i])) {
            i++;
        }
        fieldEnd = i;
        cursor = i;
        return fieldStart < fieldEnd;
    }

    /** Takes what stands before the next {@code separator} and steps over it; {@code false} when there is none. */
    boolean until(char separator) {
        for (int i = cursor; i < end; i++) {
            if (text[i] == separator) {
                fieldStart = cursor;
                fieldEnd = i;
                cursor = i + 1;
                return true;
            }
        }
        return false;
    }

    /** Takes of the next field what stands before its {@code separator}; {@code false} when it has none. */
    boolean fieldBefore(char separator) {
        if (!field()) {
            return false;
        }
        for (int i = fieldStart; i < fieldEnd; i++) {
            if (text[i] == separator) {
                fieldEnd = i;
                return true;
            }
        }
        return false;
    }

    /** Takes the rest of the line after leading blanks. */
    boolean rest() {
        int i = cursor;
        while (i < end && blank(text[i])) {
            i++;
        }
        fieldStart = i;
        fieldEnd = end;
        cursor = end;
        return fieldStart < fieldEnd;
    }

    void moveTo(int position) {
        cursor = position;
    }

    int position() {
        return cursor;
    }

    String string() {
        return string(fieldStart, fieldEnd);
    }

    String string(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }

    /** Where the line begins in the text. */
    public int start() {
        return start;
    }

    /** Where the line ends in the text, without its newline. */
    public int end() {
        return end;
    }

    public boolean contains(String ascii) {
        int last = end - ascii.length();
        for (int i = start; i <= last; i++) {
            if (text[i] == ascii.charAt(0) && startsWith(i, end, ascii)) {
                return true;
            }
        }
        return false;
    }

    public String line() {
        return string(start, end);
    }

    boolean fieldIs(String ascii) {
        return fieldEnd - fieldStart == ascii.length() && startsWith(fieldStart, fieldEnd, ascii);
    }

    public boolean lineStartsWith(String ascii) {
        return startsWith(start, end, ascii);
    }

    boolean startsWith(int from, int to, String ascii) {
        if (to - from < ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (text[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The next field as a number, or {@link #NONE} and an issue. */
    long number(String what) {
        if (!field()) {
            issueAt(end, what + " is missing");
            return NONE;
        }
        return fieldAsNumber(what);
    }

    /** The field last taken as a number, or {@link #NONE} and an issue. */
    long fieldAsNumber(String what) {
        long value = decimal(text, fieldStart, fieldEnd);
        if (value == NONE) {
            issueAt(fieldStart, what + notANumber());
        }
        return value;
    }

    /** The next field as a number that cannot be negative. */
    long count(String what) {
        long value = number(what);
        if (value < 0 && value != NONE) {
            issueAt(fieldStart, what + " is negative");
            return NONE;
        }
        return value;
    }

    /** The next field, so many pages, in bytes, or {@link #NONE} and an issue. */
    long pages(String what, PageSize page) {
        long value = count(what);
        if (value == NONE) {
            return NONE;
        }
        try {
            return page.toBytes(value);
        } catch (ArithmeticException e) {
            issueAt(fieldStart, what + " does not fit into 63 bits as bytes");
            return NONE;
        }
    }

    /** The next two fields, {@code 204832 kB}, in bytes, or {@link #NONE} and an issue. */
    long kilobytes(String what) {
        long value = count(what);
        if (value == NONE) {
            return NONE;
        }
        int at = fieldStart;
        if (!field() || !fieldIs("kB")) {
            issueAt(fieldStart, what + " has no unit kB");
            return NONE;
        }
        try {
            return Kilobytes.toBytes(value);
        } catch (ArithmeticException e) {
            issueAt(at, what + " does not fit into 63 bits as bytes");
            return NONE;
        }
    }

    /** The next field as a decimal fraction, {@code 0.13}; {@code null} and an issue where there is none. */
    Double fraction(String what) {
        if (!field()) {
            issueAt(end, what + " is missing");
            return null;
        }
        return fraction(what, fieldStart, fieldEnd);
    }

    Double fraction(String what, int from, int to) {
        int dot = from;
        while (dot < to && text[dot] != '.') {
            dot++;
        }
        long whole = decimal(text, from, dot);
        long part = 0;
        double scale = 1;
        if (dot < to) {
            part = to - dot > 16 ? NONE : decimal(text, dot + 1, to);
            scale = Math.pow(10, to - dot - 1);
        }
        if (whole < 0 || part < 0) {
            issueAt(from, what + " is not a decimal fraction");
            return null;
        }
        // One division, not a sum of two roundings: 0.29 must be the double that prints as 0.29.
        return whole < 1L << 40 ? (whole * scale + part) / scale : whole + part / scale;
    }

    /** The number in {@code [from, to)}, or {@link #NONE} when that is no decimal of at most 63 bits. */
    static long decimal(byte[] text, int from, int to) {
        int i = from;
        boolean negative = i < to && text[i] == '-';
        if (negative) {
            i++;
        }
        if (i >= to || to - i > 19) {
            return NONE;
        }
        long value = 0;
        for (; i < to; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return NONE;
            }
            value = value * 10 + digit;
        }
        // Nineteen digits stay below 2^64, so one look at the sign finds what is above 2^63.
        if (value < 0) {
            return NONE;
        }
        return negative ? -value : value;
    }

    /** The number in base 16 in {@code [from, to)}, or {@link #NONE}. */
    static long hexadecimal(byte[] text, int from, int to) {
        if (from >= to || to - from > 15) {
            return NONE;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0) {
                return NONE;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    public void issue(String reason) {
        issueAt(-1, reason);
    }

    void issueAt(int position, String reason) {
        if (issues.full()) {
            issues.drop();
            return;
        }
        int column = position < 0 ? 0 : position - start + 1;
        issues.add(ParseIssue.in(text, start, end, number, column, reason));
    }

    /** An issue of the text as a whole. */
    public void issueOfText(String reason) {
        issues.add(new ParseIssue(0, 0, reason, ""));
    }

    List<ParseIssue> issues() {
        return issues.list();
    }

    public <T> Parsed<T> parsed(T value) {
        return new Parsed<>(value, issues());
    }

    public <T> Parsed<List<T>> parsedRows(List<T> rows) {
        return new Parsed<>(List.copyOf(rows), issues());
    }

    static Long orNull(long value) {
        return value == NONE ? null : value;
    }

    static Integer intOrNull(long value) {
        return value == NONE || value != (int) value ? null : (int) value;
    }

    private String notANumber() {
        int i = fieldStart < fieldEnd && text[fieldStart] == '-' ? fieldStart + 1 : fieldStart;
        while (i < fieldEnd && text[i] >= '0' && text[i] <= '9') {
            i++;
        }
        boolean digitsOnly = i == fieldEnd && fieldEnd - fieldStart > 18;
        return digitsOnly ? " does not fit into 63 bits" : " is not a number";
    }

    private static boolean blank(byte b) {
        return b == ' ' || b == '\t';
    }
}
