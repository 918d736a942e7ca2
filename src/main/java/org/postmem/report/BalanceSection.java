package org.postmem.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.postmem.findings.Finding;
import org.postmem.sql.SqlValue;

/** The chart of where the memory is, marked with what happened and with the owner that is accused. */
final class BalanceSection {
    /** Of fewer no curve is drawn: it would leap where the owner was looked at. */
    private static final int FEWEST_READINGS = 3;

    private final CaseRows rows;
    private final Texts texts;
    private final PageJson json;

    BalanceSection(CaseRows rows, Texts texts, PageJson json) {
        this.rows = rows;
        this.texts = texts;
        this.json = json;
    }

    /**
     * Its data go to the page's script.
     *
     * @param index of the capture on the page
     * @return {@code null} when there is nothing to draw
     */
    ReportModel.Chart chart(Scene scene, int index, List<Finding> accusing) {
        Balance balance = new BalanceReader(rows, scene.id()).read();
        if (balance == null) {
            json.value((String) null);
            return null;
        }
        Printing printing = scene.printing();
        Finding main = accusing.stream()
                .filter(f -> LeakBand.of(f) != null)
                .findFirst()
                .orElse(null);
        String hot = main == null ? null : LeakBand.of(main);
        List<BalanceChart.Event> events = new ArrayList<>();
        for (Map<String, Object> row : rows.rows("SELECT * FROM path_event WHERE capture_id = " + scene.id()
                + " ORDER BY at_ts, kind, label LIMIT 60")) {
            String kind = (String) row.get("kind");
            double seconds = row.get("lasted_seconds") instanceof Number n ? n.doubleValue() : 0;
            String label = texts.fill("event." + kind, row, printing);
            events.add(new BalanceChart.Event(
                    kind,
                    SqlValue.instant(row.get("at_ts")),
                    seconds,
                    label == null ? texts.text("event." + kind + ".bare") : label));
        }
        Instant onset = main == null ? null : main.firstSeen();
        if (onset != null && onset.isAfter(scene.from().plusSeconds(1))) {
            events.add(new BalanceChart.Event(
                    "onset",
                    onset,
                    0,
                    texts.text("event.onset").replace("{at}", printing.time().time(onset))));
        }
        Balance.Owner accused = main == null ? null : accused(balance, main, hot);
        HeatMap heat = HeatMap.of(rows, scene.id());
        if (accused != null && accused.readings() >= FEWEST_READINGS) {
            balance = balance.withCulprit(accused);
            hot = Balance.CULPRIT;
        }
        BalanceChart drawing = new BalanceChart(balance, printing, scene.from());
        drawing.write(json, events, hot, heat);
        String note = balance.thinnedFrom() == 0
                ? texts.counted("chart.all", balance.points())
                : texts.text("chart.thinned")
                        .replace("{n}", Integer.toString(balance.points()))
                        .replace("{all}", Integer.toString(balance.thinnedFrom()));
        if (balance.passedOver() > 0) {
            note += texts.text("chart.passed-over").replace("{n}", Integer.toString(balance.passedOver()));
        }
        if (!balance.untold().isEmpty()) {
            note += texts.text("chart.untold")
                    .replace(
                            "{uses}",
                            balance.untold().stream().map(texts::label).collect(Collectors.joining(" \u00b7 ")));
        }
        return drawing.chart(
                index,
                hot,
                events,
                onset,
                heat == null
                        ? null
                        : heat.heat(
                                accused == null ? null : accused.band(),
                                accused == null ? null : accused.id(),
                                printing,
                                "SELECT * FROM path_heat_owner WHERE capture_id = " + scene.id() + " ORDER BY place",
                                drawing.xTicks()),
                note);
    }

    /** The owner a finding accuses, as the balance sheet knows it; {@code null} when it does not show it. */
    private static Balance.Owner accused(Balance balance, Finding finding, String band) {
        Finding.Culprit culprit = finding.culprit();
        if (culprit == null) {
            return null;
        }
        for (Balance.Owner owner : balance.owners()) {
            boolean same = switch (culprit.type()) {
                case "process" ->
                    culprit.processId() != null && culprit.processId().equals(owner.processId());
                case "mount" -> owner.id().equals("mount " + culprit.name());
                case "segment" -> owner.id().startsWith("segment " + culprit.name() + " ");
                case "slab_cache" -> owner.id().equals(finding.facts().getOrDefault("listed_as", culprit.name()));
                case "vmalloc_caller" ->
                    owner.id().equals(culprit.name()) || owner.id().startsWith(culprit.name() + " ");
                default -> false;
            };
            if (same && owner.band().equals(band)) {
                return owner;
            }
        }
        return null;
    }
}
