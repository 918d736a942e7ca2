package org.postmem.collector.source;

import java.util.Set;
import org.postmem.collector.source.Schedule.Tier;

/**
 * What {@code --cpu-budget} comes to: the {@link Schedule} asks the {@link CpuAccount} what a snapshot may read and is told
 * what it has cost; what was left out stands in the ledger.
 */
public final class CpuBudget {
    private final Schedule schedule;
    private final CpuAccount account;
    private int snapshots;
    private long cpuBegunNanos;

    /**
     * @param plannedNanos how long the capture will last, {@link Long#MAX_VALUE} when it has no planned end
     * @param share of one core, 0.01 for 1 %
     */
    public CpuBudget(long intervalNanos, long plannedNanos, double share) {
        this.schedule = new Schedule(intervalNanos, plannedNanos, share);
        this.account = new CpuAccount(share);
    }

    /**
     * Tiers of the snapshot that begins now.
     *
     * @param cpuNanos of all threads, up to the end of the snapshot before
     */
    public Set<Tier> begin(long nowNanos, long cpuNanos, boolean last) {
        snapshots++;
        cpuBegunNanos = cpuNanos;
        account.settle(nowNanos, cpuNanos);
        return schedule.tiers(nowNanos, last, account);
    }

    /**
     * What the scans of single processes may have: all that was saved, where passes over all of them wait for it half of
     * what one takes. May be negative.
     */
    public long forScansNanos() {
        return schedule.rationsPasses() ? schedule.passCostNanos() / 2 : account.creditNanos();
    }

    /** Says what the snapshot that began then leaves out, and what comes less often. */
    public void tell(long begunNanos, Set<Tier> tiers, Ledger ledger) {
        int stretch = schedule.stretch(begunNanos);
        if (stretch > 1) {
            ledger.gap(
                    "tick",
                    Outcome.STRETCHED,
                    stretch - 1L,
                    "a tick costs " + schedule.tickCostNanos() / 1_000_000 + " ms of CPU time: one in " + stretch
                            + " to keep within the CPU budget");
        }
        if (tiers.contains(Tier.SLOW) && schedule.slowTierIsStretched()) {
            ledger.gap(
                    "tier/slow",
                    Outcome.STRETCHED,
                    1,
                    "read every " + schedule.periodNanos() / 1_000_000 + " ms to keep within the CPU budget");
        }
        if (!tiers.contains(Tier.PROCESSES)) {
            ledger.gap(
                    "tier/processes",
                    Outcome.STRETCHED,
                    1,
                    "a pass over them costs " + schedule.passCostNanos() / 1_000_000
                            + " ms of CPU time, more than is left of the CPU budget");
        }
    }

    /**
     * Takes what a snapshot has cost.
     *
     * @param cpuNanos of all threads, up to now
     */
    public void end(long nowNanos, Set<Tier> tiers, long cpuNanos, HostSnapshot.Result result) {
        schedule.spent(nowNanos, tiers, cpuNanos - cpuBegunNanos, result.slowTierNanos(), result.scanNanos());
        boolean dear = schedule.passCostNanos() > account.capacityNanos();
        if (!account.isOpen() && (snapshots >= Schedule.OPENING_SNAPSHOTS || dear)) {
            // a second point after a minute, whatever the first one cost
            account.open(nowNanos, cpuNanos, dear ? account.capacityNanos() : 0);
        }
    }

    /** Every how many intervals a tick comes, from now on. */
    public int stretch(long nowNanos) {
        return schedule.stretch(nowNanos);
    }

    /** See {@link Schedule#soon}. */
    public void soon() {
        schedule.soon();
    }

    /** See {@link Schedule#segmentStarts}. */
    public void segmentStarts() {
        schedule.segmentStarts();
    }
}
