package org.postmem.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One axis of seconds for a whole capture. Within a boot the monotonic clock counts: nobody sets it. Boots are laid end
 * to end, apart by what the wall clock says lay between, and never overlap.
 */
final class Timeline {
    /**
     * A place on the axis.
     *
     * @param boot 0 for the first boot of the capture
     * @param seconds since the first snapshot
     */
    record Place(int boot, double seconds) {}

    private final Map<String, Integer> boots = new LinkedHashMap<>();
    private String bootId;
    private long bootMonotonicNanos;
    private double bootSeconds;
    private double lastSeconds;
    private Instant lastWallClock;

    /**
     * The place of the next snapshot.
     *
     * @param bootId {@code null} when it could not be read: then the boot is taken to be the last one
     * @param monotonicNanos {@code null} when it was not recorded: then the wall clock counts
     */
    Place next(String bootId, Long monotonicNanos, Instant wallClock) {
        boolean sameBoot = lastWallClock != null && (bootId == null || bootId.equals(this.bootId));
        double sinceLast = lastWallClock == null ? 0 : Math.max(0, seconds(lastWallClock, wallClock));
        double now;
        if (sameBoot && monotonicNanos != null) {
            now = bootSeconds + (monotonicNanos - bootMonotonicNanos) / 1e9;
        } else {
            now = lastSeconds + sinceLast;
        }
        if (!sameBoot) {
            this.bootId = bootId == null ? "" : bootId;
            boots.putIfAbsent(this.bootId, boots.size());
            bootSeconds = now;
            bootMonotonicNanos = monotonicNanos == null ? 0 : monotonicNanos;
        }
        lastSeconds = now;
        lastWallClock = wallClock;
        return new Place(boots.get(this.bootId), now);
    }

    private static double seconds(Instant from, Instant to) {
        Duration between = Duration.between(from, to);
        return between.getSeconds() + between.getNano() / 1e9;
    }
}
