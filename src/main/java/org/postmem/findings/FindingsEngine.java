package org.postmem.findings;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.postmem.findings.Analysis.Capture;
import org.postmem.findings.Finding.Severity;
import org.postmem.sql.ReportFiles;

/**
 * Runs the rules of {@code reports/findings} on a case whose views are made, and says what it comes to. A rule whose SQL
 * fails becomes a finding about data quality; the others go on.
 */
public final class FindingsEngine {
    private final Connection connection;
    private final List<RuleFile> rules;
    private final List<String> faults;
    private final Wording wording;

    public FindingsEngine(Connection connection, List<RuleFile> rules, Wording wording) {
        this(connection, new RuleFolder(rules, List.of()), wording);
    }

    private FindingsEngine(Connection connection, RuleFolder folder, Wording wording) {
        this.connection = connection;
        this.rules = folder.rules();
        this.faults = new ArrayList<>(folder.faults());
        this.wording = wording;
    }

    /** With the packaged rules and the texts of a language. */
    public static FindingsEngine packaged(Connection connection, ReportFiles reports, String language) {
        return of(connection, reports, RuleFolder.packaged(reports), language);
    }

    /** With these rules and the texts of a language; what is wrong with a file becomes a finding. */
    public static FindingsEngine of(Connection connection, ReportFiles reports, RuleFolder rules, String language) {
        return new FindingsEngine(
                connection, rules, Wording.of(reports, language).with(rules.rules(), language));
    }

    /** What is wrong with rule files, after {@link #analyse}: a sentence each that names file and line. */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    /** All captures together. */
    public Analysis analyse() {
        try {
            List<Capture> captures = new CaseCaptures(connection).captures();
            int fewestReadings = fewestReadings();
            return analysis(captures, ranked(captures, fewestReadings), fewestReadings);
        } catch (SQLException e) {
            throw new IllegalStateException("the case cannot be analysed: " + firstLine(e), e);
        }
    }

    /**
     * Several cases that were loaded together, because most of the time of a small one goes into planning its statements:
     * those with the same {@code case_id}, in its order. No rule looks beyond these, so each comes to what it comes to by
     * itself.
     */
    public List<Analysis> analyseEach() {
        try {
            CaseCaptures read = new CaseCaptures(connection);
            List<Capture> captures = read.captures();
            int fewestReadings = fewestReadings();
            List<RankedFinding> ranked = ranked(captures, fewestReadings);
            List<Analysis> analyses = new ArrayList<>();
            for (Set<Integer> ids : read.cases()) {
                analyses.add(analysis(
                        captures.stream()
                                .filter(c -> ids.contains(c.captureId()))
                                .toList(),
                        ranked.stream()
                                .filter(r -> ids.contains(r.finding().captureId()))
                                .toList(),
                        fewestReadings));
            }
            return analyses;
        } catch (SQLException e) {
            throw new IllegalStateException("the cases cannot be analysed: " + firstLine(e), e);
        }
    }

    private Analysis analysis(List<Capture> captures, List<RankedFinding> ranked, int fewestReadings) {
        List<Finding> findings = numbered(ordered(asSevereAsTheirConsequences(withoutParts(ranked))));
        return new Analysis(
                captures, new Verdicts(wording, new CaptureTimes(captures), fewestReadings).of(findings), findings);
    }

