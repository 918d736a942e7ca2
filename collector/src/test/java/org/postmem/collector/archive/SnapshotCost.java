package org.postmem.collector.archive;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * What a snapshot of 600 processes costs: bytes in the archive, CPU time to write and to read. Run by hand:
 *
 * <pre>java -cp … org.postmem.collector.archive.SnapshotCost ZSTD 180 60</pre>
 *
 * The texts are made up to the shape of the kernel's: 8 % of the processes change their counters between two snapshots, and
 * what did not change is left out as the collector does it, but for stat.
 */
final class SnapshotCost {
    private static final int PROCESSES = 600;

    @SuppressWarnings("InlineFormatString") // one screen of text in the middle of a loop reads badly
    private static final String STATUS = """
            Name:\tworker-%d
            Umask:\t0022
            State:\tS (sleeping)
            Tgid:\t%d
            Pid:\t%d
            PPid:\t1
            VmPeak:\t %d kB
            VmSize:\t %d kB
            VmRSS:\t %d kB
            RssAnon:\t %d kB
            RssFile:\t %d kB
            RssShmem:\t 0 kB
            VmPTE:\t %d kB
            VmSwap:\t 0 kB
            Threads:\t%d
            SigQ:\t0/31312
            CapEff:\t000001ffffffffff
            Seccomp:\t2
            Cpus_allowed_list:\t0-7
            voluntary_ctxt_switches:\t%d
            nonvoluntary_ctxt_switches:\t%d
            """;

    private SnapshotCost() {}

    public static void main(String[] args) throws IOException {
        Compression compression = Compression.valueOf(args[0]);
        int snapshots = Integer.parseInt(args[1]);
        int perSegment = Integer.parseInt(args[2]);
        Path path = Files.createTempFile("snapshot-cost", ".tar");
        Files.delete(path);
        try {
            write(path, compression, snapshots, perSegment);
            read(path);
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private static void write(Path path, Compression compression, int snapshots, int perSegment) throws IOException {
        Random random = new Random(1);
        long[] rss = new long[PROCESSES];
        long[] ticks = new long[PROCESSES];
        for (int i = 0; i < PROCESSES; i++) {
            rss[i] = 1000L + random.nextInt(100_000);
            ticks[i] = random.nextInt(1_000_000);
        }
        boolean[] anew = {true};
        long cpu = 0;
        long raw = 0;
        long firsts = 0;
        long others = 0;
        ArchiveWriter.Options options = new ArchiveWriter.Options(compression, perSegment, 0);
        GroupedText.Writer stat = new GroupedText.Writer();
        GroupedText.Writer status = new GroupedText.Writer();
        try (ArchiveWriter writer =
                ArchiveWriter.create(path, options, Archives.CAPTURE, Clock.systemUTC(), segment -> anew[0] = true)) {
            for (int n = 1; n <= snapshots; n++) {
                long start = cpu();
                writer.beginSnapshot(n);
                cpu += cpu() - start;
                boolean all = anew[0];
                anew[0] = false;
                stat.reset();
                status.reset();
                for (int i = 0; i < PROCESSES; i++) {
                    boolean changed = random.nextInt(100) < 8;
                    if (changed) {
                        rss[i] += random.nextInt(200) - 90;
                        ticks[i] += random.nextInt(50);
                    }
                    String pid = Integer.toString(300 + i * 7);
                    stat.add(
                            pid,
                            ascii(pid + " (worker-" + i + ") S 1 " + pid + " " + pid + " 0 -1 4194560 " + ticks[i] * 3
                                    + " 0 " + i + " 0 " + ticks[i] + " " + ticks[i] / 3 + " 0 0 20 0 4 0 "
                                    + (1000 + i * 31)
                                    + " " + rss[i] * 16384 + " " + rss[i]
                                    + " 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 3"
                                    + " 0 0 0 0 0 0 0 0 0 0 0 0 0\n"));
                    if (changed || all) {
                        status.add(
                                pid,
                                ascii(String.format(
                                        Locale.ROOT,
                                        STATUS,
                                        i,
                                        300 + i * 7,
                                        300 + i * 7,
                                        rss[i] * 20,
                                        rss[i] * 16,
                                        rss[i] * 4,
                                        rss[i] * 3,
                                        rss[i],
                                        rss[i] / 100,
                                        1 + i % 9,
                                        ticks[i] * 7,
                                        ticks[i] / 5)));
                    }
                }
                byte[] meminfo = ascii("MemTotal: 16000000 kB\nMemFree: " + random.nextInt(9_000_000) + " kB\nCached: "
                        + random.nextInt(5_000_000) + " kB\n");
                start = cpu();
                writer.entry("proc/meminfo", meminfo);
                writer.entry("pid/stat", stat);
                writer.entry("pid/status", status);
                ArchiveWriter.Written written = writer.endSnapshot(Map.of("processes", PROCESSES));
                cpu += cpu() - start;
                raw += written.rawBytes();
                if (all) {
                    firsts += written.writtenBytes();
                } else {
                    others += written.writtenBytes();
                }
            }
        }
        int opened = (snapshots + perSegment - 1) / perSegment;
        System.out.printf(
                Locale.ROOT,
                "%s, %d snapshots, %d a segment: raw %d B, file %d B, %d B a snapshot (first of a segment %d, others %d),"
                        + " %.2f ms CPU a snapshot%n",
                compression,
                snapshots,
                perSegment,
                raw / snapshots,
                Files.size(path),
                Files.size(path) / snapshots,
                firsts / opened,
                others / Math.max(1, snapshots - opened),
                cpu / 1e6 / snapshots);
    }

    private static void read(Path path) throws IOException {
        long start = cpu();
        int snapshots = 0;
        try (ArchiveReader reader = ArchiveReader.open(path)) {
            while (reader.next() != null) {
                snapshots++;
            }
        }
        System.out.printf(Locale.ROOT, "read: %.2f ms CPU a snapshot%n", (cpu() - start) / 1e6 / snapshots);
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
