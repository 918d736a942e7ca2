package org.postmem.tools;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A text in UTF-8 and without a mark of its encoding, however an editor or a shell of Windows stored it: {@code >} of PowerShell
 * writes UTF-16, and the mark before the first word would hide what file it is.
 */
public final class PlainText {
    private PlainText() {}

    /** Of a whole file or of its begin; any other file as it is. */
    public static byte[] of(byte[] file) {
        if (begins(file, 0xef, 0xbb, 0xbf)) {
            return Arrays.copyOfRange(file, 3, file.length);
        }
        if (begins(file, 0xff, 0xfe)) {
            return decoded(file, StandardCharsets.UTF_16LE);
        }
        return begins(file, 0xfe, 0xff) ? decoded(file, StandardCharsets.UTF_16BE) : file;
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
