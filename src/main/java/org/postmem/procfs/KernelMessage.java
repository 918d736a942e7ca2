package org.postmem.procfs;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// 6,339,5140900,-;NET: Registered PF_INET6 protocol family
// [   37.559226] eat invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO), order=0
// Nov 22 10:00:05 db1 kernel: [   37.559226] eat invoked oom-killer: …
// 2026-11-22T10:00:05+0100 db1 kernel: eat invoked oom-killer: … (journalctl -o short-iso)
// 2026-11-22T10:00:05,559226+01:00 eat invoked oom-killer: … (dmesg --time-format iso)
// kern  :warn  : [   37.559226] eat invoked oom-killer: … (dmesg -x)

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
    /** {@code <6>}, {@code [   37.559226]}, {@code [  T132]}: what may stand before the message in any text. */
    private static final Pattern KERNEL_PREFIX =
            Pattern.compile("(?:<(\\d{1,3})>)?(?:\\[\\s*(\\d{1,9}\\.\\d{1,9})\\] ?)?(?:\\[\\s*[TC]\\d+\\] )?");

    private static final Pattern SYSLOG = Pattern.compile("(?:<\\d{1,3}>)?([A-Z][a-z]{2} [ 0-3]\\d"
            + " \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?|\\d{4}-\\d\\d-\\d\\dT[^\\s,]+|[A-Z][a-z]{2}"
            + " \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})? UTC) \\S+ (\\S+?)(?:\\[\\d+\\])?: ?");
    /** Of {@code dmesg --time-format iso}: a comma before the fraction, and no host. */
    private static final Pattern ISO_CLOCK =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d),(\\d{1,9}[+-]\\d\\d:?\\d\\d) ");
    /** Of {@code dmesg -x}, before the stamp. */
    private static final Pattern DECODED = Pattern.compile("(?:kern|user|daemon|syslog)\\s{0,4}:[a-z]{3,6}\\s{0,3}: ");
    /** Of {@code journalctl -o short-monotonic}, and of a log whose dates were cut off: {@code db1 kernel: }. */
    private static final Pattern HOST_AND_KERNEL = Pattern.compile("(?:[\\w.-]{1,64} )?kernel: ");

    private static final Pattern WALL_CLOCK =
            Pattern.compile("\\[[^\\]]{2,9} ([^\\]]{2,9}) ([ 0-3]\\d) (\\d\\d:\\d\\d:\\d\\d) (\\d{4})\\] ?");
    private static final Pattern OFFSET = Pattern.compile("([+-]\\d\\d)(\\d\\d)$");
    private static final DateTimeFormatter MONTH_DAY = new DateTimeFormatterBuilder()
            .appendPattern("MMM ppd HH:mm:ss")
            .parseDefaulting(ChronoField.YEAR, 2000)
            .toFormatter(Locale.ROOT);
    private static final DateTimeFormatter YEAR_MONTH_DAY =
            DateTimeFormatter.ofPattern("yyyy MMM d HH:mm:ss", Locale.ROOT);
    /** {@code db1 systemd-oomd[659]: }, behind a stamp or at the begin. */
    private static final Pattern DAEMON =
            Pattern.compile("(?:[\\w.-]{1,64} )?(" + OOMD + "|" + EARLYOOM + ")(?:\\[\\d+\\])?: ");
    /** What earlyoom prints where it stands in no log. */
    private static final Pattern EARLYOOM_LINE =
            Pattern.compile("(?:mem avail: |low memory! at |sending SIG|killing process \\d).*");
    /** What a line is read up to by the patterns: no prefix is longer. */
    private static final int LONGEST_PREFIX = 300;

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
     * @param utcOffset of the host, for dates without a zone; {@code null} leaves their {@code time} unknown
     * @param notAfter a moment the log was not written after, which gives the year to dates without one; {@code null}
     *     leaves their {@code time} unknown
     */
    public static Parsed<List<KernelMessage>> parseText(byte[] text, ZoneOffset utcOffset, Instant notAfter) {
        return parse(text, utcOffset, notAfter, false);
    }

    /**
     * The lines of systemd-oomd and earlyoom in such a text, which {@link DaemonKills} reads: {@code systemd-oomd: Killed …}.
     * Parameters as of {@link #parseText}.
     */
    public static List<KernelMessage> parseDaemons(byte[] text, ZoneOffset utcOffset, Instant notAfter) {
        return parse(text, utcOffset, notAfter, true).value();
    }

    /** The name of the daemon and what it says; {@code null} for a line of anybody else. */
    private static String daemon(String program, String rest) {
        if (program != null) {
            return program.equals(OOMD) || program.equals(EARLYOOM) ? program + ": " + rest : null;
        }
        String head = rest.substring(0, Math.min(rest.length(), LONGEST_PREFIX));
        Matcher named = DAEMON.matcher(head);
        if (named.lookingAt()) {
            return named.group(1) + ": " + rest.substring(named.end());
        }
        return EARLYOOM_LINE.matcher(head).matches() ? EARLYOOM + ": " + rest : null;
    }

    private static Parsed<List<KernelMessage>> parse(
            byte[] text, ZoneOffset utcOffset, Instant notAfter, boolean daemons) {
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
            Instant time = null;
            String program = null;
            int at = 0;
            String head = line.substring(0, Math.min(line.length(), LONGEST_PREFIX));
            Matcher syslog = SYSLOG.matcher(head);
            Matcher wall = WALL_CLOCK.matcher(head);
            Matcher iso = ISO_CLOCK.matcher(head);
            Matcher decoded = DECODED.matcher(head);
            if (syslog.lookingAt()) {
                program = syslog.group(2);
                if (!daemons && !program.equals("kernel")) {
                    continue;
                }
                time = syslogTime(syslog.group(1), utcOffset, notAfter);
                at = syslog.end();
            } else if (wall.lookingAt()) {
                // dmesg -T: the names are in the reader's language; where they are not English the time is left
                // unknown.
                time = wallTime(wall, utcOffset);
                at = wall.end();
            } else if (iso.lookingAt()) {
                time = syslogTime(iso.group(1) + "." + iso.group(2), utcOffset, notAfter);
                at = iso.end();
            } else if (decoded.lookingAt()) {
                at = decoded.end();
            }
            Matcher kernel = KERNEL_PREFIX.matcher(line).region(at, Math.min(line.length(), at + LONGEST_PREFIX));
            Integer priority = null;
            Double uptime = null;
            if (kernel.lookingAt()) {
                priority = kernel.group(1) == null ? null : Integer.parseInt(kernel.group(1)) & 7;
                uptime = kernel.group(2) == null ? null : Double.valueOf(kernel.group(2));
                at = kernel.end();
            }
            if (daemons) {
                String said = daemon(program, line.substring(at));
                if (said != null) {
                    rows.add(new KernelMessage(lines.number, null, uptime, time, priority, said));
                }
                continue;
            }
            Matcher named = HOST_AND_KERNEL.matcher(line).region(at, Math.min(line.length(), at + LONGEST_PREFIX));
            if (time == null && named.lookingAt()) {
                at = named.end();
            }
            // rsyslog writes a newline within a message as #012.
            for (String part : line.substring(at).split("#012", -1)) {
                rows.add(new KernelMessage(lines.number, null, uptime, time, priority, part));
            }
        }
        return lines.parsedRows(rows);
    }

    private static Instant wallTime(Matcher wall, ZoneOffset utcOffset) {
        try {
            return utcOffset == null
                    ? null
                    : LocalDateTime.parse(
                                    wall.group(4) + " " + wall.group(1) + " "
                                            + wall.group(2).strip() + " " + wall.group(3),
                                    YEAR_MONTH_DAY)
                            .toInstant(utcOffset);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Instant syslogTime(String text, ZoneOffset utcOffset, Instant notAfter) {
        try {
            if (Character.isDigit(text.charAt(0))) {
                // journalctl writes the offset without a colon.
                String dated = OFFSET.matcher(text).replaceFirst("$1:$2");
                return OffsetDateTime.parse(dated).toInstant();
            }
            if (text.endsWith(" UTC")) {
                return OffsetDateTime.parse(text.substring(4, text.length() - 4).replace(' ', 'T') + "Z")
                        .toInstant();
            }
            if (utcOffset == null || notAfter == null) {
                return null;
            }
            LocalDateTime inLeapYear = LocalDateTime.parse(text.substring(0, 15), MONTH_DAY);
            int year = notAfter.atOffset(utcOffset).getYear();
            for (int i = 0; i < 5; i++) {
                LocalDateTime candidate = inLeapYear.withYear(year - i);
                Instant instant = candidate.toInstant(utcOffset);
                if (candidate.getDayOfMonth() == inLeapYear.getDayOfMonth() && !instant.isAfter(notAfter)) {
                    return instant;
                }
            }
            return null;
        } catch (DateTimeException e) {
            // A date that is none: the message is worth more than its time.
            return null;
        }
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
