// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.zip.Deflater;

/**
 * A Java service that shows a catalogue; its only argument is a file of {@code key=value} lines.
 *
 * <p>{@code way}: {@code soft} keeps every page behind a soft reference, so that the collector takes the oldest when the
 * heap is full; {@code exports} compresses what is exported and, as an export that fails does not end its compressor,
 * keeps those: memory of a library outside of the heap. {@code rate_kb} a second, in waves of {@code every_s}; {@code
 * log} (ledger: uptime, kB held, pieces).
 */
public final class Catalog {
    private static final int PAGE_KB = 16;

    /** What zlib takes for one compressor of the default level. */
    private static final int COMPRESSOR_KB = 264;

    public static void main(String[] args) throws IOException, InterruptedException {
        Properties config = new Properties();
        config.load(Files.newBufferedReader(Path.of(args[0])));
        boolean soft = "soft".equals(config.getProperty("way"));
        double rateKb = Double.parseDouble(config.getProperty("rate_kb", "1024"));
        double wave = Double.parseDouble(config.getProperty("every_s", "30")) / (2 * Math.PI);
        Ledger ledger = new Ledger(config.getProperty("log", ""));
        ReferenceQueue<byte[]> gone = new ReferenceQueue<>();
        Map<Object, Long> pages = new HashMap<>();
        List<Deflater> open = new ArrayList<>();
        Random random = new Random(1);
        long start = System.nanoTime();
        long taken = 0;
        int pieceKb = soft ? PAGE_KB : COMPRESSOR_KB;
        while (true) {
            double seconds = (System.nanoTime() - start) / 1e9;
            double due = rateKb * (seconds + 0.8 * wave * (1 - Math.cos(seconds / wave)));
            for (; (taken + 1) * pieceKb <= due; taken++) {
                if (soft) {
                    pages.put(new SoftReference<>(new byte[PAGE_KB * 1024], gone), taken);
                } else {
                    open.add(failedExport(random));
                }
            }
            for (Object page = gone.poll(); page != null; page = gone.poll()) {
                pages.remove(page);
            }
            if (ledger.isDue(seconds)) {
                int pieces = soft ? pages.size() : open.size();
                ledger.line(seconds, (long) pieces * pieceKb, pieces);
            }
            Thread.sleep(100);
        }
    }

    private static Deflater failedExport(Random random) {
        byte[] rows = new byte[96 * 1024];
        random.nextBytes(rows);
        Deflater compressor = new Deflater();
        compressor.setInput(rows);
        byte[] out = new byte[64 * 1024];
        for (int i = 0; i < 3; i++) {
            compressor.deflate(out);
        }
        compressor.setInput(new byte[0]);
        return compressor;
    }
}
