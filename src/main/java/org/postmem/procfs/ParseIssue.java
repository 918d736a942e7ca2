package org.postmem.procfs;

import java.nio.charset.StandardCharsets;

/**
 * A place in a text that could not be understood; what could be read beside it is still read.
 *
 * @param line 1-based; 0 when the whole text is meant
 * @param column 1-based byte of the line; 0 when the whole line is meant
 * @param reason what is wrong, in one clause
 * @param excerpt the line, at most {@value #EXCERPT_CHARACTERS} characters, control characters replaced
 */
public record ParseIssue(int line, int column, String reason, String excerpt) {
    static final int EXCERPT_CHARACTERS = 200;

    static ParseIssue in(byte[] text, int lineStart, int lineEnd, int line, int column, String reason) {
        // Four bytes are the longest character of UTF-8: enough for the excerpt, however long the line.
        int end = Math.min(lineEnd, lineStart + 4 * EXCERPT_CHARACTERS);
        return new ParseIssue(
                line, column, reason, excerpt(new String(text, lineStart, end - lineStart, StandardCharsets.UTF_8)));
    }

    static String excerpt(String text) {
        StringBuilder kept = new StringBuilder(Math.min(text.length(), EXCERPT_CHARACTERS));
        for (int i = 0; i < text.length() && i < EXCERPT_CHARACTERS; i++) {
            char c = text.charAt(i);
            kept.append((c < ' ' && c != '\t') || c == 0x7f ? '\uFFFD' : c);
        }
        return kept.toString();
    }
}
