package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;

/** The accused stands on the ground of the chart, whatever the kernel lists it as. */
class CulpritBandTest {
    /** Every pass but each sixth becomes a reading of that process alone. */
    @Test
    void aProcessThatWasWatchedBetweenTwoPassesIsDrawnAsItWasRead() throws SQLException {
        try (CaseDatabase database = KeptIncident.load("heap_leak");
                Statement statement = database.connection().createStatement()) {
            List<Long> drawn = culprit(database);

            statement.execute("INSERT INTO watched_sample SELECT s.* FROM process_sample AS s"
                    + " JOIN process AS p USING (capture_id, process_id)"
                    + " WHERE p.name = 'ordersvc' AND s.snapshot % 6 <> 1");
            statement.execute("DELETE FROM process_sample WHERE snapshot % 6 <> 1");

            assertThat(drawn).hasSizeGreaterThan(30);
            assertThat(culprit(database)).isEqualTo(drawn);
        }
    }

    private static List<Long> culprit(CaseDatabase database) {
        database.makeViews();
        return new BalanceReader(new CaseRows(database.connection()), 1)
                .read().owners().stream()
                        .filter(owner -> owner.name().startsWith("ordersvc"))
                        .flatMap(owner -> Arrays.stream(owner.bytes()).boxed())
                        .toList();
    }

    @Test
    void aCacheThatIsMergedIntoAnotherIsDrawnAsThatOne() {
        try (CaseDatabase database = KeptIncident.load("timers")) {
            assertThat(KeptIncident.page(database))
                    .contains("class=\"b-culprit hot\"")
                    .contains("\"b\":\"culprit\",\"o\":\"filp\"");
        }
    }

    /** 42 of 3 MiB, each in a mount namespace of its own. */
    @Test
    void fileSystemsAtOnePlaceInManyNamespacesAreDrawnTogether() {
        try (CaseDatabase database = KeptIncident.load("private_scratch")) {
            database.makeViews();
            assertThat(new BalanceReader(new CaseRows(database.connection()), 1)
                            .read().owners().stream()
                                    .filter(owner -> owner.name().equals("/srv/scratch"))
                                    .map(owner -> owner.bytes()[owner.bytes().length - 1] >> 20)
                                    .toList())
                    .containsExactly(126L);
            assertThat(KeptIncident.page(database)).contains("\"b\":\"culprit\",\"o\":\"/srv/scratch\"");
        }
    }
}
