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
                    .satisfies(
                            finding -> assertThat(finding.explanation())
                                    .contains(
                                            " that it lost from 10:00:10 UTC to 10:04:00 UTC, took: ordersvc (1001) 71 %, mailer (1002) 14 %, frob_request 7 %"));
        }
    }

    /** A hundred of half a MiB, and forty files of a MiB and a half behind one process: none is listed by itself. */
    @Test
    void manySmallOnesOfOneNameAreToldTogether() throws SQLException {
        assertThat(many("range(0, 49, 6)")).containsExactly("memfd|frames (1101)|60", "group|worker (× 100)|47");
        // descriptors are read once: 60 MiB, one of which all shared memory was at the beginning
        assertThat(many("range(48, 49)")).containsExactly("memfd|frames (1101)|56", "group|worker (× 100)|47");
    }

    private static List<String> many(String descriptorsRead) throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 49)) {
            for (int i = 0; i < 100; i++) {
                host.process("worker", t -> 2097152 + t * 2184);
            }
            host.process("frames", t -> 20 * MIB)
                    .takes("anon_pages_bytes", t -> 100 * t * 2184)
                    .takes("cached_bytes", t -> 0.25 * t * MIB)
                    .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 1310720")
                    .sql("INSERT INTO open_file (capture_id, snapshot, process_id, fd, kind, target, inode, size_bytes)"
                            + " SELECT 1, i, 101, j, 'memfd', '/memfd:frame-' || j, j, i * 32768 FROM "
                            + descriptorsRead + " AS r(i), range(40) AS s(j)");
            host.database().makeViews();
            return host.rows(
                    "SELECT owner_type, owner, growth_bytes // 1048576 FROM attribution WHERE growth_bytes > 4194304");
        }
    }
}
