package org.postmem.findings;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.findings.Analysis.Capture;
import org.postmem.findings.Analysis.Gap;
import org.postmem.findings.Finding.Culprit;
import org.postmem.findings.Finding.Evidence;
import org.postmem.findings.Finding.Severity;
import org.postmem.sql.ReportFiles;

/**
 * Runs the rules of {@code reports/findings} on a case whose views are made, and says what it comes to. A rule whose SQL
 * fails becomes a finding about data quality; the others go on.
 */
public final class FindingsEngine {
    private static final Set<String> CONTRACT = Set.of(
            "capture_id",
            "severity",
            "confidence",
            "kind",
            "culprit_type",
            "culprit_name",
            "culprit_detail",
            "process_id",
            "trend",
            "growth_bytes",
            "rate_bytes_per_second",
            "rate_low",
            "rate_high",
            "share_of_loss",
            "first_seen",
            "last_seen",
            "exhausted_from",
            "exhausted_to",
            "text",
            "rank_bytes",
            "evidence_sql",
            "sid",
            "boot",
            "win",
            "subject_id",
            "onset_t",
            "end_t",
            "device",
            "evidence_members");

    private static final List<String> NUMBERS = List.of(
            "confidence",
            "process_id",
            "growth_bytes",
            "rate_bytes_per_second",
            "rate_low",
            "rate_high",
            "share_of_loss",
            "rank_bytes");

    // LINE 3: SELECT nonsense FROM meminfo
    private static final Pattern SQL_LINE = Pattern.compile("(?m)^LINE (\\d+): ");

    // threshold('R05', 'floor_bytes')
    private static final Pattern THRESHOLD_CALL =
            Pattern.compile("\\bthreshold\\(\\s*'(\\w+)'\\s*,\\s*'(\\w+)'\\s*\\)");

    /** With fewer no trend can be told, so nothing can be called healthy either. */
    private static final int FEWEST_SNAPSHOTS = 5;

    private static final String EVIDENCE_RULE = "R34";
    private static final String HEALTHY_RULE = "R00";
    private static final String SHORTAGE_RULE = "R01";
    private static final String MOVED_RULE = "R06";
    private static final String QUALITY_RULE = "R33";

    /** Confidence of a shortage that is no start-up, no step and no saw: those are below 0.9. */
    private static final double STEADY = 0.9;

    private final Connection connection;
    private final List<RuleFile> rules;
    private final List<String> faults;
    private final Wording wording;
    /** What was found out already: a capture and a need, and whether it tells. */
    private final Map<String, Boolean> told = new HashMap<>();

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

    public Analysis analyse() {
        try {
            told.clear();
            defineThresholds();
            List<Capture> captures = captures();
            Map<Integer, Long> totals = memoryTotals();
            Map<String, Long> numbers = new LinkedHashMap<>();
            List<Ranked> ranked = new ArrayList<>();
            for (String fault : List.copyOf(faults)) {
                captures.forEach(capture -> ranked.add(new Ranked(unread(fault, capture.captureId()), 0)));
            }
            for (RuleFile rule : rules) {
                run(rule, captures, totals, ranked);
            }
            List<Ranked> raised = asSevereAsTheirConsequences(ranked);
            // What takes the memory stands before what that does to the host: the first finding is who to look at.
            raised.sort(Comparator.comparing((Ranked r) -> r.finding.severity())
                    .thenComparing(r -> !FindingKinds.LEAKS.contains(r.finding.kind()))
                    .thenComparing(r -> r.finding.score(), Comparator.reverseOrder())
                    .thenComparing(Ranked::rank, Comparator.reverseOrder())
                    .thenComparing(r -> r.finding.rule())
                    .thenComparing(r -> r.finding.captureId())
                    .thenComparing(r -> r.finding.title()));
            List<Finding> findings = new ArrayList<>();
            for (Ranked r : raised) {
                long number = numbers.merge(r.finding.rule(), 1L, Long::sum);
                findings.add(withId(r.finding, r.finding.rule() + "-" + number));
            }
            return new Analysis(captures, verdict(findings, captures), findings);
        } catch (SQLException e) {
            throw new IllegalStateException("the case cannot be analysed: " + firstLine(e), e);
        }
    }

