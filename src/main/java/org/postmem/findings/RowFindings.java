package org.postmem.findings;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postmem.findings.Finding.Culprit;
import org.postmem.findings.Finding.Evidence;
import org.postmem.sql.SqlValue;
import org.postmem.units.Human;

/** Makes findings of the rows of rules: ranks them, and tells them in the words of their rule. */
final class RowFindings {
    private static final long UNKNOWN_TOTAL_BYTES = 1L << 30;

    private final Connection connection;
    private final Wording wording;
    private final CaptureTimes times;
    private final Map<Integer, Long> totals;
    private final SourceFiles files;

    /** @param totals MemTotal by capture, in bytes */
    RowFindings(Connection connection, Wording wording, CaptureTimes times, Map<Integer, Long> totals) {
        this.connection = connection;
        this.wording = wording;
        this.times = times;
        this.totals = totals;
        this.files = new SourceFiles(connection);
    }

    /** @throws SQLException when the case cannot be asked who the process is */
    RankedFinding of(RuleFile rule, RuleRow row) throws SQLException {
        int captureId = row.captureId();
        Culprit culprit = culprit(row);
        Map<String, Object> values = values(row, culprit);
        ended(captureId, culprit, values);
        times.shorten(values, captureId);
        // a word of the rule's SQL is a key; people read it in their language
        values.replaceAll((name, value) -> name.endsWith("_label") && value != null
                ? wording.line("label." + value, Map.of()).orElse(value.toString())
                : value);
        Double confidence = row.decimal("confidence");
        // a rule whose other rows have rank_bytes has the column in this one, too, empty
        Double rankBytes = row.decimal(row.columns().get("rank_bytes") == null ? "growth_bytes" : "rank_bytes");
        double rank = Math.max(0, rankBytes == null ? 0 : rankBytes) * (confidence == null ? 0.5 : confidence);
        long total = totals.getOrDefault(captureId, UNKNOWN_TOTAL_BYTES);
        // half of the scale at a twentieth of the memory: what takes more is severe anyway
        int score = (int) Math.round(100 * rank / (rank + total / 20.0));
        String variant = row.string("text");
        String stem = rule.id() + (variant == null ? "" : "." + variant);
        List<String> advice = texts(rule, stem, "advice", values);
        Map<String, Object> words = inShell(values);
        List<String> next = texts(rule, stem, "next", words);
        if (values.get("ended_ts") != null) {
            Object successor = values.get("successor_pid");
            Object number = successor == null ? "$PID" : successor;
            List<String> others = texts(rule, stem, "next", withPid(words, number));
            if (!others.equals(next)) {
                String key = successor == null ? "engine.ended" : "engine.successor";
                advice = joined(
                        wording.lines(key + ".advice", values), texts(rule, stem, "advice", withPid(values, number)));
                next = joined(wording.lines(key + ".next", words), others);
            }
        }
        Finding finding = new Finding(
                rule.id(),
                rule.id(),
                captureId,
                row.severity(),
                score,
                row.columns().get("kind") == null ? rule.kind() : row.string("kind"),
                rule.chapter(),
                text(rule, stem, "title", values).orElse(rule.title()),
                String.join(" ", texts(rule, stem, "explanation", values)),
                advice,
                next,
                culprit,
                row.string("trend"),
                confidence,
                row.whole("growth_bytes"),
                row.decimal("rate_bytes_per_second"),
                row.decimal("rate_low"),
                row.decimal("rate_high"),
                row.decimal("share_of_loss"),
                row.instant("first_seen"),
                row.instant("last_seen"),
                row.instant("exhausted_from"),
                row.instant("exhausted_to"),
                row.facts(),
                evidence(captureId, row));
        return new RankedFinding(finding, rank, row.string("sid"), Set.copyOf(row.strings("explains")));
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

    /**
     * Whoever runs a command of a process that runs no more meets nobody, or somebody else who was given its number.
     *
     * @param values gain {@code ended_ts} and, of the one of its name that ran last, {@code successor_pid}
     */
    private void ended(int captureId, Culprit culprit, Map<String, Object> values) throws SQLException {
        if (culprit == null || culprit.processId() == null || culprit.pid() == null) {
            return;
        }
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT last_ts, successor_pid FROM ended_process WHERE capture_id = ? AND process_id = ?")) {
            query.setInt(1, captureId);
            query.setInt(2, culprit.processId());
            try (ResultSet rows = query.executeQuery()) {
                if (rows.next()) {
                    values.put("ended_ts", SqlValue.instant(rows.getObject(1)));
                    values.put("successor_pid", rows.getObject(2, Integer.class));
                }
            }
        }
    }

