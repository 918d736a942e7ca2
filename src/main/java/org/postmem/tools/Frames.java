package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.units.ZoneNames;

// zzz ***Sun Nov 22 21:00:00 UTC 2026
// zzz <11/22/2026 21:00:00> Count:5
// TS 1795381516.008 2026-11-22 21:05:16

/**
 * Texts that a script collected one after the other, each under a line with the time: OSWatcher ({@code zzz ***} and what
 * date printed), ExaWatcher, pt-stalk, or a loop of {@code date; command}.
 */
final class Frames {
    private static final Pattern OSWATCHER = Pattern.compile("zzz \\*\\*\\*(.{10,60})");
    private static final Pattern EXAWATCHER =
            Pattern.compile("zzz <(\\d\\d)/(\\d\\d)/(\\d{4}) (\\d\\d):(\\d\\d):(\\d\\d)> .{0,40}");
    private static final Pattern PT_STALK =
            Pattern.compile("TS (\\d{9,10})(?:\\.\\d{1,9})? \\d{4}-\\d\\d-\\d\\d .{0,20}");
    /** {@code Sun Nov 22 21:00:00 UTC 2026} and {@code Sun 22 Nov 2026 09:00:00 PM UTC}: what date prints. */
    private static final Pattern DATE =
            Pattern.compile("[^\\s\\d]{2,9},? ([A-Z][a-z]{2}) {1,2}(\\d{1,2}) (\\d\\d:\\d\\d:\\d\\d)"
                    + "(?: ([AP]M))?(?: (\\S{1,6}))? (\\d{4})");

    private static final Pattern DATE_DAY_FIRST = Pattern.compile(
            "[^\\s\\d]{2,9},? {1,2}(\\d{1,2}) ([A-Z][a-z]{2}) (\\d{4}) (\\d\\d:\\d\\d:\\d\\d)(?: ([AP]M))?(?: (\\S{1,6}))?");
    private static final Pattern ISO =
            Pattern.compile("(?:[#=*>\\-]{1,10} ?)?(\\d{4}[-/]\\d\\d[-/]\\d\\d)[T _](\\d\\d:\\d\\d:\\d\\d)"
                    + "(?:[.,]\\d{1,9})?(?: ?(Z|UTC|[+-]\\d\\d:?\\d\\d))?(?: ?[#=*<\\-]{1,10})?");

    private static final DateTimeFormatter WORDS = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("yyyy MMM d HH:mm:ss")
            .toFormatter(Locale.ROOT);
    private static final DateTimeFormatter WORDS_12 = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("yyyy MMM d hh:mm:ss a")
            .toFormatter(Locale.ROOT);
    private static final int LONGEST_LINE = 100;

    /** What {@code date +%s} prints, and {@code date '+# %s'}; before 2017 no file is that postmem is asked about. */
    private static final Pattern SECONDS = Pattern.compile("(?:# )?(1[5-9]\\d{8})(?:\\.\\d{1,9})?");
    /** {@code date +%T} */
    private static final Pattern CLOCK =
            Pattern.compile("(?:[#=*>\\-]{1,10} ?)?(\\d\\d:\\d\\d:\\d\\d)(?: ?[#=*<\\-]{1,10})?");

    private static final long WEEK_SECONDS = 7 * 86_400L;

    private Frames() {}

    /**
     * One of them.
     *
     * @param line of the file at which the text begins, 1-based
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Frame(Stamp stamp, int line, byte[] text) {}

    /** The texts below each line of time; empty when there is no such line. */
    static List<Frame> of(byte[] text) {
        List<Frame> frames = new ArrayList<>();
        Stamp stamp = null;
        int from = 0;
        int fromLine = 1;
        int line = 1;
        int at = 0;
        Stamp first = bareStamp(text);
        Stamp bare = first;
        while (at < text.length) {
            int end = TextBytes.lineEnd(text, at);
            Stamp told = first == null ? stamp(text, at, end) : bareStamp(text, at, end, bare);
            bare = told == null ? bare : told;
            if (told != null) {
                if (stamp != null && at > from) {
                    frames.add(new Frame(stamp, fromLine, Arrays.copyOfRange(text, from, at)));
                }
                stamp = told;
                from = Math.min(text.length, end + 1);
                fromLine = line + 1;
            }
            at = end + 1;
            line++;
        }
        if (stamp != null && from < text.length) {
            frames.add(new Frame(stamp, fromLine, Arrays.copyOfRange(text, from, text.length)));
        }
        return frames;
    }

    /**
     * The first line with anything on it, where that is seconds since 1970 or a time of day and nothing else: such lines may
     * be numbers of the text, too, and tell a time only in a file that begins with one.
     */
    private static Stamp bareStamp(byte[] text) {
        int at = 0;
        while (at < text.length && text[at] <= ' ') {
            at++;
        }
        return bareStamp(text, at, TextBytes.lineEnd(text, at), null);
    }

