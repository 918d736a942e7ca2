package org.postmem.findings;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One answer of one rule about one capture. Components that a rule has no answer for are {@code null}; absent is never
 * zero. Bytes are bytes, rates bytes a second, shares 0 to 1, instants UTC.
 *
 * @param id rule and number within it, {@code R05-1}
 * @param kind one of the kinds of {@code findings.json}
 * @param chapter the chapter of the report it belongs to
 * @param score 0 to 100, what the findings of one severity are ordered by
 * @param culprit {@code null} where nobody is to blame
 * @param facts the rule's own numbers by name, for texts and tables
 */
public record Finding(
        String id,
        String rule,
        int captureId,
        Severity severity,
        int score,
        String kind,
        String chapter,
        String title,
        String explanation,
        List<String> advice,
        List<String> nextCommands,
        Culprit culprit,
        String trend,
        Double confidence,
        Long growthBytes,
        Double rateBytesPerSecond,
        Double rateLow,
        Double rateHigh,
        Double shareOfLoss,
        Instant firstSeen,
        Instant lastSeen,
        Instant exhaustedFrom,
        Instant exhaustedTo,
        Map<String, Object> facts,
        List<Evidence> evidence) {

    public Finding {
        advice = List.copyOf(advice);
        nextCommands = List.copyOf(nextCommands);
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        evidence = List.copyOf(evidence);
    }

    /** The same under another id. */
    public Finding withId(String other) {
        return copy(other, severity);
    }

    /** The same, as severe as that. */
    public Finding withSeverity(Severity other) {
        return copy(id, other);
    }

    private Finding copy(String newId, Severity newSeverity) {
        return new Finding(
                newId,
                rule,
                captureId,
                newSeverity,
                score,
                kind,
                chapter,
                title,
                explanation,
                advice,
                nextCommands,
                culprit,
                trend,
                confidence,
                growthBytes,
                rateBytesPerSecond,
                rateLow,
                rateHigh,
                shareOfLoss,
                firstSeen,
                lastSeen,
                exhaustedFrom,
                exhaustedTo,
                facts,
                evidence);
    }

    /** Worst first, as findings are ordered. */
    public enum Severity {
        CRITICAL,
        WARNING,
        INFO,
        OK,
        NOT_APPLICABLE;

        /** As {@code findings.json} writes it. */
        public String json() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Who is to blame.
     *
     * @param type process, group, mount, segment, slab_cache, vmalloc_caller, cgroup, kernel or host
     * @param processId number of the process in the case, {@code null} for other types; likewise pid, start, command
     * @param detail what of it: a mapping, a file, a module
     */
    public record Culprit(
            String type,
            String name,
            Integer processId,
            Integer pid,
            Instant startTime,
            String command,
            String detail) {}

    /**
     * What a finding rests on.
     *
     * @param sql runs unchanged with {@code postmem sql}
     * @param members archive members the rows come from
     */
    public record Evidence(String sql, List<String> members) {
        public Evidence {
            members = List.copyOf(members);
        }
    }
}