    /** Every number that is that of the culprit is the other one: a rule may tell it under a name of its own, too. */
    private static Map<String, Object> withPid(Map<String, Object> values, Object other) {
        Object pid = values.get("pid");
        Map<String, Object> changed = new LinkedHashMap<>(values);
        changed.replaceAll((name, value) ->
                (name.equals("pid") || name.endsWith("_pid")) && pid.equals(value) && !name.equals("successor_pid")
                        ? other
                        : value);
        return changed;
    }

    private static List<String> joined(List<String> first, List<String> more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(more);
        return all;
    }

    /** What a process, a mount or a control group is called is chosen on the host; in a command it is one word and no more. */
    private static Map<String, Object> inShell(Map<String, Object> values) {
        Map<String, Object> words = new LinkedHashMap<>(values);
        words.replaceAll((name, value) -> value instanceof String text ? ShellWord.quoted(text) : value);
        return words;
    }

    private static Map<String, Object> values(RuleRow row, Culprit culprit) {
        Map<String, Object> values = new LinkedHashMap<>(row.columns());
        rename(values, "first_seen", "first_seen_ts");
        rename(values, "last_seen", "last_seen_ts");
        rename(values, "exhausted_from", "exhausted_from_ts");
        rename(values, "exhausted_to", "exhausted_to_ts");
        beside(values, "rate_low", "rate_low_bytes_per_second");
        beside(values, "rate_high", "rate_high_bytes_per_second");
        Instant from = row.instant("first_seen");
        Instant to = row.instant("last_seen");
        if (from != null && to != null) {
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

    private static void rename(Map<String, Object> values, String from, String to) {
        if (values.get(from) != null) {
            values.put(to, values.get(from));
        }
    }

    /** An end of the range of a rate is printed in the unit of the rate, as the other end is. */
    private static void beside(Map<String, Object> values, String from, String to) {
        if (values.get(from) instanceof Number end) {
            Object rate = values.get("rate_bytes_per_second");
            values.put(to, Human.rateBeside(((Number) (rate == null ? end : rate)).doubleValue(), end.doubleValue()));
        }
    }

    private Culprit culprit(RuleRow row) throws SQLException {
        String type = row.string("culprit_type");
        Integer processId = row.integer("process_id");
        if (type == null) {
            return null;
        }
        String name = row.string("culprit_name");
        String detail = row.string("culprit_detail");
        if (processId != null) {
            try (PreparedStatement query = connection.prepareStatement(
                    "SELECT name, pid, started_at, command FROM process WHERE capture_id = ? AND process_id = ?")) {
                query.setInt(1, row.captureId());
                query.setInt(2, processId);
                try (ResultSet rows = query.executeQuery()) {
                    if (rows.next()) {
                        return new Culprit(
                                type,
                                name == null ? rows.getString(1) : name,
                                processId,
                                rows.getObject(2, Integer.class),
                                SqlValue.instant(rows.getObject(3)),
                                rows.getString(4),
                                detail);
                    }
                }
            }
        }
        return new Culprit(type, name, null, null, null, null, detail);
    }

    private List<Evidence> evidence(int captureId, RuleRow row) {
        List<String> members = files.of(captureId, row.strings("evidence_members"));
        List<Evidence> evidence = new ArrayList<>();
        for (String sql : row.strings("evidence_sql")) {
            evidence.add(new Evidence(sql, members));
        }
        if (evidence.isEmpty() && !members.isEmpty()) {
            evidence.add(new Evidence("SELECT * FROM snapshot", members));
        }
        return evidence;
    }
}
