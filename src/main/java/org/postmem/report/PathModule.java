package org.postmem.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.sql.ReportFiles;

/**
 * A file of {@code reports/sql/path} or {@code reports/sql/compare} that a page shows as a table: its header says which columns are shown under
 * which heading, in which order the rows stand, how many are open, and which archive members they come from.
 *
 * @param view what it selects from: {@code path_NAME} with rows of every capture, {@code compare_NAME} of both sides
 * @param culprit what a row is to the findings ({@code process}, {@code slab_cache} …), {@code null} when nothing
 * @param culpritColumn the column that names it
 */
record PathModule(
        String name,
        String view,
        String order,
        int limit,
        int show,
        List<String> members,
        String culprit,
        String culpritColumn,
        List<Heading> headings) {
    // --   minflt_per_second  DOUBLE  [minflt/s] faults a second served without the disk
    private static final Pattern COLUMN =
            Pattern.compile("^--\\s{3}(\\w+)\\s+[A-Z]+(?:\\[])?\\s+\\[([^]]+)][ \\t]*(.*)$", Pattern.MULTILINE);

    /** @param note what it means; empty where the heading says it */
    record Heading(String column, String title, String note) {}

    static PathModule read(ReportFiles reports, String name) {
        return read(reports, "path", name);
    }

    /** @param folder {@code path} or {@code compare} */
    static PathModule read(ReportFiles reports, String folder, String name) {
        String text = reports.text("sql/" + folder + "/" + name + ".sql");
        List<Heading> headings = new ArrayList<>();
        Matcher columns = COLUMN.matcher(text);
        while (columns.find()) {
            headings.add(new Heading(columns.group(1), columns.group(2), columns.group(3)));
        }
        String culprit = header(text, "culprit");
        String[] words = culprit == null ? new String[0] : culprit.split(" ");
        String members = header(text, "members");
        return new PathModule(
                folder.equals("path") ? name : folder + "_" + name,
                folder + "_" + name,
                header(text, "order"),
                Integer.parseInt(header(text, "limit")),
                Integer.parseInt(header(text, "show")),
                members == null ? List.of() : List.of(members.split(", ")),
                words.length == 0 ? null : words[0],
                words.length < 2 ? null : words[1],
                List.copyOf(headings));
    }

    private static String header(String text, String key) {
        Matcher line =
                Pattern.compile("^-- " + key + ": (.+)$", Pattern.MULTILINE).matcher(text);
        return line.find() ? line.group(1).strip() : null;
    }

    /** The rows of one capture; runs unchanged with {@code postmem sql}. */
    String sql(int captureId) {
        return "SELECT * FROM " + view + " WHERE capture_id = " + captureId + " ORDER BY " + order + " LIMIT " + limit;
    }

    /** All rows; runs unchanged with {@code postmem sql}. */
    String sql() {
        return "SELECT * FROM " + view + " ORDER BY " + order + " LIMIT " + limit;
    }
}
