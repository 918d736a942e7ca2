package org.postmem.findings;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.sql.SqlValue;

/** What the SQL of rules says of a case. */
final class RuleQueries {
    // LINE 3: SELECT nonsense FROM meminfo
    private static final Pattern SQL_LINE = Pattern.compile("(?m)^LINE (\\d+): ");

    // threshold('R05', 'floor_bytes')
    static final Pattern THRESHOLD_CALL = Pattern.compile("\\bthreshold\\(\\s*'(\\w+)'\\s*,\\s*'(\\w+)'\\s*\\)");

    private final Connection connection;
    private final List<RuleFile> rules;
    /** What was found out already: a capture and a need, and whether it tells. */
    private final Map<String, Boolean> told = new HashMap<>();
    /** In how many snapshots a need is told, by capture and need. */
    private final Map<String, Long> readings = new HashMap<>();
    /** Metrics of which a series has grown; null as long as nobody asked. */
    private Set<String> grown;

    RuleQueries(Connection connection, List<RuleFile> rules) {
        this.connection = connection;
        this.rules = rules;
    }

    /** Makes the thresholds of all headers a table, and a macro for what is not in its place. */
    void defineThresholds() throws SQLException {
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

    /** What the rule needs and the capture does not tell: tables, or columns of them. */
    List<String> missing(RuleFile rule, int captureId) throws SQLException {
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

    /**
     * What would clear the host if the rule found nothing, where the files of other tools tell nothing of it; empty where
     * they do. The collector asks for all of it, and its ledger says what it was refused.
     */
    List<String> unread(RuleFile rule, int captureId) throws SQLException {
        if (rule.clears().isEmpty() || !ofOtherTools(captureId)) {
            return List.of();
        }
        for (String table : rule.clears()) {
            if (told(table, captureId)) {
                return List.of();
            }
        }
        return rule.clears().subList(0, 1);
    }

    /**
     * What of its needs the files of other tools tell less often than growth takes to show, with the times they do: a list
     * of processes may lie beside days of sar. The collector reads each of them in every snapshot, or as often as it takes.
     */
    Map<String, Long> seldom(RuleFile rule, int captureId, long fewest) throws SQLException {
        Map<String, Long> seldom = new LinkedHashMap<>();
        if (rule.ofOneMoment() || !FindingKinds.LEAKS.contains(rule.kind()) || !ofOtherTools(captureId)) {
            return seldom;
        }
        for (String need : rule.needs()) {
            long readings = readings(need, captureId);
            if (readings < fewest) {
                seldom.put(need, readings);
            }
        }
        // the table is as seldom as its column
        seldom.keySet().removeIf(need -> rule.needs().stream().anyMatch(n -> n.startsWith(need + ".")));
        return seldom;
    }

    private boolean ofOtherTools(int captureId) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet rows = query.executeQuery(
                        "SELECT 1 FROM capture WHERE origin = 'evidence' AND capture_id = " + captureId)) {
            return rows.next();
        }
    }

    private long readings(String need, int captureId) throws SQLException {
        String key = captureId + " " + need;
        Long known = readings.get(key);
        if (known == null) {
            int dot = need.indexOf('.');
            String condition = dot < 0 ? "" : " AND " + quoted(need.substring(dot + 1)) + " IS NOT NULL";
            try (Statement query = connection.createStatement();
                    ResultSet rows = query.executeQuery("SELECT count(DISTINCT snapshot) FROM "
                            + quoted(dot < 0 ? need : need.substring(0, dot)) + " WHERE capture_id = " + captureId
                            + condition)) {
                rows.next();
                known = rows.getLong(1);
            }
            readings.put(key, known);
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

    /** Has anything grown that the rule is about? Planning a long SELECT takes ten times as long as asking. */
    boolean mayFind(RuleFile rule) throws SQLException {
        if (rule.grows().isEmpty()) {
            return true;
        }
        if (grown == null) {
            grown = new HashSet<>();
            try (Statement query = connection.createStatement();
                    ResultSet rows = query.executeQuery("SELECT metric FROM leak_row UNION"
                            + " SELECT metric FROM trend WHERE win = 'all' AND growth >= floor")) {
                while (rows.next()) {
                    grown.add(rows.getString(1));
                }
            }
        }
        return !Collections.disjoint(grown, rule.grows());
    }

    /** As a part of a larger SELECT, so that a rule cannot be anything but one. */
    List<RuleRow> rows(RuleFile rule) throws SQLException {
        List<RuleRow> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT * FROM (\n" + withThresholds(rule.sql()) + "\n) AS finding")) {
            ResultSetMetaData columns = result.getMetaData();
            while (result.next()) {
                Map<String, Object> row = new LinkedHashMap<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.put(columns.getColumnLabel(i).toLowerCase(Locale.ROOT), SqlValue.of(result.getObject(i)));
                }
                rows.add(new RuleRow(row));
            }
        }
        return rows;
    }

    /** The line of its file an error is about: DuckDB counts those of the statement. */
    static int line(RuleFile rule, Exception e) {
        Matcher line = SQL_LINE.matcher(String.valueOf(e.getMessage()));
        // the statement is wrapped, and its first line is the second one DuckDB sees
        return rule.sqlLine() + (line.find() ? Math.max(0, Integer.parseInt(line.group(1)) - 2) : 0);
    }
}
