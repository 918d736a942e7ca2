package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

class BalanceTest {
    private static final Texts TEXTS = Texts.of(ReportFiles.onClassPath(), "en");

    @Test
    void bandsStackToMemTotalAtEverySnapshotAlsoWithTheCulpritApart() {
        try (CaseDatabase database = DemoCase.open()) {
            Balance balance = Balance.of(new CaseRows(database.connection()), 1);
            Balance apart = balance.withCulprit(balance.owners().get(0));
            for (Balance each : List.of(balance, apart)) {
                for (int i = 0; i < each.points(); i++) {
                    int at = i;
                    assertThat(each.bands().values().stream()
                                    .mapToLong(series -> series[at])
                                    .sum())
                            .isEqualTo(each.totalBytes());
                }
            }
            assertThat(apart.bands().keySet()).startsWith(Balance.CULPRIT, "anon");
        }
    }

    @Test
    void growthByOwnerSumsToWhatFreeMemoryLost() {
        try (CaseDatabase database = DemoCase.open()) {
            Balance balance = Balance.of(new CaseRows(database.connection()), 1);
            long[] free = balance.bands().get("free");
            for (int[] range : new int[][] {{0, 119}, {12, 80}, {99, 101}}) {
                long grown = balance.growth(range[0], range[1], TEXTS).stream()
                        .mapToLong(Balance.Step::bytes)
                        .sum();
                assertThat(grown).isEqualTo(free[range[0]] - free[range[1]]);
            }
        }
    }

    @Test
    void processThatEndedHoldsNothingWhileASlowlyReadCacheKeepsItsLastReading() {
        try (CaseDatabase database = DemoCase.open()) {
            Balance balance = Balance.of(new CaseRows(database.connection()), 1);
            assertThat(owner(balance, "<script>alert(1 (666)").bytes()[99]).isEqualTo(25_165_824);
            assertThat(owner(balance, "<script>alert(1 (666)").bytes()[100]).isZero();
            long[] dentry = owner(balance, "dentry").bytes();
            assertThat(dentry[5]).isEqualTo(dentry[0]).isLessThan(dentry[6]);
        }
    }

    @Test
    void longCapturesKeepTheLowestAndTheHighestOfEachStretch() {
        int[] all = IntStream.range(0, 8640).toArray();
        int[] kept = Balance.thinned(all, s -> s == 4321 ? -5 : s == 777 ? 99 : 10);
        assertThat(kept)
                .hasSizeLessThanOrEqualTo(481)
                .contains(0, 777, 4321, 8639)
                .isSorted();
        assertThat(Balance.thinned(Arrays.copyOf(all, 480), s -> 1)).hasSize(480);
    }

    private static Balance.Owner owner(Balance balance, String name) {
        return balance.owners().stream()
                .filter(owner -> owner.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
