package org.postmem.collector.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;

/**
 * The TCP sockets that listen and have connections waiting for accept(2). Such a connection holds memory and has no
 * descriptor: when a service accepts no more, only the queue of its socket tells whose they are. Lines of
 * {@code /proc/net/tcp} and {@code tcp6} (get_tcp4_sock of net/ipv4/tcp_ipv4.c): the sockets that listen (0A) stand before
 * all others, and rx_queue of one is how many wait.
 *
 * <pre>   0: 00000000:1F90 00000000:0000 0A 00000000:00000081 00:00000000 00000000     0        0 23114 1 ffff8f2b43c5a000 100 0 0 10 0</pre>
 */
final class ListeningSockets {
    private static final String ENTRY = "net/listen";
    private static final long DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A service has a hundred waiting for a moment; and looking for sockets in an empty table costs milliseconds. */
    private static final int LEAST_WAITING = 100;

    private static final int MOST_LISTENING = 2000;
    private static final String LISTENING = "0A";
    /** Kernels before 4.4 show half-open connections behind the socket that they are for. */
    private static final String HALF_OPEN = "03";

    private final Reading kernel;
    private final String folder;
    private Set<String> waitedFor = Set.of();

    /** @param folder that has {@code tcp} and {@code tcp6} of the host */
    ListeningSockets(Reading kernel, String folder) {
        this.kernel = kernel;
        this.folder = folder;
    }

    /** Those at whose ends many wait, as links in {@code /proc/PID/fd} name them: {@code socket:[23114]}. */
    Set<String> waitedFor() {
        return waitedFor;
    }

    /** @param sockets of TCP on this host: with few none can have many waiting, and nothing is read */
    void read(EntrySink sink, long sockets) throws IOException {
        waitedFor = Set.of();
        if (sockets < LEAST_WAITING) {
            return;
        }
        Queues queues = new Queues();
        for (String protocol : List.of("tcp", "tcp6")) {
            DeadlineReaders.Answer<Queues> answer =
                    kernel.readers().read(this, DEADLINE_NANOS, file -> Queues.of(Path.of(folder, protocol), protocol));
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
        waitedFor = queues.waitedFor;
        byte[] text = ("listening " + queues.listening + "\n" + queues.text).getBytes(StandardCharsets.US_ASCII);
        sink.entry(ENTRY, text, 0, text.length);
    }

    private static final class Queues {
        private final StringBuilder text = new StringBuilder();
        private final Set<String> waitedFor = new HashSet<>();
        private int listening;
        private boolean cut;

        static Queues of(Path path, String protocol) throws IOException {
            Queues queues = new Queues();
            // no more than a piece behind the last that listens is asked for: behind these come all connections
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
            words.nextToken();
            String state = words.nextToken();
            if (!state.equals(LISTENING)) {
                return state.equals(HALF_OPEN);
            }
            if (listening == MOST_LISTENING) {
                cut = true;
                return false;
            }
            listening++;
            String queue = words.nextToken();
            for (int i = 0; i < 4; i++) {
                words.nextToken();
            }
            long waiting = hexadecimal(queue.substring(queue.indexOf(':') + 1));
            if (waiting > 0) {
                String inode = words.nextToken();
                text.append(protocol).append(' ').append(hexadecimal(local.substring(local.indexOf(':') + 1)));
                text.append(' ').append(waiting).append(' ').append(inode).append('\n');
                if (waiting >= LEAST_WAITING) {
                    waitedFor.add("socket:[" + inode + "]");
                }
            }
            return true;
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
            waitedFor.addAll(other.waitedFor);
            listening += other.listening;
        }
    }
}
