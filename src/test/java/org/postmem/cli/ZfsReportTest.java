package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.cli.PostmemTest.Run;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.Json;

/** From an archive with arcstats to the page: what ZFS says of its cache is what the report says of it. */
class ZfsReportTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir
    Path folder;

    /** Thirty-six snapshots 5 s apart, in which pages of nobody grow by 4 MiB each and the cache as fast as told. */
    private Path capture(long cacheBytesASnapshot) throws IOException {
        Path archive = folder.resolve("host.tar.zst");
        try (ArchiveWriter writer = ArchiveWriter.create(
                archive,
                new ArchiveWriter.Options(Compression.ZSTD, 60, 0),
                bytes(
                        "{\"format\":1,\"collector_version\":\"0.1.0\",\"collector_pid\":900,\"host\":\"nas\",\"kernel\":\"6.1.0\","
                                + "\"machine\":\"x86_64\",\"page_bytes\":4096,\"ticks_per_second\":100,\"cpu_count\":2,"
                                + "\"interval_seconds\":5.0,\"privileged\":true,\"utc_offset_seconds\":0}"),
                Clock.fixed(START, ZoneOffset.UTC),
                segment -> {})) {
            for (int i = 1; i <= 36; i++) {
                Instant now = START.plusSeconds(5L * i);
                long gone = 4096L * i;
                writer.beginSnapshot(i, now);
                writer.entry(
                        "proc/meminfo",
                        bytes("MemTotal: 1000000 kB\nMemFree: " + (800_000 - gone) + " kB\nMemAvailable: "
                                + (810_000 - gone)
                                + " kB\nBuffers: 0 kB\nCached: 20000 kB\nSwapCached: 0 kB\nAnonPages: 20000 kB\nShmem: 0 kB\n"
                                + "Slab: 8000 kB\nSReclaimable: 4000 kB\nSUnreclaim: 4000 kB\nKernelStack: 1000 kB\n"
                                + "PageTables: 1000 kB\nVmallocUsed: 2000 kB\nPercpu: 500 kB\n"));
                if (i == 1) {
                    writer.entry("proc/modules", bytes("zfs 6152192 6 - Live 0x0000000000000000 (PO)\n"));
                }
                if (i % 2 == 0) {
                    writer.entry("proc/spl/kstat/zfs/arcstats", bytes(arcstats(67_108_864 + cacheBytesASnapshot * i)));
                }
                writer.endSnapshot(summary(i, now));
            }
        }
        return archive;
    }

    private static String arcstats(long size) {
        return "13 1 0x01 123 33456 7402060102 66478716886640\nname                            type data\n"
                + "hits                            4    174896434\nc                               4    524288000\n"
                + "c_min                           4    33554432\nc_max                           4    524288000\n"
                + "size                            4    " + size + "\narc_meta_used                   4    4849290\n";
    }

    private static Map<String, Object> summary(int snapshot, Instant now) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("wall_clock", now.toString());
        summary.put("monotonic_ns", (100 + 5L * snapshot) * 1_000_000_000L);
        summary.put("boot_id", "0c6c0f2e-0000-4000-8000-000000000001");
        summary.put("uptime_seconds", 100.0 + 5 * snapshot);
        summary.put("duration_ns", 2_000_000);
        summary.put("missed_ticks", 0);
        summary.put("processes", 0);
        return summary;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<String> ofKernelPages(Path archive) throws IOException {
        Run run = Run.of(
                "report",
                archive,
                "--output",
                folder.resolve("report.html"),
                "--findings",
                folder.resolve("findings.json"),
                "--database",
                folder.resolve("case.duckdb"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        Map<String, Object> findings = Json.readObject(Files.readAllBytes(folder.resolve("findings.json")));
        return ((List<?>) findings.get("findings"))
                .stream()
                        .map(finding -> (Map<?, ?>) finding)
                        .filter(finding -> "R22".equals(finding.get("rule")))
                        .map(finding -> finding.get("severity") + " " + finding.get("title"))
                        .toList();
    }

    @Test
    void theCacheIsNamedByItsOwnCount() throws IOException {
        assertThat(ofKernelPages(capture(4096 * 1024)))
                .containsExactly("info The cache of ZFS (ARC) grew: +136 MiB, to 208 MiB");
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains("The cache of ZFS (ARC) grew", "It may take 500 MiB (c_max).");
        assertThat(Run.of(
                                "sql",
                                folder.resolve("case.duckdb"),
                                "SELECT count(*) AS n, max(size_bytes) AS size, max(most_bytes) AS most, max(meta_limit_bytes) AS l"
                                        + " FROM zfs_arc",
                                "--format=csv")
                        .out())
                .isEqualTo("n,size,most,l\n18,218103808,524288000,\n");
    }

    @Test
    void aCacheThatStandsStillIsNotWhatGrows() throws IOException {
        assertThat(ofKernelPages(capture(0)))
                .containsExactly("critical Kernel pages that nothing accounts for grow: +136 MiB");
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains("The cache of ZFS changed by 0 B meanwhile by its own count (arcstats)");
    }
}
