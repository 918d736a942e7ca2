package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// tcp 8080 45218 14680064 16 24200

/**
 * A TCP connection with much in its queues: a line of the archive's {@code net/queued}, made of {@code /proc/net/tcp} and
 * {@code tcp6}. The line above them, {@code connections 41}, counts those with little as well.
 *
 * @param protocol tcp or tcp6
 * @param sendBytes written and not acknowledged by the other end, tx_queue
 * @param receiveBytes received and not read, rx_queue
 * @param inode as in {@code socket:[24200]} of {@code /proc/PID/fd}; 0 where no process has it open
 */
public record QueuedSocket(
        String protocol, Integer localPort, Integer remotePort, Long sendBytes, Long receiveBytes, Long inode) {

    public static Parsed<List<QueuedSocket>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<QueuedSocket> rows = new ArrayList<>();
        while (lines.next()) {
            if (lines.isBlank() || lines.lineStartsWith("connections ") || !lines.field()) {
                continue;
            }
            String protocol = lines.string();
            Integer localPort = Lines.intOrNull(lines.count("the local port"));
            Integer remotePort = Lines.intOrNull(lines.count("the remote port"));
            Long sendBytes = Lines.orNull(lines.count("the send queue"));
            Long receiveBytes = Lines.orNull(lines.count("the receive queue"));
            Long inode = Lines.orNull(lines.count("the inode"));
            if (sendBytes != null && receiveBytes != null && inode != null) {
                rows.add(new QueuedSocket(protocol, localPort, remotePort, sendBytes, receiveBytes, inode));
            }
        }
        return lines.parsedRows(rows);
    }
}
