package org.postmem.collector.source;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.postmem.collector.source.Schedule.Tier;

/** Runs in a JVM of its own, with the heap or the descriptors of a collector: reads a host and prints what came of it. */
final class ManyProcesses {
    private static final long SLOW_NANOS = 100_000;

    private final HostSnapshot source;
    private int number;

    private ManyProcesses(String top, Clocks clocks) {
        Path host = Path.of(top);
        source = new HostSnapshot(
                Roots.of(host.resolve("proc"), host.resolve("sys"), host.resolve("root")),
                CommandLineMask.builtIn(),
                null,
                4096,
                clocks);
    }

    /** Every look at a clock takes as long as a slow machine needs for a file: what fits into a tick is the same on any. */
    private static Clocks slow() {
        AtomicLong nanos = new AtomicLong();
        LongSupplier clock = () -> nanos.addAndGet(SLOW_NANOS);
        return new Clocks(clock, clock, clock);
    }

    /** {@code memory TOP} or {@code descriptors TOP}. */
    public static void main(String[] args) throws Exception {
        SelfCost cost = SelfCost.ofThisProcess();
        boolean memory = args[0].equals("memory");
        ManyProcesses host = new ManyProcesses(
                args[1], memory ? slow() : new Clocks(System::nanoTime, cost::cpuNanos, SelfCost::threadNanos));
        if (memory) {
            host.read(EnumSet.of(Tier.TICK, Tier.PROCESSES));
            host.read(EnumSet.allOf(Tier.class));
            host.read(EnumSet.of(Tier.TICK));
            return;
        }
        // all classes are loaded before there is no descriptor left to load them with, also that of a gap
        host.source.ledger().gap("none", Outcome.ENOENT);
        host.source.ledger().gaps();
        host.read(EnumSet.allOf(Tier.class));
        host.read(EnumSet.allOf(Tier.class));
        Deque<FileInputStream> hoard = new ArrayDeque<>();
        for (int round = 0; round < 3; round++) {
            try {
                while (true) {
                    hoard.add(new FileInputStream("/dev/null"));
                }
            } catch (IOException e) {
                // that was the last one, but for those that another thread is just about to close
                Thread.sleep(50);
            }
        }
        host.read(EnumSet.allOf(Tier.class));
        // one for each thread that may open a file, and its folder
        for (int freed = 0; freed < 10; freed++) {
            hoard.removeFirst().close();
        }
        host.read(EnumSet.allOf(Tier.class));
        while (!hoard.isEmpty()) {
            hoard.removeFirst().close();
        }
        host.read(EnumSet.allOf(Tier.class));
    }

    private void read(EnumSet<Tier> tiers) throws IOException, InterruptedException {
        number++;
        int[] entries = new int[1];
        EntrySink sink = (name, bytes, offset, length) -> entries[0]++;
        HostSnapshot.Result result =
                source.read(new HostSnapshot.Plan(number, tiers, number == 1, false, 0), sink, sink);
        System.out.println("snapshot " + number + " processes " + result.processes() + " read "
                + source.ledger().okReads());
        for (Ledger.Gap gap : source.ledger().gaps()) {
            System.out.println(number + " " + gap.path() + " " + gap.outcome() + " " + gap.count());
        }
    }
}
