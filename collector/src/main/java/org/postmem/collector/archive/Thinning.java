package org.postmem.collector.archive;

import java.util.Set;

/**
 * What is to be left of closed segments.
 *
 * @param dropped no snapshot; of all that lie side by side one segment, which holds their place in the chain of hashes
 * @param minutes about one snapshot a minute, see {@link ClosedSegment#minutes}
 * @param lasting its first snapshot and those with what nobody could read again, see {@link ClosedSegment#lasting}
 */
public record Thinning(Set<Integer> dropped, Set<Integer> minutes, Set<Integer> lasting) {
    public Thinning {
        dropped = Set.copyOf(dropped);
        minutes = Set.copyOf(minutes);
        lasting = Set.copyOf(lasting);
    }

    /** Nothing is to be done. */
    public boolean isEmpty() {
        return dropped.isEmpty() && minutes.isEmpty() && lasting.isEmpty();
    }
}
