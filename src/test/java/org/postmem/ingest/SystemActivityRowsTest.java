package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;
import org.postmem.sysstat.SystemActivityReader;

class SystemActivityRowsTest {

    @Test
    void laysTheHistoryOfAHostIntoTheCaseInBytesSecondsAndPercent() throws Exception {
        Path sample = Path.of(System.getProperty("postmem.root"), "testdata/tools/sysstat/sa.x86_64-v12.6.1");
        List<String> found = new ArrayList<>();
        try (CaseDatabase database = CaseDatabase.inMemory()) {
            CaseTables tables = new CaseTables(database.connection());
            tables.begin();
            new SystemActivityRows(tables, 1)
                    .add("host/sa/sa22", SystemActivityReader.read(Files.readAllBytes(sample)));
            tables.commit();
            try (Statement statement = database.connection().createStatement();
                    ResultSet rows = statement.executeQuery(
                            "SELECT ts::VARCHAR, activity, name, value FROM activity WHERE ts = TIMESTAMP '2026-11-22 21:02:32'"
                                    + " AND ((activity, name) IN (('memory', 'MemFree'), ('queue', 'load_avg_1'),"
                                    + " ('pressure_cpu', 'some_avg60')))"
                                    + " UNION ALL SELECT ts::VARCHAR, kind, comment, NULL FROM activity_event")) {
                while (rows.next()) {
                    found.add(rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3) + " "
                            + rows.getString(4));
                }
            }
        }
        assertThat(found)
                .containsExactlyInAnyOrder(
                        "2026-11-22 21:02:32 memory MemFree 2.009464832E10",
                        "2026-11-22 21:02:32 pressure_cpu some_avg60 15.2",
                        "2026-11-22 21:02:32 queue load_avg_1 3.87",
                        "2026-11-22 21:02:30 comment host test comment null");
    }
}
