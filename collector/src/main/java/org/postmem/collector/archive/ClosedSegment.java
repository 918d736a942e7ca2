package org.postmem.collector.archive;

/**
 * A segment that no write will change any more.
 *
 * @param end where it ends in the file, trailer included
 * @param bytes it takes, trailer included
 * @param minutes how many snapshots are left of it when it is thinned to about one a minute; 0 when it was, or when that
 *     leaves them all
 * @param lasting likewise when it is thinned to its first and those with evidence that nobody could read again
 * @param thinBytes of its first snapshot, trailer not included, when that is all that is left at last; 0 when it is not
 */
public record ClosedSegment(
        int segment, int lastSnapshot, long end, long bytes, int minutes, int lasting, long thinBytes) {
    /** @param start where it begins in the file */
    static ClosedSegment of(SealedSegment sealed, long start) {
        Trailer trailer = sealed.trailer();
        SealedSegment.Steps steps = sealed.steps();
        return new ClosedSegment(
                trailer.segment(),
                trailer.lastSnapshot(),
                sealed.end(),
                sealed.end() - start,
                steps.byTheMinute().size(),
                steps.lasting().size(),
                steps.thinBytes());
    }
}
