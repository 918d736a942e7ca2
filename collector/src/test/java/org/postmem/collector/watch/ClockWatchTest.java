package org.postmem.collector.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.collector.source.Ledger;
import org.postmem.collector.source.Ledger.Gap;

/** Pitfall 7: the clock is set, the host sleeps. */
class ClockWatchTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private final ClockWatch watch = new ClockWatch();

    private List<Gap> look(double wallSeconds, double monotonicSeconds, Double uptimeSeconds) {
        Ledger ledger = new Ledger();
        watch.look(
                NOON.plusNanos((long) (wallSeconds * 1e9)),
                (long) (monotonicSeconds * 1e9),
                uptimeSeconds,
                10_000_000,
                ledger);
        return ledger.gaps();
    }

    @Test
    void aClockThatRunsIsNotMentioned() {
        for (int tick = 0; tick < 100; tick++) {
            // NTP slews by at most 0.5 ms a second; uptime is told in hundredths
            assertThat(look(tick * 10.004, tick * 10.0, 500 + Math.floor(tick * 1000) / 100))
                    .isEmpty();
        }
    }

    @Test
    void aClockSetBackAnHourAndForwardADayIsToldWithItsSign() {
        look(0, 0, 500.0);
        assertThat(look(10 - 3600, 10, 510.0)).containsExactly(new Gap("clock", "CLOCK_SET", 1, "-3600.0 s"));
        assertThat(look(20 + 82_800, 20, 520.0)).containsExactly(new Gap("clock", "CLOCK_SET", 1, "+86400.0 s"));
        assertThat(look(30 + 82_800, 30, 530.0)).isEmpty();
    }

    @Test
    void aHostThatSleptHasNotHadItsClockSet() {
        look(0, 0, 500.0);
        assertThat(look(7210, 10, 7710.0)).containsExactly(new Gap("clock", "SUSPENDED", 1, "+7200.0 s"));
        assertThat(look(7220, 20, 7720.0)).isEmpty();
    }

    @Test
    void asleepAndSetAreToldApart() {
        look(0, 0, 500.0);
        assertThat(look(10 + 600 - 86_400, 10, 1110.0))
                .containsExactly(
                        new Gap("clock", "SUSPENDED", 1, "+600.0 s"), new Gap("clock", "CLOCK_SET", 1, "-86400.0 s"));
    }

    @Test
    void aLeapSecondAndAChangeOfTheTimeZoneAreNoChange() {
        look(0, 0, 500.0);
        assertThat(look(9, 10, 510.0)).isEmpty();
        // DST moves no UTC clock
        assertThat(look(19, 20, 520.0)).isEmpty();
    }

    @Test
    void withoutUptimeTheWallClockIsAllThereIs() {
        look(0, 0, null);
        assertThat(look(7210, 10, null)).containsExactly(new Gap("clock", "CLOCK_SET", 1, "+7200.0 s"));
    }
}
