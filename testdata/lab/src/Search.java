// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A Java service that searches; its only argument is a file of {@code key=value} lines.
 *
 * <p>{@code way}: {@code segments} writes a segment of its index ({@code path}), maps and deletes it, and a reader that
 * nobody closes keeps it mapped; {@code labels} counts requests by labels of which no two are alike, beside {@code heap_kb}
 * a second of answers that are dropped at once. {@code rate_kb} a second, in waves of {@code every_s}; {@code log}
 * (ledger: uptime, kB held, pieces).
 */
public final class Search {
    private static final int SEGMENT_KB = 768;

    private static long answered;

    public static void main(String[] args) throws IOException, InterruptedException {
        Properties config = new Properties();
        config.load(Files.newBufferedReader(Path.of(args[0])));
        boolean segments = "segments".equals(config.getProperty("way"));
        double rateKb = Double.parseDouble(config.getProperty("rate_kb", "512"));
        double heapKb = Double.parseDouble(config.getProperty("heap_kb", "2048"));
        double wave = Double.parseDouble(config.getProperty("every_s", "30")) / (2 * Math.PI);
        Ledger ledger = new Ledger(config.getProperty("log", ""));
        List<MappedByteBuffer> readers = new ArrayList<>();
        Map<String, long[]> counters = new HashMap<>();
        int pieceKb = segments ? SEGMENT_KB : 1;
        long start = System.nanoTime();
        long taken = 0;
        long served = 0;
        while (true) {
            double seconds = (System.nanoTime() - start) / 1e9;
            double due = rateKb * (seconds + 0.8 * wave * (1 - Math.cos(seconds / wave)));
            for (; (taken + 1) * pieceKb <= due; taken++) {
                if (segments) {
                    readers.add(reader(Path.of(config.getProperty("path"), "segment-" + taken + ".cfs")));
                } else {
                    counters.put("http_requests{path=\"/orders/" + taken + "\"}", new long[108]);
                }
            }
            for (; served < seconds * heapKb; served++) {
                answered += "x".repeat(900).length();
            }
            if (ledger.isDue(seconds)) {
                int pieces = segments ? readers.size() : counters.size();
                ledger.line(seconds, (long) pieces * pieceKb, pieces);
            }
            Thread.sleep(100);
        }
    }

    private static MappedByteBuffer reader(Path segment) throws IOException {
        byte[] postings = new byte[SEGMENT_KB * 1024];
        Arrays.fill(postings, (byte) 7);
        Files.write(segment, postings);
        MappedByteBuffer reader;
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ)) {
            reader = file.map(FileChannel.MapMode.READ_ONLY, 0, postings.length);
        }
        Files.delete(segment);
        for (int i = 0; i < postings.length; i += 4096) {
            answered += reader.get(i);
        }
        return reader;
    }
}
