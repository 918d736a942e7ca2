package org.postmem.findings;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.postmem.findings.Finding.Severity;

/** What the engine itself says of a rule that has no row to show. */
final class EngineFindings {
    private final Wording wording;

    EngineFindings(Wording wording) {
        this.wording = wording;
    }

    /** The rule had its input and found nothing: that was checked, and the report can say so. */
    Finding healthy(RuleFile rule, int captureId) {
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

    /** The rule had no input. */
    Finding notApplicable(RuleFile rule, int captureId, List<String> missing) {
        Map<String, Object> values = Map.of("rule", rule.id(), "files", files(missing), "what", rule.title());
        return notApplicable(rule, captureId, "engine.not_applicable", values);
    }

    /** It found nothing in what was read too seldom to show it. */
    Finding readSeldom(RuleFile rule, int captureId, Map<String, Long> seldom) {
        Map<String, Object> values = Map.of(
                "rule",
                rule.id(),
                "files",
                files(seldom.keySet()),
                "readings",
                Collections.min(seldom.values()),
                "what",
                rule.title());
        return notApplicable(rule, captureId, "engine.seldom", values);
    }

    private String files(Collection<String> tables) {
        return tables.stream()
                .map(table -> wording.line("table." + table, Map.of()).orElse(table))
                .collect(Collectors.joining(", "));
    }

    private Finding notApplicable(RuleFile rule, int captureId, String key, Map<String, Object> values) {
        return plain(
                rule.id(), captureId, Severity.NOT_APPLICABLE, rule.kind(), rule.chapter(), key, values, rule.title());
    }

    /** Something is wrong with the file of a rule. */
    Finding unread(String fault, int captureId) {
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

    /** The SQL of a rule failed, or said what is no finding. */
    Finding failed(RuleFile rule, int captureId, String where) {
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
}
