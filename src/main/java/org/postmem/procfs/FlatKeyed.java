package org.postmem.procfs;

import java.util.LinkedHashMap;
import java.util.Map;

// anon 21110784

/** A file of lines {@code name number}: {@code memory.stat}, {@code memory.events}, {@code cgroup.stat} … */
public final class FlatKeyed {
    private FlatKeyed() {}

    public static Parsed<Map<String, Long>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        Map<String, Long> values = new LinkedHashMap<>();
        while (lines.next()) {
            if (!lines.field()) {
                continue;
            }
            int from = lines.fieldStart;
            int to = lines.fieldEnd;
            long value = lines.number("the value");
            if (value != Lines.NONE) {
                values.putIfAbsent(lines.string(from, to), value);
            }
        }
        return lines.parsed(values);
    }
}