    private record Ranked(Finding finding, double rank) {}

    private void defineThresholds() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE OR REPLACE TABLE rule_threshold (rule VARCHAR, name VARCHAR, value DOUBLE, unit VARCHAR, reason VARCHAR)");
        }
        List<Object> values = new ArrayList<>();
        for (RuleFile rule : rules) {
            for (RuleFile.Threshold t : rule.thresholds()) {
                values.addAll(List.of(rule.id(), t.name(), t.value(), t.unit(), t.reason()));
            }
        }
        if (!values.isEmpty()) {
            // in one statement: one for each of them took as long as a rule
            String rows = String.join(", ", Collections.nCopies(values.size() / 5, "(?, ?, ?, ?, ?)"));
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO rule_threshold VALUES " + rows)) {
                for (int i = 0; i < values.size(); i++) {
                    insert.setObject(i + 1, values.get(i));
                }
                insert.execute();
            }
        }
        try (Statement statement = connection.createStatement()) {
            // error() instead of NULL: a misspelt name must not make a rule silent
            statement.execute("CREATE OR REPLACE MACRO threshold(of_rule, of_name) AS coalesce((SELECT max(t.value)"
                    + " FROM rule_threshold AS t WHERE t.rule = of_rule AND t.name = of_name),"
                    + " error('no threshold ' || of_name || ' in the header of ' || of_rule)::DOUBLE)");
        }
    }

    private List<Capture> captures() throws SQLException {
        List<Capture> captures = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT c.capture_id, c.source, c.host, c.kernel, min(s.ts), max(s.ts), count(s.snapshot)
                        FROM capture AS c LEFT JOIN snapshot AS s USING (capture_id)
                        GROUP BY c.capture_id, c.source, c.host, c.kernel ORDER BY c.capture_id""")) {
            while (rows.next()) {
                captures.add(new Capture(
                        rows.getInt(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        instant(rows.getObject(5)),
                        instant(rows.getObject(6)),
                        rows.getLong(7),
                        List.of()));
            }
        }
        List<Capture> complete = new ArrayList<>();
        for (Capture c : captures) {
            complete.add(new Capture(
                    c.captureId(),
                    c.source(),
                    c.host(),
                    c.kernel(),
                    c.from(),
                    c.to(),
                    c.snapshots(),
                    gaps(c.captureId())));
        }
        return complete;
    }

    private List<Gap> gaps(int captureId) throws SQLException {
        List<Gap> gaps = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT from_ts, to_ts FROM capture_gap WHERE capture_id = ? ORDER BY from_ts")) {
            query.setInt(1, captureId);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    gaps.add(new Gap(instant(rows.getObject(1)), instant(rows.getObject(2))));
                }
            }
        }
        return gaps;
    }

    private Map<Integer, Long> memoryTotals() throws SQLException {
        Map<Integer, Long> totals = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT capture_id, max(mem_total_bytes) FROM meminfo GROUP BY capture_id ORDER BY capture_id")) {
            while (rows.next()) {
                totals.put(rows.getInt(1), rows.getLong(2));
            }
        }
        return totals;
    }

    private void run(RuleFile rule, List<Capture> captures, Map<Integer, Long> totals, List<Ranked> into)
            throws SQLException {
        Set<Integer> silent = new TreeSet<>();
        Set<Integer> spoken = new TreeSet<>();
        List<Ranked> said = new ArrayList<>();
        try {
            for (Capture capture : captures) {
                List<String> missing = missing(rule, capture.captureId());
                if (!missing.isEmpty()) {
                    silent.add(capture.captureId());
                    said.add(new Ranked(notApplicable(rule, capture.captureId(), missing), 0));
                }
            }
            for (Map<String, Object> row : rows(rule)) {
                check(row, captures);
                int captureId = integer(row.get("capture_id"));
                if (!silent.contains(captureId)) {
                    spoken.add(captureId);
                    said.add(ranked(rule, row, totals, captures));
                }
            }
        } catch (SQLException | NotAFinding e) {
            String where = rule.path() + ":" + line(rule, e) + ": " + firstLine(e);
            faults.add(where);
            captures.forEach(capture -> into.add(new Ranked(failed(rule, capture.captureId(), where), 0)));
            return;
        }
        into.addAll(said);
        for (Capture capture : captures) {
            boolean judged = capture.snapshots() >= FEWEST_SNAPSHOTS
                    && !silent.contains(capture.captureId())
                    && !spoken.contains(capture.captureId());
            if (judged && wording.knows(rule.id() + ".ok")) {
                into.add(new Ranked(healthy(rule, capture.captureId()), 0));
            }
        }
    }

    /** A row that says what the contract of {@code reports/README.md} does not know. */
    private static final class NotAFinding extends Exception {
        private static final long serialVersionUID = 1;

        NotAFinding(String message) {
            super(message);
        }
    }

    private static void check(Map<String, Object> row, List<Capture> captures) throws NotAFinding {
        Object capture = row.get("capture_id");
        if (!(capture instanceof Number id)
                || captures.stream().noneMatch(known -> known.captureId() == id.intValue())) {
            throw new NotAFinding("a row has the capture_id " + capture + ", which is no capture of this case");
        }
        Object severity = row.get("severity");
        if (!List.of("critical", "warning", "info", "ok").contains(String.valueOf(severity))) {
            throw new NotAFinding("a row has the severity " + severity + "; it is critical, warning, info or ok");
        }
        Object kind = row.get("kind");
        if (kind != null && !FindingKinds.ALL.contains(kind.toString())) {
            throw new NotAFinding("a row has the kind " + kind + ", which is none of findings.schema.json");
        }
        for (String name : NUMBERS) {
            if (row.get(name) != null && !(row.get(name) instanceof Number)) {
                throw new NotAFinding("a row has " + row.get(name) + " for " + name + ", which is no number");
            }
        }
    }

    /** DuckDB counts the lines of the statement, a person those of the file. */
    private static int line(RuleFile rule, Exception e) {
        Matcher line = SQL_LINE.matcher(String.valueOf(e.getMessage()));
        // the statement is wrapped, and its first line is the second one DuckDB sees
        return rule.sqlLine() + (line.find() ? Math.max(0, Integer.parseInt(line.group(1)) - 2) : 0);
    }

    /** The rule had its input and found nothing: that was checked, and the report can say so. */
    private Finding healthy(RuleFile rule, int captureId) {
        return plain(
                rule.id(),
                captureId,
                Severity.OK,
                rule.kind(),
                rule.chapter(),
                "engine.ok",
                Map.of("checked", wording.line(rule.id() + ".ok", Map.of()).orElse(rule.title()), "what", rule.title()),
                rule.title());
    }

    private List<String> missing(RuleFile rule, int captureId) throws SQLException {
        List<String> missing = new ArrayList<>();
        for (String need : rule.needs()) {
            if (!told(need, captureId)) {
                int dot = need.indexOf('.');
                // a column of a table that is not there is no second thing that is missing
                if (dot < 0 || !missing.contains(need.substring(0, dot))) {
                    missing.add(need);
                }
            }
        }
        return missing;
    }

    /** Does a table, or a column of it, tell anything of the capture? Most rules need the same few. */
    private boolean told(String need, int captureId) throws SQLException {
        String key = captureId + " " + need;
        Boolean known = told.get(key);
        if (known == null) {
            int dot = need.indexOf('.');
            String table = dot < 0 ? need : need.substring(0, dot);
            String condition = dot < 0 ? "" : " AND " + quoted(need.substring(dot + 1)) + " IS NOT NULL";
            try (Statement query = connection.createStatement();
                    ResultSet rows = query.executeQuery("SELECT 1 FROM " + quoted(table) + " WHERE capture_id = "
                            + captureId + condition + " LIMIT 1")) {
                known = rows.next();
            }
            told.put(key, known);
        }
        return known;
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "") + '"';
    }

    /**
     * The numbers in their places: DuckDB plans a query of its own for each call of the macro, which took a tenth of all
     * rules' time. What no header names is left to the macro, which fails.
     */
    private String withThresholds(String sql) {
        return THRESHOLD_CALL
                .matcher(sql)
                .replaceAll(call -> rules.stream()
                        .filter(rule -> rule.id().equals(call.group(1)))
                        .flatMap(rule -> rule.thresholds().stream())
                        .filter(threshold -> threshold.name().equals(call.group(2)))
                        .findFirst()
                        .map(threshold -> "(" + threshold.value() + "::DOUBLE)")
                        .orElse(Matcher.quoteReplacement(call.group())));
    }

    /** As a part of a larger SELECT, so that a rule cannot be anything but one. */
    private List<Map<String, Object>> rows(RuleFile rule) throws SQLException {
        List<Map<String, Object>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT * FROM (\n" + withThresholds(rule.sql()) + "\n) AS finding")) {
            ResultSetMetaData columns = result.getMetaData();
            while (result.next()) {
                Map<String, Object> row = new LinkedHashMap<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.put(columns.getColumnLabel(i).toLowerCase(Locale.ROOT), value(result.getObject(i)));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static Object value(Object raw) throws SQLException {
        if (raw instanceof Timestamp) {
            return instant(raw);
        }
        if (raw instanceof Array array) {
            return Arrays.stream((Object[]) array.getArray())
                    .map(String::valueOf)
                    .toList();
        }
        return raw;
    }

    private Ranked ranked(RuleFile rule, Map<String, Object> row, Map<Integer, Long> totals, List<Capture> captures)
            throws SQLException {
        int captureId = integer(row.get("capture_id"));
        Culprit culprit = culprit(row, captureId);
        Map<String, Object> values = values(row, culprit);
        values.replaceAll((name, value) -> dated(value, captureId, captures));
        // a word of the rule's SQL is a key; people read it in their language
        values.replaceAll((name, value) -> name.endsWith("_label") && value != null
                ? wording.line("label." + value, Map.of()).orElse(value.toString())
                : value);
        Double confidence = decimal(row.get("confidence"));
        // a rule whose other rows have rank_bytes has the column in this one, too, empty
        Object ranking = row.get("rank_bytes");
        Double rankBytes = decimal(ranking == null ? row.get("growth_bytes") : ranking);
        double rank = Math.max(0, rankBytes == null ? 0 : rankBytes) * (confidence == null ? 0.5 : confidence);
        long total = totals.getOrDefault(captureId, 1L << 30);
        // half of the scale at a twentieth of the memory: what takes more is severe anyway
        int score = (int) Math.round(100 * rank / (rank + total / 20.0));
        String stem = rule.id() + (row.get("text") == null ? "" : "." + row.get("text"));
        Map<String, Object> facts = new LinkedHashMap<>(row);
        facts.keySet().removeAll(CONTRACT);
        facts.values().removeIf(Objects::isNull);
        Finding finding = new Finding(
                rule.id(),
                rule.id(),
                captureId,
                Severity.valueOf(String.valueOf(row.get("severity")).toUpperCase(Locale.ROOT)),
                score,
                row.get("kind") == null ? rule.kind() : row.get("kind").toString(),
                rule.chapter(),
                text(rule, stem, "title", values).orElse(rule.title()),
                String.join(" ", texts(rule, stem, "explanation", values)),
                texts(rule, stem, "advice", values),
                texts(rule, stem, "next", values),
                culprit,
                string(row.get("trend")),
                confidence,
                whole(row.get("growth_bytes")),
                decimal(row.get("rate_bytes_per_second")),
                decimal(row.get("rate_low")),
                decimal(row.get("rate_high")),
                decimal(row.get("share_of_loss")),
                instant(row.get("first_seen")),
                instant(row.get("last_seen")),
                instant(row.get("exhausted_from")),
                instant(row.get("exhausted_to")),
                facts,
                evidence(row));
        return new Ranked(finding, rank);
    }

    private Optional<String> text(RuleFile rule, String stem, String part, Map<String, Object> values) {
        Optional<String> special = wording.line(stem + "." + part, values);
        return special.isPresent() ? special : wording.line(rule.id() + "." + part, values);
    }

    /** A variant that has lines of its own speaks for itself, else the rule's lines are used. */
    private List<String> texts(RuleFile rule, String stem, String part, Map<String, Object> values) {
        boolean own = wording.knows(stem + "." + part) || wording.knows(stem + "." + part + ".1");
        return wording.lines((own ? stem : rule.id()) + "." + part, values);
    }

    private static Map<String, Object> values(Map<String, Object> row, Culprit culprit) {
        Map<String, Object> values = new LinkedHashMap<>(row);
        rename(values, "first_seen", "first_seen_ts");
        rename(values, "exhausted_from", "exhausted_from_ts");
        rename(values, "exhausted_to", "exhausted_to_ts");
        rename(values, "rate_low", "rate_low_bytes_per_second");
        rename(values, "rate_high", "rate_high_bytes_per_second");
        if (row.get("first_seen") instanceof Instant from && row.get("last_seen") instanceof Instant to) {
            values.put("growing_seconds", (double) (to.toEpochMilli() - from.toEpochMilli()) / 1000);
        }
        if (culprit != null) {
            values.put("name", culprit.name());
            values.put("detail", culprit.detail());
            values.put("pid", culprit.pid());
            values.put("command", culprit.command());
        }
        return values;
    }

    /** Within a day of the capture's beginning the time is enough; a date beside it would only be in the way. */
    private static Object dated(Object value, int captureId, List<Capture> captures) {
        if (!(value instanceof Instant instant)) {
            return value;
        }
        return captures.stream()
                .filter(capture -> capture.captureId() == captureId && capture.from() != null)
                .filter(capture ->
                        Duration.between(capture.from(), instant).abs().compareTo(Duration.ofDays(1)) < 0)
                .findFirst()
                .map(capture -> (Object) Wording.timeOfDay(instant))
                .orElse(value);
    }

    private static void rename(Map<String, Object> values, String from, String to) {
        if (values.get(from) != null) {
            values.put(to, values.get(from));
        }
    }

    private Culprit culprit(Map<String, Object> row, int captureId) throws SQLException {
        String type = string(row.get("culprit_type"));
        Integer processId = row.get("process_id") == null ? null : integer(row.get("process_id"));
        if (type == null) {
            return null;
        }
        String name = string(row.get("culprit_name"));
        String detail = string(row.get("culprit_detail"));
        if (processId != null) {
            try (PreparedStatement query = connection.prepareStatement(
                    "SELECT name, pid, started_at, command FROM process WHERE capture_id = ? AND process_id = ?")) {
                query.setInt(1, captureId);
                query.setInt(2, processId);
                try (ResultSet rows = query.executeQuery()) {
                    if (rows.next()) {
                        return new Culprit(
                                type,
                                name == null ? rows.getString(1) : name,
                                processId,
                                rows.getInt(2),
                                instant(rows.getObject(3)),
                                rows.getString(4),
                                detail);
                    }
                }
            }
        }
        return new Culprit(type, name, null, null, null, null, detail);
    }

    private static List<Evidence> evidence(Map<String, Object> row) {
        List<String> members = strings(row.get("evidence_members"));
        List<Evidence> evidence = new ArrayList<>();
        for (String sql : strings(row.get("evidence_sql"))) {
            evidence.add(new Evidence(sql, members));
        }
        if (evidence.isEmpty() && !members.isEmpty()) {
            evidence.add(new Evidence("SELECT * FROM snapshot", members));
        }
        return evidence;
    }

    private Finding notApplicable(RuleFile rule, int captureId, List<String> missing) {
        List<String> files = new ArrayList<>();
        for (String table : missing) {
            files.add(wording.line("table." + table, Map.of()).orElse(table));
        }
        Map<String, Object> values = Map.of("rule", rule.id(), "files", String.join(", ", files), "what", rule.title());
        return plain(
                rule.id(),
                captureId,
                Severity.NOT_APPLICABLE,
                rule.kind(),
                rule.chapter(),
                "engine.not_applicable",
                values,
                rule.title());
    }

    private Finding unread(String fault, int captureId) {
        String title =
                wording.line("engine.unread.title", Map.of("reason", fault)).orElse(fault);
        return plain(
                "RULES",
                captureId,
                Severity.WARNING,
                "data_quality",
                "quality",
                "engine.unread",
                Map.of("reason", fault),
                title);
    }

    private Finding failed(RuleFile rule, int captureId, String where) {
        Map<String, Object> values = Map.of("rule", rule.id(), "reason", where, "what", rule.title());
        return plain(rule.id(), captureId, Severity.WARNING, "data_quality", "quality", "engine.failed", values, where);
    }

    private Finding plain(
            String rule,
            int captureId,
            Severity severity,
            String kind,
            String chapter,
            String key,
            Map<String, Object> values,
            String fallback) {
        return new Finding(
                rule,
                rule,
                captureId,
                severity,
                0,
                kind,
                chapter,
                wording.line(key + ".title", values).orElse(fallback),
                String.join(" ", wording.lines(key + ".explanation", values)),
                wording.lines(key + ".advice", values),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                // Map.of has another order in every run; the same input gives the same bytes
                new TreeMap<>(values),
                List.of());
    }

    /** What brings a host down is as severe as the fall, so that the cause is read first. */
    private static List<Ranked> asSevereAsTheirConsequences(List<Ranked> ranked) {
        Set<Integer> critical = new LinkedHashSet<>();
        for (Ranked r : ranked) {
            if (r.finding.severity() == Severity.CRITICAL && !FindingKinds.LEAKS.contains(r.finding.kind())) {
                critical.add(r.finding.captureId());
            }
        }
        List<Ranked> raised = new ArrayList<>();
        for (Ranked r : ranked) {
            boolean cause = r.finding.severity() == Severity.WARNING && FindingKinds.LEAKS.contains(r.finding.kind());
            raised.add(
                    cause && critical.contains(r.finding.captureId())
                            ? new Ranked(withSeverity(r.finding, Severity.CRITICAL), r.rank)
                            : r);
        }
        return raised;
    }

    private Verdict verdict(List<Finding> findings, List<Capture> captures) {
        Optional<Finding> leak = findings.stream()
                .filter(f -> f.severity().compareTo(Severity.INFO) < 0 && FindingKinds.LEAKS.contains(f.kind()))
                .findFirst();
        if (leak.isPresent()) {
            return new Verdict(true, headline(leak.get(), captures), leak.get().id());
        }
        // Files of other tools answer some of the questions: nothing found is then no clean bill of health.
        boolean partly = findings.stream().anyMatch(f -> f.rule().equals(EVIDENCE_RULE))
                && findings.stream().noneMatch(f -> f.rule().equals(HEALTHY_RULE) && f.severity() == Severity.OK);
        Optional<Finding> worst = findings.stream()
                .filter(f -> f.severity().compareTo(Severity.INFO) < 0)
                .findFirst();
        if (worst.isPresent()) {
            return noLeak(partly ? "verdict.trouble_partly" : "verdict.trouble", worst.get());
        }
        // nobody to blame is not the same as nothing to fear
        Optional<Finding> shrinking = findings.stream()
                .filter(f -> f.rule().equals(SHORTAGE_RULE)
                        && f.facts().get("left_seconds") != null
                        && f.confidence() != null
                        && f.confidence() >= STEADY)
                .findFirst();
        if (shrinking.isPresent()) {
            return noLeak("verdict.shrinking", shrinking.get());
        }
        // what grew to the very end of the capture, and has not been seen for long enough
        Optional<Finding> young = findings.stream()
                .filter(f -> f.rule().equals(MOVED_RULE)
                        && "thin".equals(f.trend())
                        && f.growthBytes() != null
                        && captures.stream()
                                .anyMatch(c -> c.captureId() == f.captureId() && c.to().equals(f.lastSeen())))
                .max(Comparator.comparingLong(Finding::growthBytes));
        if (young.isPresent()) {
            return noLeak("verdict.young", young.get());
        }
        Optional<Finding> brief = captures.size() == 1 && !partly ? shortCapture(findings) : Optional.empty();
        Map<String, Object> values = brief.map(Finding::facts).orElse(Map.of());
        boolean few = values.get("snapshots") instanceof Number read && read.longValue() < FEWEST_SNAPSHOTS;
        String key = partly
                ? "verdict.partly"
                : few ? "verdict.few" : brief.isPresent() ? "verdict.brief" : "verdict.healthy";
        return new Verdict(false, wording.line(key, values).orElse("No memory leak was found."), null);
    }

    /** A sentence about the finding that it rests on. */
    private Verdict noLeak(String key, Finding finding) {
        String sentence = wording.line(key, Map.of("title", finding.title())).orElse(finding.title());
        return new Verdict(false, sentence, finding.id());
    }

    /** What says that a capture is too short to rule a leak out, where one is. */
    public static Optional<Finding> shortCapture(List<Finding> findings) {
        return findings.stream()
                .filter(f -> f.rule().equals(QUALITY_RULE) && f.facts().get("span_seconds") != null)
                .findFirst();
    }

    /** Who, what, how much; since when, how fast, which share, how long it lasts: as much of it as is known. */
    private String headline(Finding finding, List<Capture> captures) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("title", finding.title());
        values.put("first_seen_ts", finding.firstSeen());
        values.put("rate_bytes_per_second", finding.rateBytesPerSecond());
        values.put("loss_share", finding.shareOfLoss());
        if (finding.exhaustedFrom() != null
                && finding.exhaustedTo() != null
                && finding.exhaustedFrom().getEpochSecond()
                        == finding.exhaustedTo().getEpochSecond()) {
            values.put("exhausted_at_ts", finding.exhaustedFrom());
        } else {
            values.put("exhausted_from_ts", finding.exhaustedFrom());
            values.put("exhausted_to_ts", finding.exhaustedTo());
        }
        for (String limit : List.of("limit_cgroup", "limit_address_space_bytes", "limit_mount_bytes")) {
            values.put(limit, finding.facts().get(limit));
        }
        if (finding.firstSeen() != null && finding.lastSeen() != null) {
            long millis =
                    finding.lastSeen().toEpochMilli() - finding.firstSeen().toEpochMilli();
            if (millis > 0) {
                values.put("growing_seconds", (double) millis / 1000);
            } else {
                // a single kill is a moment, and no growth
                values.put("moment_ts", finding.firstSeen());
            }
        }
        values.replaceAll((name, value) -> dated(value, finding.captureId(), captures));
        String since = String.join(", ", wording.lines("verdict.leak", values));
        return since + wording.line("verdict.end", values).orElse(".");
    }

    private static Finding withId(Finding f, String id) {
        return copy(f, id, f.severity());
    }

    private static Finding withSeverity(Finding f, Severity severity) {
        return copy(f, f.id(), severity);
    }

    private static Finding copy(Finding f, String id, Severity severity) {
        return new Finding(
                id,
                f.rule(),
                f.captureId(),
                severity,
                f.score(),
                f.kind(),
                f.chapter(),
                f.title(),
                f.explanation(),
                f.advice(),
                f.nextCommands(),
                f.culprit(),
                f.trend(),
                f.confidence(),
                f.growthBytes(),
                f.rateBytesPerSecond(),
                f.rateLow(),
                f.rateHigh(),
                f.shareOfLoss(),
                f.firstSeen(),
                f.lastSeen(),
                f.exhaustedFrom(),
                f.exhaustedTo(),
                f.facts(),
                f.evidence());
    }

    private static Instant instant(Object raw) {
        if (raw instanceof Instant instant) {
            return instant;
        }
        // the driver hands a TIMESTAMP over as wall clock of the JVM's own zone; the case keeps UTC
        return raw instanceof Timestamp stamp ? stamp.toLocalDateTime().toInstant(ZoneOffset.UTC) : null;
    }

    private static int integer(Object raw) {
        return ((Number) raw).intValue();
    }

    private static Long whole(Object raw) {
        return raw instanceof Number number ? Long.valueOf(Math.round(number.doubleValue())) : null;
    }

    private static Double decimal(Object raw) {
        return raw instanceof Number number ? Double.valueOf(number.doubleValue()) : null;
    }

    private static String string(Object raw) {
        return raw == null ? null : raw.toString();
    }

    private static List<String> strings(Object raw) {
        if (raw instanceof List<?> list) {
            return list.stream().map(String::valueOf).toList();
        }
        return List.of();
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
