package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.postmem.procfs.Pressure;
import org.postmem.procfs.Slab;
import org.postmem.procfs.VmStat;
import org.postmem.sql.CaseDatabase;
import org.postmem.tools.EvidenceKind;
import org.postmem.units.PageSize;

/** Several files of a host tell of one moment: every value stands in its table once. */
class SharedRowsTest {
    private static final Path PROC = Path.of(System.getProperty("postmem.root"), "testdata", "proc");

    private final EvidenceSource one = new EvidenceSource(1, "one", EvidenceKind.SADF, null, 1);
    private final EvidenceSource two = new EvidenceSource(2, "two", EvidenceKind.HOST_FILE, null, 1);

    private static List<String> rows(String sql, Consumer<SharedRows> told) throws SQLException {
        try (CaseDatabase database = CaseDatabase.inMemory()) {
            CaseTables tables = new CaseTables(database.connection());
            tables.begin();
            told.accept(new SharedRows(1, tables, new FirstTold(new IssueLog(1, tables))));
            tables.commit();
            try (Statement statement = database.connection().createStatement();
                    ResultSet result = statement.executeQuery(sql)) {
                List<String> rows = new ArrayList<>();
                while (result.next()) {
                    rows.add(result.getString(1));
                }
                return rows;
            }
        }
    }

    private static List<Pressure> pressure(String resource, String avg10) {
        String text = "some avg10=" + avg10 + " avg60=58.88 avg300=42.78 total=297838311\n";
        return Pressure.parse(text.getBytes(StandardCharsets.US_ASCII), resource)
                .value();
    }

    @Test
    void ofACopyOfVmstatOnlyThoseCountersAreTakenThatNoToolPrinted() throws Exception {
        List<VmStat> all = VmStat.parse(Files.readAllBytes(PROC.resolve("6.18-vmstat.txt")))
                .value();
        VmStat first = all.get(0);
        List<VmStat> printed = List.of(new VmStat(first.name(), first.value() + 1), all.get(1));

        assertThat(rows("SELECT name || ' ' || value FROM vmstat ORDER BY name, value LIMIT 400", rows -> {
                    rows.countersOfTool(one, 7, printed);
                    rows.allCounters(two, 7, all);
                    // another copy, and a tool after it, tell nothing new
                    rows.allCounters(one, 7, all);
                    rows.countersOfTool(one, 7, printed);
                }))
                .hasSize(all.size())
                .contains(first.name() + " " + (first.value() + 1))
                .doesNotContain(first.name() + " " + first.value());
    }

    @Test
    void aCopyOfOneResourceIsTakenWhereAHistoryToldOfOthers() throws Exception {
        assertThat(rows(
                        "SELECT resource || ' ' || snapshot || ' ' || avg10_percent FROM pressure ORDER BY ALL",
                        rows -> {
                            rows.pressures(one, 7, pressure("cpu", "32.39"));
                            rows.pressures(two, 7, pressure("cpu", "1.00"));
                            rows.pressures(two, 7, pressure("memory", "2.00"));
                            rows.pressures(two, 8, pressure("cpu", "3.00"));
                        }))
                .containsExactly("cpu 7 32.39", "cpu 8 3.0", "memory 7 2.0");
    }

    @Test
    void aSecondFileOfTheSameIsLeftOutAndSaidSo() throws Exception {
        List<Slab> slabs = Slab.parse(Files.readAllBytes(PROC.resolve("6.18-slabinfo.txt")), new PageSize(4096))
                .value();
        assertThat(rows("SELECT count(*) FROM slab UNION ALL SELECT member FROM ingest_issue", rows -> {
                    rows.whole(one, "slab", 7, Slab.class, slabs);
                    // of two readings of one file at one moment nobody need hear
                    rows.whole(one, "slab", 7, Slab.class, slabs);
                    rows.whole(two, "slab", 7, Slab.class, slabs);
                }))
                .containsExactly(Integer.toString(slabs.size()), "two");
    }
}
