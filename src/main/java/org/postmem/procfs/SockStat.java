package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 130

/**
 * One number of {@code /proc/net/sockstat}.
 *
 * @param protocol sockets, TCP, UDP …
 * @param value a count; {@code mem} is pages, {@code memory} of FRAG bytes
 */
public record SockStat(String protocol, String name, long value) {

    public static Parsed<List<SockStat>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<SockStat> rows = new ArrayList<>(16);
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            if (!lines.until(':')) {
                lines.issue("no colon after the protocol");
                continue;
            }
            String protocol = lines.string();
            while (lines.field()) {
                String name = lines.string();
                long value = lines.number(name);
                if (value != Lines.NONE) {
                    rows.add(new SockStat(protocol, name, value));
                }
            }
        }
        return lines.parsedRows(rows);
    }
}
