package org.postmem.units;

/**
 * The clock tick of {@code /proc/stat} and {@code /proc/PID/stat} (USER_HZ, nearly always 100).
 *
 * @param perSecond ticks in a second
 */
public record ClockTicks(long perSecond) {
    public ClockTicks {
        if (perSecond <= 0) {
            throw new IllegalArgumentException("clock ticks per second are not positive: " + perSecond);
        }
    }

    public double toSeconds(long ticks) {
        return (double) ticks / perSecond;
    }
}
