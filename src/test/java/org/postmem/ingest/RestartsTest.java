package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartsTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private static Instant at(int minute) {
        return NOON.plus(Duration.ofMinutes(minute));
    }

    private static List<Integer> boots(Restarts restarts, Integer... minutes) {
        return List.of(minutes).stream()
                .map(minute -> restarts.before(at(minute)))
                .toList();
    }

    @Test
    void aTimeUpThatBeginsAtZeroAgainIsAnotherBoot() {
        Restarts restarts = new Restarts();
        restarts.add(at(0), Duration.ofDays(10));
        restarts.add(at(10), Duration.ofMinutes(14_410));
        restarts.add(at(20), Duration.ofMinutes(2));
        restarts.add(at(30), Duration.ofMinutes(12));

        // up for 2 minutes and some seconds
        assertThat(boots(restarts, 0, 10, 16, 17, 20, 30)).containsExactly(0, 0, 0, 1, 1, 1);
    }

    @Test
    void aHostThatWasUpForLongerThanBeforeWhenItIsSeenAgainWasStartedMeanwhile() {
        Restarts restarts = new Restarts();
        restarts.add(at(0), Duration.ofMinutes(30));
        restarts.add(at(600), Duration.ofMinutes(500));

        assertThat(boots(restarts, 0, 98, 99, 600)).containsExactly(0, 0, 1, 1);
    }

    @Test
    void whatSarSaidOfARestartIsNotASecondOne() {
        Restarts restarts = new Restarts();
        restarts.add(at(0), Duration.ofDays(10));
        restarts.add(at(10));
        restarts.add(at(20), Duration.ofMinutes(11));

        assertThat(boots(restarts, 0, 9, 10, 20)).containsExactly(0, 0, 1, 1);
    }

    @Test
    void twoHostsInOneFolderAreNoRestarts() {
        Restarts restarts = new Restarts();
        for (int minute = 0; minute < 40; minute += 10) {
            restarts.add(at(minute), Duration.ofMinutes(14_400 + minute));
            restarts.add(at(minute + 1), Duration.ofMinutes(300 + minute + 1));
        }

        assertThat(boots(restarts, 0, 1, 10, 31)).containsExactly(0, 0, 0, 0);
    }
}
