package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// /proc/4711/status:VmRSS:	  512000 kB

/**
 * What {@code grep} prints of several files below {@code /proc} and {@code /sys}, the path before each line: taken as the
 * files that head and tail print one below the other, each with the lines of it that were looked for.
 */
final class GrepText {
    private static final Pattern LINE = Pattern.compile("(/?(?:[^\\s:]{0,200}/)?(?:proc|sys)/[^\\s:]{1,200}):(\\S.*)");
    private static final int LONGEST_LINE = 600;

    private GrepText() {}

    static boolean matches(String line) {
        return line.indexOf(':') > 0 && LINE.matcher(line).matches();
    }

    /** The same under a title a file, as head prints it; what is no line of grep is left out. */
    static byte[] titled(byte[] text) {
        Map<String, StringBuilder> files = new LinkedHashMap<>();
        for (int at = 0; at < text.length; ) {
            int end = TextBytes.lineEnd(text, at);
            if (end - at < LONGEST_LINE) {
                Matcher line = LINE.matcher(new String(text, at, end - at, StandardCharsets.UTF_8));
                if (line.matches()) {
                    files.computeIfAbsent(line.group(1), path -> new StringBuilder())
                            .append(line.group(2))
                            .append('\n');
                }
            }
            at = end + 1;
        }
        StringBuilder titled = new StringBuilder();
        files.forEach((path, lines) -> titled.append("==> ")
                .append(path)
                .append(" <==\n")
                .append(lines)
                .append('\n'));
        return titled.toString().getBytes(StandardCharsets.UTF_8);
    }
}
