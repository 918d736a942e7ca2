package org.postmem.collector.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.postmem.collector.source.Ledger;

/**
 * Compares three clocks from snapshot to snapshot: the wall clock, which people and NTP set; the monotonic one, by which
 * ticks are counted, and which stands still while the host is suspended; and {@code /proc/uptime}, which does not stand
 * still. What differs by more than the reading can take stands in the ledger as {@code clock}: {@code CLOCK_SET} with the
 * seconds by which the wall clock was moved, {@code SUSPENDED} with those the host slept.
 */
public final class ClockWatch {
    /** NTP slews far below this within a tick; a leap second is one second. */
    private static final double TOLERANCE_SECONDS = 2;

    private Instant wallClock;
    private long monotonicNanos;
    private Double uptimeSeconds;

    /**
     * Takes the clocks of a snapshot.
     *
     * @param uptimeSeconds null when it could not be read
     * @param readNanos what reading took: the clocks were not looked at in the same moment
     */
    public void look(Instant wallClock, long monotonicNanos, Double uptimeSeconds, long readNanos, Ledger ledger) {
        if (this.wallClock != null) {
            Duration passed = Duration.between(this.wallClock, wallClock);
            double wall = passed.getSeconds() + passed.getNano() / 1e9;
            double monotonic = (monotonicNanos - this.monotonicNanos) / 1e9;
            double tolerance = TOLERANCE_SECONDS + readNanos / 1e9;
            double slept = uptimeSeconds == null || this.uptimeSeconds == null
                    ? 0
                    : uptimeSeconds - this.uptimeSeconds - monotonic;
            if (slept <= tolerance) {
                slept = 0;
            } else {
                ledger.gap("clock", "SUSPENDED", 1, seconds(slept));
            }
            double moved = wall - monotonic - slept;
            if (Math.abs(moved) > tolerance) {
                ledger.gap("clock", "CLOCK_SET", 1, seconds(moved));
            }
        }
        this.wallClock = wallClock;
        this.monotonicNanos = monotonicNanos;
        this.uptimeSeconds = uptimeSeconds;
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%+.1f s", seconds);
    }
}
