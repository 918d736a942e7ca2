package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postmem.collector.source.Schedule.Tier;

class ScheduleTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** An account that is not open affords everything. */
    private static final CpuAccount FREE = new CpuAccount(0.01);

    private static List<Integer> slowTicks(Schedule schedule, long intervalSeconds, int ticks) {
        List<Integer> slow = new ArrayList<>();
        for (int tick = 0; tick < ticks; tick++) {
            if (schedule.tiers(tick * intervalSeconds * SECOND, tick == ticks - 1, FREE)
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
        assertThat(schedule.tiers(0, false, FREE)).containsExactly(Tier.TICK, Tier.PROCESSES);
        assertThat(schedule.tiers(5 * SECOND, false, FREE)).containsExactly(Tier.TICK, Tier.PROCESSES, Tier.SLOW);
        assertThat(schedule.tiers(10 * SECOND, false, FREE)).containsExactly(Tier.TICK, Tier.PROCESSES, Tier.BUDGET);
        assertThat(schedule.tiers(15 * SECOND, false, FREE))
                .containsExactly(Tier.TICK, Tier.PROCESSES, Tier.SLOW, Tier.BUDGET);
    }

    @Test
    void fewSnapshotsHaveASlowPointAtBothEnds() {
        Schedule schedule = new Schedule(5 * SECOND, 10 * SECOND, 0.01);
        assertThat(schedule.tiers(0, false, FREE)).containsExactly(Tier.TICK, Tier.PROCESSES, Tier.SLOW);
        assertThat(schedule.tiers(5 * SECOND, false, FREE))
                .containsExactly(Tier.TICK, Tier.PROCESSES, Tier.SLOW, Tier.BUDGET);
        assertThat(schedule.tiers(10 * SECOND, true, FREE))
                .containsExactly(Tier.TICK, Tier.PROCESSES, Tier.SLOW, Tier.BUDGET);
    }

    @Test
    void theOnlySnapshotReadsEverything() {
        assertThat(new Schedule(5 * SECOND, 0, 0.01).tiers(0, true, FREE))
                .containsExactly(Tier.TICK, Tier.PROCESSES, Tier.SLOW, Tier.BUDGET);
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

    /** Ticks of a simulated capture that read the processes; each costs what it costs, a light tick a millisecond. */
    private static List<Integer> passes(Schedule schedule, CpuAccount account, long passNanos, int seconds, int step) {
        List<Integer> passes = new ArrayList<>();
        long used = 0;
        account.open(0, 0, 0);
        schedule.passCost(passNanos);
        for (int second = 0; second <= seconds; second += step) {
            account.settle(second * SECOND, used);
            boolean pass =
                    schedule.tiers(second * SECOND, second == seconds, account).contains(Tier.PROCESSES);
            used += pass ? passNanos : 1_000_000;
            if (pass) {
                passes.add(second);
            }
        }
        return passes;
    }

    @Test
    void readsTheProcessesAtEveryTickWhileTheBudgetAffordsIt() {
        assertThat(passes(new Schedule(10 * SECOND, Long.MAX_VALUE, 0.01), new CpuAccount(0.01), 50_000_000, 600, 10))
                .hasSize(61);
    }

    @Test
    void readsThirtyThousandProcessesNoOftenerThanOnePercentOfACoreAllows() {
        // 1.2 s a pass: an hour at 1 % affords 36 s
        List<Integer> passes =
                passes(new Schedule(10 * SECOND, Long.MAX_VALUE, 0.01), new CpuAccount(0.01), 1_200_000_000, 3600, 10);
        assertThat(passes).hasSizeBetween(28, 31).contains(0, 3600);
        for (int i = 1; i < passes.size() - 1; i++) {
            assertThat(passes.get(i) - passes.get(i - 1)).isBetween(100, 140);
        }
    }

    @Test
    void aPassThatTurnsOutCheaperIsAffordedAtOnce() {
        Schedule schedule = new Schedule(10 * SECOND, Long.MAX_VALUE, 0.01);
        schedule.passCost(2_000_000_000);
        schedule.passCost(100_000_000);
        assertThat(schedule.passCostNanos()).isEqualTo(100_000_000);
        schedule.passCost(200_000_000);
        assertThat(schedule.passCostNanos()).as("one slow pass is no rule").isEqualTo(130_000_000);
    }

    @Test
    void theFilesOfASlowHostDoNotEatUpWhatThePassesNeed() {
        // an emulated guest: a tick without a pass costs six times its share, a pass not much more
        assertThat(slowHost(Long.MAX_VALUE, 3600)).hasSizeBetween(25, 27);
        assertThat(slowHost(600 * SECOND, 600)).hasSize(9);
        assertThat(slowHost(120 * SECOND, 120)).hasSize(9);
    }

    private static List<Integer> slowHost(long planned, int seconds) {
        CpuAccount account = new CpuAccount(0.01);
        Schedule schedule = new Schedule(5 * SECOND, planned, 0.01);
        schedule.passCost(700_000_000);
        account.open(0, 0, account.capacityNanos());
        List<Integer> passes = new ArrayList<>();
        for (int second = 0; second <= seconds; second += 5) {
            account.settle(second * SECOND, second * 60_000_000L);
            if (schedule.tiers(second * SECOND, second == seconds, account).contains(Tier.PROCESSES)) {
                passes.add(second);
            }
        }
        return passes;
    }

    @Test
    void readsTheMapsOnlyWhereItIsSaidWhoLives() {
        Schedule schedule = new Schedule(10 * SECOND, Long.MAX_VALUE, 0.01);
        CpuAccount account = new CpuAccount(0.01);
        account.open(0, 0, account.capacityNanos());
        schedule.passCost(1_200_000_000);
        assertThat(schedule.tiers(0, false, account)).containsExactly(Tier.TICK, Tier.PROCESSES);
        assertThat(schedule.tiers(10 * SECOND, false, account)).containsExactly(Tier.TICK, Tier.SLOW);
        assertThat(schedule.tiers(20 * SECOND, false, account)).containsExactly(Tier.TICK);
        account.settle(60 * SECOND, 0);
        assertThat(schedule.tiers(60 * SECOND, false, account)).containsExactly(Tier.TICK, Tier.PROCESSES, Tier.BUDGET);
    }

    @Test
    void aShortCaptureMaySpendFiveTimesTheBudgetToGetItsPoints() {
        assertThat(passes(new Schedule(SECOND, 60 * SECOND, 0.01), new CpuAccount(0.01), 100_000_000, 60, 1))
                .hasSizeBetween(10, 16);
        assertThat(passes(new Schedule(SECOND, 60 * SECOND, 0.01), new CpuAccount(0.01), 1_200_000_000, 60, 1))
                .containsExactly(0, 24, 48, 60);
    }
}
