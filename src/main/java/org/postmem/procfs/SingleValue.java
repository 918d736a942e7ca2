package org.postmem.procfs;

// 810

/** A file that holds one number: {@code oom_score}, {@code memory.current}, {@code memory.max} … */
public final class SingleValue {
    private SingleValue() {}

    /** The number; {@code null} without an issue where the file says {@code max}: there is no limit. */
    public static Parsed<Long> parse(byte[] text) {
        Lines lines = Lines.of(text);
        if (!lines.next()) {
            if (text.length == 0) {
                lines.issueOfText("there is no line in the text");
            }
            return lines.parsed(null);
        }
        if (!lines.field()) {
            lines.issue("the number is missing");
            return lines.parsed(null);
        }
        if (lines.fieldIs("max")) {
            return lines.parsed(null);
        }
        return lines.parsed(Lines.orNull(lines.fieldAsNumber("the value")));
    }
}
