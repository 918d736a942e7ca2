package org.postmem.report;

import java.util.regex.Pattern;

/** A text as one word of a POSIX shell: what a host or a file is called never becomes a command of its own. */
final class ShellWord {
    private static final Pattern HARMLESS = Pattern.compile("[\\w@%+=:,./-]+", Pattern.UNICODE_CHARACTER_CLASS);

    private ShellWord() {}

    static String quoted(String text) {
        return HARMLESS.matcher(text).matches() ? text : '\'' + text.replace("'", "'\\''") + '\'';
    }
}
