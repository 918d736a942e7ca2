package org.postmem.collector.cli;

import java.time.Duration;

/**
 * How often a snapshot is taken: at the interval, and for two minutes after a trigger five times as often, once a second
 * at most. Such minutes come again ten minutes after they began at the earliest: what triggers all the time is no news.
 */
final class Pace {
    private static final long FASTEST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int TIMES_FASTER = 5;
    private static final long FASTER_NANOS = Duration.ofMinutes(2).toNanos();
    private static final long AGAIN_NANOS = Duration.ofMinutes(10).toNanos();

    private final long intervalNanos;
    private boolean triggered;
    private long triggeredNanos;

    Pace(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    /** A trigger fired; true when it makes a difference. */
    boolean triggered(long nowNanos) {
        if (triggered && nowNanos - triggeredNanos < AGAIN_NANOS) {
            return false;
        }
        triggered = true;
        triggeredNanos = nowNanos;
        return true;
    }

    boolean faster(long nowNanos) {
        return triggered && nowNanos - triggeredNanos < FASTER_NANOS;
    }

    long stepNanos(long nowNanos) {
        return faster(nowNanos)
                ? Math.min(intervalNanos, Math.max(FASTEST_NANOS, intervalNanos / TIMES_FASTER))
                : intervalNanos;
    }
}
