package org.postmem.report;

import freemarker.template.TemplateException;
import java.io.IOException;
import java.io.Writer;
import java.sql.Connection;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.postmem.findings.Finding;
import org.postmem.findings.Finding.Severity;
import org.postmem.sql.ReportFiles;
import org.postmem.sql.SqlValue;

/**
 * Two sides of a case ({@code compare_side}) next to each other: what differs most, by bucket, owner, activity and setting.
 * The same case and instant give the same bytes.
 */
public final class Comparison {
    private static final List<String> TABLES = List.of("owner", "memory", "activity", "setting");
    /** Less is not worth a headline: what a healthy host moves by itself. */
    private static final double SMALLEST_SHARE = 0.01;

    private static final double NAMED_FROM_SHARE = 0.25;

    private final CaseRows rows;
    private final ReportFiles reports = ReportFiles.onClassPath();
    private final Texts texts;
    private final String version;
    private final List<Finding> findings;
    private final Map<String, Object> before;
    private final Map<String, Object> after;
    private final Printing printing;
    private final String headline;

    /**
     * Reads both sides.
     *
     * @param connection a case whose views are made and whose {@code compare_side} has both rows
     */
    public Comparison(Connection connection, List<Finding> findings, String language, String version) {
        this.rows = new CaseRows(connection);
        this.texts = Texts.of(reports, language);
        this.version = version;
        this.findings = List.copyOf(findings);
        this.before = rows.row("SELECT * FROM compare_span WHERE side = 'before'");
        this.after = rows.row("SELECT * FROM compare_span WHERE side = 'after'");
        this.printing = printing(before);
        this.headline = capitalized(sentence());
    }

    private Printing printing(Map<String, Object> side) {
        Object offset = side.get("utc_offset_seconds");
        return new Printing(
                HostTime.of(
                        offset instanceof Number number ? number.intValue() : null,
                        SqlValue.instant(side.get("first_ts")),
                        SqlValue.instant(side.get("last_ts"))),
                texts);
    }

    /** One sentence: which side has less memory available, and who holds most of the difference. */
    public String headline() {
        return headline;
    }

