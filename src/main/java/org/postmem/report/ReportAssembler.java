package org.postmem.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.postmem.findings.Finding;
import org.postmem.findings.Finding.Severity;
import org.postmem.findings.Verdict;
import org.postmem.sql.ReportFiles;

/** Makes the model of the page from the case and its findings. */
final class ReportAssembler {
    private final CaseRows rows;
    private final ReportFiles reports;
    private final Texts texts;
    private final VerdictSection top;
    private final HostHeader header;
    private final ChapterLeads leads;
    private final TraceCommands commands;
    private final List<Finding> findings;
    private final PageJson json = new PageJson();

    ReportAssembler(CaseRows rows, ReportFiles reports, Texts texts, Verdict verdict, List<Finding> findings) {
        this.rows = rows;
        this.reports = reports;
        this.texts = texts;
        this.top = new VerdictSection(rows, texts, verdict, findings);
        this.header = new HostHeader(rows, texts);
        this.leads = new ChapterLeads(rows, texts);
        this.commands = new TraceCommands(rows, texts);
        this.findings = findings;
    }

    ReportModel model(Instant now, String version, List<String> arguments, String style, String script) {
        List<ReportModel.Host> hosts = new ArrayList<>();
        json.open('{').name("texts").open('{');
        texts.byKey().forEach((key, text) -> {
            if (key.startsWith("js.") || key.startsWith("waterfall.") || key.startsWith("label.")) {
                json.name(key).value(text);
            }
        });
        json.close('}').name("hosts").open('[');
        List<Map<String, Object>> captures = worstFirst(rows.rows("SELECT * FROM capture ORDER BY capture_id"));
        for (Map<String, Object> capture : captures) {
            hosts.add(host(capture, hosts.size()));
        }
        json.close(']').close('}');
        String names = String.join(
                ", ",
                hosts.stream().map(h -> h.header().get(0).value()).distinct().toList());
        return new ReportModel(
                texts.language(),
                texts.text("page.title").replace("{host}", names),
                texts.byKey(),
                top.card(captures.size() > 1),
                captures.size() > 1 ? captures.stream().map(this::indexRow).toList() : List.of(),
                hosts,
                new Provenance(rows, texts)
                        .lines(
                                captures,
                                now,
                                version,
                                arguments,
                                id -> Scene.of(rows, texts, id).printing()),
                style,
                script,
                ContentHash.sha256(style),
                ContentHash.sha256(script),
                json.toString());
    }

    /** The findings stand worst first, so the captures they accuse do; those that nothing accuses follow. */
    private List<Map<String, Object>> worstFirst(List<Map<String, Object>> captures) {
        List<Integer> accused = findings.stream()
                .filter(f -> f.severity().compareTo(Severity.INFO) < 0)
                .map(Finding::captureId)
                .distinct()
                .toList();
        return captures.stream()
                .sorted(Comparator.comparingInt(capture -> {
                    int place = accused.indexOf(CaseRows.integer(capture, "capture_id"));
                    return place < 0 ? accused.size() : place;
                }))
                .toList();
    }

    private ReportModel.IndexRow indexRow(Map<String, Object> capture) {
        Scene scene = Scene.of(rows, texts, CaseRows.integer(capture, "capture_id"));
        Finding worst = findings.stream()
                .filter(f -> f.captureId() == scene.id() && f.severity().compareTo(Severity.INFO) < 0)
                .findFirst()
                .orElse(null);
        boolean judged = top.judged(scene.id());
        String tone = worst != null ? Tone.of(worst.severity()) : judged ? "ok" : "na";
        Map<String, Object> memory = rows.row("SELECT * FROM lead_meminfo WHERE capture_id = " + scene.id());
        HostTime time = scene.printing().time();
        return new ReportModel.IndexRow(
                scene.prefix() + "host",
                tone,
                texts.text("tone." + tone),
                rows.hostName(scene.id()),
                worst != null ? worst.title() : texts.text(judged ? "index.ok" : "index.na"),
                fact("growth_bytes", memory.get("change_growth_bytes"), scene),
                fact("available_bytes", memory.get("available_bytes"), scene),
                scene.empty()
                        ? Printing.UNKNOWN
                        : time.date(scene.from()) + " " + time.time(scene.from()) + " \u2013 " + time.time(scene.to())
                                + " " + time.zone());
    }

    private static ReportModel.Fact fact(String name, Object value, Scene scene) {
        return new ReportModel.Fact(
                name, scene.printing().text(name, value), scene.printing().exact(name, value));
    }

