package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.Statement;
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
            Balance balance = new BalanceReader(new CaseRows(database.connection()), 1).read();
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
            Balance balance = new BalanceReader(new CaseRows(database.connection()), 1).read();
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
            Balance balance = new BalanceReader(new CaseRows(database.connection()), 1).read();
            assertThat(owner(balance, "<script>alert(1 (666)").bytes()[99]).isEqualTo(25_165_824);
            assertThat(owner(balance, "<script>alert(1 (666)").bytes()[100]).isZero();
            long[] dentry = owner(balance, "dentry").bytes();
            assertThat(dentry[5]).isEqualTo(dentry[0]).isLessThan(dentry[6]);
        }
    }

    @Test
    void longCapturesKeepTheLowestAndTheHighestOfEachStretch() {
        int[] all = IntStream.range(0, 8640).toArray();
        int[] kept = BalanceReader.thinned(all, s -> s == 4321 ? -5 : s == 777 ? 99 : 10);
        assertThat(kept)
                .hasSizeLessThanOrEqualTo(481)
                .contains(0, 777, 4321, 8639)
                .isSorted();
        assertThat(BalanceReader.thinned(Arrays.copyOf(all, 480), s -> 1)).hasSize(480);
    }

    @Test
    void bandThatIsRarelyToldIsLeftOutAndNotDrawnAsNought() throws SQLException {
        try (CaseDatabase database = DemoCase.open()) {
            // As free(1) every snapshot and one copy of meminfo among them would have it.
            forget(database, "snapshot <> 7 AND bucket NOT IN ('free', 'percpu_free', 'shmem')");
            Balance balance = new BalanceReader(new CaseRows(database.connection()), 1).read();
            assertThat(balance.bands().keySet()).containsExactly("shmem", "free");
            assertThat(balance.points()).isEqualTo(120);
            assertThat(balance.passedOver()).isZero();
            assertThat(balance.untold())
                    .startsWith("anon", "page_cache", "slab_unreclaimable")
                    .doesNotContain("free", "percpu_free", "shmem");
            assertThat(balance.growth(0, 119, TEXTS))
                    .noneMatch(step -> step.band().equals("anon"));
        }
    }

    @Test
    void momentsAtWhichABandIsUnknownAreLeftOutWhereItIsMostlyKnown() throws SQLException {
        try (CaseDatabase database = DemoCase.open()) {
            // One bucket of the band slab is enough not to know the band.
            forget(database, "snapshot IN (4, 5) AND bucket = 'slab_reclaimable'");
            Balance balance = new BalanceReader(new CaseRows(database.connection()), 1).read();
            assertThat(balance.points()).isEqualTo(118);
            assertThat(balance.passedOver()).isEqualTo(2);
            assertThat(balance.untold()).isEmpty();
            assertThat(balance.bands().get("slab")).doesNotContain(0);
        }
    }

    @Test
    void availableMemoryThatIsNotToldIsUnknownAndAStackWithoutMemTotalIsItsOwnMeasure() throws SQLException {
        try (CaseDatabase database = DemoCase.open();
                Statement statement = database.connection().createStatement()) {
            statement.execute("UPDATE memory_ledger SET mem_total_bytes = NULL");
            statement.execute("UPDATE memory_ledger SET mem_available_bytes = NULL WHERE snapshot = 3");
            Balance whole = new BalanceReader(new CaseRows(database.connection()), 1).read();
            assertThat(whole.available()).hasSize(120).containsOnlyOnce(Balance.UNKNOWN);
            long[] sums = new long[120];
            whole.bands().values().forEach(series -> Arrays.setAll(sums, i -> sums[i] + series[i]));
            assertThat(whole.totalBytes()).isEqualTo(Arrays.stream(sums).max().getAsLong());
        }
    }

    @Test
    void pageSaysWhatTheChartLeavesOut() throws SQLException {
        try (CaseDatabase database = DemoCase.open()) {
            forget(
                    database,
                    "bucket NOT IN ('free', 'percpu_free', 'shmem', 'anon') OR bucket = 'anon' AND snapshot = 9");
            String page = DemoCase.page(database, DemoCase.leaking(), DemoCase.findings());
            assertThat(page)
                    .contains(
                            "Moments left out because less was told of them: 1. Not told at every moment drawn, and left out: page"
                                    + " cache \u00b7 slab, unreclaimable \u00b7 ")
                    .contains("Stacked areas of what was told of MemTotal", "\"sum\":\"js.sum.part\"")
                    .doesNotContain("Every byte of MemTotal");
        }
    }

    private static void forget(CaseDatabase database, String which) throws SQLException {
        try (Statement statement = database.connection().createStatement()) {
            assertThat(statement.executeUpdate("UPDATE ledger_bucket SET bytes = NULL WHERE " + which))
                    .isPositive();
        }
    }

    private static Balance.Owner owner(Balance balance, String name) {
        return balance.owners().stream()
                .filter(owner -> owner.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
