package org.postmem.collector.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;

/**
 * What waits in sockets of TCP, and in whose: memory of the kernel that no descriptor and no process shows. Connections
 * that wait for accept(2) at a socket that listens, and bytes that a connection has sent and nobody acknowledged, or
 * received and nobody read. Lines of {@code /proc/net/tcp} and {@code tcp6} (get_tcp4_sock of net/ipv4/tcp_ipv4.c): the
 * sockets that listen (0A) stand before all others, and rx_queue of one is how many wait; of the others the queues are
 * bytes, tx_queue first.
 *
 * <pre>   0: 00000000:1F90 00000000:0000 0A 00000000:00000081 00:00000000 00000000     0        0 23114 1 ffff8f2b43c5a000 100 0 0 10 0
 *   7: 0100007F:1F90 0100007F:B0A2 01 00A80000:00000000 01:00000019 00000000     0        0 24200 2 ffff8f2b43c5b100 20 4 30 10 -1</pre>
 */
final class TcpQueues {
    private static final String LISTEN_ENTRY = "net/listen";
    private static final String QUEUED_ENTRY = "net/queued";
    private static final long DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A service has a hundred waiting for a moment; and looking for sockets in an empty table costs milliseconds. */
    private static final int LEAST_WAITING = 100;

    /** Below it no leak hides in buffers, and connections come behind those that listen: each costs a line. */
    private static final long LEAST_BUFFERS_BYTES = 16 << 20;

    /** More than what is on its way in a usual connection. */
    private static final long LEAST_QUEUED_BYTES = 256 << 10;

    private static final int MOST_LISTENING = 2000;
    private static final int MOST_CONNECTIONS = 20_000;
    private static final int MOST_TOLD = 200;
    private static final String LISTENING = "0A";
    /** Kernels before 4.4 show half-open connections behind the socket that they are for. */
    private static final String HALF_OPEN = "03";

    private final Reading kernel;
    private final String folder;
    private Set<String> waitedFor = Set.of();

    /** @param folder that has {@code tcp} and {@code tcp6} of the host */
    TcpQueues(Reading kernel, String folder) {
        this.kernel = kernel;
        this.folder = folder;
    }

    /** Those in which much waits, as links in {@code /proc/PID/fd} name them: {@code socket:[23114]}. */
    Set<String> waitedFor() {
        return waitedFor;
    }

    /**
     * @param sockets of TCP on this host: with few none can have many waiting
     * @param bufferBytes that TCP holds: with few no connection can have much in its queues
     */
    void read(EntrySink sink, long sockets, long bufferBytes) throws IOException {
        waitedFor = Set.of();
        boolean connections = bufferBytes >= LEAST_BUFFERS_BYTES;
        boolean listening = sockets >= LEAST_WAITING;
        if (!listening && !connections) {
            return;
        }
        Queues queues = new Queues(connections);
        for (String protocol : List.of("tcp", "tcp6")) {
            DeadlineReaders.Answer<Queues> answer = kernel.readers()
                    .read(this, DEADLINE_NANOS, file -> Queues.of(Path.of(folder, protocol), protocol, connections));
            String outcome = answer.outcome();
            if (outcome != null) {
                if (!outcome.equals(Outcome.ENOENT)) {
                    kernel.ledger().gap("proc/net/" + protocol, outcome);
                }
                continue;
            }
            kernel.ledger().ok();
            if (answer.value().cut) {
                kernel.ledger().gap("proc/net/" + protocol, Outcome.TRUNCATED);
            }
            queues.add(answer.value());
        }
        waitedFor = queues.waitedFor();
        if (listening) {
            entry(sink, LISTEN_ENTRY, "listening " + queues.listening + "\n" + queues.text);
        }
        if (connections) {
            entry(sink, QUEUED_ENTRY, queues.longest());
        }
    }

    private static void entry(EntrySink sink, String name, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        sink.entry(name, bytes, 0, bytes.length);
    }

    /** A connection with much in its queues. */
    private record Queued(String line, long bytes, String inode) {}

