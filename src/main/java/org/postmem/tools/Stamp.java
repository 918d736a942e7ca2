package org.postmem.tools;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;

/**
 * When a reading was taken, as far as the text says; at most one of the three is told.
 *
 * @param instant UTC
 * @param local wall clock of the host, without a zone
 * @param clock time of day of the host, without a date
 */
public record Stamp(Instant instant, LocalDateTime local, LocalTime clock) {
    /** The text says nothing. */
    public static final Stamp NONE = new Stamp(null, null, null);

    static Stamp of(Instant instant) {
        return new Stamp(instant, null, null);
    }

    static Stamp of(LocalDateTime local) {
        return new Stamp(null, local, null);
    }

    static Stamp of(LocalTime clock) {
        return new Stamp(null, null, clock);
    }

    /** Does it name a moment, if only once the zone is known? */
    public boolean dated() {
        return instant != null || local != null;
    }
}
