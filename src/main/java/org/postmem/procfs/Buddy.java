package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// Node 0, zone    DMA32      1      1      4      2      5      4      3      3      4      2    752

/**
 * One number of {@code /proc/buddyinfo}.
 *
 * @param pageOrder the blocks counted are of {@code 2^pageOrder} pages
 */
public record Buddy(int node, String zone, int pageOrder, Long freeBlocks) {

    public static Parsed<List<Buddy>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<Buddy> rows = new ArrayList<>(64);
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            ZoneLine zone = ZoneLine.read(lines);
            if (zone == null) {
                continue;
            }
            int order = 0;
            while (lines.field()) {
                rows.add(new Buddy(
                        zone.node(), zone.zone(), order++, Lines.orNull(lines.fieldAsNumber("a number of blocks"))));
            }
        }
        return lines.parsedRows(rows);
    }
}
