package org.postmem.procfs;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.units.ZoneNames;

// [   37.559226] eat invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO), order=0
// Nov 22 10:00:05 db1 kernel: [   37.559226] eat invoked oom-killer: …
// Nov 22 10:00:05.559226 db1 kernel: eat invoked oom-killer: … (journalctl -o short-precise)
// 2026-11-22T10:00:05+0100 db1 kernel: eat invoked oom-killer: … (journalctl -o short-iso)
// Sun 2026-11-22 10:00:05 CET db1 kernel: eat invoked oom-killer: … (journalctl -o short-full)
// 1795341605.559226 db1 kernel: eat invoked oom-killer: … (journalctl -o short-unix)
// [   37.559226 <    0.000123 >] db1 kernel: eat invoked oom-killer: … (journalctl -o short-delta)
// <4>1 2026-11-22T10:00:05.559226Z db1 kernel - - - eat invoked oom-killer: … (RFC 5424)
// 2026-11-22T10:00:05,559226+01:00 eat invoked oom-killer: … (dmesg --time-format iso)
// kern  :warn  : [   37.559226] eat invoked oom-killer: … (dmesg -x)
// [   37.559226 <    0.000123>] eat invoked oom-killer: … (dmesg -d)
// [<    0.000123>] eat invoked oom-killer: … (dmesg --time-format delta)
// [Nov22 10:00] eat invoked oom-killer: … and then [  +0.000123] … (dmesg -H)
// 2026-11-22T10:00:05.559226123Z stdout F [   37.559226] eat invoked oom-killer: … (a container's log, of containerd)
// 2026-11-22T10:00:05.559226123Z [   37.559226] eat invoked oom-killer: … (kubectl logs --timestamps)
// messages:Nov 22 10:00:05 db1 kernel: eat invoked oom-killer: … (grep over several files)

/**
 * What stands before the message in a line of a log.
 *
 * @param time UTC; {@code null} when it cannot be known. When a container or a shipper took the line is told only where the
 *     line has no time of its own: the log of the kernel may be much older
 * @param program that wrote it; {@code null} when no program is named
 * @param uptimeSeconds the kernel's own time stamp
 * @param priority 0 emerg … 7 debug
 * @param end where the message begins
 * @param stamped has it the form of a log, other than a time alone?
 */
record LogPrefix(Instant time, String program, Double uptimeSeconds, Integer priority, int end, boolean stamped) {
    /** No prefix is longer. */
    static final int LONGEST = 300;

