package org.postmem.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Time × owner: a row an owner, a column a stretch of time, the darker the more it holds above its own least. All rows
 * share one scale, the square root of bytes, so that the one that took most is the darkest. A leak darkens to the right, a
 * sawtooth is striped, what was given back fades.
 */
final class HeatMap {
    private static final int LEVELS = 7;
    private static final int OPEN_ROWS = 14;
    private static final long UNIT = 1024;

    private final List<Row> rows;
    private final int stretches;
    private final long hottest;

    /**
     * One owner.
     *
     * @param above bytes above its own least, a stretch each
     * @param least the smallest it ever held, 0 when it came or went
     */
    private record Row(
            String bucket, String id, String owner, long growthBytes, long peakBytes, long least, List<Long> above) {}

    private HeatMap(List<Row> rows, int stretches) {
        this.rows = rows;
        this.stretches = stretches;
        this.hottest = rows.stream()
                .flatMapToLong(row -> row.above().stream().mapToLong(Long::longValue))
                .max()
                .orElse(0);
    }

    /** Reads it, {@code null} when no owner moved. */
    static HeatMap of(CaseRows rows, int captureId) {
        Map<String, Object> grid = rows.row(
                "SELECT max(stretches)::INTEGER AS stretches FROM path_stretch" + " WHERE capture_id = " + captureId);
        int stretches = CaseRows.integer(grid, "stretches");
        if (stretches < 2) {
            return null;
        }
        Map<String, TreeSet<Integer>> read = new HashMap<>();
        for (Map<String, Object> row : rows.rows(
                "SELECT source, stretch FROM path_heat_stretch WHERE capture_id = " + captureId + " ORDER BY 1, 2")) {
            read.computeIfAbsent((String) row.get("source"), source -> new TreeSet<>())
                    .add(CaseRows.integer(row, "stretch"));
        }
        Map<Long, Map<Integer, Long>> cells = new TreeMap<>();
        for (Map<String, Object> row : rows.rows(
                "SELECT place, stretch, bytes FROM path_heat WHERE capture_id = " + captureId + " ORDER BY 1, 2")) {
            cells.computeIfAbsent(number(row, "place"), p -> new HashMap<>())
                    .put(CaseRows.integer(row, "stretch"), number(row, "bytes"));
        }
        List<Row> found = new ArrayList<>();
        for (Map<String, Object> owner :
                rows.rows("SELECT * FROM path_heat_owner WHERE capture_id = " + captureId + " ORDER BY place")) {
            TreeSet<Integer> moments = read.get((String) owner.get("source"));
            Map<Integer, Long> own = cells.getOrDefault(number(owner, "place"), Map.of());
            long[] held = new long[stretches];
            for (int s = 0; s < stretches; s++) {
                // Between two readings everybody keeps what the one before said.
                Integer at = moments.floor(s);
                held[s] = own.getOrDefault(at == null ? moments.first() : at, 0L);
            }
            long least = Arrays.stream(held).min().orElse(0);
            found.add(new Row(
                    (String) owner.get("bucket"),
                    (String) owner.get("id"),
                    (String) owner.get("owner"),
                    number(owner, "growth_bytes"),
                    number(owner, "peak_bytes"),
                    least,
                    Arrays.stream(held).mapToObj(bytes -> bytes - least).toList()));
        }
        return found.isEmpty() ? null : new HeatMap(found, stretches);
    }

    private static long number(Map<String, Object> row, String column) {
        return row.get(column) instanceof Number number ? number.longValue() : 0;
    }

    /** @param hotBand and hotId the owner a finding accuses, {@code null} when none is */
    ReportModel.Heat heat(String hotBand, String hotId, Printing printing, String sql, List<ReportModel.Tick> ticks) {
        Texts texts = printing.texts();
        List<ReportModel.HeatRow> shown = new ArrayList<>();
        int open = OPEN_ROWS;
        for (Row row : rows) {
            boolean hot = row.id().equals(hotId) && row.bucket().equals(hotBand);
            open = hot ? Math.max(open, shown.size() + 1) : open;
            shown.add(new ReportModel.HeatRow(
                    row.owner(),
                    texts.label(row.bucket()),
                    hot,
                    paths(row.above()),
                    Quantity.signedBytes(row.growthBytes()),
                    printing.exact("_bytes", row.growthBytes()),
                    Quantity.bytes(row.peakBytes()),
                    printing.exact("_bytes", row.peakBytes())));
        }
        boolean folded = shown.size() > open + 2;
        return new ReportModel.Heat(
                stretches,
                shown,
                folded ? open : shown.size(),
                folded ? texts.text("table.more").replace("{n}", Integer.toString(shown.size())) : null,
                texts.text("heat.note")
                        .replace("{n}", Integer.toString(stretches))
                        .replace("{most}", Quantity.bytes(hottest)),
                ticks,
                sql);
    }

    /** One path a level: the runs of neighbouring stretches that share it. Nothing is painted where nothing is held. */
    private List<ReportModel.HeatPath> paths(List<Long> above) {
        StringBuilder[] byLevel = new StringBuilder[LEVELS + 1];
        int from = 0;
        while (from < above.size()) {
            int level = level(above.get(from));
            int to = from + 1;
            while (to < above.size() && level(above.get(to)) == level) {
                to++;
            }
            if (level > 0) {
                byLevel[level] = byLevel[level] == null ? new StringBuilder() : byLevel[level];
                byLevel[level].append('M').append(from).append(" 0h").append(to - from);
                byLevel[level].append("v1H").append(from).append('z');
            }
            from = to;
        }
        List<ReportModel.HeatPath> paths = new ArrayList<>();
        for (int level = 1; level <= LEVELS; level++) {
            if (byLevel[level] != null) {
                paths.add(new ReportModel.HeatPath(level, byLevel[level].toString()));
            }
        }
        return paths;
    }

    private int level(long above) {
        if (above <= 0 || hottest == 0) {
            return 0;
        }
        double share = Math.sqrt((double) above / hottest);
        return share < 0.04 ? 0 : Math.min(LEVELS, 1 + (int) (share * LEVELS));
    }

    /** What the script says of the cell pointed at, in KiB. */
    void write(PageJson json) {
        json.open('{').name("stretches").value(stretches).name("unit").value(UNIT);
        json.name("rows").open('[');
        for (Row row : rows) {
            json.open('{').name("least").value(Math.floorDiv(row.least(), UNIT)).name("v");
            json.differences(row.above().stream()
                            .mapToLong(bytes -> Math.floorDiv(bytes, UNIT))
                            .toArray())
                    .close('}');
        }
        json.close(']').close('}');
    }
}
