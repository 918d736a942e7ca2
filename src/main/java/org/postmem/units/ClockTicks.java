package org.postmem.units;

import java.time.Instant;

/**
 * The clock tick of {@code /proc/stat} and {@code /proc/PID/stat} (USER_HZ, nearly always 100).
 *
 * @param perSecond ticks in a second
 */
public record ClockTicks(long perSecond) {
    private static final long LONGEST_SECONDS = 1L << 34;

    public ClockTicks {
        if (perSecond <= 0) {
            throw new IllegalArgumentException("clock ticks per second are not positive: " + perSecond);
        }
    }

    public double toSeconds(long ticks) {
        return (double) ticks / perSecond;
    }

    /**
     * The time that so many ticks after boot are; {@code null} when the time of boot is unknown, or no host has run so
     * long.
     */
    public Instant after(Instant bootTime, long ticks) {
        return bootTime == null || ticks < 0 || ticks / perSecond > LONGEST_SECONDS
                ? null
                : bootTime.plusMillis(Math.round(toSeconds(ticks) * 1000));
    }
}
