package org.postmem.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeakPlanTest {
    private static final long MIB = 1 << 20;

    @Test
    void leaksFourMebibytesASecondWhereThereIsRoom() {
        assertThat(LeakPlan.within(16_000 * MIB, 60)).isEqualTo(new LeakPlan(4 * MIB, 10, 512 * MIB, 180));
    }

    @Test
    void takesNoMoreThanAQuarterOfWhatIsLeft() {
        LeakPlan plan = LeakPlan.within(400 * MIB, 60);
        assertThat(plan).isEqualTo(new LeakPlan(2 * MIB, 10, 100 * MIB, 180));
        assertThat(plan.heldBytes(600)).isEqualTo(100 * MIB);
    }

    @Test
    void leaksSlowerOverALongerCapture() {
        assertThat(LeakPlan.within(16_000 * MIB, 522)).isEqualTo(new LeakPlan(MIB, 10, 512 * MIB, 582));
    }

    @Test
    void refusesWhereAQuarterWouldShowNothing() {
        assertThat(LeakPlan.within(150 * MIB, 60)).isNull();
    }

    @Test
    void isWellFirstThenGrowsSteadilyUpToItsBound() {
        LeakPlan plan = new LeakPlan(4 * MIB, 10, 100 * MIB, 180);
        assertThat(new long[] {plan.heldBytes(0), plan.heldBytes(10), plan.heldBytes(20), plan.heldBytes(60)})
                .containsExactly(0, 0, 40 * MIB, 100 * MIB);
    }

    @Test
    void travelsAsArguments() {
        LeakPlan plan = new LeakPlan(4 * MIB, 10, 512 * MIB, 180);
        assertThat(LeakPlan.of(plan.arguments().toArray(String[]::new))).isEqualTo(plan);
    }
}
