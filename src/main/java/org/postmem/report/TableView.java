package org.postmem.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.postmem.findings.Finding;
import org.postmem.findings.SourceFiles;

/** Rows of a path module as a table of the page, rows that a finding accuses marked with it. */
final class TableView {
    private static final int NAME_LETTERS = 30;

    private static final int MOST_FILES = 6;

    private final CaseRows rows;
    private final SourceFiles files;
    private final Printing printing;
    private final Texts texts;
    private final List<Finding> accusing;
    private final ReportModel.Seals seals;

    /**
     * Reads tables of one capture.
     *
     * @param accusing findings that are a warning or worse, worst first
     * @param seals of the whole capture, null where a page has more than one
     */
    TableView(CaseRows rows, Printing printing, List<Finding> accusing, ReportModel.Seals seals) {
        this.rows = rows;
        this.files = new SourceFiles(rows.connection());
        this.seals = seals;
        this.printing = printing;
        this.texts = printing.texts();
        this.accusing = accusing;
    }

    ReportModel.Table table(PathModule module, int captureId, String idPrefix, String memberRange) {
        boolean foreign = files.areOf(captureId);
        String nothing = texts.textOr("absent." + module.name(), texts.text("absent"));
        return table(
                module,
                module.sql(captureId),
                idPrefix,
                foreign ? named(files.of(captureId, module.members())) : members(module, memberRange),
                foreign ? texts.textOr("absent.evidence." + module.name(), nothing) : nothing);
    }

    /** The first few of the files; a copied tree has thousands. */
    private String named(List<String> names) {
        int more = names.size() - MOST_FILES;
        String first = String.join(", ", names.subList(0, Math.min(names.size(), MOST_FILES)));
        return names.isEmpty() ? null : more <= 0 ? first : first + " " + texts.counted("table.members.more", more);
    }

    /** @param sql statement whose rows are shown */
    ReportModel.Table table(PathModule module, String sql, String idPrefix, String memberRange) {
        return table(
                module,
                sql,
                idPrefix,
                members(module, memberRange),
                texts.textOr("absent." + module.name(), texts.text("absent")));
    }

    private ReportModel.Table table(PathModule module, String sql, String idPrefix, String members, String nothing) {
        List<Map<String, Object>> found = rows.rows(sql);
        List<PathModule.Heading> headings = module.headings().stream()
                .filter(heading -> found.stream().anyMatch(row -> row.get(heading.column()) != null))
                .toList();
        List<ReportModel.Column> columns = new ArrayList<>();
        for (PathModule.Heading heading : headings) {
            boolean text = found.stream().anyMatch(row -> row.get(heading.column()) instanceof String);
            columns.add(new ReportModel.Column(
                    heading.title(),
                    heading.note().isEmpty() ? null : heading.note(),
                    text ? textClass(heading.column(), found) : "n",
                    text ? "text" : "number"));
        }
        List<ReportModel.Row> printed =
                found.stream().map(row -> row(module, headings, columns, row)).toList();
        // What a finding accuses is never folded away.
        int open = module.show();
        for (int i = 0; i < printed.size(); i++) {
            open = printed.get(i).finding() != null ? Math.max(open, i + 1) : open;
        }
        boolean folded = printed.size() > open + 2;
        return new ReportModel.Table(
                idPrefix + "t-" + module.name(),
                texts.text("table." + module.name()),
                columns,
                printed,
                folded ? open : printed.size(),
                folded ? texts.text("table.more").replace("{n}", Integer.toString(printed.size())) : null,
                printed.size() == module.limit() && module.limit() > 1
                        ? texts.text("table.limit").replace("{n}", Integer.toString(module.limit()))
                        : null,
                printed.isEmpty() ? nothing : null,
                sql,
                members,
                module.members().isEmpty() ? null : seals);
    }

    /** Names stay on one line; what is longer (a command, a path, a stack) may be folded. */
    private static String textClass(String column, List<Map<String, Object>> found) {
        if (column.endsWith("_label")) {
            return "l t";
        }
        return found.stream().anyMatch(row -> row.get(column) instanceof String text && text.length() > NAME_LETTERS)
                ? "l w"
                : "l";
    }

    private static String members(PathModule module, String memberRange) {
        if (module.members().isEmpty()) {
            return null;
        }
        List<String> all = new ArrayList<>();
        for (String member : module.members()) {
            all.add(member.startsWith("host/") || member.equals("attached") ? member : memberRange + "/" + member);
        }
        return String.join(", ", all);
    }

    private ReportModel.Row row(
            PathModule module,
            List<PathModule.Heading> headings,
            List<ReportModel.Column> columns,
            Map<String, Object> row) {
        Finding finding = accused(module, row);
        List<ReportModel.Cell> cells = new ArrayList<>();
        for (int i = 0; i < headings.size(); i++) {
            String name = headings.get(i).column();
            Object value = row.get(name);
            if (value instanceof List<?> series) {
                cells.add(new ReportModel.Cell(
                        "", null, Printing.sortKey(value), "s", Sparkline.of(series, sparkUnit(name), printing)));
            } else {
                boolean growth = name.contains("growth") && value instanceof Number;
                double amount = growth ? ((Number) value).doubleValue() : 0;
                String css = columns.get(i).cssClass()
                        + (growth ? amount > 0 ? " up" : amount < 0 ? " down" : "" : "")
                        + (value == null || (growth && amount == 0) ? " dim" : "");
                cells.add(new ReportModel.Cell(
                        printing.text(name, value), printing.exact(name, value), Printing.sortKey(value), css, null));
            }
        }
        return new ReportModel.Row(cells, mark(finding), finding == null ? null : finding.id());
    }

    private static String mark(Finding finding) {
        if (finding == null) {
            return "";
        }
        return finding.severity() == Finding.Severity.CRITICAL ? "hot" : "watch";
    }

    /** avg10_spark is percent, everything else drawn small is bytes. */
    private static String sparkUnit(String name) {
        return name.startsWith("avg") ? "_percent" : "_bytes";
    }

    private Finding accused(PathModule module, Map<String, Object> row) {
        if (module.culprit() == null) {
            return null;
        }
        for (Finding finding : accusing) {
            Finding.Culprit culprit = finding.culprit();
            if (module.culprit().equals("bucket")) {
                String band = LeakBand.of(finding);
                if (band != null
                        && band.equals(Balance.band(String.valueOf(row.get(module.culpritColumn()))))
                        && finding.growthBytes() != null) {
                    return finding;
                }
            } else if (culprit != null && marks(finding, module) && matches(module, row, culprit)) {
                return finding;
            }
        }
        return null;
    }

    /** Who did not grow (the next victim of the OOM killer, say) is marked in the chapter that says why, and nowhere else. */
    private static boolean marks(Finding finding, PathModule module) {
        return finding.growthBytes() != null
                || Chapters.ORDER.stream()
                        .anyMatch(outline -> outline.holds(finding.chapter())
                                && outline.tables().contains(module.name()));
    }

    private static boolean matches(PathModule module, Map<String, Object> row, Finding.Culprit culprit) {
        if (module.culprit().equals("process")) {
            return culprit.type().equals("process")
                    && row.get("process_id") instanceof Number id
                    && culprit.processId() != null
                    && id.intValue() == culprit.processId();
        }
        String column = module.culpritColumn() == null ? "name" : module.culpritColumn();
        Object value = row.get(column);
        return value != null
                && culprit.type().equals(module.culprit())
                && value.toString().equals(culprit.name());
    }
}
