package org.postmem.collector.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * When the snapshots of a segment were made, and what they hold that others do not: from that it is told which of them are
 * left when the segment is old. The first one always is, as it stands alone, and those with evidence that nobody could read
 * again: the kernel's log, a trigger.
 */
final class SegmentMoments {
    /** A little less than a minute: ticks are never on the nanosecond. */
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(57);

    /** So long it waits for a snapshot that has more than what every tick reads. */
    private static final long LONGEST_STEP_NANOS = TimeUnit.SECONDS.toNanos(72);

    /**
     * A snapshot.
     *
     * @param monotonicNanos {@code null} when it does not say
     * @param hasProcesses does it tell of all processes?
     * @param riches the more of what comes seldom it has, the higher
     * @param unique has it what nobody could read again?
     */
    record Moment(int snapshot, Long monotonicNanos, boolean hasProcesses, int riches, boolean unique) {}

    private final List<Moment> moments = new ArrayList<>();

    void add(Moment moment) {
        moments.add(moment);
    }

    /** Those that are left at last, oldest first. */
    List<Integer> lasting() {
        TreeSet<Integer> kept = new TreeSet<>();
        for (int i = 0; i < moments.size(); i++) {
            if (i == 0 || moments.get(i).unique()) {
                kept.add(i);
            }
        }
        return numbers(kept);
    }

    /** The same and about one a minute: each the first a minute after the one before, or one soon after it that has more. */
    List<Integer> byTheMinute() {
        TreeSet<Integer> kept = new TreeSet<>();
        Long last = null;
        int at = 0;
        while (at < moments.size()) {
            Moment moment = moments.get(at);
            if (at > 0 && !moment.unique() && (!isDue(moment, last, STEP_NANOS) || isFollowedInTime(last))) {
                at++;
                continue;
            }
            int best = at == 0 || moment.unique() ? at : richest(at, last);
            kept.add(best);
            last = moments.get(best).monotonicNanos() == null
                    ? last
                    : moments.get(best).monotonicNanos();
            at = best + 1;
        }
        return numbers(kept);
    }

    private static boolean isDue(Moment moment, Long last, long stepNanos) {
        return moment.monotonicNanos() != null && last != null && moment.monotonicNanos() - last >= stepNanos;
    }

    /** Does the first snapshot of the next segment, which is always left, come as soon as one of this could? */
    private boolean isFollowedInTime(Long last) {
        Long end = moments.get(moments.size() - 1).monotonicNanos();
        Long before =
                moments.size() < 2 ? null : moments.get(moments.size() - 2).monotonicNanos();
        return last != null && end != null && before != null && end + (end - before) - last <= LONGEST_STEP_NANOS;
    }

    /** From the first that is due on; one that is kept anyway is not passed by. */
    private int richest(int first, Long last) {
        int best = first;
        for (int i = first + 1; i < moments.size() && !isDue(moments.get(i), last, LONGEST_STEP_NANOS + 1); i++) {
            if (moments.get(i).unique()) {
                return i;
            }
            if (moments.get(i).riches() > moments.get(best).riches()) {
                best = i;
            }
        }
        return best;
    }

    /**
     * Their numbers. A snapshot that says nothing of the processes cannot take over what one before it said, so with it the
     * last one that did is left.
     */
    private List<Integer> numbers(Set<Integer> kept) {
        for (int index : List.copyOf(kept)) {
            int pass = index;
            while (pass > 0 && !moments.get(pass).hasProcesses()) {
                pass--;
            }
            kept.add(pass);
        }
        return kept.stream().map(index -> moments.get(index).snapshot()).toList();
    }

    int count() {
        return moments.size();
    }
}
