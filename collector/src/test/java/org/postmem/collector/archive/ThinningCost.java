package org.postmem.collector.archive;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What it costs to thin a segment of ten minutes at one snapshot a second, run by hand: {@code ThinningCost PROCESSES FOLDER}.
 * The texts of the host are this machine's; a fifth of the processes has done something at every tick.
 */
final class ThinningCost {
    private static final int SNAPSHOTS = 600;
    private static final List<String> FILES = List.of(
            "meminfo", "vmstat", "stat", "loadavg", "zoneinfo", "buddyinfo", "swaps", "uptime", "pressure/memory");

    private ThinningCost() {}

    public static void main(String[] arguments) throws Exception {
        int processes = Integer.parseInt(arguments[0]);
        Path path = Path.of(arguments[1], "thinning-cost");
        Files.deleteIfExists(path);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long raw = 0;
        try (ArchiveWriter writer = ArchiveWriter.create(
                path,
                new ArchiveWriter.Options(Compression.ZSTD, SNAPSHOTS, 0),
                Archives.CAPTURE,
                Archives.CLOCK,
                segment -> {})) {
            long begun = threads.getCurrentThreadCpuTime();
            raw = write(writer, processes);
            long written = threads.getCurrentThreadCpuTime();
            long bytes = writer.bytes();
            System.out.printf(
                    "%d processes: raw %d MiB, %d bytes, %d ms to write%n",
                    processes, raw >> 20, bytes, (written - begun) / 1_000_000);
            long before = threads.getCurrentThreadCpuTime();
            writer.shorten(new Thinning(Set.of(), Set.of(0), Set.of()));
            System.out.printf(
                    "%d ms to thin, %d bytes left%n",
                    (threads.getCurrentThreadCpuTime() - before) / 1_000_000, writer.bytes());
        }
        System.out.println(ArchiveVerifier.verify(path).segments());
        Files.delete(path);
    }

    private static long write(ArchiveWriter writer, int processes) throws Exception {
        Random random = new Random(1);
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String file : FILES) {
            Path at = Path.of("/proc", file);
            files.put("proc/" + file, Files.isReadable(at) ? Files.readAllBytes(at) : new byte[0]);
        }
        byte[] status = Files.readAllBytes(Path.of("/proc/self/status"));
        byte[] limits = Files.readAllBytes(Path.of("/proc/self/limits"));
        int[] statIn = new int[processes + 1];
        long raw = 0;
        for (int number = 1; number <= SNAPSHOTS + 1; number++) {
            writer.beginSnapshot(number, Archives.CLOCK.instant().plusSeconds(number));
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                stir(file.getValue(), random, 40);
                writer.entry(file.getKey(), file.getValue());
            }
            GroupedText.Writer stats = new GroupedText.Writer();
            GroupedText.Writer statuses = new GroupedText.Writer();
            GroupedText.Writer identities = new GroupedText.Writer();
            UnchangedText.Writer unchanged = new UnchangedText.Writer();
            int parts = 0;
            for (int pid = 1; pid <= processes; pid++) {
                String key = Integer.toString(pid);
                boolean opens = number == 1 || number == SNAPSHOTS + 1;
                if (opens || random.nextInt(5) == 0) {
                    byte[] stat = (pid + " (process) S 1 1 1 0 -1 4194560 " + random.nextInt(100_000) + " 1187 15 88 "
                                    + random.nextInt(1000) + " 103 5 5 20 0 1 0 " + (100 + pid)
                                    + " 174108672 3180 18446744073709551615 1 1 0 0 0 0 671173123 4096 1260 0 0 0 17 3 0"
                                    + " 0 0 0 0 0 0 0 0 0 0 0 0\n")
                            .getBytes(StandardCharsets.UTF_8);
                    stats.add(key, stat);
                    stir(status, random, 6);
                    statuses.add(key, status);
                    statIn[pid] = number;
                    if (opens) {
                        identities.add(key, limits);
                    }
                } else {
                    unchanged.add(pid, statIn[pid]);
                }
                if (stats.length() + statuses.length() + identities.length() > 1 << 20) {
                    parts++;
                    String part = parts == 1 ? "" : "." + parts;
                    writer.entry("pid/stat" + part, stats);
                    writer.entry("pid/status" + part, statuses);
                    writer.entry("pid/limits" + part, identities);
                    stats.reset();
                    statuses.reset();
                    identities.reset();
                }
            }
            String part = parts == 0 ? "" : "." + (parts + 1);
            writer.entry("pid/stat" + part, stats);
            writer.entry("pid/status" + part, statuses);
            writer.entry("pid/limits" + part, identities);
            writer.entry(UnchangedText.ENTRY, unchanged.array(), 0, unchanged.length());
            Map<String, Object> summary = new HashMap<>();
            summary.put("monotonic_ns", TimeUnit.SECONDS.toNanos(number));
            summary.put("wall_clock", Instant.EPOCH.toString());
            summary.put("tiers", number % 6 == 1 ? List.of("tick", "slow") : List.of("tick"));
            raw += writer.endSnapshot(summary).rawBytes();
        }
        return raw;
    }

    private static void stir(byte[] text, Random random, int digits) {
        for (int i = 0; i < digits && text.length > 0; i++) {
            int at = random.nextInt(text.length);
            if (text[at] >= '0' && text[at] <= '9') {
                text[at] = (byte) ('0' + random.nextInt(10));
            }
        }
    }
}
