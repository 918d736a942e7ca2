package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Where lines end and words stand in a text that is not made a string: most of it is looked at and left. */
final class TextBytes {
    private static final int LONGEST_LINE = 200;

    private TextBytes() {}

    /** Of the line break that ends the line, or of the end of the text. */
    static int lineEnd(byte[] text, int from) {
        int end = from;
        while (end < text.length && text[end] != '\n') {
            end++;
        }
        return end;
    }

    /** Where the next line begins; behind the end of the text when there is none. */
    static int nextLine(byte[] text, int at) {
        return lineEnd(text, at) + 1;
    }

    /** The line, or its first two hundred bytes: no line that anybody asks for is longer. */
    static String line(byte[] text, int at) {
        int end = at;
        while (end < text.length && text[end] != '\n' && end - at < LONGEST_LINE) {
            end++;
        }
        return new String(text, at, end - at, StandardCharsets.UTF_8);
    }

    /** The line for a message: without what a terminal would obey. */
    static String printable(String line) {
        return line.replaceAll("\\p{Cntrl}", ".");
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
