package org.postmem.tools;

import java.util.Arrays;

/** Where lines end and words stand in a text that is not made a string: most of it is looked at and left. */
final class TextBytes {
    private TextBytes() {}

    /** Of the line break that ends the line, or of the end of the text. */
    static int lineEnd(byte[] text, int from) {
        int end = from;
        while (end < text.length && text[end] != '\n') {
            end++;
        }
        return end;
    }

    /** Does the word stand there? */
    static boolean startsWith(byte[] text, int at, byte[] word) {
        return Arrays.equals(text, at, Math.min(text.length, at + word.length), word, 0, word.length);
    }

    /** Of the first place of the word; -1 when it is nowhere. */
    static int indexOf(byte[] text, byte[] word) {
        for (int at = 0; at <= text.length - word.length; at++) {
            if (text[at] == word[0] && startsWith(text, at, word)) {
                return at;
            }
        }
        return -1;
    }
}
