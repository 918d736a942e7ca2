package org.postmem.browser;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;

/** A host on which everything that may be named is named like markup, and the process that leaks most of all. */
final class HostileCapture {
    static final String NAME = "<script>own()//";
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final String COMMAND = NAME
            + "\0<img src=x onerror=\"document.title='owned'\">\0</script><script>document.title='owned'</script>\0";
    private static final String MOUNT = "/mnt/\"><svg/onload=document.title='owned'>";

    private HostileCapture() {}

    /** Thirty-six snapshots 5 s apart, in which the process takes 2 MiB each. */
    static void write(Path archive) throws IOException {
        byte[] capture = bytes(
                "{\"format\":1,\"collector_version\":\"0.1.0\",\"collector_pid\":900,\"host\":\"</title><script>document.title='owned'</script>\","
                        + "\"kernel\":\"6.1.0<b>-40\",\"machine\":\"x86_64\",\"page_bytes\":4096,\"ticks_per_second\":100,"
                        + "\"cpu_count\":2,\"interval_seconds\":5.0,\"privileged\":true,\"utc_offset_seconds\":0,"
                        + "\"options\":{\"interval\":\"</script><script>document.title='owned'</script>\"}}");
        try (ArchiveWriter writer = ArchiveWriter.create(
                archive,
                new ArchiveWriter.Options(Compression.ZSTD, 60, 0),
                capture,
                Clock.fixed(START, ZoneOffset.UTC),
                segment -> {})) {
            for (int i = 1; i <= 36; i++) {
                Instant now = START.plusSeconds(5L * i);
                long leaked = 2048L * i;
                writer.beginSnapshot(i, now);
                writer.entry("proc/meminfo", meminfo(leaked));
                writer.entry("pid/stat", block(241, stat(leaked)));
                writer.entry("pid/status", block(241, status(leaked)));
                writer.entry("pid/cmdline", block(241, COMMAND));
                writer.entry(
                        "fs/statvfs", bytes("4026531841 0:26 tmpfs 503541760 503000000 503000000 " + MOUNT + "\n"));
                writer.endSnapshot(summary(i, now));
            }
        }
    }

    private static byte[] meminfo(long leaked) {
        return bytes(
                "MemTotal:       %8d kB%nMemFree:        %8d kB%nMemAvailable:   %8d kB%nBuffers:  0 kB%nCached:  20000 kB%nAnonPages:      %8d kB%nShmem:  0 kB%nSlab:  8000 kB%nSReclaimable:  4000 kB%nSUnreclaim:  4000 kB%n"
                        .formatted(480_288, 400_000 - leaked, 410_000 - leaked, 20_000 + leaked)
                        .replace("\r", ""));
    }

    private static String stat(long leaked) {
        return "241 (" + NAME + ") S 1 1 1 0 -1 4194560 " + (leaked / 4) + " 0 0 0 10 5 0 0 20 0 1 0 500 "
                + (40_000 + leaked) * 1024 + " " + (9_000 + leaked) / 4
                + " 18446744073709551615 1 1 1 0 0 0 0 4 65538 1 0 0 17 1 0 0 0 0 0"
                + " 0 0 0 0 0 0 0 0\n";
    }

    private static String status(long leaked) {
        return "Name:\t" + NAME + "\nState:\tS (sleeping)\nTgid:\t241\nPid:\t241\nPPid:\t1\nUid:\t0\t0\t0\t0\n"
                + "VmSize:\t" + (40_000 + leaked) + " kB\nVmRSS:\t" + (9_000 + leaked) + " kB\nRssAnon:\t"
                + (8_000 + leaked)
                + " kB\nRssFile:\t1000 kB\nRssShmem:\t0 kB\nVmPTE:\t80 kB\nVmSwap:\t0 kB\nThreads:\t1\n";
    }

    private static byte[] block(int pid, String text) {
        return bytes("==> " + pid + " <== " + bytes(text).length + "\n" + text + "\n");
    }

    private static Map<String, Object> summary(int snapshot, Instant now) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("snapshot", snapshot);
        summary.put("segment", 0);
        summary.put("wall_clock", now.toString());
        summary.put("monotonic_ns", (100 + 5L * snapshot) * 1_000_000_000L);
        summary.put("boot_id", "0c6c0f2e-0000-4000-8000-000000000001");
        summary.put("uptime_seconds", 100.0 + 5 * snapshot);
        summary.put("duration_ns", 2_000_000);
        summary.put("missed_ticks", 0);
        summary.put("processes", 1);
        return summary;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
