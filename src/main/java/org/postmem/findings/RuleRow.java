package org.postmem.findings;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.postmem.findings.Analysis.Capture;
import org.postmem.findings.Finding.Severity;
import org.postmem.sql.SqlValue;

/**
 * A row of a rule's SQL.
 *
 * @param columns by the names of the contract in {@code reports/README.md}, and what else the rule tells
 */
record RuleRow(Map<String, Object> columns) {
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
            "explains",
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

    RuleRow {
        columns = Collections.unmodifiableMap(columns);
    }

    /** A row that says what the contract of {@code reports/README.md} does not know. */
    static final class NotAFinding extends Exception {
        private static final long serialVersionUID = 1;

        NotAFinding(String message) {
            super(message);
        }
    }

    /** @throws NotAFinding when a column holds what the contract does not know */
    void check(List<Capture> captures) throws NotAFinding {
        Object capture = columns.get("capture_id");
        if (!(capture instanceof Number id)
                || captures.stream().noneMatch(known -> known.captureId() == id.intValue())) {
            throw new NotAFinding("a row has the capture_id " + capture + ", which is no capture of this case");
        }
        Object severity = columns.get("severity");
        if (!List.of("critical", "warning", "info", "ok").contains(String.valueOf(severity))) {
            throw new NotAFinding("a row has the severity " + severity + "; it is critical, warning, info or ok");
        }
        Object kind = columns.get("kind");
        if (kind != null && !FindingKinds.ALL.contains(kind.toString())) {
            throw new NotAFinding("a row has the kind " + kind + ", which is none of findings.schema.json");
        }
        for (String name : NUMBERS) {
            if (columns.get(name) != null && !(columns.get(name) instanceof Number)) {
                throw new NotAFinding("a row has " + columns.get(name) + " for " + name + ", which is no number");
            }
        }
    }

    int captureId() {
        return integer("capture_id");
    }

    Severity severity() {
        return Severity.valueOf(string("severity").toUpperCase(Locale.ROOT));
    }

    /** What the rule tells beyond the contract. */
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>(columns);
        facts.keySet().removeAll(CONTRACT);
        facts.values().removeIf(Objects::isNull);
        return facts;
    }

    /** Null where the column is missing or empty; likewise the others. */
    Integer integer(String column) {
        return columns.get(column) instanceof Number number ? Integer.valueOf(number.intValue()) : null;
    }

    Long whole(String column) {
        Double number = decimal(column);
        return number == null ? null : Long.valueOf(Math.round(number));
    }

    Double decimal(String column) {
        return columns.get(column) instanceof Number number ? Double.valueOf(number.doubleValue()) : null;
    }

    String string(String column) {
        Object value = columns.get(column);
        return value == null ? null : value.toString();
    }

    Instant instant(String column) {
        return SqlValue.instant(columns.get(column));
    }

    /** Of a list; empty for none. */
    List<String> strings(String column) {
        return columns.get(column) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
