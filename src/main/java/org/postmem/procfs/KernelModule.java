package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// xfs 1900544 1 - Live 0x0000000000000000
// vboxdrv 696320 2 vboxnetadp,vboxnetflt, Live 0xffffffffc0387000 (OE)

/**
 * A line of {@code /proc/modules}.
 *
 * @param useCount {@code null} where the kernel was built without unloading
 * @param state Live, Loading, Unloading
 * @param taints of the kernel by this module, a letter each, as in Documentation/admin-guide/tainted-kernels.rst: {@code O}
 *     built outside of its tree; empty for none
 */
public record KernelModule(String name, Long sizeBytes, Integer useCount, String state, String taints) {

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
            String state = lines.field() ? lines.string() : null;
            lines.skip(1);
            String taints = lines.field() ? lines.string().replaceAll("[()]", "") : "";
            rows.add(new KernelModule(name, size, uses, state, taints));
        }
        return lines.parsedRows(rows);
    }
}
