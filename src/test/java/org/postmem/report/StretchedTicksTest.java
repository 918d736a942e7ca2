package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;

/** Ticks that the collector leaves out to keep within its CPU budget are no gap. */
class StretchedTicksTest {
    @Test
    void onlyATimeLongerThanTheStretchedIntervalIsAGap() throws SQLException {
        try (CaseDatabase database = DemoCase.empty();
                Statement statement = database.connection().createStatement()) {
            statement.execute("INSERT INTO capture (capture_id, source, interval_seconds) VALUES (1, 'a.tar.zst', 5)");
            int[] seconds = {0, 5, 10, 15, 20, 25, 30, 70, 110, 300, 340};
            for (int i = 0; i < seconds.length; i++) {
                statement.execute(
                        "INSERT INTO snapshot (capture_id, snapshot, segment, ts, t_seconds, boot) VALUES (1, "
                                + (i + 1) + ", 1, TIMESTAMP '2026-11-22 10:00:00' + INTERVAL " + seconds[i]
                                + " SECOND, " + seconds[i] + ", 0)");
                if (seconds[i] > 30) {
                    statement.execute("INSERT INTO read_gap VALUES (1, " + (i + 1)
                            + ", 'tick', 'STRETCHED', 7, 'a tick costs 300 ms')");
                }
            }
            database.makeViews();
            CaseRows rows = new CaseRows(database.connection());
            assertThat(rows.rows("SELECT lasted_seconds FROM path_event WHERE kind = 'gap'"))
                    .hasToString("[{lasted_seconds=190.0}]");
            assertThat(rows.rows("SELECT gap_seconds FROM capture_gap")).hasToString("[{gap_seconds=190.0}]");
            statement.execute("DELETE FROM read_gap");
            database.makeViews();
            assertThat(rows.rows("SELECT lasted_seconds FROM path_event WHERE kind = 'gap'"))
                    .hasSize(4);
        }
    }

    /** The head of the page, the chart and the finding count the same gaps. */
    @Test
    void aPaceThatWasNeverKeptIsAGapNowhere() throws SQLException {
        try (CaseDatabase database = CaseDatabase.inMemory();
                Statement statement = database.connection().createStatement()) {
            statement.execute("INSERT INTO capture (capture_id, source, interval_seconds) VALUES (1, 'a.tar.zst', 5)");
            for (int i = 0; i < 10; i++) {
                statement.execute(
                        "INSERT INTO snapshot (capture_id, snapshot, segment, ts, t_seconds, boot) VALUES (1, " + i
                                + ", 1, TIMESTAMP '2026-11-22 10:00:00' + INTERVAL " + 20 * i + " SECOND, " + 20 * i
                                + ", 0)");
            }
            database.makeViews();
            CaseRows rows = new CaseRows(database.connection());
            assertThat(rows.rows("SELECT * FROM capture_gap")).isEmpty();
            assertThat(rows.rows("SELECT * FROM path_event WHERE kind = 'gap'")).isEmpty();
        }
    }
}
