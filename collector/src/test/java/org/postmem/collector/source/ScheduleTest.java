package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postmem.collector.source.Schedule.Tier;

class ScheduleTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static List<Integer> slowTicks(Schedule schedule, long intervalSeconds, int ticks) {
        List<Integer> slow = new ArrayList<>();
        for (int tick = 0; tick < ticks; tick++) {
            if (schedule.tiers(tick * intervalSeconds * SECOND, tick == ticks - 1)
                    .contains(Tier.SLOW)) {
                slow.add(tick);
            }
        }
        return slow;
    }

    @Test
    void readsTheSlowTierInTheSecondSnapshotAndEverySixthTickOfTenSeconds() {
        Schedule schedule = new Schedule(10 * SECOND, Long.MAX_VALUE, 0.01);
        assertThat(slowTicks(schedule, 10, 15)).containsExactly(1, 7, 13, 14);
    }

    @Test
    void readsTheSlowTierEveryMinuteAtLongIntervals() {
        Schedule schedule = new Schedule(30 * SECOND, Long.MAX_VALUE, 0.01);
        assertThat(slowTicks(schedule, 30, 6)).containsExactly(1, 3, 5);
    }

    @Test
    void givesAShortCaptureEightPointsOrMore() {
        assertThat(slowTicks(new Schedule(SECOND, 60 * SECOND, 0.01), 1, 61))
                .containsExactly(1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 51, 56, 60);
        assertThat(slowTicks(new Schedule(5 * SECOND, 240 * SECOND, 0.01), 5, 49))
                .hasSize(25);
        assertThat(slowTicks(new Schedule(SECOND, 16 * SECOND, 0.01), 1, 17)).hasSize(9);
    }

    @Test
    void theFirstSnapshotIsQuickAndTheNextTwoShareWhatIsSlow() {
        Schedule schedule = new Schedule(5 * SECOND, 240 * SECOND, 0.01);
        assertThat(schedule.tiers(0, false)).containsExactly(Tier.TICK);
        assertThat(schedule.tiers(5 * SECOND, false)).containsExactly(Tier.TICK, Tier.SLOW);
        assertThat(schedule.tiers(10 * SECOND, false)).containsExactly(Tier.TICK, Tier.BUDGET);
        assertThat(schedule.tiers(15 * SECOND, false)).containsExactly(Tier.TICK, Tier.SLOW, Tier.BUDGET);
    }

    @Test
    void fewSnapshotsHaveASlowPointAtBothEnds() {
        Schedule schedule = new Schedule(5 * SECOND, 10 * SECOND, 0.01);
        assertThat(schedule.tiers(0, false)).containsExactly(Tier.TICK, Tier.SLOW);
        assertThat(schedule.tiers(5 * SECOND, false)).containsExactly(Tier.TICK, Tier.SLOW, Tier.BUDGET);
        assertThat(schedule.tiers(10 * SECOND, true)).containsExactly(Tier.TICK, Tier.SLOW, Tier.BUDGET);
    }

    @Test
    void theOnlySnapshotReadsEverything() {
        assertThat(new Schedule(5 * SECOND, 0, 0.01).tiers(0, true)).containsExactly(Tier.TICK, Tier.SLOW, Tier.BUDGET);
    }

    @Test
    void stretchesTheSlowTierToItsShareOfTheBudget() {
        Schedule schedule = new Schedule(10 * SECOND, Long.MAX_VALUE, 0.01);
        assertThat(schedule.slowTierCost(10_000_000)).isFalse();
        assertThat(schedule.periodNanos()).isEqualTo(60 * SECOND);
        assertThat(schedule.slowTierCost(600_000_000)).isTrue();
        assertThat(schedule.periodNanos()).isEqualTo(120 * SECOND);
        assertThat(schedule.slowTierCost(Long.MAX_VALUE / 1000)).isTrue();
        assertThat(schedule.periodNanos()).isEqualTo(600 * SECOND);
    }

    @Test
    void neverStretchesAShortCaptureBelowEightPoints() {
        Schedule schedule = new Schedule(SECOND, 160 * SECOND, 0.01);
        schedule.slowTierCost(10 * SECOND);
        assertThat(schedule.periodNanos()).isEqualTo(20 * SECOND);
    }
}
