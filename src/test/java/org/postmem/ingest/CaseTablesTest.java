package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;

class CaseTablesTest {
    private final CaseDatabase database = CaseDatabase.inMemory();
    private final CaseTables tables = new CaseTables(database.connection());

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void loadsEveryTypeAndLeavesTheRestNull() throws SQLException {
        tables.begin();
        TableWriter process = tables.table("process");
        process.row()
                .set("capture_id", 1)
                .set("process_id", 7)
                .set("boot", 0)
                .set("pid", Integer.valueOf(4242))
                .set("start_ticks", Long.MAX_VALUE)
                .set("started_at", Instant.parse("2026-11-22T10:00:42.123456Z"))
                .set("comm", "日本 (a) \uD83D\uDE00")
                .set("command", "")
                .set("uid", (Long) null)
                .set("kernel_thread", Boolean.TRUE)
                .set("first_snapshot", 1)
                .set("last_snapshot", 2)
                .set("observer", false)
                .end();
        tables.table("load_average")
                .row()
                .set("capture_id", 1)
                .set("snapshot", 3)
                .set("load_1", 0.29)
                .end();
        tables.commit();

        assertThat(rows(
                        "SELECT capture_id, process_id, pid, start_ticks, started_at, comm, command, uid, kernel_thread,"
                                + " observer, exe FROM process"))
                .containsExactly("1|7|4242|9223372036854775807|2026-11-22 10:00:42.123456|日本 (a) \uD83D\uDE00||null|"
                        + "true|false|null");
        assertThat(rows("FROM load_average")).containsExactly("1|3|0.29|null|null|null|null|null");
    }

    @Test
    void keepsOrderAndCountOverManyBatches() throws SQLException {
        int count = TableWriter.BATCH_ROWS * 2 + 4097;
        tables.begin();
        TableWriter vmstat = tables.table("vmstat");
        for (int i = 0; i < count; i++) {
            vmstat.row().set("capture_id", 1).set("snapshot", i).set("name", i % 3 == 0 ? "nr_free_pages" : "pgfault");
            if (i % 2 == 0) {
                vmstat.set("value", (long) i * i);
            }
            vmstat.end();
        }
        tables.commit();

        assertThat(rows("SELECT count(*), count(value), sum(value), min(snapshot), max(snapshot),"
                        + " count(DISTINCT snapshot), count(*) FILTER (name = 'pgfault'),"
                        + " count(*) FILTER (value <> snapshot::BIGINT * snapshot),"
                        + " count(*) FILTER (value IS NULL AND snapshot % 2 = 0) FROM vmstat"))
                .containsExactly(expectedSummary(count));
        assertThat(rows("SELECT count(*) FROM (SELECT snapshot, rowid FROM vmstat) WHERE snapshot <> rowid"))
                .containsExactly("0");
    }

    private static String expectedSummary(int count) {
        long sum = 0;
        int faults = 0;
        for (long i = 0; i < count; i++) {
            sum += i % 2 == 0 ? i * i : 0;
            faults += i % 3 == 0 ? 0 : 1;
        }
        return count + "|" + (count + 1) / 2 + "|" + sum + "|0|" + (count - 1) + "|" + count + "|" + faults + "|0|0";
    }

    @Test
    void forgetsARowThatWasNotEnded() throws SQLException {
        tables.begin();
        TableWriter gaps = tables.table("read_gap");
        gaps.row().set("capture_id", 1).set("path", "proc/1/smaps").set("detail", "lost");
        gaps.row()
                .set("capture_id", 1)
                .set("snapshot", 1)
                .set("path", "p")
                .set("outcome", "EACCES")
                .set("count", 3)
                .end();
        tables.commit();

        assertThat(rows("FROM read_gap")).containsExactly("1|1|p|EACCES|3|null");
    }

    @Test
    void keepsNothingOfACaptureThatFailed() throws SQLException {
        loadCapture(1);
        tables.begin();
        tables.table("capture")
                .row()
                .set("capture_id", 1)
                .set("source", "again")
                .end();
        tables.table("vmstat")
                .row()
                .set("capture_id", 1)
                .set("snapshot", 1)
                .set("name", "x")
                .end();
        assertThatThrownBy(tables::commit)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot load table capture");
        tables.rollback();
        loadCapture(2);

        assertThat(rows("FROM capture SELECT capture_id, source ORDER BY 1"))
                .containsExactly("1|capture 1", "2|capture 2");
        assertThat(rows("SELECT count(*) FROM vmstat")).containsExactly("0");
    }

    private void loadCapture(int id) {
        tables.begin();
        tables.table("capture")
                .row()
                .set("capture_id", id)
                .set("source", "capture " + id)
                .end();
        tables.commit();
    }

    @Test
    void refusesWhatTheTableDoesNotHave() {
        TableWriter row = tables.table("read_gap").row();
        assertThatThrownBy(() -> row.set("bytes", 1)).hasMessage("table read_gap has no column bytes");
        assertThatThrownBy(() -> row.set("path", 1)).hasMessage("column path is VARCHAR and was given a whole number");
        assertThatThrownBy(() -> row.set("snapshot", 1L << 31))
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("snapshot does not fit into 32 bits: 2147483648");
        assertThatThrownBy(() -> tables.table("nonsense")).hasMessage("the case has no table nonsense");
        assertThatThrownBy(() -> new CaseTables(database.connection())).hasMessage("the case is being loaded already");
    }

    private List<String> rows(String sql) throws SQLException {
        try (Statement statement = database.connection().createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    cells.add(String.valueOf(result.getString(i)));
                }
                rows.add(String.join("|", cells));
            }
            return rows;
        }
    }
}
