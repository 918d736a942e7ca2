package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;

/** What the page says of the limits of control groups. */
class ControlGroupLimitsTest {
    @Test
    void aGroupThatIsSlowedDownAtMemoryHighHasALimit() throws SQLException {
        try (CaseDatabase database = DemoCase.empty();
                Statement statement = database.connection().createStatement()) {
            statement.execute(
                    "INSERT INTO snapshot (capture_id, snapshot, segment, ts, t_seconds, boot) VALUES"
                            + " (1, 1, 1, TIMESTAMP '2026-11-22 10:00:00', 0, 0), (1, 2, 1, TIMESTAMP '2026-11-22 10:00:05', 5, 0)");
            statement.execute(
                    "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, current_bytes, max_bytes, high_bytes)"
                            + " SELECT 1, s, p, 2, b, m, h FROM (VALUES (1), (2)) AS t(s), (VALUES ('/', 900, NULL, NULL),"
                            + " ('/apps/tenant', 71, NULL, 72), ('/apps/shop', 50, 200, 100), ('/apps/free', 300, NULL, NULL)) AS g(p, b, m, h)");
            assertThat(new CaseRows(database.connection())
                                    .rows(
                                            "SELECT path, max_bytes, high_bytes, round(use_percent) AS use_percent FROM path_cgroup"
                                                    + " WHERE use_percent IS NOT NULL ORDER BY path")
                                    .stream()
                                    .map(row -> row.get("path") + " " + row.get("use_percent"))
                                    .toList())
                    .isEqualTo(List.of("/apps/shop 50.0", "/apps/tenant 99.0"));
            Map<String, Object> lead = new CaseRows(database.connection())
                    .rows("SELECT text, groups, limited, nearest FROM lead_cgroups")
                    .get(0);
            assertThat(List.copyOf(lead.values())).isEqualTo(List.of("limited", 3L, 2L, "/apps/tenant"));
        }
    }
}