    /** A host's name stays as it is; "after" opens a sentence. */
    private String capitalized(String sentence) {
        return sentence.startsWith(texts.text("compare.after")) || sentence.startsWith(texts.text("compare.before"))
                ? sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1)
                : sentence;
    }

    private String sentence() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("before", label("before"));
        facts.put("after", label("after"));
        facts.put("before_bytes", before.get("available_bytes"));
        facts.put("after_bytes", after.get("available_bytes"));
        if (!(before.get("available_bytes") instanceof Number was)
                || !(after.get("available_bytes") instanceof Number is)
                || !(after.get("mem_total_bytes") instanceof Number total)) {
            return texts.fill("compare.unknown", facts, printing);
        }
        long difference = is.longValue() - was.longValue();
        if (Math.abs(difference) < SMALLEST_SHARE * total.doubleValue()) {
            return texts.fill("compare.same", facts, printing);
        }
        String direction = difference < 0 ? "less" : "more";
        facts.put("difference_bytes", Math.abs(difference));
        Map<String, Object> owner =
                rows.row("SELECT * FROM compare_owner WHERE growth_bytes IS NOT NULL ORDER BY growth_bytes "
                        + (difference < 0 ? "DESC" : "ASC") + ", owner LIMIT 1");
        if (owner.get("growth_bytes") instanceof Number held
                && Math.abs(held.doubleValue()) >= NAMED_FROM_SHARE * Math.abs(difference)) {
            facts.put("owner", owner.get("owner"));
            facts.put("bucket", texts.label(String.valueOf(owner.get("bucket_label"))));
            facts.put("growth_bytes", held);
            return texts.fill("compare." + direction + ".owner", facts, printing);
        }
        return texts.fill("compare." + direction, facts, printing);
    }

    /** Rows for a terminal: kind, who, before, after, differs by; the greatest difference first. */
    public List<List<String>> mostDifferent(int limit) {
        List<List<String>> cells = new ArrayList<>();
        for (Map<String, Object> row :
                rows.rows(PathModule.read(reports, "compare", "owner").sql())) {
            if (cells.size() == limit
                    || !(row.get("growth_bytes") instanceof Number growth)
                    || growth.longValue() == 0) {
                break;
            }
            cells.add(List.of(
                    texts.label(String.valueOf(row.get("bucket_label"))),
                    String.valueOf(row.get("owner")),
                    printing.text("before_bytes", row.get("before_bytes")),
                    printing.text("after_bytes", row.get("after_bytes")),
                    printing.text("growth_bytes", growth)));
        }
        return cells;
    }

    /** The host's name where the hosts differ, else before and after. */
    private String label(String side) {
        Object here = before.get("host");
        Object there = after.get("host");
        boolean hosts = here != null && there != null && !here.equals(there);
        return hosts ? String.valueOf(side.equals("before") ? here : there) : texts.text("compare." + side);
    }

    /** Writes the page; the writer stays open. */
    public void write(Instant now, Writer out) throws IOException {
        String style = HtmlReport.asset(reports, "report.css");
        String script = HtmlReport.asset(reports, "report.js");
        PageJson json = new PageJson();
        json.open('{').name("texts").open('{');
        texts.byKey().forEach((key, text) -> {
            if (key.startsWith("js.")) {
                json.name(key).value(text);
            }
        });
        json.close('}').name("hosts").open('[').close(']').close('}');
        TableView view = new TableView(rows, printing, List.of(), null);
        List<ReportModel.Table> tables = new ArrayList<>();
        for (String name : TABLES) {
            PathModule module = PathModule.read(reports, "compare", name);
            tables.add(view.table(module, module.sql(), "", "\u2026"));
        }
        CompareModel model = new CompareModel(
                texts.language(),
                texts.text("compare.title").replace("{before}", label("before")).replace("{after}", label("after")),
                headline,
                List.of(side("before", before), side("after", after)),
                tables,
                List.of(
                        new ReportModel.Origin(
                                texts.text("provenance.made"), new HostTime(ZoneOffset.UTC, false).utc(now), false),
                        new ReportModel.Origin(texts.text("provenance.version"), version, false)),
                style,
                script,
                ContentHash.sha256(style),
                ContentHash.sha256(script),
                json.toString());
        try {
            HtmlReport.configuration()
                    .getTemplate("compare.ftlh")
                    .process(Map.of("page", model, "t", texts.byKey()), out);
        } catch (TemplateException e) {
            throw new IllegalStateException("a template of the report is wrong", e);
        }
        out.flush();
    }

    private static String dated(HostTime time, Instant moment) {
        HostTime ofDay = new HostTime(time.offset(), false);
        return ofDay.date(moment) + " " + ofDay.time(moment) + " " + ofDay.zone();
    }

    private CompareModel.Side side(String name, Map<String, Object> span) {
        Printing own = printing(span);
        List<ReportModel.Fact> facts = new ArrayList<>();
        for (String key :
                List.of("source", "kernel", "mem_total_bytes", "available_bytes", "first_ts", "last_ts", "snapshots")) {
            Object value = span.get(key);
            if (value != null) {
                String shown = key.endsWith("_ts") ? dated(own.time(), SqlValue.instant(value)) : own.text(key, value);
                facts.add(new ReportModel.Fact(texts.text("compare.fact." + key), shown, own.exact(key, value)));
            }
        }
        int captureId = CaseRows.integer(
                rows.row("SELECT capture_id FROM compare_side WHERE side = '" + name + "'"), "capture_id");
        List<ReportModel.FindingLink> said = findings.stream()
                .filter(f -> f.captureId() == captureId && f.severity().compareTo(Severity.INFO) < 0)
                .map(f -> new ReportModel.FindingLink(null, Tone.of(f.severity()), f.id(), f.title()))
                .toList();
        Object host = span.get("host");
        String title = label(name);
        return new CompareModel.Side(
                host == null || title.equals(host.toString()) ? title : title + ": " + host, facts, said);
    }
}
