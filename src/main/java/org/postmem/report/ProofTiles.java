package org.postmem.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.postmem.findings.Finding;
import org.postmem.sql.SqlValue;

/**
 * The three numbers that prove a verdict: what the host lost, what the culprit took, where it lies. Trouble that takes no
 * memory is proved by the counters it shows in alone.
 */
final class ProofTiles {
    private static final int MOST_TILES = 3;
    private static final int MOST_FILES = 2;

    private final CaseRows rows;
    private final ProofMeasures measures;
    private final Printing printing;
    private final int captureId;
    private final String prefix;

    ProofTiles(CaseRows rows, Printing printing, int captureId, String prefix) {
        this.rows = rows;
        this.measures = new ProofMeasures(rows, printing.texts(), captureId);
        this.printing = printing;
        this.captureId = captureId;
        this.prefix = prefix;
    }

    List<ReportModel.Tile> tiles(Finding main) {
        List<ProofMeasure> wanted = new ArrayList<>(measures.of(main));
        int proving = wanted.size();
        wanted.addAll(ProofMeasures.ofAnyHost());
        List<ReportModel.Tile> tiles = new ArrayList<>();
        for (int i = 0; i < wanted.size() && tiles.size() < MOST_TILES; i++) {
            ProofMeasure one = wanted.get(i);
            // the host's loss stands whatever it is; another number proves something only when it moved
            ReportModel.Tile tile = tile(one, main, i == 0 || i >= proving);
            if (tile != null && tiles.stream().noneMatch(t -> t.label().equals(tile.label()))) {
                tiles.add(tile);
            }
        }
        return tiles;
    }

    /**
     * Growth counts between the moments that the finding's own does; the line shows the whole capture.
     *
     * @param still should it stand when it did not move?
     */
    private ReportModel.Tile tile(ProofMeasure wanted, Finding main, boolean still) {
        List<Map<String, Object>> series = rows.rows("SELECT s.ts, m.value FROM path_measure AS m JOIN snapshot AS s"
                + " USING (capture_id, snapshot) WHERE m.capture_id = " + captureId
                + " AND m.culprit_type = '" + wanted.type() + "' AND m.measure = '" + wanted.measure()
                + "' AND m.id = '"
                + wanted.id().replace("'", "''") + "' AND m.value IS NOT NULL ORDER BY m.snapshot");
        if (series.size() < 2) {
            return null;
        }
        // a kill is counted when it has happened, and has emptied the group then; memory is in pieces when it fell to
        // them, and compactions fail while it does: the first reading within the finding has it already
        List<Map<String, Object>> since = main == null
                        || (wanted.type().equals("cgroup") && main.kind().equals("cgroup_oom"))
                        || main.kind().equals("fragmentation")
                ? series
                : series.stream()
                        .filter(row -> within(SqlValue.instant(row.get("ts")), main.firstSeen(), main.lastSeen()))
                        .toList();
        List<Map<String, Object>> counted = since.size() < 2 ? series : since;
        long first = ((Number) counted.get(0).get("value")).longValue();
        long last = ((Number) counted.get(counted.size() - 1).get("value")).longValue();
        if (first == last && !still) {
            return null;
        }
        ReportModel.Spark spark =
                Sparkline.of(series.stream().map(row -> row.get("value")).toList(), wanted.unit(), printing);
        return new ReportModel.Tile(
                wanted.label(),
                (last > first ? "+" : "") + printing.text(wanted.unit(), last - first),
                printing.exact(wanted.unit(), last - first),
                spark,
                printing.texts()
                        .counted("tile.source", series.size())
                        .replace("{from}", printing.text(wanted.unit(), first))
                        .replace("{to}", printing.text(wanted.unit(), last))
                        .replace("{since}", at(counted.get(0)))
                        .replace("{until}", at(counted.get(counted.size() - 1)))
                        .replace("{file}", source(wanted)),
                "#" + prefix + wanted.chapter());
    }

    /** The file of the kernel, or the files of other tools that told it where the numbers are of these. */
    private String source(ProofMeasure wanted) {
        String table = wanted.table();
        List<String> silent = table.equals("meminfo") ? wanted.withoutLine() : List.of();
        List<String> files = rows
                .rows("SELECT e.member, e.kind FROM evidence_source AS e JOIN capture AS c USING (capture_id)"
                        + " WHERE c.capture_id = " + captureId + " AND c.origin = 'evidence'"
                        + " AND list_contains(string_split(e.tables, ' '), '" + table
                        + "') ORDER BY e.from_ts, e.member")
                .stream()
                .filter(row -> !silent.contains(String.valueOf(row.get("kind"))))
                .map(row -> String.valueOf(row.get("member")))
                .toList();
        return files.isEmpty()
                ? wanted.source()
                : String.join(", ", files.subList(0, Math.min(MOST_FILES, files.size())))
                        + (files.size() > MOST_FILES ? ", \u2026" : "");
    }

    private String at(Map<String, Object> row) {
        return printing.time().time(SqlValue.instant(row.get("ts")));
    }

    private static boolean within(Instant at, Instant from, Instant to) {
        return (from == null || !at.isBefore(from)) && (to == null || !at.isAfter(to));
    }
}
