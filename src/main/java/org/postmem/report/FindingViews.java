package org.postmem.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.postmem.findings.Finding;

/** The findings of a capture, each with its numbers and what it rests on. */
final class FindingViews {
    private final Texts texts;
    private final Scene scene;

    FindingViews(Texts texts, Scene scene) {
        this.texts = texts;
        this.scene = scene;
    }

    /** @param evidence {@code null}: the statements alone, without the rows they give */
    List<ReportModel.FindingView> of(List<Finding> findings, Evidence evidence, Predicate<Finding> wanted) {
        return findings.stream().filter(wanted).map(f -> view(f, evidence)).toList();
    }

    private ReportModel.FindingView view(Finding finding, Evidence evidence) {
        Printing printing = scene.printing();
        Map<String, Object> facts = new LinkedHashMap<>();
        Finding.Culprit culprit = finding.culprit();
        if (culprit != null) {
            facts.put("culprit", culprit.name() + (culprit.pid() == null ? "" : " (pid " + culprit.pid() + ")"));
            facts.put("command", culprit.command());
            facts.put("detail", culprit.detail());
        }
        facts.put("trend_label", finding.trend());
        // What grows there is a number of processes.
        if (!finding.kind().equals("process_count")) {
            facts.put("growth_bytes", finding.growthBytes());
            facts.put("rate_bytes_per_second", finding.rateBytesPerSecond());
        }
        facts.put("loss_share", finding.shareOfLoss());
        facts.put("confidence_share", finding.confidence());
        facts.put("first_ts", finding.firstSeen());
        facts.put("last_ts", finding.lastSeen());
        List<ReportModel.Fact> printed = new ArrayList<>();
        facts.forEach((name, value) -> {
            if (value != null) {
                printed.add(new ReportModel.Fact(
                        texts.text("fact." + name), printing.text(name, value), printing.exact(name, value)));
            }
        });
        return new ReportModel.FindingView(
                scene.prefix() + finding.id(),
                finding.id(),
                Tone.of(finding.severity()),
                texts.text("severity." + finding.severity().json()),
                finding.score(),
                finding.title(),
                finding.explanation(),
                finding.advice(),
                finding.nextCommands(),
                printed,
                finding.evidence().stream()
                        .map(e -> evidence == null
                                ? new ReportModel.Proof(
                                        e.sql(),
                                        e.members().isEmpty() ? null : String.join(", ", e.members()),
                                        null,
                                        null)
                                : evidence.proof(e))
                        .toList());
    }
}
