package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.sysstat.SystemActivityReader;

/** Whose text it is, by its first lines. */
public final class EvidenceOrigin {
    private static final Pattern NODENAME = Pattern.compile("nodename\"?[:=] ?\"([^\"]{1,255})\"");
    private static final int LINES = 40;

    private EvidenceOrigin() {}

    /** The host that a text names; {@code null} when it names none. */
    public static String host(EvidenceKind kind, byte[] head) {
        if (kind == EvidenceKind.SA_FILE) {
            return SystemActivityReader.host(head);
        }
        String text = new String(head, StandardCharsets.UTF_8);
        if (kind == EvidenceKind.HOST_NAME) {
            return text.strip();
        }
        if (kind == EvidenceKind.SADF_JSON || kind == EvidenceKind.SADF_XML) {
            Matcher node = NODENAME.matcher(text);
            return node.find() ? node.group(1) : null;
        }
        for (String line : (Iterable<String>) text.lines().limit(LINES)::iterator) {
            Matcher banner = line.startsWith("Linux ") && line.length() < 500 ? SysstatLine.BANNER.matcher(line) : null;
            if (banner != null && banner.matches()) {
                return banner.group(2);
            }
            List<String> words =
                    kind == EvidenceKind.ATOP && line.length() < 500 ? ColumnHeader.words(line, 0) : List.of();
            if (words.size() > 2 && AtopText.matches(line)) {
                return words.get(1);
            }
            if (kind == EvidenceKind.SADF && !line.startsWith("#") && line.indexOf(';') > 0) {
                return line.substring(0, line.indexOf(';'));
            }
        }
        return null;
    }
}
