package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
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
// 22/11/2026 21:05:16
// sam. 07 nov. 2026 08:00:00 CET
// 2026年 11月 07日 星期六 08:00:00 CST

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
            Pattern.compile("[^\\s\\d]{2,12},? (\\p{L}{3,12})\\.? {1,2}(\\d{1,2}) (\\d\\d:\\d\\d:\\d\\d)"
                    + "(?: ([AP]M))?(?: (\\S{1,6}))? (\\d{4})");

    /** {@code Sa 7. Nov 08:00:00 CET 2026}: of a German date. */
    private static final Pattern DATE_YEAR_LAST =
            Pattern.compile("[^\\s\\d]{2,12},? {1,2}(\\d{1,2})\\.? (\\p{L}{3,12})\\.? (\\d\\d:\\d\\d:\\d\\d)"
                    + "(?: ([AP]M))?(?: (\\S{1,6}))? (\\d{4})");

    private static final Pattern DATE_DAY_FIRST =
            Pattern.compile("[^\\s\\d]{2,12},? {1,2}(\\d{1,2})\\.? (?:de )?(\\p{L}{3,12})\\.? (?:de )?(\\d{4}),?"
                    + " (\\d\\d:\\d\\d:\\d\\d)(?: ([AP]M))?,?(?: (\\S{1,6})| \\(UTC([+-]\\d{4})\\))?");
    /** {@code 2026年 11月 07日 星期六 08:00:00 CST}: of China, Taiwan and Japan. */
    private static final Pattern DATE_CHARACTERS = Pattern.compile("(\\d{4})年 ?(\\d{1,2})月 {0,2}(\\d{1,2})日"
            + "(?: ?\\(?[^\\s\\d()]{1,3}\\)?)?,? {0,2}(?:(上午|下午|午前|午後) ?)?"
            + "(\\d{1,2})[:时時](\\d\\d)[:分](\\d\\d)秒?(?: (\\S{1,6}))?");

    private static final Pattern ISO =
            Pattern.compile("(?:[#=*>\\-]{1,10} ?)?(\\d{4}[-/]\\d\\d[-/]\\d\\d)[T _](\\d\\d:\\d\\d(?::\\d\\d)?)"
                    + "(?:[.,]\\d{1,9})?(?: ?(Z|UTC|[+-]\\d\\d:?\\d\\d))?(?: ?[#=*<\\-]{1,10})?");
    /** {@code 22/11/2026 21:05:16}, {@code 11/22/26 09:05 PM}: day first, or month first. */
    private static final Pattern NUMBERS =
            Pattern.compile("(?:[#=*>\\-]{1,10} ?)?(\\d{1,2}([/.-])\\d{1,2}\\2\\d{2}(?:\\d\\d)?)"
                    + ",?[ T_] ?(\\d{1,2}):(\\d\\d)(?::(\\d\\d))?(?:[.,]\\d{1,9})?(?: ?([AaPp])[Mm])?"
                    + "(?: ?(Z|[A-Z]{3,4}|[+-]\\d\\d:?\\d\\d))?(?: ?[#=*<\\-]{1,10})?");

    private static final DateTimeFormatter CLOCK_12 = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("hh:mm:ss a")
            .toFormatter(Locale.ROOT);
    /** How the names of the months begin, in other languages than English, too; January first. */
    private static final List<List<String>> MONTHS = List.of(
            List.of("jan", "ene", "gen", "sty", "янв"),
            List.of("feb", "fev", "fév", "lut", "фев"),
            List.of("mar", "mär", "mrz", "mrt", "maa", "мар"),
            List.of("apr", "avr", "abr", "kwi", "апр"),
            List.of("may", "mai", "mag", "mei", "maj", "мая", "май"),
            List.of("jun", "juin", "giu", "cze", "июн"),
            List.of("jul", "juil", "lug", "lip", "июл"),
            List.of("aug", "aoû", "aou", "ago", "sie", "авг"),
            List.of("sep", "set", "wrz", "сен"),
            List.of("oct", "okt", "ott", "out", "paź", "окт"),
            List.of("nov", "lis", "ноя"),
            List.of("dec", "dez", "déc", "dic", "gru", "дек"));

    private static final int LONGEST_LINE = 100;
    /** Of 年 in UTF-8. */
    private static final byte FIRST_OF_YEAR = (byte) 0xe5;

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

    /**
     * The texts below each line of time; empty when there is no such line.
     *
     * @param order of dates that may be two; {@code null} leaves those without a moment
     */
    static List<Frame> of(byte[] text, SlashDates.Order order) {
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
            Stamp told = first == null ? stamp(text, at, end, order) : bareStamp(text, at, end, bare);
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

    /** As {@link #stamp(byte[], int, int, SlashDates.Order)}, of a date that may be two without a moment. */
    static Stamp stamp(byte[] text, int from, int to) {
        return stamp(text, from, to, null);
    }

    /**
     * The moment that a line tells, if it tells that and nothing else; {@code null} otherwise.
     *
     * @param order of a date that may be two; {@code null} gives {@link Stamp#NONE} for such a one
     */
    static Stamp stamp(byte[] text, int from, int to, SlashDates.Order order) {
        return mayTell(text, from, to)
                ? stamp(new String(text, from, to - from, StandardCharsets.UTF_8).strip(), order)
                : null;
    }

    /** The date of a line that tells a moment in numbers, as {@code 22/11/2026}; {@code null} of any other. */
    static String numbers(byte[] text, int from, int to) {
        if (!mayTell(text, from, to)) {
            return null;
        }
        Matcher numbers = NUMBERS.matcher(new String(text, from, to - from, StandardCharsets.UTF_8).strip());
        return numbers.matches() ? numbers.group(1) : null;
    }

    /** Nearly every line does not; what is left is asked in earnest. */
    private static boolean mayTell(byte[] text, int from, int to) {
        if (to - from > LONGEST_LINE || to - from < 10) {
            return false;
        }
        byte first = text[from];
        if (first >= '0' && first <= '9') {
            byte mark = text[from + 1] >= '0' && text[from + 1] <= '9' ? text[from + 2] : text[from + 1];
            return ((text[from + 4] == '-' || text[from + 4] == '/') && text[from + 7] == text[from + 4])
                    || mark == '/'
                    || mark == '.'
                    || mark == '-'
                    || text[from + 4] == FIRST_OF_YEAR;
        }
        if (text[from] == 'z' && text[from + 1] == 'z') {
            return true;
        }
        if ((first >= 'A' && first <= 'Z') || first < 0 || (first >= 'a' && first <= 'z' && isDay(text, from, to))) {
            int marks = marks(text, from, to);
            return marks == 2 || marks == 3;
        }
        return first == '#' || first == '=' || first == '-' || first == '*' || first == '>';
    }

    /** {@code sam. 07 nov.}: a word, a number, a word; rows of processes go on with numbers. */
    private static boolean isDay(byte[] text, int from, int to) {
        int at = from;
        while (at < to && text[at] != ' ') {
            at++;
        }
        while (at < to && text[at] == ' ') {
            at++;
        }
        int number = at;
        while (at < to && ((text[at] >= '0' && text[at] <= '9') || text[at] == '.')) {
            at++;
        }
        return at > number && at + 1 < to && text[at] == ' ' && (text[at + 1] >= 'A' || text[at + 1] < 0);
    }

    /** Colons, of which a time of day has two and its zone at most one. */
    private static int marks(byte[] text, int from, int to) {
        int marks = 0;
        for (int i = from; i < to; i++) {
            marks += text[i] == ':' ? 1 : 0;
        }
        return marks;
    }

    /** As {@link #stamp(byte[], int, int)}. */
    static Stamp stamp(String line) {
        return stamp(line, null);
    }

    private static Stamp stamp(String line, SlashDates.Order order) {
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
            Matcher numbers = NUMBERS.matcher(line);
            return numbers.matches() ? numbers(numbers, order) : date(line);
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
        Matcher last = DATE_YEAR_LAST.matcher(text);
        if (last.matches()) {
            return words(last.group(6), last.group(2), last.group(1), last.group(3), last.group(4), last.group(5));
        }
        Matcher day = DATE_DAY_FIRST.matcher(text);
        if (day.matches()) {
            String zone = day.group(6) == null ? day.group(7) : day.group(6);
            return words(day.group(3), day.group(2), day.group(1), day.group(4), day.group(5), zone);
        }
        Matcher characters = DATE_CHARACTERS.matcher(text);
        return characters.matches() ? characters(characters) : null;
    }

    private static Stamp words(String year, String month, String day, String clock, String half, String zone) {
        int number = month(month);
        if (number == 0) {
            return null;
        }
        LocalTime time = half == null ? LocalTime.parse(clock) : LocalTime.parse(clock + " " + half, CLOCK_12);
        return zoned(
                LocalDate.of(Integer.parseInt(year), number, Integer.parseInt(day))
                        .atTime(time),
                zone);
    }

    /** 0 for a word that is no month. */
    private static int month(String word) {
        String name = word.toLowerCase(Locale.ROOT);
        for (int i = 0; i < MONTHS.size(); i++) {
            if (MONTHS.get(i).stream().anyMatch(name::startsWith)) {
                return i + 1;
            }
        }
        return 0;
    }

    private static Stamp characters(Matcher date) {
        LocalTime time = time(number(date, 5), number(date, 6), number(date, 7), isAfternoon(date.group(4)));
        if (time == null) {
            return null;
        }
        // that of America has English words around it
        String letters = "CST".equals(date.group(8)) ? "+0800" : date.group(8);
        return zoned(
                LocalDate.of(number(date, 1), number(date, 2), number(date, 3)).atTime(time), letters);
    }

    /** {@code null} where nothing stands of the half of the day. */
    private static Boolean isAfternoon(String half) {
        return half == null ? null : (Boolean) (half.equals("下午") || half.equals("午後"));
    }

    /** {@code null} for an hour that a clock of twelve does not have. */
    private static LocalTime time(int hour, int minute, int second, Boolean afternoon) {
        if (afternoon == null) {
            return LocalTime.of(hour, minute, second);
        }
        return hour < 1 || hour > 12 ? null : LocalTime.of(hour % 12 + (afternoon ? 12 : 0), minute, second);
    }

    private static Stamp numbers(Matcher date, SlashDates.Order order) {
        LocalDate monthFirst = SysstatLine.numbers(date.group(1), SlashDates.Order.MONTH_FIRST);
        LocalDate dayFirst = SysstatLine.numbers(date.group(1), SlashDates.Order.DAY_FIRST);
        Boolean afternoon =
                date.group(6) == null ? null : (Boolean) date.group(6).equalsIgnoreCase("p");
        int second = date.group(5) == null ? 0 : number(date, 5);
        LocalTime time = time(number(date, 3), number(date, 4), second, afternoon);
        if (time == null || (monthFirst == null && dayFirst == null)) {
            return null;
        }
        boolean two = monthFirst != null && dayFirst != null && !monthFirst.equals(dayFirst);
        if (two && order == null) {
            return Stamp.NONE;
        }
        boolean day = two ? order == SlashDates.Order.DAY_FIRST : monthFirst == null;
        return zoned((day ? dayFirst : monthFirst).atTime(time), date.group(7));
    }

    private static Stamp zoned(LocalDateTime local, String letters) {
        ZoneId zone = letters == null ? null : ZoneNames.of(letters);
        return zone == null ? Stamp.of(local) : Stamp.of(local.atZone(zone).toInstant());
    }

    private static int number(Matcher matched, int group) {
        return Integer.parseInt(matched.group(group));
    }
}
