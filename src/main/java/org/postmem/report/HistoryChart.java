package org.postmem.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.postmem.sql.SqlValue;

/**
 * MemAvailable over the days that the host's own sysstat recorded, from zero to MemTotal. The line breaks where nothing
 * was recorded for long.
 */
final class HistoryChart {
    private static final int MOST_POINTS = 400;
    private static final double TOP = 2;
    private static final double HEIGHT = 20;
    private static final int LABELS = 5;
    /** An interval that much longer than the usual one is a hole. */
    private static final int HOLE = 4;

    private record Point(Instant at, double available, double total) {}

    private final Printing printing;
    private final List<Point> points;

    private HistoryChart(Printing printing, List<Point> points) {
        this.printing = printing;
        this.points = points;
    }

    /** Draws what there is, {@code null} when MemAvailable was not recorded twice. */
    static ReportModel.History of(CaseRows rows, int captureId, Printing printing) {
        List<Point> points = new ArrayList<>();
        for (Map<String, Object> row : rows.rows(
                "SELECT at_ts, available_bytes, mem_total_bytes FROM path_history WHERE capture_id = " + captureId
                        + " AND available_bytes IS NOT NULL AND mem_total_bytes > 0 ORDER BY at_ts, member")) {
            Instant at = SqlValue.instant(row.get("at_ts"));
            if (points.isEmpty() || at.isAfter(points.get(points.size() - 1).at())) {
                points.add(new Point(
                        at,
                        ((Number) row.get("available_bytes")).doubleValue(),
                        ((Number) row.get("mem_total_bytes")).doubleValue()));
            }
        }
        if (points.size() < 2) {
            return null;
        }
        Printing overDays = new Printing(printing.time().overDays(), printing.texts());
        return new HistoryChart(overDays, points).draw();
    }

    private ReportModel.History draw() {
        Point first = points.get(0);
        Point last = points.get(points.size() - 1);
        Point least = first;
        double top = 0;
        for (Point point : points) {
            least = point.available() < least.available() ? point : least;
            top = Math.max(top, point.total());
        }
        HostTime time = printing.time();
        String caption = printing.texts()
                .counted("history.caption", points.size())
                .replace("{from}", time.time(first.at()))
                .replace("{to}", time.time(last.at()))
                .replace("{first}", Quantity.bytes(first.available()))
                .replace("{last}", Quantity.bytes(last.available()))
                .replace("{least}", Quantity.bytes(least.available()))
                .replace("{at}", time.time(least.at()));
        return new ReportModel.History(
                caption,
                printing.texts().text("history.top").replace("{total}", Quantity.bytes(top)),
                new ReportModel.Spark(path(first.at(), last.at(), top), caption),
                labels(first.at(), last.at()));
    }

    private String path(Instant from, Instant to, double top) {
        double span = Duration.between(from, to).toMillis();
        long usual = usualMillis();
        StringBuilder path = new StringBuilder();
        Instant before = null;
        for (Point point : thinned()) {
            double x = 100 * Duration.between(from, point.at()).toMillis() / span;
            double y = TOP + HEIGHT - point.available() / top * HEIGHT;
            boolean hole =
                    before == null || Duration.between(before, point.at()).toMillis() > HOLE * usual;
            path.append(hole ? "M" : "L")
                    .append(Sparkline.coordinate(x))
                    .append(' ')
                    .append(Sparkline.coordinate(y));
            before = point.at();
        }
        return path.toString();
    }

    /** The median interval, stretched by as much as the line is thinned. */
    private long usualMillis() {
        List<Long> intervals = new ArrayList<>();
        for (int i = 1; i < points.size(); i++) {
            intervals.add(
                    Duration.between(points.get(i - 1).at(), points.get(i).at()).toMillis());
        }
        intervals.sort(null);
        return intervals.get(intervals.size() / 2) * (1 + points.size() / MOST_POINTS);
    }

    /** Of each stretch of equally many readings the lowest, and both ends. */
    private List<Point> thinned() {
        if (points.size() <= MOST_POINTS) {
            return points;
        }
        List<Point> kept = new ArrayList<>();
        kept.add(points.get(0));
        for (int s = 0; s < MOST_POINTS; s++) {
            int from = 1 + (points.size() - 2) * s / MOST_POINTS;
            int to = 1 + (points.size() - 2) * (s + 1) / MOST_POINTS;
            Point lowest = points.get(from);
            for (int i = from; i < to; i++) {
                lowest = points.get(i).available() < lowest.available() ? points.get(i) : lowest;
            }
            kept.add(lowest);
        }
        kept.add(points.get(points.size() - 1));
        return kept;
    }

    private List<ReportModel.Tick> labels(Instant from, Instant to) {
        List<ReportModel.Tick> labels = new ArrayList<>();
        long span = Duration.between(from, to).toMillis();
        for (int i = 0; i < LABELS; i++) {
            Instant at = from.plusMillis(span * i / (LABELS - 1));
            labels.add(new ReportModel.Tick(
                    Sparkline.coordinate(100.0 * i / (LABELS - 1)) + "%",
                    printing.time().time(at)));
        }
        return labels;
    }
}
