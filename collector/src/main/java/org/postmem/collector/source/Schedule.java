package org.postmem.collector.source;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * Says which tiers a snapshot reads. The first one is quick, the second has the slow tier, the third what costs by size;
 * of few snapshots the first has the slow tier already and the second everything, so that a trend has an early point.
 * The last one reads everything. Between them the slow tier comes by
 * time and by ticks, whichever is sooner: a minute or six ticks, in captures known to be short ten seconds or five
 * ticks, so that a trend of what only the slow tier sees has points. When reading it costs more than half the CPU
 * budget its period is stretched, in a short capture never so far that fewer than eight points are left.
 */
public final class Schedule {
    private static final long SHORT_CAPTURE_NANOS = Duration.ofMinutes(5).toNanos();
    private static final long LONGEST_PERIOD_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int POINTS_OF_A_SHORT_CAPTURE = 8;

    private final double cpuShare;
    private final boolean shortCapture;
    private final long plannedNanos;
    private final long basePeriodNanos;

    private long periodNanos;
    private final boolean fewSnapshots;
    private int snapshots;
    private boolean soon;
    private long lastSlowNanos;

    public enum Tier {
        TICK,
        SLOW,
        BUDGET
    }

    /**
     * @param plannedNanos how long the capture will last, {@link Long#MAX_VALUE} when it has no planned end
     * @param cpuShare the share of one core the collector may use: 0.01 for 1 %
     */
    public Schedule(long intervalNanos, long plannedNanos, double cpuShare) {
        this.cpuShare = cpuShare;
        this.plannedNanos = plannedNanos;
        this.shortCapture = plannedNanos < SHORT_CAPTURE_NANOS;
        long wanted = shortCapture
                ? Math.min(Duration.ofSeconds(10).toNanos(), 5 * intervalNanos)
                : Math.min(Duration.ofSeconds(60).toNanos(), 6 * intervalNanos);
        if (shortCapture) {
            wanted = Math.min(wanted, plannedNanos / POINTS_OF_A_SHORT_CAPTURE);
        }
        this.basePeriodNanos = Math.max(wanted, intervalNanos);
        this.periodNanos = basePeriodNanos;
        this.fewSnapshots = plannedNanos / intervalNanos < POINTS_OF_A_SHORT_CAPTURE;
    }

    /** Tiers of the snapshot that begins now. */
    public Set<Tier> tiers(long nowNanos, boolean last) {
        EnumSet<Tier> tiers = EnumSet.of(Tier.TICK);
        snapshots++;
        // half a millisecond a second early is the same tick: ticks are never on the nanosecond
        boolean due = snapshots > 2 && nowNanos - lastSlowNanos >= periodNanos - periodNanos / 20;
        due |= soon;
        soon = false;
        if (due || last || snapshots == 2 || (snapshots == 1 && fewSnapshots)) {
            tiers.add(Tier.SLOW);
            lastSlowNanos = nowNanos;
        }
        if (due || last || snapshots == (fewSnapshots ? 2 : 3)) {
            tiers.add(Tier.BUDGET);
        }
        return tiers;
    }

    /** The next snapshot reads everything, whenever the slow tier was read last: something has happened. */
    public void soon() {
        soon = true;
    }

    /** Takes what the slow tier cost; returns true when the period changed by it. */
    public boolean slowTierCost(long nanos) {
        long affordable = cpuShare <= 0 ? basePeriodNanos : (long) (nanos / (cpuShare / 2));
        long longest = shortCapture
                ? Math.max(basePeriodNanos, plannedNanos / POINTS_OF_A_SHORT_CAPTURE)
                : LONGEST_PERIOD_NANOS;
        long before = periodNanos;
        periodNanos = Math.max(basePeriodNanos, Math.min(affordable, longest));
        return periodNanos > before + before / 4 || periodNanos < before - before / 4;
    }

    public long periodNanos() {
        return periodNanos;
    }
}
