package org.postmem.collector.source;

import java.util.concurrent.TimeUnit;

/**
 * What the collector may still spend of the processor: fills with its share of one core, never beyond a minute's worth,
 * so that a quiet hour pays for no storm; what all its threads have used is taken out. Over any longer time no more can
 * be spent than the share.
 */
final class CpuAccount {
    private static final long HELD_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** In minutes' worth; what is beyond is forgiven: one expensive hour must not silence the next. */
    private static final int MOST_DEBT = 30;

    private final double share;
    private final double capacityNanos;
    private double creditNanos;
    private long settledAt;
    private long usedThen;
    private boolean open;

    /**
     * Nothing is counted before {@link #open}.
     *
     * @param share of one core, 0.01 for 1 %
     */
    CpuAccount(double share) {
        this.share = share;
        this.capacityNanos = share * HELD_NANOS;
    }

    /** Begins to count, with a minute's worth less {@code debtNanos}; what was used before is not held against it. */
    void open(long nowNanos, long usedNanos, long debtNanos) {
        open = true;
        creditNanos = capacityNanos - debtNanos;
        settledAt = nowNanos;
        usedThen = usedNanos;
    }

    /** Takes what was used up to now. */
    void settle(long nowNanos, long usedNanos) {
        if (!open) {
            return;
        }
        double credit = creditNanos - (usedNanos - usedThen) + share * (nowNanos - settledAt);
        creditNanos = Math.max(Math.min(credit, capacityNanos), -MOST_DEBT * capacityNanos);
        settledAt = nowNanos;
        usedThen = usedNanos;
    }

    /** What was overdrawn need not be saved. */
    void forgive() {
        creditNanos = Math.max(0, creditNanos);
    }

    boolean isOpen() {
        return open;
    }

    /** May this be spent now? What costs more than can ever be saved may be once a minute's worth is there. */
    boolean affords(long nanos) {
        return !open || creditNanos >= Math.min((double) nanos, capacityNanos);
    }

    /** A minute's worth. */
    long capacityNanos() {
        return (long) capacityNanos;
    }

    /** What is left over, below zero for a debt; 0 before it was opened. */
    long creditNanos() {
        return (long) creditNanos;
    }
}
