package org.postmem.procfs;

// 0.13 0.10 0.09 1/98 19802

/** {@code /proc/loadavg}; {@code null} where a field could not be read. */
public record LoadAverage(
        Double load1, Double load5, Double load15, Long runnableTasks, Long totalTasks, Long lastPid) {

    public static Parsed<LoadAverage> parse(byte[] text) {
        Lines lines = Lines.of(text);
        if (!lines.next()) {
            if (text.length == 0) {
                lines.issueOfText("there is no line in the text");
            }
            return lines.parsed(new LoadAverage(null, null, null, null, null, null));
        }
        Double load1 = lines.fraction("the load of one minute");
        Double load5 = lines.fraction("the load of five minutes");
        Double load15 = lines.fraction("the load of fifteen minutes");
        Long runnable = null;
        Long total = null;
        if (lines.field()) {
            int from = lines.fieldStart;
            int to = lines.fieldEnd;
            int slash = from;
            while (slash < to && text[slash] != '/') {
                slash++;
            }
            runnable = Lines.orNull(Lines.decimal(text, from, slash));
            total = Lines.orNull(Lines.decimal(text, Math.min(slash + 1, to), to));
            if (runnable == null || total == null) {
                lines.issueAt(from, "the tasks are not two numbers with a slash between");
            }
        } else {
            lines.issueAt(lines.end, "the tasks are missing");
        }
        return lines.parsed(
                new LoadAverage(load1, load5, load15, runnable, total, Lines.orNull(lines.count("the last pid"))));
    }
}
