package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.findings.SyntheticHost.MIB;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.postmem.procfs.OomScore;

/** The kernel's choice in SQL, and the kills of a log joined with what the capture saw before. */
class OomRuleTest {
    @Test
    void theRuleInSqlIsTheRuleInJava() throws SQLException {
        Map<String, String> forms =
                Map.of("3.10.0", "root_adj", "4.4.0", "root_share", "5.4.0", "clamped", "6.1.0", "signed");
        try (SyntheticHost host = new SyntheticHost(5, 6)) {
            host.database().makeViews();
            for (Map.Entry<String, String> form : forms.entrySet()) {
                for (long total : new long[] {999, 120_072, 10_284_000}) {
                    OomScore rule = OomScore.of(form.getKey(), total);
                    for (int adj : new int[] {-1000, -999, -500, -1, 0, 7, 969, 1000}) {
                        for (boolean root : new boolean[] {true, false}) {
                            long used = total / 7;
                            OomScore.Footprint process = new OomScore.Footprint(used, 0, 0, adj, root);
                            assertThat(sql(host, form.getValue(), used, adj, root, total))
                                    .as("%s %s", form, process)
                                    .containsExactly(rule.points(process), rule.score(process));
                        }
                    }
                }
            }
        }
    }

    private static List<OptionalLong> sql(SyntheticHost host, String form, long used, int adj, boolean root, long total)
            throws SQLException {
        try (PreparedStatement query = host.connection()
                .prepareStatement(
                        "WITH a AS (SELECT ?::VARCHAR AS form, ?::BIGINT AS used, ?::INTEGER AS adj, ?::BOOLEAN AS"
                                + " root, ?::BIGINT AS total), b AS (SELECT *, oom_points(form, used, adj, root, total) AS"
                                + " points FROM a) SELECT points, oom_score_of(form, points, adj, total) FROM b")) {
            query.setString(1, form);
            query.setLong(2, used);
            query.setInt(3, adj);
            query.setBoolean(4, root);
            query.setLong(5, total);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                List<OptionalLong> both = new ArrayList<>();
                for (int i = 1; i <= 2; i++) {
                    long value = row.getLong(i);
                    both.add(row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value));
                }
                return both;
            }
        }
    }

    /** In a cgroup of 256 MiB the small one grows, the large one dies; the host would have killed somebody else. */
    @Test
    void aKillInACgroupIsJoinedWithWhoGrewInIt() throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("large", t -> 150 * MIB)
                    .process("grower", t -> (10 + 0.5 * t) * MIB)
                    .process("outside", t -> (300 + t) * MIB)
                    .sql("UPDATE process SET cgroup = '/pod/a' WHERE name IN ('large', 'grower')")
                    .sql("INSERT INTO cgroup_memory (capture_id, snapshot, path, version, max_bytes, current_bytes)"
                            + " SELECT 1, i, '/pod', 2, 268435456, 200000000 FROM range(0, 48, 6) AS r(i)")
                    .sql("INSERT INTO oom_kill (capture_id, oom_id, scope, cgroup, ts, victim_pid, victim_name,"
                            + " chosen_pid, prediction, page_bytes) VALUES (1, 1, 'cgroup', '/pod', TIMESTAMP"
                            + " '2026-11-22 10:03:57', 1001, 'large', 1001, 'hit', 4096), (1, 2, 'cgroup', '/pod',"
                            + " TIMESTAMP '2026-11-22 12:00:00', 1001, 'large', 1001, 'no_tasks', 4096)");
            host.database().makeViews();
            assertThat(host.rows("SELECT oom_id, cause, grower_name, growth_bytes, victim_position FROM oom_cause"))
                    .containsExactly("1|other|grower|123207680|1");
            assertThat(host.rows("SELECT name, growth_bytes, victim FROM oom_grower ORDER BY position"))
                    .containsExactly("grower|123207680|false");
            assertThat(host.rows("SELECT name, scope FROM oom_candidate WHERE position = 1 ORDER BY scope"))
                    .containsExactly("large|/pod", "outside|host");
            assertThat(OomHitRate.of(host.connection())).isEqualTo(new OomHitRate(2, 1, 1, 1, 1));
        }
    }

    /** At the same uptime, of a boot the day before: told by its number, or by a clock that stands in the log. */
    @Test
    void aKillOfAnotherBootIsNotOneOfThisCapture() throws SQLException {
        String now = "TIMESTAMP '2026-11-22 10:02:01'";
        String before = "TIMESTAMP '2026-11-21 10:02:01'";
        assertThat(killsAt(221, "0", "NULL")).containsExactly("host 1", "cgroup 1");
        assertThat(killsAt(221, "1", "NULL")).isEmpty();
        assertThat(killsAt(221, "NULL", "NULL")).isEmpty();
        assertThat(killsAt(221, "NULL", now)).containsExactly("host 1", "cgroup 1");
        assertThat(killsAt(221, "NULL", before)).isEmpty();
        assertThat(killsAt(5000, "0", now)).isEmpty();
    }

    /** Of a host that is read from an uptime of 100 s on for four minutes, and a log of a kill on the host and one in a group. */
    private static List<String> killsAt(int uptimeSeconds, String boot, String ts) throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql(
                    "INSERT INTO oom_kill (capture_id, oom_id, scope, cgroup, uptime_seconds, boot, ts) SELECT 1, i, s, g, "
                            + uptimeSeconds + ", " + boot + ", " + ts
                            + " FROM (VALUES (1, 'host', NULL), (2, 'cgroup', '/pod')) AS k(i, s, g)");
            host.database().makeViews();
            return host.rows(
                    "SELECT 'host ' || kills FROM host_oom_moment UNION ALL SELECT 'cgroup ' || kills FROM cgroup_kill");
        }
    }

    /** The copy of /proc before the kill had no uptime: the clocks tell the kill, and not the counter once more or nobody. */
    @Test
    void aKillBehindASnapshotWithoutUptimeIsToldByItsClock() throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("UPDATE snapshot SET uptime_seconds = NULL WHERE snapshot = 24")
                    .sql("INSERT INTO oom_kill (capture_id, oom_id, scope, uptime_seconds, ts)"
                            + " SELECT 1, 1, 'host', uptime_seconds - 1, ts - INTERVAL 1 SECOND FROM snapshot"
                            + " WHERE snapshot = 25")
                    .sql(
                            "INSERT INTO vmstat (capture_id, snapshot, name, value)"
                                    + " SELECT 1, snapshot, 'oom_kill', CASE WHEN snapshot < 25 THEN 0 ELSE 1 END FROM snapshot")
                    .sql("UPDATE meminfo SET mem_available_bytes = 1 WHERE snapshot IN (24, 25)");
            host.database().makeViews();
            assertThat(host.rows("SELECT snapshot, kills, source FROM host_oom_moment"))
                    .containsExactly("25|1|kernel log");
        }
    }

    /** A sidecar that is spared grows, and the service beside it is killed for it. */
    @Test
    void whoGrowsInAGroupAndIsNeverStartedAgainIsNotSaidToBe() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("logtail", t -> (8 + t / 2) * MIB)
                    .process("cartd", t -> 80 * MIB)
                    .takes("anon_pages_bytes", t -> t / 2 * MIB)
                    .sql("UPDATE process SET cgroup = '/apps/cart'");
            for (int kill = 1; kill <= 3; kill++) {
                host.sql("INSERT INTO oom_kill (capture_id, oom_id, scope, cgroup, ts, victim_pid, victim_name)"
                        + " SELECT 1, " + kill + ", 'cgroup', '/apps/cart', ts, " + (900 + kill)
                        + ", 'cartd' FROM snapshot WHERE snapshot = " + (30 + 4 * kill));
            }
            assertThat(host.explanationOf("R35"))
                    .contains(
                            "logtail (pid 1001) grew by ",
                            " in it and took the room of the others. Of the killed in the kernel log 3 bore other names: cartd.")
                    .doesNotContain("is started again");
        }
    }

    @Test
    void whatIsShownOfAKillIsOfItsCaptureAlone() throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("INSERT INTO capture SELECT * REPLACE (2 AS capture_id) FROM capture")
                    .sql(
                            "INSERT INTO oom_kill (capture_id, oom_id, scope, cgroup, ts, victim_pid, victim_name) VALUES (1, 1,"
                                    + " 'host', NULL, TIMESTAMP '2026-11-22 10:02:01', 1001, 'a'), (1, 2, 'cgroup', '/pod',"
                                    + " TIMESTAMP '2026-11-22 10:02:01', 1002, 'b'), (2, 1, 'host', NULL, TIMESTAMP"
                                    + " '2026-11-22 10:02:01', 1003, 'of another host')");
            List<String> statements = host.analysed().findings().stream()
                    .filter(finding ->
                            finding.captureId() == 1 && List.of("R04", "R35").contains(finding.rule()))
                    .flatMap(finding -> finding.evidence().stream())
                    .map(Finding.Evidence::sql)
                    .toList();

            assertThat(statements).hasSize(8).allMatch(sql -> sql.contains("capture_id = 1 "));
            for (String sql : statements) {
                host.rows(sql);
            }
        }
    }

    @Test
    void whatTheZonesSayIsWhyItWasKilled() throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 6)) {
            host.sql("INSERT INTO oom_kill (capture_id, oom_id, scope, page_order) VALUES (1, 1, 'host', 0),"
                            + " (1, 2, 'host', 3), (1, 3, 'host', 0), (1, 4, 'host', 0), (1, 5, 'cgroup', 0)")
                    .sql("INSERT INTO oom_zone (capture_id, oom_id, zone, free_bytes, high_bytes, reserve_bytes,"
                            + " managed_bytes, fitting_blocks) VALUES (1, 1, 'DMA', 1000, 100, 950, 5000, 9), (1,"
                            + " 1, 'Normal', 90, 100, 0, 5000, 9), (1, 2, 'Normal', 5000, 100, 0, 9000, 0), (1, 3,"
                            + " 'Normal', 5000, 100, 0, 9000, 7), (1, 3, 'Movable', 0, 0, 0, 0, 0)");
            host.database().makeViews();
            assertThat(host.rows("SELECT oom_id, reason FROM oom_reason ORDER BY oom_id"))
                    .containsExactly("1|memory", "2|fragmented", "3|elsewhere", "4|null", "5|limit");
        }
    }

    /** 666 is what an idle process shows since 5.9; a distribution may bring that rule to an older release. */
    @Test
    void theFormIsTheOneThatGivesTheScoresTheKernelShowed() throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 24)) {
            host.process("quiet", t -> 20 * MIB)
                    .sql("UPDATE capture SET kernel = '4.18.0-477.el8.x86_64'")
                    .sql("UPDATE process_sample SET oom_score = (1000 + (rss_bytes // 4096) * 1000 // 262144) * 2"
                            + " // 3");
            host.database().makeViews();
            assertThat(host.rows("SELECT form, release_form, compared, exact FROM oom_rule"))
                    .containsExactly("signed|clamped|24|24");
        }
    }

    @Test
    void aLeakerThatIsNotYetFirstWhenMemoryIsGoneKillsAnInnocent() {
        try (SyntheticHost host = new SyntheticHost(5, 120)) {
            host.process("database", t -> 600 * MIB)
                    .process("leaker", t -> (10 + 0.2 * t) * MIB)
                    .takes("anon_pages_bytes", t -> (500 + 0.2 * t) * MIB);
            assertThat(host.analysed().findings())
                    .filteredOn(finding -> finding.rule().equals("R29"))
                    .extracting(Finding::severity, Finding::title)
                    .containsExactly(
                            tuple(Finding.Severity.INFO, "database (pid 1001) would be killed for what leaker takes"));
        }
    }
}
