package org.postmem.report;

import java.util.Locale;
import org.postmem.units.Human;

/**
 * Numbers as people read them. Bytes come in binary units with three digits that count, minus is the minus sign, and
 * nothing is rounded to a friendlier number than it is.
 */
final class Quantity {
    private static final char MINUS = '\u2212';
    private static final char NARROW_SPACE = '\u202f';

    private Quantity() {}

    static String bytes(long bytes) {
        return bytes((double) bytes);
    }

    static String signedBytes(long bytes) {
        return signedBytes((double) bytes);
    }

    /** 1.20 GiB, the digits of {@link Human} in the signs of print. */
    static String bytes(double bytes) {
        return printed(Human.bytes(bytes));
    }

    /** +1.2 GiB; a zero has no sign. */
    static String signedBytes(double bytes) {
        return (bytes >= 0.5 ? "+" : "") + bytes(bytes);
    }

    /** Per second where that is at least 100 KiB, else per minute or per hour. */
    static String bytesPerSecond(double bytes) {
        return printed(Human.rate(bytes));
    }

    /** An end of the range around a rate, in the unit of the rate. */
    static String bytesPerSecondBeside(double rate, double end) {
        return printed(Human.rateBeside(rate, end));
    }

    private static String printed(String text) {
        return text.replace('-', MINUS).replace(' ', '\u00a0');
    }

    /** 83 %. */
    static String share(double share) {
        return percent(share * 100);
    }

    static String percent(double percent) {
        return (Math.abs(percent) >= 9.95 ? decimal(percent, 0) : decimal(percent, 1)) + '\u00a0' + '%';
    }

    /** 12 min, 3.4 h, as the terminal and the findings say it. */
    static String seconds(double seconds) {
        return printed(Human.duration(seconds));
    }

    /** 1 234 567, grouped by narrow spaces. */
    static String count(long count) {
        StringBuilder digits = new StringBuilder(Long.toString(Math.abs(count)));
        for (int at = digits.length() - 3; at > 0; at -= 3) {
            digits.insert(at, NARROW_SPACE);
        }
        return (count < 0 ? "" + MINUS : "") + digits.toString();
    }

    static String decimal(double value, int digits) {
        String text = String.format(Locale.ROOT, "%." + digits + "f", Math.abs(value));
        boolean nothing = text.chars().allMatch(c -> c == '0' || c == '.');
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        String grouped = whole.length() > 4 ? count(Long.parseLong(whole)) : whole;
        return (value < 0 && !nothing ? "" + MINUS : "") + grouped + (point < 0 ? "" : text.substring(point));
    }
}
