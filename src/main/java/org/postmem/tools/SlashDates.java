package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;

// Linux 6.18.44-fc-v669 (vm) 	06/11/26 	_x86_64_	(2 CPU)
// 06/11/2026 21:05:16

/**
 * In which order the dates of sysstat's banners stand, and those in numbers above a print-out, which is that of the language
 * of whoever ran it: month first in the C locale, day first in most others. A date with a number above 12 tells it for its
 * text, and so do the days of a text that follow one another, and the date of the file, before which all in it was written.
 */
public final class SlashDates {
    /** What stands first. */
    public enum Order {
        MONTH_FIRST,
        DAY_FIRST
    }

    /**
     * What is known beside a text.
     *
     * @param modified the date of its file, or of its print-out in it; {@code null} when nobody knows
     * @param others the order in other files of the host, {@code null} when none tells it or two differ
     */
    public record Beside(Instant modified, Order others) {
        /** Nothing. */
        public static final Beside NOTHING = new Beside(null, null);
    }

    private static final byte[] BANNER = "Linux ".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_LINE = 600;
    private static final int MOST_DATES = 1000;
    /** Of one day's file to the next; the same dates in the other order are a month apart. */
    private static final int MOST_DAYS_APART = 3;
    /** Between the last line of a file and its date. */
    private static final Duration WRITTEN = Duration.ofDays(2);

    private record Pair(LocalDate monthFirst, LocalDate dayFirst) {
        LocalDate in(Order order) {
            return order == Order.MONTH_FIRST ? monthFirst : dayFirst;
        }
    }

    private final Set<Order> told = EnumSet.noneOf(Order.class);
    private final List<Pair> doubtful = new ArrayList<>();

    /** The same, read through when it is asked for first: most texts have no date that may be two. */
    static Supplier<SlashDates> later(byte[] text) {
        return new Supplier<>() {
            private SlashDates found;

            @Override
            public SlashDates get() {
                found = found == null ? of(text) : found;
                return found;
            }
        };
    }

    /** The dates of the banners in a text, and of the lines that tell a moment in numbers. */
    public static SlashDates of(byte[] text) {
        return of(text, true);
    }

    private static SlashDates of(byte[] text, boolean banners) {
        SlashDates dates = new SlashDates();
        for (int at = 0; at < text.length && dates.doubtful.size() < MOST_DATES; ) {
            int end = TextBytes.lineEnd(text, at);
            if (TextBytes.startsWith(text, at, BANNER) && end - at < LONGEST_LINE) {
                Matcher banner = SysstatLine.BANNER.matcher(
                        new String(text, at, end - at, StandardCharsets.UTF_8).stripTrailing());
                if (banners && banner.matches()) {
                    dates.add(banner.group(3));
                }
            } else {
                String date = Frames.numbers(text, at, end);
                if (date != null) {
                    dates.add(date);
                }
            }
            at = end + 1;
        }
        return dates;
    }

    /**
     * The order of the dates above print-outs.
     *
     * @param doubt why they may be other days, {@code null} when there is none
     */
    record OfFrames(Order order, String doubt) {}

    /** The order of the dates in numbers above the print-outs of a text: what it tells, else what other files do. */
    static OfFrames ofFrames(byte[] text, Beside beside) {
        SlashDates dates = of(text, false);
        Order told = dates.order(beside.modified());
        if (told != null || !dates.isDoubtful()) {
            return new OfFrames(told == null ? Order.MONTH_FIRST : told, null);
        }
        Order order = beside.others() == null ? Order.MONTH_FIRST : beside.others();
        return new OfFrames(order, doubt(order, beside.others() != null));
    }

    /** Why a date may be another day. */
    static String doubt(Order order, boolean others) {
        return "the date is read as " + (order == Order.DAY_FIRST ? "day/month/year" : "month/day/year")
                + (others ? ", as in other files" : ", and nothing tells whether it is day/month/year");
    }

    private void add(String text) {
        LocalDate monthFirst = SysstatLine.slashed(text, Order.MONTH_FIRST);
        LocalDate dayFirst = SysstatLine.slashed(text, Order.DAY_FIRST);
        if (monthFirst != null && dayFirst != null) {
            Pair pair = new Pair(monthFirst, dayFirst);
            // a day has a thousand print-outs
            if (doubtful.isEmpty() || !doubtful.get(doubtful.size() - 1).equals(pair)) {
                doubtful.add(pair);
            }
        } else if (monthFirst != null || dayFirst != null) {
            told.add(dayFirst == null ? Order.MONTH_FIRST : Order.DAY_FIRST);
        }
    }

    /** Are there none, or none between slashes? */
    public boolean isEmpty() {
        return told.isEmpty() && doubtful.isEmpty();
    }

    /** Is there one that may be two? */
    boolean isDoubtful() {
        return doubtful.stream().anyMatch(pair -> !pair.monthFirst().equals(pair.dayFirst()));
    }

    /** The order that the text itself tells; {@code null} when it does not. */
    public Order own() {
        if (!told.isEmpty()) {
            return told.size() == 1 ? told.iterator().next() : null;
        }
        return only(daysFollow(Order.MONTH_FIRST), daysFollow(Order.DAY_FIRST));
    }

    /** The order for the dates of this text, which are of one order; {@code null} when nothing tells it. */
    Order order(Instant modified) {
        Order own = own();
        if (own != null || doubtful.isEmpty() || modified == null) {
            return own;
        }
        Order possible = only(writtenBefore(Order.MONTH_FIRST, modified), writtenBefore(Order.DAY_FIRST, modified));
        return possible != null
                ? possible
                : only(writtenAt(Order.MONTH_FIRST, modified), writtenAt(Order.DAY_FIRST, modified));
    }

    private static Order only(boolean monthFirst, boolean dayFirst) {
        return monthFirst == dayFirst ? null : monthFirst ? Order.MONTH_FIRST : Order.DAY_FIRST;
    }

    private boolean daysFollow(Order order) {
        for (int i = 1; i < doubtful.size(); i++) {
            long days = ChronoUnit.DAYS.between(
                    doubtful.get(i - 1).in(order), doubtful.get(i).in(order));
            if (days < 0 || days > MOST_DAYS_APART) {
                return false;
            }
        }
        return doubtful.size() > 1;
    }

    /** A day of leeway, as the zone of the clock is not known. */
    private boolean writtenBefore(Order order, Instant modified) {
        LocalDate day = LocalDate.ofInstant(modified, ZoneOffset.UTC).plusDays(1);
        return doubtful.stream().noneMatch(pair -> pair.in(order).isAfter(day));
    }

    private boolean writtenAt(Order order, Instant modified) {
        LocalDate last = doubtful.get(doubtful.size() - 1).in(order);
        LocalDate day = LocalDate.ofInstant(modified, ZoneOffset.UTC);
        return Math.abs(ChronoUnit.DAYS.between(last, day)) <= WRITTEN.toDays();
    }
}
