package org.postmem.tools;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/** Gives clocks their day: one that falls back by more than half a day has passed midnight. */
final class RollingDay {
    private static final int HALF_DAY_SECONDS = 43_200;

    private LocalDate day;
    private LocalTime last;

    RollingDay(LocalDate day) {
        this.day = day;
    }

    /** The clock before, {@code null} when there was none. */
    LocalTime last() {
        return last;
    }

    LocalDateTime next(LocalTime clock) {
        if (last != null && clock.toSecondOfDay() < last.toSecondOfDay() - HALF_DAY_SECONDS) {
            day = day.plusDays(1);
        }
        last = clock;
        return LocalDateTime.of(day, clock);
    }
}
