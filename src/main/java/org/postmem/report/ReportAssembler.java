package org.postmem.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final List<Finding> findings;
    private final PageJson json = new PageJson();

    ReportAssembler(CaseRows rows, ReportFiles reports, Texts texts, Verdict verdict, List<Finding> findings) {
        this.rows = rows;
        this.reports = reports;
        this.texts = texts;
        this.top = new VerdictSection(rows, texts, verdict, findings);
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
            Lead lead = lead(outline, scene, accusing);
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
                header(capture, scene),
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
        if ("evidence".equals(capture.get("origin"))) {
            // their tools were not asked for an interval, so that none of it is a gap; a pause is one all the same
            Object pause = rows.row(
                            "SELECT max(pause) AS pause_seconds FROM (SELECT t_seconds - lag(t_seconds) OVER (ORDER BY"
                                    + " snapshot) AS pause FROM snapshot WHERE capture_id = " + scene.id() + ")")
                    .get("pause_seconds");
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
                commands(id, scene, accusing, shown),
                id.equals("sar") ? HistoryChart.of(rows, scene.id(), scene.printing()) : null,
                id.equals("bcc") ? FlameGraph.of(rows, scene.id(), scene.printing()) : null,
                shown);
    }

    /** The worst of its own findings and of those that accuse a row of its tables; nothing read is not the same as well. */
    private static String chapterTone(
            Chapters.Outline outline,
            Lead lead,
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

    /** The one thing a chapter shows here: as a sentence, and in the few words of the path. */
    private record Lead(String whole, String brief, boolean told) {}

    private Lead lead(Chapters.Outline outline, Scene scene, List<Finding> accusing) {
        String id = outline.id();
        Map<String, Object> facts = rows.row("SELECT * FROM lead_" + id + " WHERE capture_id = " + scene.id());
        if (outline.aboutProcesses()) {
            facts = aboutAccused(facts, outline, scene, accusing);
        } else if (id.equals("meminfo")) {
            facts = aboutAccusedBucket(facts, scene, accusing);
        }
        String whole = lead(id, "", facts, scene);
        return new Lead(whole, lead(id, ".short", facts, scene), !whole.equals(texts.text("lead." + id + ".nothing")));
    }

    /** Where a finding marks a process that grew, its chapter tells of that one, whoever else grew or touched more. */
    private Map<String, Object> aboutAccused(
            Map<String, Object> lead, Chapters.Outline outline, Scene scene, List<Finding> accusing) {
        Finding finding = accusing.stream()
                .filter(f -> f.culprit() != null && f.culprit().processId() != null && outline.shows(f.kind()))
                .findFirst()
                .orElse(null);
        if (finding == null) {
            return lead;
        }
        if (Objects.equals(lead.get("pid"), finding.culprit().pid())) {
            return sinceOnset(lead, outline, scene, finding);
        }
        Finding.Culprit culprit = finding.culprit();
        Map<String, Object> accused = rows.row("SELECT 'accused' AS text, p.name, s.* FROM path_" + outline.id()
                + " AS s JOIN process AS p USING (capture_id, process_id) WHERE capture_id = " + scene.id()
                + " AND process_id = " + culprit.processId());
        Object growth = accused.getOrDefault("growth_bytes", accused.get("rate_growth_bytes_per_second"));
        if (growth instanceof Number grown && grown.doubleValue() > 0) {
            return sinceOnset(accused, outline, scene, finding);
        }
        if (!finding.kind().equals("address_space") || accused.isEmpty()) {
            return lead;
        }
        // what is asked for and never touched is in no RSS; whoever grew beside it did nothing
        Map<String, Object> virtual = new LinkedHashMap<>(accused);
        virtual.put("text", "virtual");
        return virtual;
    }

    /** Likewise of the line in which lies what is accused: beside a leak of the kernel programs may have started. */
    private Map<String, Object> aboutAccusedBucket(Map<String, Object> lead, Scene scene, List<Finding> accusing) {
        String band = accusing.stream()
                .filter(finding -> finding.growthBytes() != null)
                .map(finding -> LeakBand.of(finding.kind()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (band == null || lead.isEmpty() || band.equals(Balance.band(String.valueOf(lead.get("bucket_label"))))) {
            return lead;
        }
        Map<String, Object> grew = rows
                .rows("SELECT bucket_label, growth_bytes FROM path_ledger WHERE capture_id = " + scene.id()
                        + " AND growth_bytes > 0 ORDER BY growth_bytes DESC, position")
                .stream()
                .filter(row -> band.equals(Balance.band(String.valueOf(row.get("bucket_label")))))
                .findFirst()
                .orElse(null);
        if (grew == null) {
            return lead;
        }
        Map<String, Object> accused = new LinkedHashMap<>(lead);
        accused.put("text", "accused");
        accused.put("most_bucket_label", lead.get("bucket_label"));
        accused.put("most_growth_bytes", lead.get("growth_bytes"));
        accused.putAll(grew);
        return accused;
    }

    /** Of the accused top tells what it gained since the moment that the finding counts from, not in all of its life. */
    private Map<String, Object> sinceOnset(
            Map<String, Object> lead, Chapters.Outline outline, Scene scene, Finding finding) {
        if (!outline.id().equals("top") || finding.firstSeen() == null || finding.lastSeen() == null) {
            return lead;
        }
        Map<String, Object> gained = rows.row("SELECT arg_max(r.rss_bytes, s.snapshot) FILTER (WHERE within)"
                + " - arg_min(r.rss_bytes, s.snapshot) FILTER (WHERE within) AS growth_bytes,"
                + " min(s.ts) FILTER (WHERE within) AS since_ts, max(s.ts) FILTER (WHERE within) AS until_ts, max(s.ts) AS last_ts"
                + " FROM process_reading AS r JOIN (SELECT *, ts BETWEEN TIMESTAMP '" + utc(finding.firstSeen())
                + "' AND TIMESTAMP '" + utc(finding.lastSeen())
                + "' AS within FROM snapshot) AS s USING (capture_id, snapshot) WHERE r.rss_bytes IS NOT NULL AND capture_id = "
                + scene.id() + " AND r.process_id = " + finding.culprit().processId());
        if (!(gained.get("growth_bytes") instanceof Number grown) || grown.longValue() <= 0) {
            return lead;
        }
        Map<String, Object> since = new LinkedHashMap<>(lead);
        since.putAll(gained);
        if (!Objects.equals(gained.get("until_ts"), gained.get("last_ts"))
                || !ended(scene, finding.culprit()).isEmpty()) {
            // what it holds at its last reading is not what it had grown to by then, or it holds nothing any more
            since.put("text", "until");
        }
        return since;
    }

    private static String utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).toLocalDateTime().toString();
    }

    private String lead(String id, String suffix, Map<String, Object> facts, Scene scene) {
        if (!facts.isEmpty()) {
            String key = "lead." + id + "." + facts.get("text");
            // what other tools print may leave out the total, or what is shared: the rest is told all the same
            for (String told : List.of(key + suffix, key + ".partly" + suffix)) {
                String filled = texts.has(told) ? texts.fill(told, facts, scene.printing()) : null;
                if (filled != null) {
                    return filled;
                }
            }
        }
        return texts.text("lead." + id + ".nothing" + suffix);
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
                return List.of(commandFor(id, scene, culprit));
            }
            // of processes that leak together one stands for all
            if (culprit != null
                    && finding.kind().equals("private_anonymous")
                    && finding.facts().get("largest_pid") instanceof Number largest) {
                return List.of(command(id + ".member", culprit.name(), largest.intValue()));
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
                : List.of(command(id + ".grower", String.valueOf(top.get("name")), CaseRows.integer(top, "pid")));
    }

    /** Of a process that runs no more nothing can be traced: of its name another may run, else somebody has to start it. */
    private ReportModel.Command commandFor(String id, Scene scene, Finding.Culprit culprit) {
        Map<String, Object> ended = ended(scene, culprit);
        if (ended.isEmpty()) {
            return command(id + ".process", culprit.name(), culprit.pid());
        }
        String number = Integer.toString(culprit.pid());
        if (ended.get("successor_pid") == null) {
            return command(id, intro(id + ".ended", culprit.name(), number), "$PID");
        }
        String other = String.valueOf(ended.get("successor_pid"));
        return command(id, intro(id + ".successor", culprit.name(), number).replace("{successor_pid}", other), other);
    }

    /** Empty where it runs on. */
    private Map<String, Object> ended(Scene scene, Finding.Culprit culprit) {
        return rows.row("SELECT * FROM ended_process WHERE capture_id = " + scene.id() + " AND process_id = "
                + culprit.processId());
    }

    private ReportModel.Command command(String key, String name, int pid) {
        String number = Integer.toString(pid);
        return command(key.substring(0, key.indexOf('.')), intro(key, name, number), number);
    }

    private String intro(String key, String name, String pid) {
        return texts.text("next." + key + ".intro").replace("{name}", name).replace("{pid}", pid);
    }

    private ReportModel.Command command(String tool, String intro, String pid) {
        return command(
                intro,
                texts.next(tool.equals("strace") ? "R05.next.4" : "R05.next.1").replace("{pid}", pid));
    }

    /** What stands behind the command is what it costs. */
    private static ReportModel.Command command(String intro, String next) {
        int note = next.indexOf("  # ");
        return note < 0
                ? new ReportModel.Command(intro, next, "")
                : new ReportModel.Command(intro, next.substring(0, note), next.substring(note + 4));
    }
}
