package org.postmem.tools;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// Linux 6.18.44-fc-v669 (vm) 	11/22/26 	_x86_64_	(2 CPU)
// 09:05:17 PM     UID       PID  minflt/s  majflt/s     VSZ     RSS   %MEM  Command
// Linux 3.10.0-1160.el7.x86_64 (db1) 	2026年11月22日 	_x86_64_	(2 CPU)
// 21时05分33秒 kbmemfree kbmemused  %memused kbbuffers  kbcached  kbcommit   %commit

/** What the lines of sar and pidstat begin with: the banner, and a clock of 24 or of 12 hours. */
final class SysstatLine {
    static final Pattern BANNER = Pattern.compile(
            "Linux (\\S{1,100}) \\((\\S{0,255})\\)\\s{1,20}(\\S{1,30})(?:\\s{1,20}_(\\S{1,30})_)?(?:\\s{1,20}\\((\\d{1,5}) CPU\\))?\\s*");
    private static final Pattern CLOCK = Pattern.compile("(?:([上下])午 ?)?(\\d\\d)[:时時](\\d\\d)[:分](\\d\\d)秒?"
            + "(?:\\s{1,4}([AaPp])\\.?[Mm]\\.?(?=\\s|$))?(?=\\s|$)");
    private static final Pattern YEAR_FIRST = Pattern.compile("(\\d{4})[-/.年](\\d{1,2})[-/.月](\\d{1,2})日?\\.?");
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,2})([./-])(\\d{1,2})\\2(\\d{4}|\\d\\d)\\.?");

    private SysstatLine() {}

    static Banner banner(Matcher matched) {
        return new Banner(
                matched.group(2).isEmpty() ? null : matched.group(2),
                matched.group(1),
                matched.group(4),
                matched.group(5) == null ? null : Integer.valueOf(matched.group(5)),
                null);
    }

    /** The date between slashes, read in this order; {@code null} when it is none in it. */
    static LocalDate slashed(String text, SlashDates.Order order) {
        Matcher numbers = NUMBERS.matcher(text);
        if (!numbers.matches() || !numbers.group(2).equals("/")) {
            return null;
        }
        boolean dayFirst = order == SlashDates.Order.DAY_FIRST;
        try {
            return LocalDate.of(year(numbers), number(numbers, dayFirst ? 3 : 1), number(numbers, dayFirst ? 1 : 3));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * The date of numbers between slashes, read in this order, or between points or dashes, where the day stands first;
     * {@code null} when it is none.
     */
    static LocalDate numbers(String text, SlashDates.Order order) {
        LocalDate slashed = slashed(text, order);
        if (slashed != null || text.indexOf('/') >= 0) {
            return slashed;
        }
        Date other = date(text);
        return other == null ? null : other.day();
    }

    private static int year(Matcher numbers) {
        int year = number(numbers, 4);
        return year < 100 ? 2000 + year : year;
    }

    /**
     * The date of a banner in whatever order the reader's language has it.
     *
     * @param doubt why it may be another day, {@code null} when there is none
     */
    record Date(LocalDate day, String doubt) {}

    /**
     * The date of a banner.
     *
     * @param dates of all banners of the text, asked for where the date may be two
     * @return {@code null} when it is no date
     */
    static Date date(String text, Supplier<SlashDates> dates, SlashDates.Beside beside) {
        LocalDate monthFirst = slashed(text, SlashDates.Order.MONTH_FIRST);
        LocalDate dayFirst = slashed(text, SlashDates.Order.DAY_FIRST);
        if (monthFirst == null || dayFirst == null || monthFirst.equals(dayFirst)) {
            return date(text);
        }
        SlashDates.Order told = dates.get().order(beside.modified());
        SlashDates.Order order = told == null ? beside.others() : told;
        String doubt = told != null ? null : SlashDates.doubt(order, order != null);
        return new Date(order == SlashDates.Order.DAY_FIRST ? dayFirst : monthFirst, doubt);
    }

    private static Date date(String text) {
        try {
            Matcher whole = YEAR_FIRST.matcher(text);
            if (whole.matches()) {
                return new Date(LocalDate.of(number(whole, 1), number(whole, 2), number(whole, 3)), null);
            }
            Matcher numbers = NUMBERS.matcher(text);
            if (!numbers.matches()) {
                return null;
            }
            int first = number(numbers, 1);
            int second = number(numbers, 3);
            // With points the day stands first everywhere; with slashes the month does in the C locale, sysstat's
            // default.
            boolean dayFirst = !numbers.group(2).equals("/") || first > 12;
            int month = dayFirst ? second : first;
            return new Date(LocalDate.of(year(numbers), month, dayFirst ? first : second), null);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** A clock at the begin of a line, and where the line goes on. */
    record Clock(LocalTime time, int end) {}

    /** {@code null} when the line begins otherwise. */
    static Clock clock(String line) {
        return clock(line, 0);
    }

    static Clock clock(String line, int from) {
        if (line.length() < from + 8 || !mayBegin(line.charAt(from), line.charAt(from + 2))) {
            return null;
        }
        Matcher clock = CLOCK.matcher(line).region(from, line.length());
        if (!clock.lookingAt()) {
            return null;
        }
        int hour = number(clock, 2);
        String half = clock.group(1) == null ? clock.group(5) : clock.group(1);
        if (half != null) {
            if (hour < 1 || hour > 12) {
                return null;
            }
            hour = hour % 12 + (half.equalsIgnoreCase("p") || half.equals("下") ? 12 : 0);
        }
        int minute = number(clock, 3);
        int second = Math.min(59, number(clock, 4));
        if (hour > 23 || minute > 59) {
            return null;
        }
        return new Clock(LocalTime.of(hour, minute, second), clock.end());
    }

    /** Nearly every line is asked. */
    private static boolean mayBegin(char first, char third) {
        return third == ':' || third == '时' || third == '時' || first == '上' || first == '下';
    }

    private static int number(Matcher matched, int group) {
        return Integer.parseInt(matched.group(group));
    }
}
