package org.postmem.collector.archive;

import java.util.List;

/** What becomes of a region while it is read: the snapshots that hold, and why others do not. */
final class RegionOutcome {
    private final Region region;
    /** Of the whole archive. */
    private final List<Damage> damages;

    private int segment = -1;
    private Integer firstSnapshot;
    private Integer lastSnapshot;
    private int readable;
    private String cutDetail;
    private String damageDetail;

    RegionOutcome(Region region, List<Damage> damages) {
        this.region = region;
        this.damages = damages;
    }

    /** No snapshot of it held so far. */
    boolean isEmpty() {
        return readable == 0;
    }

    void read(RegionReader.Read snapshot) {
        segment = segment < 0 ? snapshot.segment() : segment;
        firstSnapshot = firstSnapshot == null ? Integer.valueOf(snapshot.number()) : firstSnapshot;
        lastSnapshot = snapshot.number();
        readable++;
    }

    /** These bytes are not what was written. */
    void damaged(Damage damage) {
        damageDetail = damage.reason();
        damages.add(damage);
    }

    /** No frame or member holds these bytes; a region that ends in such may be whole up to there. */
    void leftover(Damage damage) {
        cutDetail = cutDetail == null ? damage.reason() : cutDetail;
        damages.add(damage);
    }

    /**
     * A run of it did not come to its end.
     *
     * @param cut the bytes end too early, and none that are there are wrong
     * @param lost null when nothing was but the seal
     */
    void unended(String reason, boolean cut, Damage lost) {
        if (lost != null) {
            damages.add(lost);
        }
        if (cut) {
            cutDetail = reason;
        } else {
            damageDetail = reason;
        }
    }

    /** Is damage known that lies between these bytes? */
    boolean isDamagedWithin(long fromByte, long toByte) {
        return damages.stream().anyMatch(damage -> damage.fromByte() >= fromByte && damage.toByte() <= toByte);
    }

    /** Right once the region was read to its end. */
    SegmentState state() {
        Trailer trailer = region.trailer();
        SegmentState.State state;
        String detail;
        if (region.proven()) {
            state = SegmentState.State.INTACT;
            detail = damageDetail != null || trailer.replaced() == null ? damageDetail : standsFor(trailer);
        } else if (trailer != null) {
            state = SegmentState.State.DAMAGED;
            detail = damageDetail != null ? damageDetail : "its SHA-256 is not that of its trailer";
        } else {
            state = damageDetail == null ? SegmentState.State.OPEN : SegmentState.State.DAMAGED;
            detail = damageDetail != null ? damageDetail : cutDetail != null ? cutDetail : "it has no trailer";
        }
        return new SegmentState(
                trailer != null && (region.proven() || segment < 0) ? trailer.segment() : segment,
                state,
                region.from(),
                region.to() - region.from(),
                trailer == null ? null : trailer.sha256(),
                firstSnapshot,
                lastSnapshot,
                readable,
                detail,
                trailer == null ? null : trailer.signed());
    }

    private static String standsFor(Trailer trailer) {
        String what = trailer.firstSegment() == trailer.segment()
                ? "segment " + trailer.segment()
                : "segments " + trailer.firstSegment() + " to " + trailer.segment();
        return what + (trailer.replaced().thinned() ? " thinned" : " dropped") + " by the collector: snapshots "
                + trailer.firstSnapshot() + " to " + trailer.lastSnapshot();
    }
}
