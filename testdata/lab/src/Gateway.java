// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * A Java service that answers requests; its only argument is a file of {@code key=value} lines.
 *
 * <p>Answers are kept on the heap until they are {@code max_kb}, then all of them are dropped and collected: {@code
 * heap_kb} a second, a saw. The buffer of a request lies outside of the heap and is kept in a map which nobody empties:
 * {@code rate_kb} a second, in the ledger ({@code log}: uptime, kB held, buffers).
 */
public final class Gateway {
    private static final int BUFFER_KB = 16;

    public static void main(String[] args) throws IOException, InterruptedException {
        Properties config = new Properties();
        config.load(Files.newBufferedReader(Path.of(args[0])));
        double rateKb = Double.parseDouble(config.getProperty("rate_kb", "512"));
        double heapKb = Double.parseDouble(config.getProperty("heap_kb", "4096"));
        long maxKb = Long.parseLong(config.getProperty("max_kb", "98304"));
        Ledger ledger = new Ledger(config.getProperty("log", ""));
        Map<String, ByteBuffer> requests = new HashMap<>();
        Map<Long, String> answers = new HashMap<>();
        long start = System.nanoTime();
        long answered = 0;
        while (true) {
            double seconds = (System.nanoTime() - start) / 1e9;
            while ((requests.size() + 1L) * BUFFER_KB <= seconds * rateKb) {
                requests.put("request-" + requests.size(), touched(ByteBuffer.allocateDirect(BUFFER_KB * 1024)));
            }
            for (; answered < seconds * heapKb; answered++) {
                answers.put(answered, "x".repeat(900));
            }
            if (answers.size() > maxKb) {
                answers.clear();
                System.gc();
            }
            if (ledger.isDue(seconds)) {
                ledger.line(seconds, (long) requests.size() * BUFFER_KB, requests.size());
            }
            Thread.sleep(100);
        }
    }

    private static ByteBuffer touched(ByteBuffer buffer) {
        for (int i = 0; i < buffer.capacity(); i += 1024) {
            buffer.put(i, (byte) 1);
        }
        return buffer;
    }
}
