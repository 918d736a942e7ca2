// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A Java service that writes archives for its tenants; its only argument is a file of {@code key=value} lines.
 *
 * <p>Each archive is written by an executor of its own that nobody shuts down: its thread stays, and with it the buffer
 * outside of the heap into which the channel copied what was written. {@code rate_kb} a second of such buffers, in waves
 * of {@code every_s}, beside {@code heap_kb} a second of answers that are dropped at once; {@code log} (ledger: uptime,
 * kB held, threads).
 */
public final class Archives {
    private static final int ARCHIVE_KB = 3072;

    private static long answered;

    public static void main(String[] args) throws IOException, InterruptedException {
        Properties config = new Properties();
        config.load(Files.newBufferedReader(Path.of(args[0])));
        double rateKb = Double.parseDouble(config.getProperty("rate_kb", "512"));
        double heapKb = Double.parseDouble(config.getProperty("heap_kb", "1024"));
        double wave = Double.parseDouble(config.getProperty("every_s", "30")) / (2 * Math.PI);
        Ledger ledger = new Ledger(config.getProperty("log", ""));
        byte[] archive = new byte[ARCHIVE_KB * 1024];
        List<ExecutorService> writers = new ArrayList<>();
        long start = System.nanoTime();
        long served = 0;
        while (true) {
            double seconds = (System.nanoTime() - start) / 1e9;
            double due = rateKb * (seconds + 0.8 * wave * (1 - Math.cos(seconds / wave)));
            while ((writers.size() + 1L) * ARCHIVE_KB <= due) {
                ExecutorService writer = Executors.newSingleThreadExecutor();
                writer.execute(() -> write(archive));
                writers.add(writer);
            }
            for (; served < seconds * heapKb; served++) {
                answered += "x".repeat(900).length();
            }
            if (ledger.isDue(seconds)) {
                ledger.line(seconds, (long) writers.size() * ARCHIVE_KB, writers.size());
            }
            Thread.sleep(100);
        }
    }

    private static void write(byte[] archive) {
        try (FileChannel channel = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(archive));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
