package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SegmentMomentsTest {
    private final SegmentMoments moments = new SegmentMoments();
    private int number;

    private void add(double seconds, boolean pass, int riches) {
        number++;
        moments.add(
                new SegmentMoments.Moment(number, (long) (seconds * TimeUnit.SECONDS.toNanos(1)), pass, riches, false));
    }

    @Test
    void aMinutesTicksStayThoughTheyAreEarlyOrLate() {
        for (int minute = 0; minute < 6; minute++) {
            add(60 * minute + (minute % 2 == 0 ? 0.4 : -0.3), true, 0);
        }
        assertThat(moments.byTheMinute()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(moments.lasting()).containsExactly(1);
    }

    @Test
    void ofTheSnapshotsAroundAMinuteTheRichestIsLeft() {
        for (int second = 0; second < 300; second++) {
            // the slow tier comes every 15 seconds, out of step with the minute
            add(second, true, second % 15 == 10 ? 6 : 4);
        }
        assertThat(moments.byTheMinute()).containsExactly(1, 71, 131, 191, 251);
    }

    @Test
    void afterAPauseTheFirstIsLeft() {
        add(0, true, 4);
        add(200, true, 4);
        add(201, true, 6);
        add(202, true, 6);
        add(300, true, 4);
        assertThat(moments.byTheMinute()).containsExactly(1, 2, 5);
    }

    @Test
    void aTickBeforeTheNextSegmentBeginsNoneIsLeft() {
        for (int second = 0; second < 60; second++) {
            add(second, true, 4);
        }
        assertThat(moments.byTheMinute()).containsExactly(1);
    }

    @Test
    void withOneThatDoesNotTellOfTheProcessesTheLastThatDidIsLeft() {
        for (int second = 0; second < 300; second += 10) {
            add(second, second == 0 || second == 90, 0);
        }
        // 60 s: nothing since the first; 120 s: 90 s
        assertThat(moments.byTheMinute()).containsExactly(1, 7, 10, 13, 19, 25);
    }

    @Test
    void withoutAMonotonicClockOnlyTheFirstIsLeft() {
        for (number = 1; number <= 5; number++) {
            moments.add(new SegmentMoments.Moment(number, null, true, 4, number == 3));
        }
        assertThat(moments.byTheMinute()).containsExactly(1, 3);
        assertThat(moments.lasting()).containsExactly(1, 3);
    }
}
