package org.postmem.tools;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A text in UTF-8, without a mark of its encoding and with the line ends of Linux, however an editor or a shell of Windows
 * stored it: {@code >} of PowerShell writes UTF-16, a mark before the first word would hide what file it is, and a copy of a
 * file of the kernel is read as the kernel writes it.
 */
public final class PlainText {
    private PlainText() {}

    /** Of a whole file or of its begin; any other file as it is. */
    public static byte[] of(byte[] file) {
        return withoutCarriageReturns(inUtf8(file));
    }

    private static byte[] inUtf8(byte[] file) {
        if (begins(file, 0xef, 0xbb, 0xbf)) {
            return Arrays.copyOfRange(file, 3, file.length);
        }
        if (begins(file, 0xff, 0xfe)) {
            return decoded(file, StandardCharsets.UTF_16LE);
        }
        return begins(file, 0xfe, 0xff) ? decoded(file, StandardCharsets.UTF_16BE) : file;
    }

    /** Of a file whose first line ends as those of Windows do; no file of numbers begins with a line of text. */
    private static byte[] withoutCarriageReturns(byte[] text) {
        int first = TextBytes.lineEnd(text, 0);
        if (first == text.length || first == 0 || text[first - 1] != '\r' || hasNul(text, first)) {
            return text;
        }
        byte[] kept = new byte[text.length];
        int length = 0;
        int returns = 0;
        for (byte b : text) {
            if (b == '\r') {
                returns++;
                continue;
            }
            for (; returns > 0; returns--) {
                if (b != '\n') {
                    kept[length++] = '\r';
                }
            }
            kept[length++] = b;
        }
        return Arrays.copyOf(kept, length);
    }

    private static boolean hasNul(byte[] text, int to) {
        for (int i = 0; i < to; i++) {
            if (text[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private static byte[] decoded(byte[] file, Charset charset) {
        return new String(file, 2, file.length - 2, charset).getBytes(StandardCharsets.UTF_8);
    }

    private static boolean begins(byte[] file, int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if (i >= file.length || (file[i] & 0xff) != mark[i]) {
                return false;
            }
        }
        return true;
    }
}
