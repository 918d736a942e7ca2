package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// ==> /proc/pressure/cpu <==
// some avg10=32.39 avg60=58.88 avg300=42.78 total=297838311
// == memory.current
// 21254144

/** Several files of the host in one text, each under its title, as {@code head} and {@code tail} print them. */
final class TitledFiles {
    /** Above a file of several: what head prints, or what a script puts there; of a cgroup its name alone will do. */
    private static final Pattern TITLE = Pattern.compile("={2,5}>? ("
            + "/?(?:[^<>=]{0,200}/)?(?:proc|sys)/[^<>=]{1,200}?"
            + "|" + CgroupFile.NAME
            + ")(?: <?={2,5})?");

    private static final int LONGEST_TITLE = 420;

    private TitledFiles() {}

    /** Is it a title that head and tail put above each file of several? */
    static boolean isTitle(String line) {
        return TITLE.matcher(line).matches();
    }

    /** The text of each file by its path, {@code proc/pressure/cpu}; of a cgroup the name of the file alone will do. */
    static Map<String, byte[]> of(byte[] text) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        String path = null;
        int from = 0;
        int at = 0;
        while (at <= text.length) {
            int end = TextBytes.lineEnd(text, at);
            Matcher title = end - at > LONGEST_TITLE
                    ? null
                    : TITLE.matcher(new String(text, at, end - at, StandardCharsets.UTF_8));
            boolean found = title != null && title.matches();
            if (found || end >= text.length) {
                int to = found ? at : text.length;
                // a blank line stands above each title but the first
                while (found && to > from + 1 && text[to - 1] == '\n' && text[to - 2] == '\n') {
                    to--;
                }
                if (path != null && to > from) {
                    files.put(path, Arrays.copyOfRange(text, from, to));
                }
            }
            if (found) {
                String whole = title.group(1);
                int root = Math.max(whole.lastIndexOf("proc/"), whole.startsWith("/sys/") ? 1 : -1);
                path = CgroupFile.isPath(whole) ? CgroupFile.path(whole) : whole.substring(Math.max(0, root));
                from = Math.min(text.length, end + 1);
            }
            at = end + 1;
        }
        return files;
    }
}