    private static final String ISO_TIME =
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:\\d\\d)";
    private static final String PRIORITY = "(?:<\\d{1,3}>)?";
    private static final String HOST_AND_PROGRAM = " \\S+ (\\S+?)(?:\\[\\d+\\])?: ?";

    private static final Pattern FILE =
            Pattern.compile("[\\w./-]{1,200}:(?:\\d{1,9}:)?(?=[A-Z][a-z]{2} [ 0-3]\\d \\d\\d:"
                    + "|\\d{4}-\\d\\d-\\d\\dT|\\[\\s*\\d{1,9}\\.\\d)");
    private static final Pattern CONTAINER = Pattern.compile("(" + ISO_TIME + ") (?:(?:stdout|stderr) [FP] "
            + "|(?=\\[\\s*\\d{1,9}\\.\\d|<\\d{1,3}>|[A-Z][a-z]{2} [ 0-3]\\d \\d\\d:\\d\\d:|\\d{4}-\\d\\d-\\d\\dT))");
    private static final Pattern SYSLOG = Pattern.compile(PRIORITY + "([A-Z][a-z]{2} [ 0-3]\\d"
            + " \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?|\\d{4}-\\d\\d-\\d\\dT[^\\s,]+|[A-Z][a-z]{2}"
            + " \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})? [A-Z0-9:+-]{1,6}|\\d{9,10}\\.\\d{1,9})"
            + HOST_AND_PROGRAM);
    private static final Pattern RFC_5424 =
            Pattern.compile(PRIORITY + "1 (" + ISO_TIME + ") \\S+ (\\S+) \\S+ \\S+ (?:-|(?:\\[[^\\]]{0,200}\\])+) ?");
    private static final Pattern DECODED = Pattern.compile("(?:kern|user|daemon|syslog)\\s{0,4}:[a-z]{3,6}\\s{0,3}: ");
    private static final Pattern ISO_CLOCK =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d),(\\d{1,9}[+-]\\d\\d:?\\d\\d) ");
    /** dmesg -T: the names are in the reader's language; where they are not English the time is left unknown. */
    private static final Pattern WALL_CLOCK =
            Pattern.compile("\\[[^\\]]{2,9} ([^\\]]{2,9}) ([ 0-3]\\d) (\\d\\d:\\d\\d:\\d\\d) (\\d{4})\\] ?");
    /** Since the line before, or the minute alone: no moment is made of these. */
    private static final Pattern NO_MOMENT =
            Pattern.compile("\\[(?:<\\s*\\d{1,9}\\.\\d{1,9}>|\\s*[+-]\\d{1,9}\\.\\d{1,9}"
                    + "|[A-Z][a-z]{2} ?\\d{1,2} \\d\\d:\\d\\d)\\] ?");
    /** {@code <6>}, {@code [   37.559226]}, {@code [  T132]}: what may stand before the message in any text. */
    private static final Pattern KERNEL = Pattern.compile("(?:<(\\d{1,3})>)?"
            + "(?:\\[\\s*(\\d{1,9}\\.\\d{1,9})(?: <\\s*\\d{1,9}\\.\\d{1,9} ?>)?\\] ?)?(?:\\[\\s*[TC]\\d+\\] )?");
    /** Of {@code journalctl -o short-monotonic}, and of a log whose dates were cut off: {@code db1 kernel: }. */
    private static final Pattern HOST_AND_KERNEL = Pattern.compile("(?:[\\w.-]{1,64} )?kernel: ");

    private static final Pattern TIME_ALONE = Pattern.compile("(" + ISO_TIME + ") ");
    private static final Pattern OFFSET = Pattern.compile("([+-]\\d\\d)(\\d\\d)$");
    private static final DateTimeFormatter MONTH_DAY = new DateTimeFormatterBuilder()
            .appendPattern("MMM ppd HH:mm:ss")
            .parseDefaulting(ChronoField.YEAR, 2000)
            .toFormatter(Locale.ROOT);
    private static final DateTimeFormatter YEAR_MONTH_DAY =
            DateTimeFormatter.ofPattern("yyyy MMM d HH:mm:ss", Locale.ROOT);
    private static final int LEAP_YEARS_APART = 5;

    /**
     * Of a line.
     *
     * @param clock for dates without a zone; {@code null} leaves their time unknown
     * @param notAfter gives the year to dates without one; {@code null} leaves their time unknown
     */
    static LogPrefix of(String line, WallClock clock, Instant notAfter) {
        String head = line.substring(0, Math.min(line.length(), LONGEST));
        int at = past(FILE.matcher(head), 0);
        Instant time = null;
        Instant taken = null;
        String program = null;
        boolean stamped = true;
        Matcher container = CONTAINER.matcher(head).region(at, head.length());
        if (container.lookingAt()) {
            taken = moment(container.group(1), clock, notAfter);
            at = container.end();
        }
        at = past(DECODED.matcher(head), at);
        Matcher syslog = SYSLOG.matcher(head).region(at, head.length());
        Matcher rfc = RFC_5424.matcher(head).region(at, head.length());
        Matcher wall = WALL_CLOCK.matcher(head).region(at, head.length());
        Matcher iso = ISO_CLOCK.matcher(head).region(at, head.length());
        Matcher none = NO_MOMENT.matcher(head).region(at, head.length());
        if (syslog.lookingAt()) {
            program = syslog.group(2);
            time = moment(syslog.group(1), clock, notAfter);
            at = syslog.end();
        } else if (rfc.lookingAt()) {
            program = rfc.group(2);
            time = moment(rfc.group(1), clock, notAfter);
            at = rfc.end();
        } else if (wall.lookingAt()) {
            time = wallTime(wall, clock);
            at = wall.end();
        } else if (iso.lookingAt()) {
            time = moment(iso.group(1) + "." + iso.group(2), clock, notAfter);
            at = iso.end();
        } else if (none.lookingAt()) {
            at = none.end();
        } else {
            stamped = false;
        }
        Integer priority = null;
        Double uptime = null;
        for (int twice = 0; twice < 2; twice++) {
            Matcher kernel = KERNEL.matcher(head).region(at, head.length());
            if (kernel.lookingAt()) {
                priority = kernel.group(1) == null ? priority : Integer.valueOf(Integer.parseInt(kernel.group(1)) & 7);
                uptime = kernel.group(2) == null ? uptime : Double.valueOf(kernel.group(2));
                at = kernel.end();
            }
            Matcher named = HOST_AND_KERNEL.matcher(head).region(at, head.length());
            if (time != null || program != null || !named.lookingAt()) {
                break;
            }
            program = "kernel";
            at = named.end();
        }
        stamped |= uptime != null;
        Matcher alone = TIME_ALONE.matcher(head).region(at, head.length());
        if (!stamped && program == null && taken == null && alone.lookingAt()) {
            taken = moment(alone.group(1), clock, notAfter);
            at = alone.end();
        }
        return new LogPrefix(time == null && uptime == null ? taken : time, program, uptime, priority, at, stamped);
    }

    private static int past(Matcher matcher, int from) {
        return matcher.region(from, matcher.regionEnd()).lookingAt() ? matcher.end() : from;
    }

    private static Instant wallTime(Matcher wall, WallClock clock) {
        try {
            return clock == null
                    ? null
                    : clock.instant(LocalDateTime.parse(
                            wall.group(4) + " " + wall.group(1) + " "
                                    + wall.group(2).strip() + " " + wall.group(3),
                            YEAR_MONTH_DAY));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Instant moment(String text, WallClock clock, Instant notAfter) {
        try {
            if (!Character.isDigit(text.charAt(0))) {
                return Character.isDigit(text.charAt(4)) && text.charAt(8) == '-'
                        ? fullDate(text, clock)
                        : withoutYear(text, clock, notAfter);
            }
            int point = text.indexOf('.');
            if (text.indexOf('-') < 0) {
                double fraction = Double.parseDouble("0" + text.substring(point));
                return Instant.ofEpochSecond(Long.parseLong(text.substring(0, point)))
                        .plusNanos(Math.round(fraction * 1e6) * 1000);
            }
            // journalctl writes the offset without a colon.
            return OffsetDateTime.parse(OFFSET.matcher(text).replaceFirst("$1:$2"))
                    .toInstant();
        } catch (DateTimeException e) {
            // A date that is none: the message is worth more than its time.
            return null;
        }
    }

    /** {@code Sun 2026-11-22 10:00:05 CET}. */
    private static Instant fullDate(String text, WallClock clock) {
        int zoneAt = text.lastIndexOf(' ');
        LocalDateTime local = LocalDateTime.parse(text.substring(4, zoneAt).replace(' ', 'T'));
        ZoneId zone = ZoneNames.of(text.substring(zoneAt + 1));
        if (zone != null) {
            return local.atZone(zone).toInstant();
        }
        return clock == null ? null : clock.instant(local);
    }

    private static Instant withoutYear(String text, WallClock clock, Instant notAfter) {
        if (clock == null || notAfter == null) {
            return null;
        }
        LocalDateTime inLeapYear = LocalDateTime.parse(text.substring(0, 15), MONTH_DAY);
        int next = notAfter.atOffset(ZoneOffset.UTC).getYear() + 1;
        for (int year = next; year >= next - LEAP_YEARS_APART; year--) {
            LocalDateTime candidate = inLeapYear.withYear(year);
            Instant instant = clock.instant(candidate);
            if (candidate.getDayOfMonth() == inLeapYear.getDayOfMonth() && !instant.isAfter(notAfter)) {
                return instant;
            }
        }
        return null;
    }
}