    private static final class Queues {
        private final StringBuilder text = new StringBuilder();
        private final Set<String> waitedAt = new HashSet<>();
        private final List<Queued> queued = new ArrayList<>();
        private final boolean withConnections;
        private int listening;
        private int connections;
        private boolean cut;

        Queues(boolean withConnections) {
            this.withConnections = withConnections;
        }

        static Queues of(Path path, String protocol, boolean withConnections) throws IOException {
            Queues queues = new Queues(withConnections);
            // without connections no more than a piece behind the last that listens is asked for: behind these they
            // come
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(Files.newInputStream(path), StandardCharsets.US_ASCII))) {
                lines.readLine();
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!queues.take(line, protocol)) {
                        break;
                    }
                }
            }
            return queues;
        }

        /** Returns false behind the last one of interest. */
        private boolean take(String line, String protocol) {
            StringTokenizer words = new StringTokenizer(line);
            if (words.countTokens() < 10) {
                return false;
            }
            words.nextToken();
            String local = words.nextToken();
            String remote = words.nextToken();
            String state = words.nextToken();
            if (!state.equals(LISTENING)) {
                return withConnections
                        ? connection(protocol, local, remote, words.nextToken(), words)
                        : state.equals(HALF_OPEN);
            }
            if (listening == MOST_LISTENING) {
                cut = true;
                return false;
            }
            listening++;
            String queue = words.nextToken();
            long waiting = hexadecimal(queue.substring(queue.indexOf(':') + 1));
            if (waiting > 0) {
                String inode = inode(words);
                text.append(protocol).append(' ').append(port(local));
                text.append(' ').append(waiting).append(' ').append(inode).append('\n');
                if (waiting >= LEAST_WAITING) {
                    waitedAt.add(inode);
                }
            }
            return true;
        }

        private boolean connection(String protocol, String local, String remote, String queue, StringTokenizer rest) {
            if (connections == MOST_CONNECTIONS) {
                cut = true;
                return false;
            }
            connections++;
            int colon = queue.indexOf(':');
            long toSend = hexadecimal(queue.substring(0, Math.max(0, colon)));
            long toRead = hexadecimal(queue.substring(colon + 1));
            if (toSend + toRead >= LEAST_QUEUED_BYTES) {
                String inode = inode(rest);
                String told = protocol
                        + ' '
                        + port(local)
                        + ' '
                        + port(remote)
                        + ' '
                        + toSend
                        + ' '
                        + toRead
                        + ' '
                        + inode
                        + '\n';
                queued.add(new Queued(told, toSend + toRead, inode));
            }
            return true;
        }

        /** Behind the queues stand timer, retransmissions, user and timeout. */
        private static String inode(StringTokenizer words) {
            for (int i = 0; i < 4; i++) {
                words.nextToken();
            }
            return words.nextToken();
        }

        private static long port(String address) {
            return hexadecimal(address.substring(address.indexOf(':') + 1));
        }

        private static long hexadecimal(String digits) {
            try {
                return Long.parseLong(digits, 16);
            } catch (NumberFormatException e) {
                return 0;
            }
        }

        void add(Queues other) {
            text.append(other.text);
            waitedAt.addAll(other.waitedAt);
            listening += other.listening;
            queued.addAll(other.queued);
            connections += other.connections;
        }

        private List<Queued> told() {
            queued.sort(Comparator.comparingLong(Queued::bytes).reversed());
            return queued.subList(0, Math.min(MOST_TOLD, queued.size()));
        }

        /** The connections with the most, most first, below how many there are in all. */
        String longest() {
            StringBuilder longest =
                    new StringBuilder("connections ").append(connections).append('\n');
            told().forEach(connection -> longest.append(connection.line));
            return longest.toString();
        }

        /** What nobody has accepted, or nobody has open any more, has no inode. */
        Set<String> waitedFor() {
            Set<String> links = new HashSet<>();
            waitedAt.forEach(inode -> links.add("socket:[" + inode + "]"));
            told().stream()
                    .filter(connection -> !connection.inode.equals("0"))
                    .forEach(connection -> links.add("socket:[" + connection.inode + "]"));
            return links;
        }
    }
}
