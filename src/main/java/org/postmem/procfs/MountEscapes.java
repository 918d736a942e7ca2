package org.postmem.procfs;

import java.nio.charset.StandardCharsets;

/** {@code \040} and its like, as the kernel escapes blanks, newlines and backslashes in mountinfo, swaps and maps. */
final class MountEscapes {
    private MountEscapes() {}

    static String decode(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        byte[] from = text.getBytes(StandardCharsets.UTF_8);
        byte[] to = new byte[from.length];
        int length = 0;
        for (int i = 0; i < from.length; i++) {
            int octal = from[i] == '\\' ? octal(from, i + 1) : -1;
            if (octal >= 0) {
                to[length++] = (byte) octal;
                i += 3;
            } else {
                to[length++] = from[i];
            }
        }
        return new String(to, 0, length, StandardCharsets.UTF_8);
    }

    private static int octal(byte[] text, int from) {
        if (from + 3 > text.length) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < from + 3; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 7) {
                return -1;
            }
            value = value * 8 + digit;
        }
        return value <= 0xff ? value : -1;
    }
}
