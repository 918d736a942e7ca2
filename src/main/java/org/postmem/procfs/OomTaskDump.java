package org.postmem.procfs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.OomReport.OomTask;
import org.postmem.units.PageSize;

// [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
// [    132]     0   132    50360    50176   438272        0             0 eat

/** The task dump of an OOM report, by the names in its heading, which differ from release to release. */
final class OomTaskDump {
    private static final Pattern TASK = Pattern.compile("\\[\\s*(\\d{1,9})\\]\\s+(\\d.*)", Pattern.DOTALL);
    private static final Pattern HEADING = Pattern.compile("\\[\\s*pid\\s*\\]\\s+(.*\\bname)");

    private final List<Row> rows = new ArrayList<>();
    private List<String> columns = List.of();

    /** A line as it stands there, sizes in pages. */
    private record Row(int pid, Integer tgid, Integer oomScoreAdj, Map<String, Long> values, String name) {
        OomTask task(PageSize page) {
            return new OomTask(
                    pid,
                    tgid,
                    values.get("uid"),
                    bytes(page, "total_vm"),
                    bytes(page, "rss"),
                    bytes(page, "rss_anon"),
                    bytes(page, "rss_file"),
                    bytes(page, "rss_shmem"),
                    pageTables(page),
                    bytes(page, "swapents"),
                    oomScoreAdj,
                    name);
        }

        private Long bytes(PageSize page, String column) {
            return OomField.bytes(values.get(column), page);
        }

        private Long pageTables(PageSize page) {
            Long bytes = values.get("pgtables_bytes");
            Long ptes = values.get("nr_ptes");
            return bytes != null || ptes == null
                    ? bytes
                    : OomField.bytes(
                            ptes + values.getOrDefault("nr_pmds", 0L) + values.getOrDefault("nr_puds", 0L), page);
        }
    }

    /**
     * Reads a line that begins with a bracket; the name of the task stands last and may hold blanks.
     *
     * @return what is wrong with it, {@code null} where nothing is
     * @throws ArithmeticException where a number does not fit
     */
    String read(String text) {
        Matcher heading = HEADING.matcher(text);
        if (heading.matches()) {
            columns = List.of(heading.group(1).split("\\s+"));
            return null;
        }
        Matcher task = TASK.matcher(text);
        if (columns.isEmpty() || !task.matches()) {
            // A frame of the stack ("[<ffffffff816861ac>] dump_stack"), or the dump of a report whose heading is lost.
            return null;
        }
        String[] fields = task.group(2).split("\\s+", columns.size());
        if (fields.length < columns.size()) {
            return "a task with fewer fields than the heading of the task dump";
        }
        Map<String, Long> values = new HashMap<>();
        for (int i = 0; i < fields.length - 1; i++) {
            if (!fields[i].matches("-?\\d{1,18}")) {
                return columns.get(i) + " of a task is not a number";
            }
            values.put(columns.get(i), OomField.pages(fields[i]));
        }
        rows.add(new Row(
                Integer.parseInt(task.group(1)),
                OomField.toInt(values.get("tgid")),
                OomField.toInt(values.get("oom_score_adj")),
                values,
                fields[fields.length - 1]));
        return null;
    }

    /** In the order of the dump. */
    List<OomTask> tasks(PageSize page) {
        return rows.stream().map(row -> row.task(page)).toList();
    }
}
