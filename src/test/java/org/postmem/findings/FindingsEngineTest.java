package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.findings.SyntheticHost.MIB;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postmem.findings.Finding.Severity;
import org.postmem.sql.ReportFiles;

class FindingsEngineTest {
    @Test
    void namesTheGrowingProcessFirst() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("quiet", t -> 40 * MIB)
                    .process("ordersvc", t -> (20 + t) * MIB)
                    .takes("anon_pages_bytes", t -> t * MIB);
            Analysis analysis = host.analysed();

            Finding first = analysis.findings().get(0);
            assertThat(first.kind()).isEqualTo("private_anonymous");
            assertThat(first.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(first.culprit())
                    .isEqualTo(new Finding.Culprit(
                            "process",
                            "ordersvc",
                            2,
                            1002,
                            Instant.parse("2026-11-22T09:59:00Z"),
                            "/usr/bin/ordersvc --serve",
                            null));
            assertThat(first.growthBytes()).isBetween((long) (220 * MIB), (long) (236 * MIB));
            assertThat(first.rateBytesPerSecond()).isBetween(0.98 * MIB, 1.02 * MIB);
            assertThat(first.shareOfLoss()).isBetween(0.95, 1.0);
            assertThat(first.exhaustedFrom()).isAfter(first.lastSeen());
            assertThat(first.title()).startsWith("ordersvc (pid 1002) leaks private anonymous memory: +");
            assertThat(analysis.verdict().leak()).isTrue();
            assertThat(analysis.verdict().findingId()).isEqualTo(first.id());
            assertThat(analysis.verdict().headline()).contains("ordersvc (pid 1002)", "1.00 MiB/s", "100 %");
        }
    }

    @Test
    void howManyReadingsATrendWantsIsSaidInOnePlaceForAll() {
        for (int fewest : List.of(5, 9)) {
            try (SyntheticHost host = new SyntheticHost(5, 8).process("quiet", t -> 40 * MIB)) {
                host.database().makeViews();
                host.sql("CREATE OR REPLACE MACRO fewest_readings() AS " + fewest);
                Analysis analysis = FindingsEngine.packaged(host.connection(), ReportFiles.onClassPath(), "en")
                        .analyse();
                assertThat(analysis.findings())
                        .as("that nothing was found, of eight readings")
                        .filteredOn(finding -> finding.severity() == Severity.OK)
                        .extracting(Finding::rule)
                        .matches(rules -> rules.isEmpty() == (fewest == 9))
                        .matches(rules -> rules.contains("R00") == (fewest == 5));
                if (fewest == 9) {
                    assertThat(analysis.verdict().headline()).startsWith("Too few snapshots for a trend (8)");
                }
            }
        }
    }

    /** The leak takes a quarter of what the host loses. */
    @Test
    void theHostLastsNoLongerForALeakThanForAllThatIsLost() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("ordersvc", t -> (20 + 0.5 * t) * MIB)
                    .takes("anon_pages_bytes", t -> 0.5 * t * MIB)
                    .takes("sunreclaim_bytes", t -> 1.5 * t * MIB);
            List<Finding> findings = host.analysed().findings();
            assertThat(of(findings, "R05").exhaustedFrom())
                    .isNotNull()
                    .isEqualTo(of(findings, "R01").exhaustedFrom());
        }
    }

    @Test
    void whoHasEndedTakesNothingAnyMore() {
        try (SyntheticHost host = leakOfOneMebibyteASecond()) {
            host.process("quiet", t -> 40 * MIB)
                    .sql("UPDATE process SET last_snapshot = 44 WHERE name = 'ordersvc'")
                    .sql("DELETE FROM process_sample WHERE process_id = 1 AND snapshot > 44");
            Analysis analysis = host.analysed();
            Finding leak = of(analysis.findings(), "R05");
            assertThat(leak.exhaustedFrom()).isNull();
            assertThat(leak.exhaustedTo()).isNull();
            assertThat(analysis.verdict().headline()).contains("ordersvc").doesNotContain("memory lasts");
        }
    }

    @Test
    void ofTwoCapturesOfAHostThatWasRestartedTheNewerSpeaksAndTheOlderForecastsNothing() {
        try (SyntheticHost host = leakOfOneMebibyteASecond()) {
            host.sql("UPDATE snapshot SET boot_id = 'before'");
            for (String table : List.of("meminfo", "zone", "vmstat", "process", "process_sample")) {
                host.sql("INSERT INTO " + table + " SELECT * REPLACE (2 AS capture_id) FROM " + table);
            }
            host.sql("INSERT INTO capture SELECT * REPLACE (2 AS capture_id) FROM capture")
                    .sql(
                            "INSERT INTO snapshot SELECT * REPLACE (2 AS capture_id, 'after' AS boot_id, ts + INTERVAL 1 HOUR AS ts) FROM snapshot");
            Analysis analysis = host.analysed();
            assertThat(analysis.findings())
                    .filteredOn(finding -> finding.rule().equals("R05"))
                    .extracting(Finding::captureId, finding -> finding.exhaustedFrom() != null)
                    .containsExactlyInAnyOrder(tuple(1, false), tuple(2, true));
            assertThat(analysis.findings())
                    .filteredOn(finding -> finding.rule().equals("R01"))
                    .extracting(Finding::captureId, finding -> finding.title().replaceFirst("(for about|by) .*", "$1"))
                    .containsExactlyInAnyOrder(tuple(1, "Memory shrank by"), tuple(2, "Memory lasts for about"));
            assertThat(analysis.findings())
                    .filteredOn(
                            finding -> finding.id().equals(analysis.verdict().findingId()))
                    .extracting(Finding::captureId)
                    .containsExactly(2);
        }
    }

    private static SyntheticHost leakOfOneMebibyteASecond() {
        return new SyntheticHost(5, 48)
                .process("ordersvc", t -> (20 + t) * MIB)
                .takes("anon_pages_bytes", t -> t * MIB);
    }

    private static Finding of(List<Finding> findings, String rule) {
        return findings.stream()
                .filter(finding -> finding.rule().equals(rule))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"ramp", "saw"})
    void theGrowthIsTheDifferenceOfTwoReadingsThatItsEvidenceShows(String shape) throws SQLException {
        Random random = new Random(4711);
        try (SyntheticHost host = new SyntheticHost(5, 72)) {
            host.process(
                    "ordersvc",
                    t -> (60
                                    + 8 * random.nextDouble()
                                    + Math.max(0, t - 40)
                                    + (shape.equals("saw") ? 90 * (t / 45 % 1) : 0))
                            * MIB);
            Finding leak = host.analysed().findings().get(0);
            assertThat(leak.trend()).isEqualTo("leak");
            Map<Instant, Long> readings = new HashMap<>();
            try (Statement statement = host.connection().createStatement();
                    ResultSet rows =
                            statement.executeQuery(leak.evidence().get(0).sql())) {
                while (rows.next()) {
                    readings.put(
                            rows.getTimestamp(1).toLocalDateTime().toInstant(ZoneOffset.UTC), (long) rows.getDouble(2));
                }
            }
            assertThat(leak.growthBytes()).isEqualTo(readings.get(leak.lastSeen()) - readings.get(leak.firstSeen()));
        }
    }

    @Test
    void accusesNobodyOnAQuietHost() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("cached", t -> Math.min(24, 2 * t) * MIB)
                    .process("gcsvc", t -> (8 + (3 * t) % 24) * MIB)
                    .process("batchd", t -> 4 * MIB * (t % 2));
            Analysis analysis = host.analysed();

            assertThat(analysis.verdict())
                    .isEqualTo(new Verdict(
                            false, "No memory leak was found: what grew came back, came to rest or slows down.", null));
            assertThat(analysis.findings()).noneMatch(f -> f.severity().compareTo(Severity.INFO) < 0);
            assertThat(analysis.findings()).anyMatch(f -> f.severity() == Severity.OK);
        }
    }

    @Test
    void whatShrinksWithNobodyToBlameIsNoCleanBillOfHealth() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("bystander", t -> 300 * MIB).takes("cached_bytes", t -> t * MIB);
            Analysis analysis = host.analysed();
            Finding shortage = analysis.findings().stream()
                    .filter(f -> f.rule().equals("R01"))
                    .findFirst()
                    .orElseThrow();

            assertThat(shortage.severity()).isEqualTo(Severity.INFO);
            assertThat(analysis.verdict())
                    .isEqualTo(new Verdict(
                            false,
                            "No memory leak can be named yet, but what is available shrinks: " + shortage.title()
                                    + ". Collect for longer to see who takes it.",
                            shortage.id()));
        }
    }

    @Test
    void whereThoseWhoTakeItAreNotListedToCollectForLongerIsNoAdvice() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("bystander", t -> 300 * MIB).takes("anon_pages_bytes", t -> t * MIB);

            assertThat(host.analysed().verdict())
                    .isEqualTo(new Verdict(
                            false,
                            "No memory leak can be named from here: Anonymous memory of the host grows by 225 MiB, in"
                                    + " processes that were not listed.",
                            "R43-1"));
        }
    }

    @Test
    void whatGrewToTheVeryEndAndNotForLongIsNeitherBlamedNorCalledHealthy() {
        try (SyntheticHost host = new SyntheticHost(5, 36)) {
            host.process("bystander", t -> 300 * MIB).born(29, "young", t -> (4 + t - 145) * MIB);
            Analysis analysis = host.analysed();

            assertThat(analysis.verdict().leak()).isFalse();
            assertThat(analysis.verdict().headline())
                    .matches("No memory leak can be told yet: young \\(pid \\d+\\) grew by [0-9.]+ MiB, too briefly to"
                            + " judge\\. Collect for longer\\.");
        }
    }

    @Test
    void aShortCaptureInWhichNothingGrewRulesNothingOut() {
        try (SyntheticHost host = new SyntheticHost(5, 12)) {
            host.process("bystander", t -> 300 * MIB);

            assertThat(host.analysed().verdict())
                    .isEqualTo(new Verdict(
                            false,
                            "No memory leak shows in 12 snapshots within 55 s: too little to rule one out.",
                            null));
        }
        try (SyntheticHost host = new SyntheticHost(5, 3)) {
            host.process("bystander", t -> 300 * MIB);

            assertThat(host.analysed().verdict())
                    .isEqualTo(new Verdict(
                            false, "Too few snapshots for a trend (3): whether memory leaks cannot be told.", null));
        }
    }

    @Test
    void saysUnknownWhereNoOwnerCouldBeRead() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("bystander", t -> 300 * MIB).takes("sunreclaim_bytes", t -> t * MIB);
            Finding first = host.analysed().findings().get(0);

            assertThat(first.kind()).isEqualTo("slab_cache");
            assertThat(first.culprit().type()).isEqualTo("kernel");
            assertThat(first.culprit().name()).isEqualTo("cache unknown");
            assertThat(first.title()).contains("cache unknown");
        }
    }

    @Test
    void aBrokenRuleIsAFindingAndTheOthersGoOn() {
        RuleFile broken = RuleFile.parse("mine.sql", """
                -- Asks for what is not there.
                -- id: X01
                -- kind: tmpfs
                -- chapter: tmpfs
                SELECT nonsense FROM meminfo""");
        RuleFile sound = RuleFile.parse("sound.sql", """
                -- Says something of each capture.
                -- id: X02
                -- kind: swap
                -- chapter: sar
                SELECT capture_id, 'info' AS severity, 12 AS number FROM capture""");
        try (SyntheticHost host = new SyntheticHost(5, 12)) {
            host.database().makeViews();
            Analysis analysis = new FindingsEngine(
                            host.connection(), List.of(broken, sound), Wording.of(ReportFiles.onClassPath(), "en"))
                    .analyse();

            assertThat(analysis.findings()).extracting(Finding::id).containsExactly("X01-1", "X02-1");
            assertThat(analysis.findings().get(0).kind()).isEqualTo("data_quality");
            assertThat(analysis.findings().get(0).explanation()).contains("mine.sql:5: ", "nonsense");
            assertThat(analysis.findings().get(1).facts()).isEqualTo(Map.of("number", 12));
        }
    }

    @Test
    void aRuleWithoutItsFileIsNotApplicableAndNamesIt() {
        try (SyntheticHost host = new SyntheticHost(5, 12)) {
            Analysis analysis = host.analysed();
            assertThat(analysis.findings())
                    .filteredOn(f -> f.rule().equals("R02"))
                    .extracting(Finding::severity, Finding::title)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(
                                    Severity.NOT_APPLICABLE,
                                    "R02 could not be judged: /proc/pressure/memory (kernel 4.20 or newer, psi=1) not in this capture"));
        }
    }
}
