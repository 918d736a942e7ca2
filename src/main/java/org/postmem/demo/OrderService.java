package org.postmem.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The incident of the demo: a service that is well for a while, then keeps a buffer of every order it takes and never
 * lets go. The buffers lie outside the Java heap and are written to, so that the kernel has to give a page for every
 * byte. It stops growing at its bound, and ends when the process that started it is gone or its time is over.
 */
public final class OrderService {
    /** Little heap: the leak lies outside of it, and may be as large as the largest plan. */
    static final List<String> JVM_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:TieredStopAtLevel=1",
            "-Xms16m",
            "-Xmx16m",
            "-XX:MaxDirectMemorySize=" + (LeakPlan.MOST_BYTES + (16L << 20)));

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final long TURN_MILLIS = 50;

    private final LeakPlan plan;
    private final List<ByteBuffer> kept = new ArrayList<>();

    private OrderService(LeakPlan plan) {
        this.plan = plan;
    }

    /** The arguments are those of {@link LeakPlan#arguments()}. Prints {@code ready} when it is up. */
    public static void main(String[] arguments) throws InterruptedException {
        killMeFirst();
        new OrderService(LeakPlan.of(arguments)).serve();
    }

    private void serve() throws InterruptedException {
        ProcessHandle parent = ProcessHandle.current().parent().orElse(null);
        long start = System.nanoTime();
        System.out.println("ready");
        System.out.flush();
        while (true) {
            double seconds = (System.nanoTime() - start) / 1e9;
            if (seconds > plan.lifetimeSeconds() || parent == null || !parent.isAlive()) {
                return;
            }
            long wanted = plan.heldBytes(seconds);
            while ((kept.size() + 1L) * BUFFER_BYTES <= wanted) {
                kept.add(order(kept.size()));
            }
            TimeUnit.MILLISECONDS.sleep(TURN_MILLIS);
        }
    }

    /** No page of it is zero, nor like another: nothing can merge or drop them. */
    private static ByteBuffer order(int number) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        for (int position = 0; position < BUFFER_BYTES; position += Integer.BYTES) {
            buffer.putInt(position, (number + 1) * 0x9E3779B1 ^ position);
        }
        return buffer;
    }

    /** When the host runs short after all, the demo pays for it and nobody else. */
    private static void killMeFirst() {
        try {
            Files.write(Path.of("/proc/self/oom_score_adj"), "1000".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // not Linux, or not allowed: the bound holds anyway
        }
    }
}
