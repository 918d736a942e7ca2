package org.postmem.collector.cli;

import java.time.Clock;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock of which only the time is made up. */
abstract class UtcClock extends Clock {
    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
