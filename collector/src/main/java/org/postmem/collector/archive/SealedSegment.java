package org.postmem.collector.archive;

/**
 * A segment of the archive that is written, with its trailer.
 *
 * @param end where it ends in the file, trailer included
 * @param thinBytes of its first snapshot, without a seal; 0 when it is not to be cut to that
 */
record SealedSegment(Trailer trailer, long end, long thinBytes) {
    /** Nothing but its place in the chain of hashes is left of it. */
    boolean dropped() {
        return trailer.replaced() != null && !trailer.replaced().thinned();
    }
}
