package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What was read at one moment, and what was not. */
class ReadingMomentsTest {
    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
    private static final long ALONE = 3600;

    private final ReadingMoments moments = new ReadingMoments();

    @Test
    void laysToolsThatRanWithinSecondsOfEachOtherOnOneMoment() {
        int first = moments.place(NOON, 1, ALONE);
        assertThat(moments.place(NOON.plusSeconds(9), 2, ALONE)).isEqualTo(first);
        assertThat(moments.place(NOON.plusSeconds(20), 3, ALONE)).isNotEqualTo(first);
    }

    @Test
    void laysNoTwoReadingsOfOneFileOnOneMoment() {
        int first = moments.place(NOON, 1, 5);
        assertThat(moments.place(NOON.plusSeconds(1), 1, 5)).isEqualTo(first + 1);
    }

    /** Copies of /proc, five seconds apart: a file each of a meminfo and of a process that is new in the second. */
    @Test
    void keepsCopiesOfProcApartAndTheFilesOfEachTogether() {
        int one = -1;
        int two = -2;
        int first = moments.place(NOON, one, ALONE);
        assertThat(moments.place(NOON.plusSeconds(1), one, ALONE)).isEqualTo(first);
        int second = moments.place(NOON.plusSeconds(5), two, ALONE);
        assertThat(second).isEqualTo(first + 5);
        assertThat(moments.place(NOON.plusSeconds(6), two, ALONE)).isEqualTo(second);
        // what a tool printed meanwhile belongs to the nearer one
        assertThat(moments.place(NOON.plusSeconds(4), 7, ALONE)).isEqualTo(second);
        assertThat(moments.size()).isEqualTo(2);
    }
}
