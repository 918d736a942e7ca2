package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.sysstat.SystemActivityReader;

/** Whose text it is, by its first lines. */
public final class EvidenceOrigin {
    private static final Pattern NODENAME = Pattern.compile("nodename\"?[:=] ?\"([^\"]{1,255})\"");
    // Nov 28 20:30:01 db7 kernel: …   2026-11-28T20:30:01.123456+00:00 db7 kernel: …
    private static final Pattern LOGGED = Pattern.compile(
            "(?:[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?"
                    + "|\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d\\S{0,20}) ([A-Za-z0-9_.-]{1,253}) [^ :]{1,99}:(?: |$)");
    private static final Pattern LOGGED_AS_JSON = Pattern.compile("\"_HOSTNAME\" ?: ?\"([A-Za-z0-9_.-]{1,253})\"");
    private static final int LINES = 40;

    private EvidenceOrigin() {}

    /**
     * The host that all lines of a log name; {@code null} where they name none, or several, as that of a server of logs does.
     * A host calls itself localhost until it has read its name.
     */
    public static String hostOfLog(EvidenceKind kind, byte[] head) {
        if (kind != EvidenceKind.KERNEL_LOG) {
            return null;
        }
        String only = null;
        for (String line : (Iterable<String>) new String(head, StandardCharsets.UTF_8).lines()::iterator) {
            Matcher logged = LOGGED.matcher(line);
            Matcher structured = LOGGED_AS_JSON.matcher(line);
            String host = logged.lookingAt() ? logged.group(1) : structured.find() ? structured.group(1) : null;
            if (host == null || host.startsWith("localhost") || host.equals(only)) {
                continue;
            }
            if (only != null) {
                return null;
            }
            only = host;
        }
        return only;
    }

    /** Do these name one host? One may have its domain, and the other not. */
    public static boolean same(String host, String other) {
        return host.equalsIgnoreCase(other)
                || host.regionMatches(true, 0, other + ".", 0, other.length() + 1)
                || other.regionMatches(true, 0, host + ".", 0, host.length() + 1);
    }

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
