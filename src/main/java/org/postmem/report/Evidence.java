package org.postmem.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.findings.Finding;

/**
 * What a number of one capture rests on: the statement, the rows it gives, the members of the archive they were read from,
 * and the hash of the segment that holds these members.
 */
final class Evidence {
    // 000037/proc/meminfo
    private static final Pattern SNAPSHOT = Pattern.compile("^(\\d{6,9})/");
    private static final int MOST_SEALS = 3;
    private static final int FIRST_ROWS = 4;
    private static final int LAST_ROWS = 4;
    private static final int MOST_LETTERS = 80;

    private final CaseRows rows;
    private final Texts texts;
    private final String segmentsAnchor;
    private final List<Segment> segments = new ArrayList<>();

    private record Segment(int number, String state, int first, int last, String sha256) {}

    /** @param prefix of the anchors of the capture */
    Evidence(CaseRows rows, Texts texts, int captureId, String prefix) {
        this.rows = rows;
        this.texts = texts;
        this.segmentsAnchor = prefix + "t-segment";
        for (Map<String, Object> row : rows.rows(
                "SELECT segment, state, first_snapshot, last_snapshot, sha256 FROM segment WHERE capture_id = "
                        + captureId
                        + " AND first_snapshot IS NOT NULL AND last_snapshot IS NOT NULL AND sha256 IS NOT NULL ORDER BY segment")) {
            segments.add(new Segment(
                    CaseRows.integer(row, "segment"),
                    (String) row.get("state"),
                    CaseRows.integer(row, "first_snapshot"),
                    CaseRows.integer(row, "last_snapshot"),
                    (String) row.get("sha256")));
        }
    }

    /** The segments that hold snapshots of a range, the first few of them. */
    ReportModel.Seals seals(int first, int last) {
        List<Segment> holding = segments.stream()
                .filter(s -> s.first() <= last && s.last() >= first)
                .toList();
        if (holding.isEmpty()) {
            return null;
        }
        return new ReportModel.Seals(
                holding.stream()
                        .limit(MOST_SEALS)
                        .map(s -> new ReportModel.Seal(
                                texts.text("seal")
                                        .replace("{segment}", Integer.toString(s.number()))
                                        .replace("{from}", Integer.toString(s.first()))
                                        .replace("{to}", Integer.toString(s.last()))
                                        .replace("{state}", texts.textOr("segment." + s.state(), s.state())),
                                s.sha256()))
                        .toList(),
                holding.size() > MOST_SEALS ? texts.counted("seal.more", holding.size() - MOST_SEALS) : null,
                segmentsAnchor);
    }

    /** The evidence of a finding, its rows with it. */
    ReportModel.Proof proof(Finding.Evidence evidence) {
        int first = Integer.MAX_VALUE;
        int last = Integer.MIN_VALUE;
        for (String member : evidence.members()) {
            Matcher snapshot = SNAPSHOT.matcher(member);
            if (snapshot.find()) {
                int number = Integer.parseInt(snapshot.group(1));
                first = Math.min(first, number);
                last = Math.max(last, number);
            }
        }
        return new ReportModel.Proof(
                evidence.sql(),
                evidence.members().isEmpty() ? null : String.join(", ", evidence.members()),
                first > last ? null : seals(first, last),
                rowsOf(evidence.sql()));
    }

    /** Raw values under the names of their columns; of many rows the first and the last. */
    private ReportModel.EvidenceRows rowsOf(String sql) {
        List<Map<String, Object>> found = rows.rows(sql);
        if (found.isEmpty()) {
            return null;
        }
        boolean all = found.size() <= FIRST_ROWS + LAST_ROWS + 1;
        List<List<String>> shown = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            if (all || i < FIRST_ROWS || i >= found.size() - LAST_ROWS) {
                shown.add(found.get(i).values().stream().map(Evidence::raw).toList());
            }
        }
        return new ReportModel.EvidenceRows(
                List.copyOf(found.get(0).keySet()),
                shown,
                all ? -1 : FIRST_ROWS,
                all
                        ? null
                        : texts.text("evidence.between")
                                .replace("{n}", Integer.toString(found.size() - FIRST_ROWS - LAST_ROWS)));
    }

    private static String raw(Object value) {
        if (value == null) {
            return Printing.UNKNOWN;
        }
        String text = value instanceof Timestamp stamp
                ? stamp.toLocalDateTime().toString().replace('T', ' ')
                : value instanceof Double number && Double.isFinite(number)
                        ? BigDecimal.valueOf(number)
                                .setScale(4, RoundingMode.HALF_EVEN)
                                .stripTrailingZeros()
                                .toPlainString()
                        : value.toString();
        return text.length() <= MOST_LETTERS ? text : text.substring(0, MOST_LETTERS) + "\u2026";
    }
}
