package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// nr_free_pages 1785603

/**
 * A line of {@code /proc/vmstat}.
 *
 * @param name as the kernel writes it
 * @param value in the kernel's unit: pages for {@code nr_…}, mostly events since boot for the others
 */
public record VmStat(String name, long value) {

    public static Parsed<List<VmStat>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<VmStat> rows = new ArrayList<>(192);
        while (lines.next()) {
            if (!lines.field()) {
                continue;
            }
            int from = lines.fieldStart;
            int to = lines.fieldEnd;
            long value = lines.number("the value");
            if (value != Lines.NONE) {
                rows.add(new VmStat(lines.string(from, to), value));
            }
        }
        return lines.parsedRows(rows);
    }
}