    private ReportModel.Host host(Map<String, Object> capture, int index) {
        Scene scene = Scene.of(rows, texts, CaseRows.integer(capture, "capture_id"));
        List<Finding> own =
                findings.stream().filter(f -> f.captureId() == scene.id()).toList();
        List<Finding> accusing = own.stream()
                .filter(f -> f.severity() == Severity.CRITICAL || f.severity() == Severity.WARNING)
                .toList();
        Evidence evidence = new Evidence(rows, texts, scene.id(), scene.prefix());
        ReportModel.Seals seals = scene.empty()
                ? null
                : evidence.seals(
                        CaseRows.integer(scene.span(), "first_snapshot"),
                        CaseRows.integer(scene.span(), "last_snapshot"));
        TableView tables = new TableView(rows, scene.printing(), accusing, seals);
        List<ReportModel.Chapter> chapters = new ArrayList<>();
        List<ReportModel.Stop> path = new ArrayList<>();
        for (Chapters.Outline outline : Chapters.ORDER) {
            ChapterLeads.Lead lead = leads.of(outline, scene, accusing);
            ReportModel.Chapter chapter = chapter(outline, lead, scene, own, accusing, tables);
            chapters.add(chapter);
            path.add(new ReportModel.Stop(
                    chapter.anchor(),
                    chapter.tone(),
                    texts.text("tone." + chapter.tone()),
                    chapter.title(),
                    lead.brief()));
        }
        Map<String, Object> states = segmentStates(scene.id());
        FindingViews views = new FindingViews(texts, scene);
        boolean whole = CaseRows.integer(states, "not_intact") == 0;
        // files of other tools lie in no segment, and nothing vouches for them
        boolean sealed = CaseRows.integer(states, "intact") + CaseRows.integer(states, "not_intact") > 0;
        return new ReportModel.Host(
                scene.prefix(),
                header.of(capture, scene),
                texts.text(!sealed ? "segments.none" : whole ? "segments.intact" : "segments.damaged")
                        .replace("{files}", String.valueOf(CaseRows.integer(states, "files")))
                        .replace("{intact}", String.valueOf(CaseRows.integer(states, "intact")))
                        .replace(
                                "{all}",
                                String.valueOf(
                                        CaseRows.integer(states, "intact") + CaseRows.integer(states, "not_intact")))
                        .replace("{not_intact}", String.valueOf(CaseRows.integer(states, "not_intact")))
                        .replace("{states}", String.valueOf(states.get("states"))),
                whole ? "ok" : "warn",
                path,
                new BalanceSection(rows, texts, json).chart(scene, index, accusing),
                chapters,
                views.of(own, evidence, f -> f.severity().compareTo(Severity.OK) < 0),
                views.of(own, null, f -> f.severity() == Severity.OK),
                views.of(own, null, f -> f.severity() == Severity.NOT_APPLICABLE),
                Chapters.QUALITY.stream()
                        .map(name -> table(tables, name, scene))
                        .toList());
    }

    private Map<String, Object> segmentStates(int captureId) {
        return rows.row("SELECT count(*) FILTER (WHERE state = 'intact')::INTEGER AS intact, "
                + "count(*) FILTER (WHERE state <> 'intact')::INTEGER AS not_intact, "
                + "string_agg(DISTINCT state, ', ' ORDER BY state) FILTER (WHERE state <> 'intact') AS states"
                + ", (SELECT count(*)::INTEGER FROM evidence_source AS e WHERE e.capture_id = " + captureId
                + ") AS files"
                + " FROM segment WHERE capture_id = " + captureId);
    }

    private ReportModel.Table table(TableView tables, String name, Scene scene) {
        return tables.table(PathModule.read(reports, name), scene.id(), scene.prefix(), scene.memberRange());
    }

    private ReportModel.Chapter chapter(
            Chapters.Outline outline,
            ChapterLeads.Lead lead,
            Scene scene,
            List<Finding> own,
            List<Finding> accusing,
            TableView tables) {
        String id = outline.id();
        List<ReportModel.Table> shown = new ArrayList<>();
        Printing overDays = new Printing(scene.printing().time().overDays(), texts);
        for (String name : outline.tables()) {
            TableView view = name.equals("sar_history") ? new TableView(rows, overDays, List.of(), null) : tables;
            shown.add(table(view, name, scene));
        }
        List<ReportModel.FindingLink> links = own.stream()
                .filter(f -> outline.holds(f.chapter()) && f.severity().compareTo(Severity.OK) < 0)
                .map(f ->
                        new ReportModel.FindingLink(scene.prefix() + f.id(), Tone.of(f.severity()), f.id(), f.title()))
                .toList();
        return new ReportModel.Chapter(
                scene.prefix() + id,
                texts.text("chapter." + id),
                texts.text("chapter." + id + ".about"),
                chapterTone(outline, lead, own, accusing, shown),
                lead.whole(),
                texts.text("chapter." + id + ".reading"),
                links,
                commands.of(id, scene, accusing, shown),
                id.equals("sar") ? HistoryChart.of(rows, scene.id(), scene.printing()) : null,
                id.equals("bcc") ? FlameGraph.of(rows, scene.id(), scene.printing()) : null,
                shown);
    }

    /** The worst of its own findings and of those that accuse a row of its tables; nothing read is not the same as well. */
    private static String chapterTone(
            Chapters.Outline outline,
            ChapterLeads.Lead lead,
            List<Finding> own,
            List<Finding> accusing,
            List<ReportModel.Table> shown) {
        if (shown.stream().allMatch(table -> table.absent() != null)) {
            return "na";
        }
        // Being in the kernel's ranking accuses nobody of an OOM kill.
        boolean ranking = outline.id().equals("oom");
        List<String> marked = shown.stream()
                .filter(table -> !ranking)
                .flatMap(table -> table.rows().stream())
                .map(ReportModel.Row::finding)
                .filter(id -> id != null)
                .toList();
        return own.stream()
                .filter(f -> outline.holds(f.chapter())
                        || (marked.contains(f.id()) && accusing.contains(f) && outline.shows(f.kind())))
                .map(Finding::severity)
                .filter(severity -> severity != Severity.NOT_APPLICABLE)
                .min(Comparator.naturalOrder())
                .map(Tone::of)
                // a rule may have been asked of less than the chapter shows
                .filter(tone -> lead.told() || !tone.equals("ok"))
                .orElse("none");
    }
}
