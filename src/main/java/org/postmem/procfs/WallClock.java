package org.postmem.procfs;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;

/** Tells the moment of a clock without a zone. */
@FunctionalInterface
public interface WallClock {
    Instant instant(LocalDateTime clock);

    /** Of one zone, with its summer time. */
    static WallClock of(ZoneId zone) {
        return clock -> clock.atZone(zone).toInstant();
    }
}
