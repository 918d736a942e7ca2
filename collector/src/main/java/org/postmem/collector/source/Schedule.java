package org.postmem.collector.source;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * Says which tiers a snapshot reads. The first one is quick, the second has the slow tier, the third what costs by size;
 * of few snapshots the first has the slow tier already and the second everything, so that a trend has an early point.
 * The last one reads everything. Between them the slow tier comes by
 * time and by ticks, whichever is sooner: a minute or six ticks, in captures known to be short ten seconds or five
 * ticks, so that a trend of what only the slow tier sees has points. What costs by size comes a tick after the slow tier where
 * there is one between: the two together are several times the tick, and a host in trouble should not see them at once.
 *
 * <p>The budget is divided by what each part has been seen to cost, all threads together. First come the ticks: they cost
 * the same on every host, and little. Half of what they leave is the slow tier's, whose period is stretched to it, in a
 * short capture never so far that fewer than eight points are left. The rest is for the processes, which with very many
 * of them are what costs. When the account does not afford a pass over them it is left out of the tick, and what the whole
 * host tells is read with a few watched ones: memory and who grows have their points, the other processes have theirs as
 * often as the budget lets them.
 *
 * <p>Points come before the budget where there would be none: to get eight passes up to five times the budget may be spent
 * in a short capture, twice the budget in one of up to a quarter of an hour. And where the ticks alone take more than
 * four fifths (an emulated guest, an interval of a tenth of a second) they come for a quarter of an hour as often as they
 * were asked for, the slow tier beside them with half the budget and passes with a quarter of what the ticks take; then
 * the ticks are stretched.
 */
public final class Schedule {
    private static final long SHORT_CAPTURE_NANOS = Duration.ofMinutes(5).toNanos();
    private static final long LONGEST_PERIOD_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int POINTS_OF_A_SHORT_CAPTURE = 8;
    private static final long MEDIUM_CAPTURE_NANOS = Duration.ofMinutes(15).toNanos();
    private static final double MOST_OF_A_SHORT_CAPTURE = 5;
    private static final double MOST_OF_A_MEDIUM_CAPTURE = 2;
    /** Of the budget: no more, or they are stretched. */
    private static final double MOST_OF_THE_TICKS = 0.8;

    private static final double BESIDE_DEAR_TICKS = 0.25;
    private static final long SHORTEST_WITHOUT_PASS_NANOS =
            Duration.ofSeconds(15).toNanos();

    /** Costs are not known better than that. */
    private static final double NEARLY = 0.1;

    private static final double WEIGHT_OF_THE_NEW = 0.3;
    private static final double WEIGHT_OF_A_NEW_TICK = 0.1;

    /** How much dearer the first pass is, at least: its code is interpreted. Of 60 processes the first took 46 ms and the fourth 3. */
    private static final int UNCOMPILED = 4;

    /** Those in which most of what is read once is read: nothing is counted before their end. */
    static final int OPENING_SNAPSHOTS = 3;

    private final double cpuShare;
    private final boolean shortCapture;
    private final long plannedNanos;
    private final long basePeriodNanos;
    private final long intervalNanos;

    private long firstNanos;
    private boolean openingIsOver;
    private long periodNanos;
    private final boolean fewSnapshots;
    private int snapshots;
    private boolean soon;
    private boolean segmentStart;
    private long lastSlowNanos;
    private boolean budgetDue;
    private long lastPassNanos;
    private double passCostNanos;
    /** Of a tick that reads nothing else; 0 as long as there was none. */
    private double tickCostNanos;

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
        this.intervalNanos = intervalNanos;
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
        if (snapshots++ == 0) {
            firstNanos = nowNanos;
        }
        if (!openingIsOver && !isOpening(nowNanos)) {
            // what ticks took that came as often as they were asked for
            openingIsOver = true;
            account.forgive();
        }
        // half a millisecond a second early is the same tick: ticks are never on the nanosecond
        boolean due = snapshots > 2 && nowNanos - lastSlowNanos >= periodNanos - periodNanos / 20;
        boolean mayWait = due && !budgetDue && !segmentStart && periodNanos >= 2 * intervalNanos;
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
            if (last || asked || (budgetDue && !mayWait)) {
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
        return nowNanos - lastPassNanos >= longestWithoutPass(nowNanos);
    }

