package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.postmem.ingest.Timeline.Place;

class TimelineTest {
    private static final Instant TEN = Instant.parse("2026-11-22T10:00:00Z");

    private final Timeline timeline = new Timeline();

    @Test
    void countsTheMonotonicClockWhateverTheWallClockDoes() {
        assertThat(timeline.next("a", 5_000_000_000L, TEN)).isEqualTo(new Place(0, 0));
        assertThat(timeline.next("a", 15_000_000_000L, TEN.minusSeconds(3600))).isEqualTo(new Place(0, 10));
        assertThat(timeline.next("a", 25_500_000_000L, TEN.plusSeconds(20))).isEqualTo(new Place(0, 20.5));
    }

    @Test
    void laysBootsEndToEndWithTheGapOfTheWallClock() {
        timeline.next("a", 900_000_000_000L, TEN);
        timeline.next("a", 910_000_000_000L, TEN.plusSeconds(10));
        assertThat(timeline.next("b", 1_000_000_000L, TEN.plusSeconds(70))).isEqualTo(new Place(1, 70));
        assertThat(timeline.next("b", 3_000_000_000L, TEN.plusSeconds(72))).isEqualTo(new Place(1, 72));
    }

    @Test
    void neverGoesBackOverAReboot() {
        timeline.next("a", 900_000_000_000L, TEN);
        assertThat(timeline.next("b", 1_000_000_000L, TEN.minusSeconds(86_400))).isEqualTo(new Place(1, 0));
    }

    @Test
    void fallsBackToTheWallClock() {
        timeline.next(null, null, TEN);
        assertThat(timeline.next(null, null, TEN.plusMillis(2500))).isEqualTo(new Place(0, 2.5));
    }
}
