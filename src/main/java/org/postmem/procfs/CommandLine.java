package org.postmem.procfs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

// /usr/bin/java\0-Xmx512m\0-jar\0orders.jar\0

/**
 * {@code /proc/PID/cmdline}. There is no wrong command line, so there are no issues.
 *
 * @param arguments without the padding of NULs a process that renamed itself leaves; empty for a kernel thread
 */
public record CommandLine(List<String> arguments) {

    public CommandLine {
        arguments = List.copyOf(arguments);
    }

    public static CommandLine parse(byte[] text) {
        int end = text.length;
        while (end > 0 && text[end - 1] == 0) {
            end--;
        }
        List<String> arguments = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= end && end > 0; i++) {
            if (i == end || text[i] == 0) {
                arguments.add(new String(text, from, i - from, StandardCharsets.UTF_8));
                from = i + 1;
            }
        }
        return new CommandLine(arguments);
    }

    /** Blanks between the arguments; {@code null} for a kernel thread, which has none. */
    public String text() {
        return arguments.isEmpty() ? null : String.join(" ", arguments);
    }
}
