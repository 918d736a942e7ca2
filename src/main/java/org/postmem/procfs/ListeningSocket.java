package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// tcp 8080 16513 23114

/**
 * A TCP socket that listens and has connections waiting for accept(2): a line of the archive's {@code net/listen}, made
 * of {@code /proc/net/tcp} and {@code tcp6}. The line above them, {@code listening 12}, counts those without any as well.
 *
 * @param protocol tcp or tcp6
 * @param waiting connections that nobody has accepted, sk_ack_backlog of the kernel
 * @param inode as in {@code socket:[23114]} of {@code /proc/PID/fd}
 */
public record ListeningSocket(String protocol, Integer port, Long waiting, Long inode) {

    public static Parsed<List<ListeningSocket>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<ListeningSocket> rows = new ArrayList<>();
        while (lines.next()) {
            if (lines.isBlank() || lines.lineStartsWith("listening ")) {
                continue;
            }
            if (!lines.field()) {
                continue;
            }
            String protocol = lines.string();
            Integer port = Lines.intOrNull(lines.count("the port"));
            Long waiting = Lines.orNull(lines.count("how many wait"));
            Long inode = Lines.orNull(lines.count("the inode"));
            if (waiting != null && inode != null) {
                rows.add(new ListeningSocket(protocol, port, waiting, inode));
            }
        }
        return lines.parsedRows(rows);
    }
}
