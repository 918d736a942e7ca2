package org.postmem.collector.archive;

/**
 * A segment, as found.
 *
 * @param segment its number, -1 when nothing of it could be read
 * @param fromByte where it lies in the file, {@code null} when it is lost
 * @param lengthBytes without the trailer
 * @param sha256 as its trailer says, {@code null} without one
 * @param firstSnapshot that could be read, {@code null} when none could
 * @param readable snapshots that could be read
 * @param detail what is wrong or special, {@code null} when nothing is
 * @param signed its signature, not checked; {@code null} without one
 */
public record SegmentState(
        int segment,
        State state,
        Long fromByte,
        Long lengthBytes,
        String sha256,
        Integer firstSnapshot,
        Integer lastSnapshot,
        int readable,
        String detail,
        Trailer.Signed signed) {
    /** How well a segment came through. */
    public enum State {
        /** The SHA-256 of its trailer holds. */
        INTACT,
        /** It has no trailer: its writer was stopped hard, or is still writing. Each snapshot read has a CRC that holds. */
        OPEN,
        /** Its bytes are not those that were written; the snapshots read have CRCs that hold. */
        DAMAGED,
        /** The numbers of the segments around it say that it was there. */
        LOST
    }
}
