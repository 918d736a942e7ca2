package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;
import org.postmem.units.Kilobytes;

// /dev/dm-1                               partition	8388604	0	-2

/**
 * A line of {@code /proc/swaps}.
 *
 * @param name of the device or file, blanks as the kernel escapes them turned back
 * @param type partition or file
 */
public record SwapArea(String name, String type, Long sizeBytes, Long usedBytes, Integer priority) {

    public static Parsed<List<SwapArea>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<SwapArea> rows = new ArrayList<>(2);
        while (lines.next()) {
            if (!lines.field() || lines.fieldIs("Filename")) {
                continue;
            }
            String name = MountEscapes.decode(lines.string());
            if (!lines.field()) {
                lines.issueAt(lines.end, "the type is missing");
                continue;
            }
            String type = lines.string();
            rows.add(new SwapArea(
                    name,
                    type,
                    bytes(lines, "the size"),
                    bytes(lines, "the used size"),
                    Lines.intOrNull(lines.number("the priority"))));
        }
        return lines.parsedRows(rows);
    }

    /** kB, without the unit. */
    private static Long bytes(Lines lines, String what) {
        long kilobytes = lines.count(what);
        if (kilobytes == Lines.NONE) {
            return null;
        }
        try {
            return Kilobytes.toBytes(kilobytes);
        } catch (ArithmeticException e) {
            lines.issueAt(lines.fieldStart, what + " does not fit into 63 bits as bytes");
            return null;
        }
    }
}
