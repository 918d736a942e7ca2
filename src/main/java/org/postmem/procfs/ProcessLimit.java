package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// Max open files            32768                32768                files

/**
 * A line of {@code /proc/PID/limits}.
 *
 * @param soft {@code null} when unlimited
 * @param hard {@code null} when unlimited
 * @param unit {@code null} where there is none
 */
public record ProcessLimit(String name, Long soft, Long hard, String unit) {

    private static final String SOFT_LIMIT = "Soft Limit";

    public static Parsed<List<ProcessLimit>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<ProcessLimit> rows = new ArrayList<>(16);
        int nameWidth = 0;
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            if (lines.lineStartsWith("Limit ")) {
                nameWidth = lines.line().indexOf(SOFT_LIMIT);
                continue;
            }
            if (nameWidth <= 0 || lines.end - lines.start <= nameWidth) {
                lines.issue("no heading before it tells where the limit stands");
                continue;
            }
            String name = lines.string(lines.start, lines.start + nameWidth).strip();
            lines.moveTo(lines.start + nameWidth);
            Long soft = limit(lines, "the soft limit");
            Long hard = limit(lines, "the hard limit");
            rows.add(new ProcessLimit(name, soft, hard, lines.field() ? lines.string() : null));
        }
        return lines.parsedRows(rows);
    }

    private static Long limit(Lines lines, String what) {
        if (lines.field() && lines.fieldIs("unlimited")) {
            return null;
        }
        if (lines.fieldStart == lines.fieldEnd) {
            lines.issueAt(lines.end, what + " is missing");
            return null;
        }
        return Lines.orNull(lines.fieldAsNumber(what));
    }
}
