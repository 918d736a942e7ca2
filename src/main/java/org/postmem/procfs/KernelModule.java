package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// xfs 1900544 1 - Live 0x0000000000000000

/**
 * A line of {@code /proc/modules}.
 *
 * @param useCount {@code null} where the kernel was built without unloading
 * @param state Live, Loading, Unloading
 */
public record KernelModule(String name, Long sizeBytes, Integer useCount, String state) {

    public static Parsed<List<KernelModule>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<KernelModule> rows = new ArrayList<>(64);
        while (lines.next()) {
            if (!lines.field()) {
                continue;
            }
            String name = lines.string();
            Long size = Lines.orNull(lines.count("the size"));
            Integer uses = null;
            if (lines.field() && !lines.fieldIs("-")) {
                uses = Lines.intOrNull(lines.fieldAsNumber("the use count"));
            }
            lines.skip(1);
            rows.add(new KernelModule(name, size, uses, lines.field() ? lines.string() : null));
        }
        return lines.parsedRows(rows);
    }
}
