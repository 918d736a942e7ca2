package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.postmem.UserException;
import org.postmem.cli.TimeRange.Moments;
import org.postmem.cli.TimeRange.Span;

class TimeRangeTest {
    private static final Span OVER_MIDNIGHT = new Span(
            Instant.parse("2026-11-22T14:30:00Z"), Instant.parse("2026-11-22T18:00:00Z"), ZoneOffset.ofHours(8));

    @Test
    void readsTimesOfDayOnTheHostsClock() {
        assertThat(range("23:00..00:15:30").within(OVER_MIDNIGHT))
                .isEqualTo(new Moments(Instant.parse("2026-11-22T15:00:00Z"), Instant.parse("2026-11-22T16:15:30Z")));
    }

    @Test
    void anEndLeftOutIsTheCapturesOwn() {
        assertThat(range("..2026-11-22T15:00:00Z").within(OVER_MIDNIGHT))
                .isEqualTo(new Moments(OVER_MIDNIGHT.first(), Instant.parse("2026-11-22T15:00:00Z")));
        assertThat(range("23:00..").within(OVER_MIDNIGHT))
                .isEqualTo(new Moments(Instant.parse("2026-11-22T15:00:00Z"), OVER_MIDNIGHT.last()));
    }

    @Test
    void refusesATimeOfDayThatComesTwice() {
        Span days =
                new Span(Instant.parse("2026-11-20T00:00:00Z"), Instant.parse("2026-11-22T00:00:00Z"), ZoneOffset.UTC);
        assertThatThrownBy(() -> range("10:00..11:00").within(days))
                .isInstanceOf(UserException.class)
                .hasMessage("10:00 comes more than once in a capture of 2026-11-20T00:00:00Z to 2026-11-22T00:00:00Z;"
                        + " write an instant, like 2026-11-20T00:00:00Z");
        assertThatThrownBy(() -> range("noon..").within(days))
                .hasMessage("'noon' is no time; write 10:42, 10:42:30 or 2026-11-22T10:42:00Z");
    }

    private static TimeRange range(String text) {
        return new TimeRange.Converter().convert(text);
    }
}
