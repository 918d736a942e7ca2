package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Verdict;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

/** What the page says of the history that the host itself recorded. */
class SarHistoryTest {
    private static final LocalDateTime MIDNIGHT = LocalDateTime.parse("2026-11-20T00:00:00");
    private static final double KIB = 1024;
    private CaseDatabase database;

    @BeforeEach
    void open() {
        database = DemoCase.open();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void ratesCountWithinOneBootAndWhatWasNotRecordedStaysEmpty() throws SQLException {
        read(
                0,
                0,
                Map.of("MemTotal", 4000.0, "MemFree", 1000.0, "MemAvailable", 3000.0),
                Map.of("pgscan_direct", 500.0));
        read(
                10,
                0,
                Map.of("MemTotal", 4000.0, "MemFree", 900.0, "MemAvailable", 1000.0),
                Map.of("pgscan_direct", 6500.0));
        // After a restart the counters begin anew; this reading knows no MemAvailable.
        read(30, 1, Map.of("MemTotal", 4000.0, "MemFree", 3500.0), Map.of("pgscan_direct", 100.0));
        read(40, 1, Map.of("MemTotal", 4000.0, "MemFree", 3400.0, "MemAvailable", 3600.0), Map.of());
        List<List<Object>> rows = new ArrayList<>();
        for (Map<String, Object> row : new CaseRows(database.connection())
                .rows("SELECT kbmemfree_kb, kbavail_kb, memused_percent, pgscand_per_second, pswpin_per_second"
                        + " FROM path_sar_history WHERE capture_id = 1 ORDER BY at_ts")) {
            rows.add(new ArrayList<>(row.values()));
        }
        List<Object> first = new ArrayList<>(List.of(1000L, 3000L, 25.0));
        first.add(null);
        first.add(null);
        List<Object> second = new ArrayList<>(List.of(900L, 1000L, 75.0, 10.0));
        second.add(null);
        List<Object> restarted = new ArrayList<>(List.of(3500L));
        restarted.addAll(new ArrayList<>(Arrays.asList(null, null, null, null)));
        List<Object> last = new ArrayList<>(List.of(3400L, 3600L, 10.0));
        last.add(null);
        last.add(null);
        assertThat(rows).containsExactly(first, second, restarted, last);
    }

    @Test
    void everyStretchOfALongHistoryShowsItsReadingWithTheLeastAvailable() throws SQLException {
        for (int minute = 0; minute < 48 * 10; minute++) {
            double available = minute == 123 ? 7 : 2000;
            read(minute, 0, Map.of("MemTotal", 4000.0, "MemFree", 5.0, "MemAvailable", available), Map.of());
        }
        List<Map<String, Object>> rows = new CaseRows(database.connection())
                .rows("SELECT kbavail_kb FROM path_sar_history WHERE capture_id = 1");
        assertThat(rows).hasSize(48);
        assertThat(rows.stream().filter(row -> row.get("kbavail_kb").equals(7L)))
                .hasSize(1);
    }

    @Test
    void chartSpansTheDaysFromZeroToMemTotalAndBreaksWhereNothingWasRecorded() throws SQLException {
        for (int minute : new int[] {0, 10, 20, 30, 1440}) {
            read(minute, 0, Map.of("MemTotal", 4096.0, "MemFree", 5.0, "MemAvailable", 4096.0 - minute), Map.of());
        }
        ReportModel.History history = HistoryChart.of(
                new CaseRows(database.connection()),
                1,
                new Printing(new HostTime(ZoneOffset.ofHours(8), false), Texts.of(ReportFiles.onClassPath(), "en")));
        assertThat(history.spark().path()).isEqualTo("M0 2L0.7 2L1.4 2.1L2.1 2.1M100 9");
        assertThat(history.caption())
                .isEqualTo(
                        "MemAvailable as the host itself recorded it (sysstat), 11-20 08:00 \u2013 11-21 08:00, 5 readings:"
                                + " 4.00\u00a0MiB at first, 2.59\u00a0MiB at last, least 2.59\u00a0MiB on 11-21 08:00.");
    }

    @Test
    void pageWithoutAHistorySaysHowToHaveOne() {
        String page = DemoCase.page(database, new Verdict(false, "No leak.", null), List.of());
        assertThat(page).contains("No history of the host itself came along").doesNotContain("class=\"panel history\"");
    }

    private void read(int minute, int boot, Map<String, Double> memoryKib, Map<String, Double> paging)
            throws SQLException {
        try (PreparedStatement insert = database.connection()
                .prepareStatement("INSERT INTO activity VALUES (1, 'host/sa/sa20', ?, ?, ?, 0, ?, ?)")) {
            Map<String, Double> bytes = new LinkedHashMap<>();
            memoryKib.forEach((name, kib) -> bytes.put(name, kib * KIB));
            add(insert, minute, boot, "memory", bytes);
            add(insert, minute, boot, "page", paging);
        }
    }

    private static void add(PreparedStatement insert, int minute, int boot, String activity, Map<String, Double> values)
            throws SQLException {
        for (Map.Entry<String, Double> value : values.entrySet()) {
            insert.setObject(1, MIDNIGHT.plusMinutes(minute));
            insert.setInt(2, boot);
            insert.setString(3, activity);
            insert.setString(4, value.getKey());
            insert.setDouble(5, value.getValue());
            insert.execute();
        }
    }
}
