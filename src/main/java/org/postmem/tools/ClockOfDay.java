package org.postmem.tools;

/**
 * Reads clocks that have no date as seconds since the midnight before the first of them: a clock that falls back by more
 * than half a day has passed midnight.
 */
final class ClockOfDay {
    private static final int DAY_SECONDS = 86_400;

    private int last = -1;
    private int days;

    /**
     * The second of the next clock.
     *
     * @return {@code null} when it is none
     */
    Integer next(String hours, String minutes, String seconds) {
        int hour = Integer.parseInt(hours);
        int minute = Integer.parseInt(minutes);
        int second = Integer.parseInt(seconds);
        if (hour > 23 || minute > 59 || second > 60) {
            return null;
        }
        int clock = hour * 3600 + minute * 60 + second;
        if (last >= 0 && clock < last - DAY_SECONDS / 2) {
            days++;
        } else if (days > 0 && clock > last + DAY_SECONDS / 2) {
            // Lines of several threads are not in order of time to the last microsecond, midnight included.
            return (days - 1) * DAY_SECONDS + clock;
        }
        last = clock;
        return days * DAY_SECONDS + clock;
    }
}
