package org.postmem.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The line of facts under the name of a host: its kernel and memory, from when to when, how often it was read. */
final class HostHeader {
    private final CaseRows rows;
    private final Texts texts;

    HostHeader(CaseRows rows, Texts texts) {
        this.rows = rows;
        this.texts = texts;
    }

    List<ReportModel.Fact> of(Map<String, Object> capture, Scene scene) {
        List<ReportModel.Fact> header = new ArrayList<>();
        Object host = capture.get("host");
        header.add(new ReportModel.Fact(
                "host", host == null ? String.valueOf(capture.get("source")) : host.toString(), null));
        if (capture.get("kernel") != null) {
            header.add(new ReportModel.Fact("kernel", "Linux " + capture.get("kernel"), null));
        }
        if (scene.empty()) {
            return header;
        }
        if (scene.span().get("mem_total_bytes") instanceof Number total) {
            header.add(new ReportModel.Fact(
                    "memory",
                    texts.text("header.memory").replace("{total}", Quantity.bytes(total.doubleValue())),
                    scene.printing().exact("_bytes", total)));
        }
        HostTime time = scene.printing().time();
        String span = time.date(scene.from()) + ", " + time.time(scene.from()) + " \u2013 " + time.time(scene.to())
                + " " + time.zone();
        String utc = time.isUtc() ? "" : " (" + utcSpan(scene) + ")";
        header.add(
                new ReportModel.Fact("span", span + utc, time.utc(scene.from()) + " \u2013 " + time.utc(scene.to())));
        if ("evidence".equals(capture.get("origin"))) {
            // their tools were not asked for an interval, so that none of it is a gap; a pause is one all the same
            Object pause = scene.span().get("pause_seconds");
            header.add(new ReportModel.Fact(
                    "snapshots",
                    texts.counted(
                                    pause == null ? "header.readings" : "header.readings.pause",
                                    ((Number) scene.span().get("snapshots")).longValue())
                            .replace("{pause}", scene.printing().text("pause_seconds", pause)),
                    null));
            return header;
        }
        int gaps = CaseRows.integer(
                rows.row("SELECT count(*)::INTEGER AS n FROM path_event WHERE kind = 'gap' AND capture_id = "
                        + scene.id()),
                "n");
        header.add(new ReportModel.Fact(
                "snapshots",
                texts.counted(
                                gaps == 0
                                        ? "header.snapshots"
                                        : gaps == 1 ? "header.snapshots.gap" : "header.snapshots.gaps",
                                ((Number) scene.span().get("snapshots")).longValue())
                        .replace("{gaps}", Integer.toString(gaps)),
                null));
        return header;
    }

    private static String utcSpan(Scene scene) {
        HostTime time = scene.printing().time();
        return time.utcTime(scene.from()) + " \u2013 " + time.utcTime(scene.to()) + " UTC";
    }
}
