package org.postmem.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class BootStartsTest {
    private static final Instant BOOT = Instant.parse("2026-11-28T03:00:00Z");

    private final BootStarts starts = new BootStarts();

    /** The first snapshot of a cold collector reads its uptime seconds after its clock, so it seems to run for longer. */
    @Test
    void theSnapshotThatReadItsUptimeSoonestTellsWhenTheHostCameUp() {
        starts.note(0, BOOT.plusSeconds(600), 607.25);
        starts.note(0, BOOT.plusSeconds(605), 605.0);
        starts.note(0, BOOT.plusSeconds(610), 610.5);
        assertEquals(BOOT, starts.of(0));
    }

    @Test
    void aClockThatWasSetForwardDoesNotMoveTheStart() {
        starts.note(0, BOOT.plusSeconds(600), 600.0);
        starts.note(0, BOOT.plusSeconds(4205), 605.0);
        assertEquals(BOOT, starts.of(0));
    }

    @Test
    void eachBootHasItsOwnAndOneThatToldNoUptimeHasNone() {
        starts.note(0, BOOT.plusSeconds(600), 600.0);
        starts.note(1, BOOT.plusSeconds(930), 30.0);
        starts.note(2, BOOT.plusSeconds(2000), null);
        assertEquals(BOOT, starts.of(0));
        assertEquals(BOOT.plusSeconds(900), starts.of(1));
        assertNull(starts.of(2));
    }
}
