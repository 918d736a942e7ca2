package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// some avg10=32.39 avg60=58.88 avg300=42.78 total=297838311

/**
 * A line of {@code /proc/pressure/*} (PSI, kernel 4.20+) or of a cgroup's {@code *.pressure}.
 *
 * @param resource cpu, memory, io, irq: the name of the file
 * @param scope some or full
 * @param totalSeconds stalled since boot; microseconds in the file
 */
public record Pressure(
        String resource,
        String scope,
        Double avg10Percent,
        Double avg60Percent,
        Double avg300Percent,
        Double totalSeconds) {

    private static final double MICROSECONDS = 1e6;

    public static Parsed<List<Pressure>> parse(byte[] text, String resource) {
        Lines lines = Lines.of(text);
        List<Pressure> rows = new ArrayList<>(2);
        while (lines.next()) {
            if (!lines.field()) {
                continue;
            }
            if (!lines.fieldIs("some") && !lines.fieldIs("full")) {
                lines.issueAt(lines.fieldStart, "neither some nor full");
                continue;
            }
            String scope = lines.string();
            Double avg10 = null;
            Double avg60 = null;
            Double avg300 = null;
            Double total = null;
            while (lines.field()) {
                int from = lines.fieldStart;
                int to = lines.fieldEnd;
                if (lines.startsWith(from, to, "avg10=")) {
                    avg10 = lines.fraction("avg10", from + 6, to);
                } else if (lines.startsWith(from, to, "avg60=")) {
                    avg60 = lines.fraction("avg60", from + 6, to);
                } else if (lines.startsWith(from, to, "avg300=")) {
                    avg300 = lines.fraction("avg300", from + 7, to);
                } else if (lines.startsWith(from, to, "total=")) {
                    long microseconds = Lines.decimal(text, from + 6, to);
                    if (microseconds == Lines.NONE) {
                        lines.issueAt(from, "total is not a number");
                    } else {
                        total = microseconds / MICROSECONDS;
                    }
                } else {
                    lines.issueAt(from, "an unknown field");
                }
            }
            rows.add(new Pressure(resource, scope, avg10, avg60, avg300, total));
        }
        return lines.parsedRows(rows);
    }
}
