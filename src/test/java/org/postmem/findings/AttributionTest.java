package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.MIB;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shares of what the host lost: 240 MiB to one process, 48 to another, 24 to slab, and 24 to nobody who can be read. */
class AttributionTest {
    @Test
    void sharesCloseAndTheRestIsShown() throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 49)) {
            host.process("ordersvc", t -> (20 + t) * MIB)
                    .process("mailer", t -> (20 + 0.2 * t) * MIB)
                    .process("quiet", t -> 50 * MIB)
                    .takes("anon_pages_bytes", t -> 1.25 * t * MIB)
                    .takes("sunreclaim_bytes", t -> 0.1 * t * MIB)
                    .takes(null, t -> 0.05 * t * MIB)
                    .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'frob_request', i * 524288"
                            + " FROM range(0, 49, 6) AS r(i)");
            Analysis analysis = host.analysed();
            List<String> rows = new ArrayList<>();
            try (Statement statement = host.connection().createStatement()) {
                try (ResultSet told = statement.executeQuery(
                        "SELECT bucket, owner_type, owner, round(share, 2) FROM attribution WHERE share >= 0.01"
                                + " ORDER BY growth_bytes DESC, owner")) {
                    while (told.next()) {
                        rows.add(told.getString(1) + " " + told.getString(2) + " " + told.getString(3) + " "
                                + told.getDouble(4));
                    }
                }
                try (ResultSet sums = statement.executeQuery(
                        "SELECT sum(growth_bytes) = any_value(lost_bytes), sum(share) <= 1.000001 FROM attribution")) {
                    sums.next();
                    assertThat(sums.getBoolean(1))
                            .as("all rows sum to the loss")
                            .isTrue();
                    assertThat(sums.getBoolean(2)).as("shares sum to 1 at most").isTrue();
                }
            }
            assertThat(rows)
                    .containsExactly(
                            "anon process ordersvc (1001) 0.71",
                            "anon process mailer (1002) 0.14",
                            "slab_unreclaimable slab_cache frob_request 0.07",
                            "anon rest anon 0.04",
                            "unaccounted bucket unaccounted 0.04");
            assertThat(analysis.findings())
                    .filteredOn(finding -> finding.rule().equals("R01"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.explanation())
                            .contains("took: ordersvc (1001) 71 %, mailer (1002) 14 %, frob_request 7 %"));
        }
    }
}
