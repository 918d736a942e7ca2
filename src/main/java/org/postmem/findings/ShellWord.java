package org.postmem.findings;

import java.util.regex.Pattern;

/** A text as one word of a POSIX shell: what a host or a file is called never becomes a command of its own. */
public final class ShellWord {
    private static final Pattern HARMLESS = Pattern.compile("[\\w@%+=:,./-]+", Pattern.UNICODE_CHARACTER_CLASS);

    private ShellWord() {}

    /** The text as it is where a shell takes it for one word, else in single quotes. */
    public static String quoted(String text) {
        return HARMLESS.matcher(text).matches() ? text : '\'' + text.replace("'", "'\\''") + '\'';
    }
}
