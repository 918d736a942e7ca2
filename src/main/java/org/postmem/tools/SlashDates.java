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

/**
 * In which order the dates of sysstat's banners stand, which is that of the language of whoever ran it: month first in the C
 * locale, day first in most others. A date with a number above 12 tells it for its text, and so do the days of a text that
 * follow one another, and the date of the file, before which all in it was written.
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

    /** The dates of the banners in a text. */
    public static SlashDates of(byte[] text) {
        SlashDates dates = new SlashDates();
        for (int at = 0; at < text.length && dates.doubtful.size() < MOST_DATES; ) {
            int end = TextBytes.lineEnd(text, at);
            if (TextBytes.startsWith(text, at, BANNER) && end - at < LONGEST_LINE) {
                Matcher banner = SysstatLine.BANNER.matcher(
                        new String(text, at, end - at, StandardCharsets.UTF_8).stripTrailing());
                if (banner.matches()) {
                    dates.add(banner.group(3));
                }
            }
            at = end + 1;
        }
        return dates;
    }

    private void add(String text) {
        LocalDate monthFirst = SysstatLine.slashed(text, Order.MONTH_FIRST);
        LocalDate dayFirst = SysstatLine.slashed(text, Order.DAY_FIRST);
        if (monthFirst != null && dayFirst != null) {
            doubtful.add(new Pair(monthFirst, dayFirst));
        } else if (monthFirst != null || dayFirst != null) {
            told.add(dayFirst == null ? Order.MONTH_FIRST : Order.DAY_FIRST);
        }
    }

    /** Are there none, or none between slashes? */
    public boolean isEmpty() {
        return told.isEmpty() && doubtful.isEmpty();
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
