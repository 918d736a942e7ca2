package org.postmem.tools;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as tools print them for people: {@code 111848}, {@code 109.2m}, {@code 4,3M}, {@code 3.7Gi}, {@code 0B}. */
final class Amount {
    private static final String SUFFIXES = "KMGTPE";
    private static final int LONGEST = 24;
    static final int MOST_PLAIN_DIGITS = 12;
    static final long LARGEST_PLAIN_UNIT = 1 << 20;

    private Amount() {}

    /**
     * In bytes.
     *
     * @param unit bytes of a number without a suffix
     * @return {@code null} when it is no amount, does not fit into 63 bits, or was cut ({@code 1542584.+})
     */
    static Long bytes(String text, long unit) {
        int end = text.length();
        if (end == 0 || end > LONGEST) {
            return null;
        }
        Long plain = end <= MOST_PLAIN_DIGITS && unit <= LARGEST_PLAIN_UNIT ? whole(text) : null;
        if (plain != null) {
            // nearly all of them
            return plain * unit;
        }
        long scale = unit;
        if (end > 1 && (text.endsWith("iB") || text.endsWith("ib"))) {
            end -= 2;
        } else if (text.charAt(end - 1) == 'i') {
            end--;
        } else if (text.charAt(end - 1) == 'B' || text.charAt(end - 1) == 'b') {
            end--;
            scale = 1;
        }
        if (end > 0) {
            int suffix = SUFFIXES.indexOf(Character.toUpperCase(text.charAt(end - 1)));
            if (suffix >= 0) {
                scale = 1L << (10 * (suffix + 1));
                end--;
            }
        }
        BigDecimal number = decimal(text.substring(0, end));
        if (number == null || number.signum() < 0) {
            return null;
        }
        BigDecimal bytes = number.multiply(BigDecimal.valueOf(scale)).setScale(0, RoundingMode.HALF_UP);
        return bytes.toBigInteger().bitLength() > 62 ? null : Long.valueOf(bytes.longValue());
    }

    private static BigDecimal decimal(String text) {
        int digits = 0;
        int marks = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                digits++;
            } else if ((c == '.' || c == ',') && i > 0) {
                marks++;
            } else if (c != '-' || i > 0) {
                return null;
            }
        }
        if (digits == 0 || marks > 1) {
            return null;
        }
        String plain = text.replace(',', '.');
        return new BigDecimal(plain.endsWith(".") ? plain + "0" : plain);
    }

    /** A fraction with a point or a comma; {@code null} when it is none. */
    static Double fraction(String text) {
        int end = text.endsWith("%") ? text.length() - 1 : text.length();
        BigDecimal number = end > LONGEST || end == 0 ? null : decimal(text.substring(0, end));
        return number == null ? null : Double.valueOf(number.doubleValue());
    }

    /** A whole number; {@code null} when it is none, or does not fit. */
    static Long whole(String text) {
        if (text.isEmpty() || text.length() > 18) {
            return null;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return null;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** A pid or another small number; {@code null} when it is none. */
    static Integer small(String text) {
        Long value = whole(text);
        return value == null || value > Integer.MAX_VALUE ? null : value.intValue();
    }
}
