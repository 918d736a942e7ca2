package org.postmem.ingest;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.postmem.collector.archive.GroupedText;
import org.postmem.collector.archive.GroupedText.MalformedGroupException;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;

/**
 * The issues of one capture, as rows of {@code ingest_issue}. What goes wrong in one snapshot goes wrong in the next
 * thousand: of one reason in one kind of member the first rows are kept and the rest is counted.
 */
final class IssueLog {
    private static final int KEPT_OF_A_REASON = 20;
    private static final int KEPT_REASONS = 2000;
    private static final int EXCERPT_CHARACTERS = 200;
    private static final Pattern NUMBERS = Pattern.compile("\\d+");

    private record Key(String memberKind, String reason, Severity severity) {}

    private static final class Tally {
        private long count;
        private String lastMember;
    }

    /** How much an issue takes from the evidence. */
    enum Severity {
        /** Nothing is missing, or what is missing was never there. */
        INFO("info"),
        /** A line, or a member, is missing. */
        WARNING("warning"),
        /** A snapshot, or more, is missing. */
        ERROR("error");

        private final String text;

        Severity(String text) {
            this.text = text;
        }
    }

    private final int captureId;
    private final TableWriter table;
    private final Map<Key, Tally> tallies = new LinkedHashMap<>();

    IssueLog(int captureId, CaseTables tables) {
        this.captureId = captureId;
        this.table = tables.table("ingest_issue");
    }

    /** What a parser found, if anything. Returns its value. */
    <T> T note(Integer snapshot, String member, Parsed<T> parsed) {
        for (ParseIssue issue : parsed.issues()) {
            add(
                    snapshot,
                    member,
                    issue.line() == 0 ? null : issue.line(),
                    Severity.WARNING,
                    issue.column() == 0 ? issue.reason() : issue.reason() + " (column " + issue.column() + ")",
                    issue.excerpt());
        }
        return parsed.value();
    }

    /** Shows the blocks of a grouped member, each with its own bytes; where the member breaks off is noted. */
    void blocks(Integer snapshot, String member, byte[] bytes, BiConsumer<String, byte[]> taker) {
        try {
            GroupedText.forEach(
                    bytes,
                    (key, entry, offset, length) ->
                            taker.accept(key, Arrays.copyOfRange(entry, offset, offset + length)));
        } catch (MalformedGroupException e) {
            add(
                    snapshot,
                    member,
                    null,
                    Severity.WARNING,
                    e.getMessage() + " of " + bytes.length + "; what stands after it was not read",
                    null);
        }
    }

    /**
     * Notes an issue.
     *
     * @param snapshot {@code null} when it concerns the archive; likewise member and line
     */
    void add(Integer snapshot, String member, Integer line, Severity severity, String reason, String excerpt) {
        // 000042/proc/meminfo and 000043/proc/meminfo are of one kind, "column 12" and "column 13" one reason
        Key key = new Key(withoutNumbers(member), withoutNumbers(reason), severity);
        Tally tally = tallies.get(key);
        if (tally == null) {
            if (tallies.size() >= KEPT_REASONS) {
                key = new Key(null, "more kinds of issues than are kept apart", severity);
            }
            tally = tallies.computeIfAbsent(key, k -> new Tally());
        }
        tally.lastMember = member;
        if (++tally.count <= KEPT_OF_A_REASON) {
            write(snapshot, member, line, severity, reason, excerpt);
        }
    }

    /** Counts what was not written row by row. */
    void finish() {
        tallies.forEach((key, tally) -> {
            if (tally.count > KEPT_OF_A_REASON) {
                write(
                        null,
                        tally.lastMember,
                        null,
                        key.severity(),
                        tally.count - KEPT_OF_A_REASON + " more of the kind: "
                                + key.reason().strip(),
                        null);
            }
        });
    }

    private void write(
            Integer snapshot, String member, Integer line, Severity severity, String reason, String excerpt) {
        table.row()
                .set("capture_id", captureId)
                .set("snapshot", snapshot)
                .set("member", member)
                .set("line", line)
                .set("severity", severity.text)
                .set("reason", reason)
                .set("excerpt", cut(excerpt))
                .end();
    }

    private static String withoutNumbers(String text) {
        return text == null ? null : NUMBERS.matcher(text).replaceAll("#");
    }

    private static String cut(String excerpt) {
        if (excerpt == null || excerpt.isEmpty()) {
            return null;
        }
        return excerpt.substring(0, Math.min(EXCERPT_CHARACTERS, excerpt.length()));
    }
}
