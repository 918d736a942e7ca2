package org.postmem.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postmem.findings.Finding;
import org.postmem.findings.Finding.Severity;
import org.postmem.findings.Verdict;
import org.postmem.findings.Verdicts;
import org.postmem.sql.ReportFiles;

/** Makes the model of the page from the case and its findings. */
final class ReportAssembler {
    private final CaseRows rows;
    private final ReportFiles reports;
    private final Texts texts;
    private final Verdict verdict;
    private final List<Finding> findings;
    private final PageJson json = new PageJson();

    ReportAssembler(CaseRows rows, ReportFiles reports, Texts texts, Verdict verdict, List<Finding> findings) {
        this.rows = rows;
        this.reports = reports;
        this.texts = texts;
        this.verdict = verdict;
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
                verdictCard(captures.size() > 1),
                captures.size() > 1 ? captures.stream().map(this::indexRow).toList() : List.of(),
                hosts,
                new Provenance(rows, texts)
                        .lines(
                                captures,
                                now,
                                version,
                                arguments,
                                id -> scene(id).printing()),
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
                    int place = accused.indexOf(integer(capture, "capture_id"));
                    return place < 0 ? accused.size() : place;
                }))
                .toList();
    }

    private ReportModel.IndexRow indexRow(Map<String, Object> capture) {
        Scene scene = scene(integer(capture, "capture_id"));
        Finding worst = findings.stream()
                .filter(f -> f.captureId() == scene.id() && f.severity().compareTo(Severity.INFO) < 0)
                .findFirst()
                .orElse(null);
        boolean judged = judged(scene.id());
        String tone = worst != null ? tone(worst.severity()) : judged ? "ok" : "na";
        Map<String, Object> memory = rows.row("SELECT * FROM lead_meminfo WHERE capture_id = " + scene.id());
        HostTime time = scene.printing().time();
        return new ReportModel.IndexRow(
                scene.prefix() + "host",
                tone,
                texts.text("tone." + tone),
                hostName(scene.id()),
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

    /** What a host is called; its archive where it has no name. */
    private String hostName(int captureId) {
        return String.valueOf(
                rows.row("SELECT coalesce(host, source) AS name FROM capture WHERE capture_id = " + captureId)
                        .get("name"));
    }

    /** What is known of a capture before anything is drawn. */
    private record Scene(
            int id,
            String prefix,
            Printing printing,
            Instant from,
            Instant to,
            Map<String, Object> span,
            String memberRange) {
        boolean empty() {
            return span.isEmpty();
        }
    }

    private Scene scene(int captureId) {
        Map<String, Object> span = rows.row("SELECT * FROM path_span WHERE capture_id = " + captureId);
        Object offset = rows.row("SELECT utc_offset_seconds FROM capture WHERE capture_id = " + captureId)
                .get("utc_offset_seconds");
        Instant from = span.isEmpty() ? Instant.EPOCH : Printing.instant(span.get("first_ts"));
        Instant to = span.isEmpty() ? Instant.EPOCH : Printing.instant(span.get("last_ts"));
        HostTime time = HostTime.of(offset instanceof Number number ? number.intValue() : null, from, to);
        String range = span.isEmpty()
                ? ""
                : String.format("%06d \u2026 %06d", integer(span, "first_snapshot"), integer(span, "last_snapshot"));
        return new Scene(captureId, "c" + captureId + "-", new Printing(time, texts), from, to, span, range);
    }

    private ReportModel.Host host(Map<String, Object> capture, int index) {
        Scene scene = scene(integer(capture, "capture_id"));
        List<Finding> own =
                findings.stream().filter(f -> f.captureId() == scene.id()).toList();
        List<Finding> accusing = own.stream()
                .filter(f -> f.severity() == Severity.CRITICAL || f.severity() == Severity.WARNING)
                .toList();
        Evidence evidence = new Evidence(rows, texts, scene.id(), scene.prefix());
        ReportModel.Seals seals = scene.empty()
                ? null
                : evidence.seals(integer(scene.span(), "first_snapshot"), integer(scene.span(), "last_snapshot"));
        TableView tables = new TableView(rows, scene.printing(), accusing, seals);
        List<ReportModel.Chapter> chapters = new ArrayList<>();
        List<ReportModel.Stop> path = new ArrayList<>();
        for (Chapters.Outline outline : Chapters.ORDER) {
            Lead lead = lead(outline.id(), scene);
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
        boolean whole = integer(states, "not_intact") == 0;
        // files of other tools lie in no segment, and nothing vouches for them
        boolean sealed = integer(states, "intact") + integer(states, "not_intact") > 0;
        return new ReportModel.Host(
                scene.prefix(),
                header(capture, scene),
                texts.text(!sealed ? "segments.none" : whole ? "segments.intact" : "segments.damaged")
                        .replace("{files}", String.valueOf(integer(states, "files")))
                        .replace("{intact}", String.valueOf(integer(states, "intact")))
                        .replace("{all}", String.valueOf(integer(states, "intact") + integer(states, "not_intact")))
                        .replace("{not_intact}", String.valueOf(integer(states, "not_intact")))
                        .replace("{states}", String.valueOf(states.get("states"))),
                whole ? "ok" : "warn",
                path,
                chart(scene, index, accusing),
                chapters,
                views(own, scene, evidence, f -> f.severity().compareTo(Severity.OK) < 0),
                views(own, scene, null, f -> f.severity() == Severity.OK),
                views(own, scene, null, f -> f.severity() == Severity.NOT_APPLICABLE),
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

    private List<ReportModel.Fact> header(Map<String, Object> capture, Scene scene) {
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
        int gaps = integer(
                rows.row("SELECT count(*)::INTEGER AS n FROM path_event WHERE kind = 'gap' AND capture_id = "
                        + scene.id()),
                "n");
        header.add(new ReportModel.Fact(
                "snapshots",
                texts.text(
                                gaps == 0
                                        ? "header.snapshots"
                                        : gaps == 1 ? "header.snapshots.gap" : "header.snapshots.gaps")
                        .replace("{n}", String.valueOf(scene.span().get("snapshots")))
                        .replace("{gaps}", Integer.toString(gaps)),
                null));
        return header;
    }

    private static String utcSpan(Scene scene) {
        HostTime time = scene.printing().time();
        return time.utcTime(scene.from()) + " \u2013 " + time.utcTime(scene.to()) + " UTC";
    }

    private ReportModel.Table table(TableView tables, String name, Scene scene) {
        return tables.table(PathModule.read(reports, name), scene.id(), scene.prefix(), scene.memberRange());
    }

    private ReportModel.Chapter chapter(
            Chapters.Outline outline,
            Lead lead,
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
                .map(f -> new ReportModel.FindingLink(scene.prefix() + f.id(), tone(f.severity()), f.id(), f.title()))
                .toList();
        return new ReportModel.Chapter(
                scene.prefix() + id,
                texts.text("chapter." + id),
                texts.text("chapter." + id + ".about"),
                chapterTone(outline, own, accusing, shown),
                lead.whole(),
                texts.text("chapter." + id + ".reading"),
                links,
                commands(id, scene, accusing, shown),
                id.equals("sar") ? HistoryChart.of(rows, scene.id(), scene.printing()) : null,
                id.equals("bcc") ? FlameGraph.of(rows, scene.id(), scene.printing()) : null,
                shown);
    }

    /** The worst of its own findings and of those that accuse a row of its tables; nothing read is not the same as well. */
    private static String chapterTone(
            Chapters.Outline outline, List<Finding> own, List<Finding> accusing, List<ReportModel.Table> shown) {
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
                .map(ReportAssembler::tone)
                .orElse("none");
    }

    static String tone(Severity severity) {
        return switch (severity) {
            case CRITICAL -> "bad";
            case WARNING -> "warn";
            case INFO -> "info";
            case OK -> "ok";
            case NOT_APPLICABLE -> "na";
        };
    }

    /** The one thing a chapter shows here: as a sentence, and in the few words of the path. */
    private record Lead(String whole, String brief) {}

    private Lead lead(String id, Scene scene) {
        Map<String, Object> facts = rows.row("SELECT * FROM lead_" + id + " WHERE capture_id = " + scene.id());
        return new Lead(lead(id, "", facts, scene), lead(id, ".short", facts, scene));
    }

    private String lead(String id, String suffix, Map<String, Object> facts, Scene scene) {
        String filled = facts.isEmpty()
                ? null
                : texts.fill("lead." + id + "." + facts.get("text") + suffix, facts, scene.printing());
        return filled == null ? texts.text("lead." + id + ".nothing" + suffix) : filled;
    }

    /** Where no trace was attached: the exact command for the one under suspicion. */
    private List<ReportModel.Command> commands(
            String id, Scene scene, List<Finding> accusing, List<ReportModel.Table> shown) {
        if ((!id.equals("strace") && !id.equals("bcc")) || shown.get(0).absent() == null) {
            return List.of();
        }
        for (Finding finding : accusing) {
            Finding.Culprit culprit = finding.culprit();
            if (culprit != null && culprit.pid() != null) {
                return List.of(command(id + ".process", culprit.name(), culprit.pid()));
            }
            if (culprit != null
                    && id.equals("bcc")
                    && List.of("slab_cache", "vmalloc_caller", "kernel").contains(culprit.type())) {
                return List.of(command(
                        texts.text("next.bcc.kernel.intro").replace("{name}", String.valueOf(culprit.name())),
                        texts.next("R22.next.3")));
            }
        }
        Map<String, Object> top = rows.row("SELECT * FROM lead_top WHERE capture_id = " + scene.id());
        return top.isEmpty() || !"grew".equals(top.get("text"))
                ? List.of()
                : List.of(command(id + ".grower", String.valueOf(top.get("name")), integer(top, "pid")));
    }

    private ReportModel.Command command(String key, String name, int pid) {
        String tool = key.substring(0, key.indexOf('.'));
        return command(
                texts.text("next." + key + ".intro").replace("{name}", name).replace("{pid}", Integer.toString(pid)),
                texts.next(tool.equals("strace") ? "R05.next.3" : "R05.next.1")
                        .replace("{pid}", Integer.toString(pid)));
    }

    /** What stands behind the command is what it costs. */
    private static ReportModel.Command command(String intro, String next) {
        int note = next.indexOf("  # ");
        return note < 0
                ? new ReportModel.Command(intro, next, "")
                : new ReportModel.Command(intro, next.substring(0, note), next.substring(note + 4));
    }

    private ReportModel.Chart chart(Scene scene, int index, List<Finding> accusing) {
        Balance balance = Balance.of(rows, scene.id());
        if (balance == null) {
            json.value((String) null);
            return null;
        }
        Printing printing = scene.printing();
        Finding main = accusing.stream()
                .filter(f -> LeakBand.of(f.kind()) != null)
                .findFirst()
                .orElse(null);
        String hot = main == null ? null : LeakBand.of(main.kind());
        List<BalanceChart.Event> events = new ArrayList<>();
        for (Map<String, Object> row : rows.rows("SELECT * FROM path_event WHERE capture_id = " + scene.id()
                + " ORDER BY at_ts, kind, label LIMIT 60")) {
            String kind = (String) row.get("kind");
            double seconds = row.get("lasted_seconds") instanceof Number n ? n.doubleValue() : 0;
            String label = texts.fill("event." + kind, row, printing);
            events.add(new BalanceChart.Event(
                    kind,
                    Printing.instant(row.get("at_ts")),
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
        Balance.Owner accused = main == null ? null : accused(balance, main.culprit(), hot);
        HeatMap heat = HeatMap.of(rows, scene.id());
        if (accused != null) {
            balance = balance.withCulprit(accused);
            hot = Balance.CULPRIT;
        }
        BalanceChart drawing = new BalanceChart(balance, printing, scene.from());
        drawing.write(json, events, hot, heat);
        String note = balance.thinnedFrom() == 0
                ? texts.text("chart.all").replace("{n}", Integer.toString(balance.points()))
                : texts.text("chart.thinned")
                        .replace("{n}", Integer.toString(balance.points()))
                        .replace("{all}", Integer.toString(balance.thinnedFrom()));
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
    private static Balance.Owner accused(Balance balance, Finding.Culprit culprit, String band) {
        if (culprit == null) {
            return null;
        }
        for (Balance.Owner owner : balance.owners()) {
            boolean same = switch (culprit.type()) {
                case "process" ->
                    culprit.processId() != null
                            && owner.id().equals(culprit.processId().toString());
                case "mount", "segment" -> owner.id().startsWith(culprit.type() + " " + culprit.name() + " ");
                case "slab_cache" -> owner.id().equals(culprit.name());
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

    private ReportModel.VerdictCard verdictCard(boolean several) {
        Finding main = findings.stream()
                .filter(f -> f.id().equals(verdict.findingId()))
                .findFirst()
                .orElse(null);
        int captureId = main == null
                ? integer(rows.row("SELECT coalesce(min(capture_id), 0)::INTEGER AS id FROM capture"), "id")
                : main.captureId();
        Scene scene = scene(captureId);
        boolean unknown = main == null && !verdict.leak() && !judged(captureId);
        // nobody is accused, and that is no clean bill of health
        boolean early = !verdict.leak()
                && (main == null
                        ? !unknown
                                && !several
                                && Verdicts.shortCapture(findings).isPresent()
                        : main.severity() == Severity.INFO);
        String tone =
                main != null ? tone(main.severity()) : verdict.leak() ? "bad" : unknown ? "na" : early ? "info" : "ok";
        return new ReportModel.VerdictCard(
                tone,
                texts.text("verdict." + (early ? "early" : main != null && !verdict.leak() ? "trouble" : tone)),
                (several && main != null ? hostName(captureId) + ": " : "") + headline(main, unknown, scene),
                main != null ? verdictLines(main, scene) : calmLines(captureId, scene),
                scene.empty()
                        ? List.of()
                        : new ProofTiles(rows, scene.printing(), captureId, scene.prefix()).tiles(main),
                next(main, unknown, captureId, scene),
                main == null ? null : scene.prefix() + main.id());
    }

    /** Was enough read to see a trend? The trend wants five snapshots and 20 seconds. */
    private boolean judged(int captureId) {
        return !rows.rows(
                        "SELECT 1 FROM path_span WHERE snapshots >= 5 AND seconds >= 20 AND mem_total_bytes IS NOT NULL"
                                + " AND capture_id = " + captureId)
                .isEmpty();
    }

    /** The host's own time and only what the lines below do not say again. */
    private String headline(Finding main, boolean unknown, Scene scene) {
        if (unknown) {
            Map<String, Object> facts = new LinkedHashMap<>(scene.span());
            facts.put("watched_seconds", facts.get("seconds"));
            String filled = texts.fill("verdict.unknown", facts, scene.printing());
            return scene.empty() || filled == null ? texts.text("verdict.unknown.empty") : filled;
        }
        if (main == null || !verdict.leak() || main.firstSeen() == null) {
            return verdict.headline();
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("title", main.title());
        facts.put("since", scene.printing().time().time(main.firstSeen()));
        if (main.lastSeen() != null && main.lastSeen().isAfter(main.firstSeen())) {
            facts.put("long", secondsBetween(main.firstSeen(), main.lastSeen()));
        }
        facts.put("rate_bytes_per_second", main.rateBytesPerSecond());
        for (String key : List.of("verdict.leaks", "verdict.leaks.norate", "verdict.leaks.since")) {
            String filled = texts.fill(key, facts, scene.printing());
            if (filled != null) {
                return filled;
            }
        }
        return verdict.headline();
    }

    private List<String> verdictLines(Finding main, Scene scene) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("loss_share", main.shareOfLoss());
        facts.put("low_bytes_per_second", main.rateLow());
        facts.put("high_bytes_per_second", main.rateHigh());
        HostTime time = scene.printing().time();
        String left = "verdict.left.open";
        if (main.exhaustedFrom() != null && main.exhaustedTo() != null) {
            String from = time.roughly(main.exhaustedFrom(), scene.to());
            String to = time.roughly(main.exhaustedTo(), scene.to());
            String soon = secondsBetween(scene.to(), main.exhaustedFrom());
            String late = secondsBetween(scene.to(), main.exhaustedTo());
            left = from.equals(to) ? "verdict.left.about" : "verdict.left";
            facts.put("from", from);
            facts.put("to", to);
            facts.put("zone", time.zone());
            facts.put("span", soon.equals(late) ? soon : soon + " \u2013 " + late);
        } else if (main.exhaustedFrom() != null) {
            facts.put("not_before", time.roughly(main.exhaustedFrom(), scene.to()));
            facts.put("zone", time.zone());
        }
        // which limit that is about, where it is not the host's memory
        for (String limit : List.of("limit_cgroup", "limit_address_space_bytes", "limit_mount_bytes")) {
            facts.put(limit, main.facts().get(limit));
        }
        List<String> lines = new ArrayList<>();
        for (String key : List.of(
                "verdict.share",
                "verdict.rate",
                left,
                "verdict.limit.cgroup",
                "verdict.limit.address_space",
                "verdict.limit.mount")) {
            String line = texts.fill(key, facts, scene.printing());
            if (line != null) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** What "no leak" rests on: how long was looked, what was checked, what could not be. */
    private List<String> calmLines(int captureId, Scene scene) {
        if (scene.empty()) {
            return List.of(texts.text("verdict.collect"));
        }
        List<String> lines = new ArrayList<>();
        Map<String, Object> facts =
                new LinkedHashMap<>(rows.row("SELECT * FROM lead_meminfo WHERE capture_id = " + captureId));
        facts.putAll(scene.span());
        facts.put("watched_seconds", scene.span().get("seconds"));
        lines.add(texts.fill("verdict.looked", facts, scene.printing()));
        lines.add(texts.fill("verdict.available", facts, scene.printing()));
        long unchecked = findings.stream()
                .filter(f -> f.captureId() == captureId && f.severity() == Severity.NOT_APPLICABLE)
                .count();
        if (unchecked > 0) {
            lines.add(texts.text("verdict.unchecked").replace("{n}", Long.toString(unchecked)));
        }
        if (!longEnough(captureId)) {
            lines.add(texts.text("verdict.short"));
        }
        lines.removeIf(line -> line == null);
        return lines;
    }

    /** A slow leak stays below the floors for minutes: half an hour is what rules most of them out. */
    private boolean longEnough(int captureId) {
        return !rows.rows("SELECT 1 FROM path_span WHERE seconds >= 1800 AND capture_id = " + captureId)
                .isEmpty();
    }

    private ReportModel.Command next(Finding main, boolean unknown, int captureId, Scene scene) {
        if (main != null) {
            return main.nextCommands().isEmpty()
                    ? null
                    : new ReportModel.Command(
                            texts.text("verdict.next"), main.nextCommands().get(0), null);
        }
        return unknown || scene.empty() || !longEnough(captureId)
                ? new ReportModel.Command(
                        texts.text("verdict.collect.intro"), texts.text("verdict.collect.command"), null)
                : null;
    }

    private static String secondsBetween(Instant from, Instant to) {
        return Quantity.seconds(Duration.between(from, to).toMillis() / 1000.0);
    }

    private List<ReportModel.FindingView> views(
            List<Finding> own, Scene scene, Evidence evidence, java.util.function.Predicate<Finding> wanted) {
        return own.stream().filter(wanted).map(f -> view(f, scene, evidence)).toList();
    }

    /** @param evidence {@code null}: the statements alone, without the rows they give */
    private ReportModel.FindingView view(Finding finding, Scene scene, Evidence evidence) {
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
                tone(finding.severity()),
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

    static int integer(Map<String, Object> row, String column) {
        return row.get(column) instanceof Number number ? number.intValue() : 0;
    }
}
