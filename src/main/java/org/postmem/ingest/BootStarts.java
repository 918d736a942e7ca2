package org.postmem.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * When each boot of a capture began by the clock on the wall: what start times of processes and lines of the kernel log
 * are counted from. Each snapshot tells it, as its time less {@code /proc/uptime}; the uptime is read after the clock, in
 * a first snapshot by seconds, which puts the start too early and never too late. So the latest of them is the best, and
 * what is later by more than that is a clock that was set.
 */
final class BootStarts {
    /** How long after the clock a first snapshot may read its uptime. */
    private static final Duration LATEST_UPTIME = Duration.ofSeconds(20);

    private final Map<Integer, Instant> starts = new HashMap<>();

    /** @param uptimeSeconds {@code null} when it could not be read, which tells nothing */
    void note(int boot, Instant wallClock, Double uptimeSeconds) {
        if (uptimeSeconds == null) {
            return;
        }
        Instant start = wallClock.minusNanos(Math.round(uptimeSeconds * 1e9));
        starts.merge(
                boot,
                start,
                (best, other) -> other.isAfter(best) && other.isBefore(best.plus(LATEST_UPTIME)) ? other : best);
    }

    /** {@code null} when no snapshot of that boot has told its uptime. */
    Instant of(int boot) {
        return starts.get(boot);
    }
}
