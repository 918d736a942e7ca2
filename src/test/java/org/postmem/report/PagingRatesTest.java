package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;

/** Rates from counters of the kernel. */
class PagingRatesTest {
    @Test
    void aCounterThatWrappedHasNoRateAndTheOthersKeepTheirs() throws SQLException {
        try (CaseDatabase database = DemoCase.empty();
                Statement statement = database.connection().createStatement()) {
            long[] faults = {4_294_967_000L, 4_294_967_200L, 104, 304};
            for (int i = 0; i < faults.length; i++) {
                statement.execute(
                        "INSERT INTO snapshot (capture_id, snapshot, segment, ts, t_seconds, boot) VALUES (1, "
                                + (i + 1) + ", 1, TIMESTAMP '2026-11-22 10:00:00' + INTERVAL " + 10 * i + " SECOND, "
                                + 10 * i
                                + ", 0)");
                statement.execute("INSERT INTO vmstat (capture_id, snapshot, name, value) VALUES (1, " + (i + 1)
                        + ", 'pgmajfault', " + faults[i] + "), (1, " + (i + 1) + ", 'pswpin', " + 50 * i + ")");
            }
            List<List<Object>> rows = new CaseRows(database.connection())
                    .rows("SELECT majflt_per_second, pswpin_per_second FROM path_sar_paging ORDER BY at_ts").stream()
                            .map(row -> List.copyOf(row.values().stream()
                                    .map(value -> value == null ? "none" : value)
                                    .toList()))
                            .toList();
            assertThat(rows).isEqualTo(Arrays.asList(List.of(20.0, 5.0), List.of("none", 5.0), List.of(20.0, 5.0)));
        }
    }
}
