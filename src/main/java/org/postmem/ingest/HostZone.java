package org.postmem.ingest;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.postmem.tools.Stamp;

/** The zone of a host, for clocks without one: UTC unless somebody told it, and that is remembered where it mattered. */
final class HostZone {
    private final ZoneId zone;
    private final boolean told;
    private boolean used;

    /** @param zone {@code null} when nobody told it */
    HostZone(ZoneId zone) {
        this.zone = zone == null ? ZoneOffset.UTC : zone;
        this.told = zone != null;
    }

    /** The moment of a stamp, {@code null} when it has no date. */
    Instant time(Stamp stamp) {
        if (stamp.instant() != null) {
            return stamp.instant();
        }
        return stamp.local() == null ? null : instant(stamp.local());
    }

    Instant instant(LocalDateTime clock) {
        used = true;
        return candidate(clock);
    }

    /** The same of a clock that is only tried. */
    Instant candidate(LocalDateTime clock) {
        return clock.atZone(zone).toInstant();
    }

    /** The moment of a stamp that is only tried, {@code null} when it has no date. */
    Instant candidate(Stamp stamp) {
        return stamp.local() == null ? stamp.instant() : candidate(stamp.local());
    }

    LocalDateTime clock(Instant instant) {
        return LocalDateTime.ofInstant(instant, zone);
    }

    ZoneOffset offset(Instant instant) {
        return zone.getRules().getOffset(instant);
    }

    boolean isTold() {
        return told;
    }

    /** Was a clock read as UTC for want of a zone? */
    boolean isGuessed() {
        return used && !told;
    }
}