    /** What the trend wants: {@code reports/sql/trend/floors.sql} says it. */
    private int fewestReadings() throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT fewest_readings()")) {
            row.next();
            return row.getInt(1);
        }
    }

    private List<RankedFinding> ranked(List<Capture> captures, int fewestReadings) throws SQLException {
        RuleQueries queries = new RuleQueries(connection, rules);
        queries.defineThresholds();
        Map<Integer, Long> totals = new CaseCaptures(connection).memoryTotals();
        RowFindings rows = new RowFindings(connection, wording, new CaptureTimes(captures), totals);
        EngineFindings own = new EngineFindings(wording);
        List<RankedFinding> ranked = new ArrayList<>();
        for (String fault : List.copyOf(faults)) {
            captures.forEach(capture -> ranked.add(new RankedFinding(own.unread(fault, capture.captureId()), 0)));
        }
        for (RuleFile rule : rules) {
            try {
                ranked.addAll(found(rule, captures, queries, rows, own, fewestReadings));
            } catch (SQLException | RuleRow.NotAFinding e) {
                String where = rule.path() + ":" + RuleQueries.line(rule, e) + ": " + firstLine(e);
                faults.add(where);
                captures.forEach(
                        capture -> ranked.add(new RankedFinding(own.failed(rule, capture.captureId(), where), 0)));
            }
        }
        return ranked;
    }

    /** What takes the memory stands before what that does to the host: the first finding is who to look at. */
    private static List<Finding> ordered(List<RankedFinding> ranked) {
        return ranked.stream()
                .sorted(Comparator.comparing((RankedFinding r) -> r.finding().severity())
                        .thenComparing(
                                r -> !FindingKinds.LEAKS.contains(r.finding().kind()))
                        .thenComparing(r -> r.finding().score(), Comparator.reverseOrder())
                        .thenComparing(RankedFinding::rank, Comparator.reverseOrder())
                        .thenComparing(r -> r.finding().rule())
                        .thenComparing(r -> r.finding().captureId())
                        .thenComparing(r -> r.finding().title()))
                .map(RankedFinding::finding)
                .toList();
    }

    private static List<Finding> numbered(List<Finding> ordered) {
        Map<String, Integer> numbers = new HashMap<>();
        return ordered.stream()
                .map(finding -> finding.withId(finding.rule() + "-" + numbers.merge(finding.rule(), 1, Integer::sum)))
                .toList();
    }

    /** All that one rule says; nothing when one of its rows is no finding. */
    private List<RankedFinding> found(
            RuleFile rule,
            List<Capture> captures,
            RuleQueries queries,
            RowFindings rows,
            EngineFindings own,
            int fewestReadings)
            throws SQLException, RuleRow.NotAFinding {
        Set<Integer> silent = new HashSet<>();
        Set<Integer> spoken = new HashSet<>();
        List<RankedFinding> said = new ArrayList<>();
        for (Capture capture : captures) {
            List<String> missing = queries.missing(rule, capture.captureId());
            if (!missing.isEmpty()) {
                silent.add(capture.captureId());
                said.add(new RankedFinding(own.notApplicable(rule, capture.captureId(), missing), 0));
            }
        }
        for (RuleRow row : queries.mayFind(rule) ? queries.rows(rule) : List.<RuleRow>of()) {
            row.check(captures);
            if (!silent.contains(row.captureId())) {
                spoken.add(row.captureId());
                said.add(rows.of(rule, row));
            }
        }
        for (Capture capture : captures) {
            boolean judged = capture.snapshots() >= fewestReadings
                    && !silent.contains(capture.captureId())
                    && !spoken.contains(capture.captureId());
            if (judged && wording.knows(rule.id() + ".ok")) {
                said.add(new RankedFinding(nothingFound(rule, capture.captureId(), queries, own, fewestReadings), 0));
            }
        }
        return said;
    }

    /** That a rule found nothing clears the host where it had something to look at, and often enough. */
    private static Finding nothingFound(
            RuleFile rule, int captureId, RuleQueries queries, EngineFindings own, int fewestReadings)
            throws SQLException {
        List<String> unread = queries.unread(rule, captureId);
        if (!unread.isEmpty()) {
            return own.notApplicable(rule, captureId, unread);
        }
        Map<String, Long> seldom = queries.seldom(rule, captureId, fewestReadings);
        return seldom.isEmpty() ? own.healthy(rule, captureId) : own.readSeldom(rule, captureId, seldom);
    }

    /** A growth that an accusation explains as a part of its own is told there, and not once more by itself. */
    private static List<RankedFinding> withoutParts(List<RankedFinding> ranked) {
        Set<String> explained = ranked.stream()
                .filter(r -> r.finding().severity().compareTo(Severity.INFO) < 0)
                .flatMap(r -> r.explains().stream())
                .collect(Collectors.toSet());
        return ranked.stream()
                .filter(r -> r.series() == null || !explained.contains(r.series()))
                .toList();
    }

    /** What brings a host down is as severe as the fall, so that the cause is read first. */
    private static List<RankedFinding> asSevereAsTheirConsequences(List<RankedFinding> ranked) {
        Set<Integer> critical = ranked.stream()
                .map(RankedFinding::finding)
                .filter(f -> f.severity() == Severity.CRITICAL && !FindingKinds.LEAKS.contains(f.kind()))
                .map(Finding::captureId)
                .collect(Collectors.toSet());
        return ranked.stream()
                .map(r -> {
                    Finding f = r.finding();
                    boolean cause = f.severity() == Severity.WARNING && FindingKinds.LEAKS.contains(f.kind());
                    return cause && critical.contains(f.captureId()) ? r.with(f.withSeverity(Severity.CRITICAL)) : r;
                })
                .toList();
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
