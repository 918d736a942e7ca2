// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Properties;

/**
 * A Java service that holds memory; its only argument is a file of {@code key=value} lines.
 *
 * <p>{@code way}: {@code retained} keeps every session on the heap, {@code direct} keeps direct buffers, {@code
 * threads} starts threads that wait for ever, {@code classes} defines one class over and over, {@code collected} keeps the newest {@code max_kb} and drops older ones, so that the heap grows and is collected. {@code
 * rate_kb} a second, {@code delay_s}, {@code log} (ledger: uptime, kB held, pieces).
 */
public final class Sessions {
    private static final int PIECE_KB = 32;

    public static void main(String[] args) throws IOException, InterruptedException {
        Properties config = new Properties();
        config.load(Files.newBufferedReader(Path.of(args[0])));
        String way = config.getProperty("way");
        double rateKb = Double.parseDouble(config.getProperty("rate_kb", "1024"));
        long maxKb = Long.parseLong(config.getProperty("max_kb", "16384"));
        Thread.sleep(1000L * Long.parseLong(config.getProperty("delay_s", "0")));
        Deque<Object> held = new ArrayDeque<>();
        Ledger ledger = new Ledger(config.getProperty("log", ""));
        long start = System.nanoTime();
        long taken = 0;
        while (true) {
            double seconds = (System.nanoTime() - start) / 1e9;
            while ((taken + 1) * PIECE_KB <= seconds * rateKb) {
                held.addLast(
                        switch (way) {
                            case "direct" -> touched(ByteBuffer.allocateDirect(PIECE_KB * 1024));
                            case "threads" -> waiting();
                            case "classes" -> defined();
                            default -> session();
                        });
                taken++;
                if ("collected".equals(way) && (long) held.size() * PIECE_KB > maxKb) {
                    held.removeFirst();
                }
            }
            if (ledger.isDue(seconds)) {
                ledger.line(seconds, (long) held.size() * PIECE_KB, held.size());
            }
            Thread.sleep(100);
        }
    }

    private static byte[] session() {
        byte[] bytes = new byte[PIECE_KB * 1024];
        java.util.Arrays.fill(bytes, (byte) 1);
        return bytes;
    }

    /** Some classes, each loaded by nobody else's loader: about 32 kB outside of the heap. */
    private static Object defined() {
        try (InputStream in = Sessions.class.getResourceAsStream("Sessions.class")) {
            byte[] code = in.readAllBytes();
            Class<?>[] classes = new Class<?>[2];
            for (int i = 0; i < classes.length; i++) {
                classes[i] = MethodHandles.lookup().defineHiddenClass(code, false).lookupClass();
            }
            return classes;
        } catch (IOException | IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Thread waiting() {
        Thread thread = new Thread(() -> {
            synchronized (Thread.currentThread()) {
                while (true) {
                    try {
                        Thread.currentThread().wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }
        });
        thread.start();
        return thread;
    }

    private static ByteBuffer touched(ByteBuffer buffer) {
        for (int i = 0; i < buffer.capacity(); i += 1024) {
            buffer.put(i, (byte) 1);
        }
        return buffer;
    }
}