    /** For so long the account alone is asked. */
    private double longestWithoutPass(long nowNanos) {
        if (plannedNanos <= MEDIUM_CAPTURE_NANOS) {
            double most = shortCapture ? MOST_OF_A_SHORT_CAPTURE : MOST_OF_A_MEDIUM_CAPTURE;
            return Math.max((double) plannedNanos / POINTS_OF_A_SHORT_CAPTURE, passCostNanos / (most * cpuShare));
        }
        // the account of a host whose ticks alone take too much never affords one
        return isOpening(nowNanos) && ticksAreDear()
                ? Math.max((double) SHORTEST_WITHOUT_PASS_NANOS, passCostNanos / (BESIDE_DEAR_TICKS * tickShare()))
                : Double.POSITIVE_INFINITY;
    }

    private boolean ticksAreDear() {
        return timesDearer() > 1;
    }

    private boolean isOpening(long nowNanos) {
        return plannedNanos <= MEDIUM_CAPTURE_NANOS || nowNanos - firstNanos < MEDIUM_CAPTURE_NANOS;
    }

    /** Of one core, at every interval. */
    private double tickShare() {
        return tickCostNanos / intervalNanos;
    }

    /** How many times their part of the budget ticks take that come at every interval. */
    private double timesDearer() {
        return tickShare() / (MOST_OF_THE_TICKS * cpuShare) - NEARLY;
    }

    /** Every how many intervals a tick comes, from now on; at least every ten minutes. */
    public int stretch(long nowNanos) {
        if (isOpening(nowNanos)) {
            return 1;
        }
        return (int) Math.max(1, Math.min(Math.ceil(timesDearer()), (double) LONGEST_PERIOD_NANOS / intervalNanos));
    }

    /**
     * Takes what a snapshot has cost, CPU time of all threads. A pass that was cheaper than thought is that at once: at
     * first the code was not compiled yet, and who waits for a minute to afford what costs a second of it learns nothing
     * meanwhile.
     *
     * @param nowNanos at its end
     * @param nanos all of it, with what was written since the one before
     * @param slowNanos of these what the slow tier took
     * @param scanNanos of these what the scans took, which are held to an allowance of their own
     */
    public void spent(long nowNanos, Set<Tier> tiers, long nanos, long slowNanos, long scanNanos) {
        double rest = Math.max(1, nanos - slowNanos - scanNanos);
        if (tiers.contains(Tier.PROCESSES)) {
            double pass = Math.max(1, rest - tickCostNanos) / (snapshots == 1 ? UNCOMPILED : 1);
            double weight = pass < passCostNanos || passCostNanos == 0 ? 1 : WEIGHT_OF_THE_NEW;
            passCostNanos += weight * (pass - passCostNanos);
        } else {
            double weight = tickCostNanos == 0 ? 1 : WEIGHT_OF_A_NEW_TICK;
            tickCostNanos += weight * (rest - tickCostNanos);
        }
        if (tiers.contains(Tier.SLOW)) {
            stretchSlowTier(nowNanos, slowNanos);
        }
    }

    private void stretchSlowTier(long nowNanos, long nanos) {
        double left = isOpening(nowNanos) && ticksAreDear() ? cpuShare : cpuShare - tickShare() / stretch(nowNanos);
        // where even stretched ticks take all of a tiny budget, nothing is left: as rarely as may be
        long affordable = (long) (nanos / (Math.max(0, left) / 2));
        long longest = shortCapture
                ? Math.max(basePeriodNanos, plannedNanos / POINTS_OF_A_SHORT_CAPTURE)
                : LONGEST_PERIOD_NANOS;
        periodNanos = Math.max(basePeriodNanos, Math.min(affordable, longest));
    }

    /** What a pass over the processes is expected to cost; 0 when nobody knows yet. */
    public long passCostNanos() {
        return (long) passCostNanos;
    }

    /** What a tick is expected to cost that reads nothing else; 0 when nobody knows yet. */
    public long tickCostNanos() {
        return (long) tickCostNanos;
    }

    /** Does the budget not pay for a pass at every tick? */
    public boolean rationsPasses() {
        return passCostNanos + tickCostNanos > cpuShare * intervalNanos;
    }

    /** Of the slow tier. */
    public long periodNanos() {
        return periodNanos;
    }

    public boolean slowTierIsStretched() {
        return periodNanos > basePeriodNanos;
    }
}
