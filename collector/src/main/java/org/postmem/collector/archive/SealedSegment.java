package org.postmem.collector.archive;

import java.util.List;

/**
 * A segment of the archive that is written, with its trailer.
 *
 * @param end where it ends in the file, trailer included
 * @param steps by which it can be thinned yet
 */
record SealedSegment(Trailer trailer, long end, Steps steps) {
    /**
     * What can be left of a segment that is old. A step that was made is there no more.
     *
     * @param firstBytes of its first snapshot, without a seal
     * @param snapshots it has
     * @param byTheMinute numbers of the snapshots that are left of it by the first step; empty when there is none
     * @param lasting likewise by the second
     */
    record Steps(long firstBytes, int snapshots, List<Integer> byTheMinute, List<Integer> lasting) {
        static final Steps NONE = new Steps(0, 0, List.of(), List.of());

        Steps {
            byTheMinute = byTheMinute.size() < snapshots ? List.copyOf(byTheMinute) : List.of();
            lasting = lasting.size() < snapshots ? List.copyOf(lasting) : List.of();
        }

        /** Those that remain when so many of its snapshots are left. */
        Steps after(long newFirstBytes, int left) {
            return new Steps(newFirstBytes, left, List.of(), lasting);
        }

        /** Of its first snapshot, when the last step leaves no other; 0 when it does. */
        long thinBytes() {
            return lasting.size() == 1 ? firstBytes : 0;
        }
    }

    /** Nothing but its place in the chain of hashes is left of it. */
    boolean dropped() {
        return trailer.replaced() != null && !trailer.replaced().thinned();
    }
}
