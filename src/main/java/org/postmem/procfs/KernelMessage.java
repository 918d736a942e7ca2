package org.postmem.procfs;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// 6,339,5140900,-;NET: Registered PF_INET6 protocol family
// Nov 22 10:00:05 db1 kernel: [   37.559226] eat invoked oom-killer: …

/**
 * A line of the kernel log.
 *
 * @param line 1-based line of the text; several messages share one where syslog joined them with {@code #012}
 * @param sequence of the kernel ({@code /dev/kmsg}); {@code null} in a text
 * @param uptimeSeconds the kernel's own time stamp; {@code null} when the text has none
 * @param time UTC; {@code null} when it cannot be known
 * @param priority 0 emerg … 7 debug; {@code null} in a text without it
 * @param text the message alone
 */
public record KernelMessage(
        int line, Long sequence, Double uptimeSeconds, Instant time, Integer priority, String text) {

    static final String OOMD = "systemd-oomd";
    static final String EARLYOOM = "earlyoom";

    private static final double MICROSECONDS = 1e6;
    /** {@code db1 systemd-oomd[659]: }, behind a stamp or at the begin. */
    private static final Pattern DAEMON =
            Pattern.compile("(?:[\\w.-]{1,64} )?(" + OOMD + "|" + EARLYOOM + ")(?:\\[\\d+\\])?: ");
    /** What earlyoom prints where it stands in no log. */
    private static final Pattern EARLYOOM_LINE =
            Pattern.compile("(?:mem avail: |low memory! at |sending SIG|killing process \\d).*");

    /** Has a line the form of a log, whoever wrote it? */
    public static boolean isLogged(String line) {
        return LogPrefix.of(line, null, null).stamped();
    }

    /** What {@code /dev/kmsg} gave, record after record, with continuation lines {@code  KEY=value}. */
    public static Parsed<List<KernelMessage>> parseKmsg(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        List<KernelMessage> rows = new ArrayList<>(1024);
        while (lines.next()) {
            // A continuation is about the record before it: the device, the subsystem. Nothing of memory stands there.
            if (lines.isBlank() || text[lines.start] == ' ') {
                continue;
            }
            long priority = Lines.NONE;
            long sequence = Lines.NONE;
            long microseconds = Lines.NONE;
            int semicolon = lines.start;
            while (semicolon < lines.end && text[semicolon] != ';') {
                semicolon++;
            }
            if (lines.until(',')) {
                priority = Lines.decimal(text, lines.fieldStart, lines.fieldEnd);
            }
            if (lines.until(',')) {
                sequence = Lines.decimal(text, lines.fieldStart, lines.fieldEnd);
            }
            if (lines.until(',')) {
                microseconds = Lines.decimal(text, lines.fieldStart, lines.fieldEnd);
            }
            if (semicolon == lines.end
                    || priority < 0
                    || sequence < 0
                    || microseconds < 0
                    || lines.position() > semicolon) {
                lines.issue("not a record of the kernel log: priority,sequence,microseconds,flags;text");
                continue;
            }
            // The numbers above 7 carry the syslog facility, which says who wrote it: 0 is the kernel.
            rows.add(new KernelMessage(
                    lines.number,
                    sequence,
                    microseconds / MICROSECONDS,
                    null,
                    (int) (priority & 7),
                    unescape(lines.string(semicolon + 1, lines.end))));
        }
        return lines.parsedRows(rows);
    }

    /**
     * Lines of {@code dmesg}, syslog, {@code journalctl} or a serial console; those that another program wrote are left
     * out. A syslog date has no year and no zone.
     *
     * @param clock of the host, for dates without a zone; {@code null} leaves their {@code time} unknown
     * @param notAfter a moment the log was not written after, which gives the year to dates without one; {@code null}
     *     leaves their {@code time} unknown
     */
    public static Parsed<List<KernelMessage>> parseText(byte[] text, WallClock clock, Instant notAfter) {
        return parse(text, clock, notAfter, false);
    }

    /**
     * The lines of systemd-oomd and earlyoom in such a text, which {@link DaemonKills} reads: {@code systemd-oomd: Killed …}.
     * Parameters as of {@link #parseText}.
     */
    public static List<KernelMessage> parseDaemons(byte[] text, WallClock clock, Instant notAfter) {
        return parse(text, clock, notAfter, true).value();
    }

    /** The name of the daemon and what it says; {@code null} for a line of anybody else. */
    private static String daemon(String program, String rest) {
        if (program != null) {
            return program.equals(OOMD) || program.equals(EARLYOOM) ? program + ": " + rest : null;
        }
        String head = rest.substring(0, Math.min(rest.length(), LogPrefix.LONGEST));
        Matcher named = DAEMON.matcher(head);
        if (named.lookingAt()) {
            return named.group(1) + ": " + rest.substring(named.end());
        }
        return EARLYOOM_LINE.matcher(head).matches() ? EARLYOOM + ": " + rest : null;
    }

    private static Parsed<List<KernelMessage>> parse(byte[] text, WallClock clock, Instant notAfter, boolean daemons) {
        Lines lines = Lines.ofAnyText(text);
        List<KernelMessage> rows = new ArrayList<>(1024);
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            String line = lines.line();
            if (line.endsWith("\r")) {
                line = line.substring(0, line.length() - 1);
            }
            LogPrefix prefix = LogPrefix.of(line, clock, notAfter);
            String rest = line.substring(prefix.end());
            if (daemons) {
                String said = daemon(prefix.program(), rest);
                if (said != null) {
                    rows.add(row(lines.number, prefix, said));
                }
                continue;
            }
            if (prefix.program() != null && !prefix.program().equals("kernel")) {
                continue;
            }
            // rsyslog writes a newline within a message as #012.
            for (String part : rest.split("#012", -1)) {
                rows.add(row(lines.number, prefix, part));
            }
        }
        return lines.parsedRows(rows);
    }

    private static KernelMessage row(int line, LogPrefix prefix, String text) {
        return new KernelMessage(line, null, prefix.uptimeSeconds(), prefix.time(), prefix.priority(), text);
    }

    /** {@code \x0a}: how /dev/kmsg writes bytes that are not printable. */
    private static String unescape(String text) {
        if (!text.contains("\\x")) {
            return text;
        }
        byte[] from = text.getBytes(StandardCharsets.UTF_8);
        byte[] to = new byte[from.length];
        int length = 0;
        for (int i = 0; i < from.length; i++) {
            long code = from[i] == '\\' && i + 4 <= from.length && from[i + 1] == 'x'
                    ? Lines.hexadecimal(from, i + 2, i + 4)
                    : Lines.NONE;
            if (code == Lines.NONE) {
                to[length++] = from[i];
            } else {
                to[length++] = (byte) code;
                i += 3;
            }
        }
        return new String(to, 0, length, StandardCharsets.UTF_8);
    }
}