    /** @param before the last one, behind which the next one lies by a week at most; {@code null} for the first */
    private static Stamp bareStamp(byte[] text, int from, int to, Stamp before) {
        if (to - from < 8 || to - from > LONGEST_LINE) {
            return null;
        }
        Stamp told = bareStamp(new String(text, from, to - from, StandardCharsets.UTF_8).strip());
        if (told == null || before == null) {
            return told;
        }
        if ((told.instant() == null) != (before.instant() == null)) {
            return null;
        }
        long step = told.instant() == null
                ? 0
                : Duration.between(before.instant(), told.instant()).toSeconds();
        return step >= 0 && step <= WEEK_SECONDS ? told : null;
    }

    /** The moment of a line of seconds since 1970, or of a time of day; {@code null} of any other. */
    static Stamp bareStamp(String line) {
        Matcher seconds = SECONDS.matcher(line);
        if (seconds.matches()) {
            return Stamp.of(Instant.ofEpochSecond(Long.parseLong(seconds.group(1))));
        }
        Matcher clock = CLOCK.matcher(line);
        try {
            return clock.matches() ? Stamp.of(LocalTime.parse(clock.group(1))) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The moment that a line tells, if it tells that and nothing else; {@code null} otherwise. */
    static Stamp stamp(byte[] text, int from, int to) {
        if (to - from > LONGEST_LINE || to - from < 10) {
            return null;
        }
        // nearly every line is none; what is left is asked in earnest
        byte first = text[from];
        boolean maybe;
        if (first >= '0' && first <= '9') {
            maybe = (text[from + 4] == '-' || text[from + 4] == '/') && text[from + 7] == text[from + 4];
        } else if ((first >= 'A' && first <= 'Z') || first < 0) {
            int marks = marks(text, from, to);
            maybe = marks == 2 || marks == 3;
        } else {
            maybe = first == 'z' || first == '#' || first == '=' || first == '-' || first == '*' || first == '>';
        }
        return maybe ? stamp(new String(text, from, to - from, StandardCharsets.UTF_8).strip()) : null;
    }

    /** Colons, of which a time of day has two and its zone at most one. */
    private static int marks(byte[] text, int from, int to) {
        int marks = 0;
        for (int i = from; i < to; i++) {
            marks += text[i] == ':' ? 1 : 0;
        }
        return marks;
    }

    /** The moment that a line tells, if it tells that and nothing else; {@code null} otherwise. */
    static Stamp stamp(String line) {
        try {
            Matcher osw = OSWATCHER.matcher(line);
            if (osw.matches()) {
                Stamp told = date(osw.group(1).strip());
                return told == null ? Stamp.NONE : told;
            }
            Matcher exa = EXAWATCHER.matcher(line);
            if (exa.matches()) {
                return Stamp.of(LocalDateTime.of(
                        number(exa, 3),
                        number(exa, 1),
                        number(exa, 2),
                        number(exa, 4),
                        number(exa, 5),
                        number(exa, 6)));
            }
            Matcher stalk = PT_STALK.matcher(line);
            if (stalk.matches()) {
                return Stamp.of(Instant.ofEpochSecond(Long.parseLong(stalk.group(1))));
            }
            Matcher iso = ISO.matcher(line);
            if (iso.matches()) {
                return zoned(LocalDateTime.parse(iso.group(1).replace('/', '-') + "T" + iso.group(2)), iso.group(3));
            }
            return date(line);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Stamp date(String text) {
        Matcher month = DATE.matcher(text);
        if (month.matches()) {
            return words(
                    month.group(6), month.group(1), month.group(2), month.group(3), month.group(4), month.group(5));
        }
        Matcher day = DATE_DAY_FIRST.matcher(text);
        return day.matches()
                ? words(day.group(3), day.group(2), day.group(1), day.group(4), day.group(5), day.group(6))
                : null;
    }

    private static Stamp words(String year, String month, String day, String clock, String half, String zone) {
        String whole = year + " " + month + " " + day + " " + clock;
        LocalDateTime local =
                half == null ? LocalDateTime.parse(whole, WORDS) : LocalDateTime.parse(whole + " " + half, WORDS_12);
        return zoned(local, zone);
    }

    private static Stamp zoned(LocalDateTime local, String letters) {
        ZoneId zone = letters == null ? null : ZoneNames.of(letters);
        return zone == null ? Stamp.of(local) : Stamp.of(local.atZone(zone).toInstant());
    }

    private static int number(Matcher matched, int group) {
        return Integer.parseInt(matched.group(group));
    }
}
