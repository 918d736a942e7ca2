package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// Node 0 MemFree:         6847220 kB

/**
 * A line of {@code /sys/devices/system/node/nodeN/meminfo}.
 *
 * @param name as there (MemFree, FilePages …)
 * @param bytes of {@code HugePages_Total}, {@code …_Free} and {@code …_Surp}, which have no unit, it is the count
 */
public record NumaNode(int node, String name, long bytes) {

    public static Parsed<List<NumaNode>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<NumaNode> rows = new ArrayList<>(40);
        while (lines.next()) {
            if (!lines.field()) {
                continue;
            }
            if (!lines.fieldIs("Node")) {
                lines.issue("does not start with a node");
                continue;
            }
            Integer node = Lines.intOrNull(lines.count("the node"));
            if (node == null) {
                continue;
            }
            if (!lines.until(':')) {
                lines.issue("no colon after the name");
                continue;
            }
            String name = lines.string().strip();
            boolean bare = name.startsWith("HugePages_");
            long value = bare ? lines.count("the number of huge pages") : lines.kilobytes("the value");
            if (value != Lines.NONE) {
                rows.add(new NumaNode(node, name, value));
            }
        }
        return lines.parsedRows(rows);
    }
}
