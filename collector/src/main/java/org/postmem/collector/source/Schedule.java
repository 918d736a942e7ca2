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
 *
 * <p>With very many processes it is they that cost, at every tick. When the account does not afford a pass over them it
 * is left out of the tick, and what the whole host tells is read with a few watched ones: memory and who grows have
 * their points, the other processes have theirs as often as the budget lets them. To get eight points up to five times the
 * budget may be spent in a short capture, twice the budget in one of up to a quarter of an hour. In a longer one half the
 * budget is theirs, even where the files of the host, on a slow machine, have spent all of it.
 */
public final class Schedule {
    private static final long SHORT_CAPTURE_NANOS = Duration.ofMinutes(5).toNanos();
    private static final long LONGEST_PERIOD_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int POINTS_OF_A_SHORT_CAPTURE = 8;
    private static final long MEDIUM_CAPTURE_NANOS = Duration.ofMinutes(15).toNanos();
    private static final double MOST_OF_A_SHORT_CAPTURE = 5;
    private static final double MOST_OF_A_MEDIUM_CAPTURE = 2;
    private static final double LEAST_OF_A_LONG_CAPTURE = 0.5;
    private static final double WEIGHT_OF_THE_NEW = 0.3;
    private static final int OPENING_SNAPSHOTS = 3;

    private final double cpuShare;
    private final boolean shortCapture;
    private final long plannedNanos;
    private final long basePeriodNanos;

    private long periodNanos;
    private final boolean fewSnapshots;
    private int snapshots;
    private boolean soon;
    private boolean segmentStart;
    private long lastSlowNanos;
    private boolean budgetDue;
    private long lastPassNanos;
    private double passCostNanos;

    /** The files of the whole host, the pass over all processes, what costs more, what costs by the size of a process. */
    public enum Tier {
        TICK,
        PROCESSES,
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

    /** Tiers of the snapshot that begins now, as far as the account affords them. */
    public Set<Tier> tiers(long nowNanos, boolean last, CpuAccount account) {
        EnumSet<Tier> tiers = EnumSet.of(Tier.TICK);
        snapshots++;
        // half a millisecond a second early is the same tick: ticks are never on the nanosecond
        boolean due = snapshots > 2 && nowNanos - lastSlowNanos >= periodNanos - periodNanos / 20;
        due |= segmentStart && snapshots > 2 && nowNanos - lastSlowNanos >= periodNanos / 2;
        segmentStart = false;
        due |= soon;
        boolean asked = soon;
        soon = false;
        if (due || last || snapshots == 2 || (snapshots == 1 && fewSnapshots)) {
            tiers.add(Tier.SLOW);
            lastSlowNanos = nowNanos;
        }
        budgetDue |= due || snapshots == (fewSnapshots ? 2 : OPENING_SNAPSHOTS);
        if (last || asked || snapshots == 1 || passIsDue(nowNanos, account)) {
            tiers.add(Tier.PROCESSES);
            lastPassNanos = nowNanos;
            if (budgetDue || last) {
                // a map is of no use in a snapshot that does not say who lives
                tiers.add(Tier.BUDGET);
                budgetDue = false;
            }
        }
        return tiers;
    }

    /** The next snapshot reads everything, whenever the slow tier was read last: something has happened. */
    public void soon() {
        soon = true;
    }

    /**
     * The next snapshot begins a segment. Of an old segment its first snapshot may be all that is left, so it has the slow
     * tier as well, unless that was read a moment ago.
     */
    public void segmentStarts() {
        segmentStart = true;
    }

    private boolean passIsDue(long nowNanos, CpuAccount account) {
        if (account.affords((long) passCostNanos)) {
            return true;
        }
        double affordable = passCostNanos / cpuShare;
        double longest = affordable / LEAST_OF_A_LONG_CAPTURE;
        if (plannedNanos <= MEDIUM_CAPTURE_NANOS) {
            double most = shortCapture ? MOST_OF_A_SHORT_CAPTURE : MOST_OF_A_MEDIUM_CAPTURE;
            longest = Math.max((double) plannedNanos / POINTS_OF_A_SHORT_CAPTURE, affordable / most);
        }
        return nowNanos - lastPassNanos >= longest;
    }

    /**
     * Takes the CPU time of a pass. Once cheaper than thought it is that at once: at first the code was not compiled yet,
     * and who waits for a minute to afford what costs a second of it learns nothing meanwhile.
     */
    public void passCost(long nanos) {
        double weight = nanos < passCostNanos || passCostNanos == 0 ? 1 : WEIGHT_OF_THE_NEW;
        passCostNanos += weight * (nanos - passCostNanos);
    }

    /** What a pass over the processes is expected to cost; 0 when nobody knows yet. */
    public long passCostNanos() {
        return (long) passCostNanos;
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
