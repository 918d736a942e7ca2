package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.cli.PostmemTest.Run;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;

class ReportCommandTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir
    Path folder;

    private Path inputs;
    private Path outputs;

    @BeforeEach
    void makeFolders() throws IOException {
        inputs = Files.createDirectory(folder.resolve("in"));
        outputs = Files.createDirectory(folder.resolve("out"));
    }

    @Test
    void keepsACaseThatSqlCanAsk() throws IOException {
        Run run = report(archive("db1.tar.zst", 5));

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().findFirst()).isPresent();
        assertThat(files(outputs)).containsExactly("case.duckdb", "findings.json", "report.html");
        assertThat(Files.readString(outputs.resolve("report.html")))
                .startsWith("<!")
                .contains("db1");
        assertThat(Files.readString(outputs.resolve("findings.json"))).contains("\"schema\": 1", "\"host\": \"db1\"");
        assertThat(Run.of(
                        "sql",
                        outputs.resolve("case.duckdb"),
                        "SELECT count(*) AS n, max(t_seconds) AS t, max(mem_total_bytes) AS b FROM snapshot JOIN meminfo"
                                + " USING (capture_id, snapshot)",
                        "--format=csv"))
                .isEqualTo(new Run(0, "n,t,b\n5,20.0,491814912\n", ""));
    }

    @Test
    void makesTheSameFilesAgainFromTheCommandThatThePageNames() throws IOException {
        Path archive = archive("db 1.tar.zst", 5);
        List<String> pages = new ArrayList<>();
        for (String name : List.of("first", "second")) {
            Run run = Run.of(
                    "report",
                    archive,
                    "--made-at=2026-11-23T10:00:00Z",
                    "--output",
                    outputs.resolve(name + ".html"),
                    "--markdown",
                    outputs.resolve(name + ".md"));
            assertThat(run.exitCode()).isZero();
            pages.add(Files.readString(outputs.resolve(name + ".html"))
                    + Files.readString(outputs.resolve(name + ".md")));
        }

        assertThat(pages.get(1)).isEqualTo(pages.get(0));
        assertThat(pages.get(0))
                .contains(
                        "postmem report &#39;db 1.tar.zst&#39; --lang en --made-at 2026-11-23T10:00:00Z", "- **db1**");
        assertThat(Run.of("report", archive, "--made-at=yesterday").exitCode()).isEqualTo(2);
    }

    @Test
    void loadsSeveralArchivesAndFolders() throws IOException {
        archive("b.tar.zst", 2);
        archive("a.tar.zst", 3);
        Files.writeString(inputs.resolve("notes.txt"), "no archive, and not named like one");

        Run run = report(inputs);

        assertThat(run.exitCode()).isZero();
        assertThat(Run.of(
                                "sql",
                                outputs.resolve("case.duckdb"),
                                "SELECT capture_id, source, count(*) AS n FROM capture JOIN snapshot USING (capture_id)"
                                        + " GROUP BY ALL ORDER BY 1",
                                "--format=csv")
                        .out())
                .isEqualTo("capture_id,source,n\n1,a.tar.zst,3\n2,b.tar.zst,2\n");
    }

    @Test
    void analysesAnArchiveUpToTheCut() throws IOException {
        Path whole = archive("db1.tar.zst", 8);
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(inputs.resolve("cut.tar.zst"), Arrays.copyOf(bytes, bytes.length * 3 / 4));

        Run run = report(cut);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().lines()).isNotEmpty().allMatch(line -> line.startsWith("postmem: warning: " + cut + ": "));
        String loaded = Run.of(
                        "sql",
                        outputs.resolve("case.duckdb"),
                        "SELECT count(*), (SELECT count(*) FROM ingest_issue WHERE severity = 'error') > 0 FROM snapshot",
                        "--format=csv")
                .out()
                .lines()
                .skip(1)
                .findFirst()
                .orElse("");
        assertThat(loaded).matches("[1-7],true");
    }

    @Test
    void refusesWhatIsNoArchiveInOneLineAndWritesNothing() throws IOException {
        Path empty = Files.createFile(inputs.resolve("empty.tar.zst"));
        Path text = Files.writeString(inputs.resolve("text.tar.zst"), "MemTotal: 480288 kB\n");
        Path zeros = Files.write(inputs.resolve("zeros.tar.zst"), new byte[4096]);
        Path zip = Files.write(inputs.resolve("zip.tar.zst"), zip());
        Path tar = Files.write(inputs.resolve("other.tar"), tar("home/notes.txt", "a tar of something else"));
        Path head = Files.write(
                inputs.resolve("head.tar.zst"), Arrays.copyOf(Files.readAllBytes(archive("db1.tar.zst", 1)), 40));
        Path bare = Files.createDirectory(inputs.resolve("bare"));

        for (Path bad : List.of(inputs.resolve("none.tar.zst"), empty, text, zeros, zip, tar, head, bare)) {
            Run run = report(bad);
            assertThat(run.exitCode()).as("%s", bad).isEqualTo(3);
            assertThat(run.out()).as("%s", bad).isEmpty();
            assertThat(run.err().lines()).as("%s", bad).hasSize(1);
            assertThat(run.err()).startsWith("postmem: " + bad);
            assertThat(files(outputs)).as("%s", bad).isEmpty();
        }
    }

    @Test
    void leavesOutOneOfSeveralThatCannotBeReadAndSaysSo() throws IOException {
        Path good = archive("good.tar.zst", 3);
        Path bad = Files.createFile(inputs.resolve("empty.tar.zst"));

        Run run = report(bad, good);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("postmem: warning: " + bad + " is empty")
                .endsWith("; it was left out\n");
        assertThat(Run.of(
                                "sql",
                                outputs.resolve("case.duckdb"),
                                "SELECT capture_id, source FROM capture",
                                "--format=csv")
                        .out())
                .isEqualTo("capture_id,source\n1,good.tar.zst\n");
        Run none = Run.of("report", bad, Files.createFile(inputs.resolve("also.tar.zst")), "--output", bad + ".html");
        assertThat(none.exitCode()).isEqualTo(3);
        assertThat(none.err()).startsWith("postmem: " + bad + " is empty").hasLineCount(1);
    }

    /** A name mistyped at night: the report is made, and what it lacks is told. */
    @Test
    void saysOfAFileBesideAnArchiveThatItIsNotThere() throws IOException {
        Path good = archive("good.tar.zst", 3);

        Run run = report(good, inputs.resolve("dmesg.txt"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("postmem: warning: dmesg.txt: there is no such file, or no longer\n");
        assertThat(outputs.resolve("report.html")).exists();
    }

    @Test
    void saysThatAnOutputCannotBeWrittenBeforeItReads() throws IOException {
        Run run = Run.of(
                "report",
                archive("a.tar.zst", 1),
                "--output",
                outputs.resolve("report.html"),
                "--findings",
                outputs.resolve("no/f.json"));

        assertThat(run)
                .isEqualTo(new Run(
                        2,
                        "",
                        "postmem: " + outputs.resolve("no/f.json") + ": there is no folder " + outputs.resolve("no")
                                + "; make it first\n"));
        assertThat(Run.of("report", "x", "--fail-on", "info").exitCode()).isEqualTo(2);
        assertThat(Run.of("report", "x", "--memory-limit", "much").err())
                .contains("'much' is no size; write 2GB or 512MB");
    }

    @Test
    void reportsWhatCollectWroteAndVerifyAccepts() throws IOException {
        Run collected = collect("--count", "3");

        assertThat(collected.exitCode()).isZero();
        Path archive = Path.of(collected.out().strip());
        assertThat(Run.of("verify", archive).exitCode()).isZero();
        assertThat(report(archive).exitCode()).isZero();
        assertThat(Run.of(
                                "sql",
                                outputs.resolve("case.duckdb"),
                                "SELECT count(*) AS n, min(mem_total_bytes) AS b FROM snapshot JOIN meminfo USING"
                                        + " (capture_id, snapshot)",
                                "--format=csv")
                        .out())
                .isEqualTo("n,b\n3,491814912\n");
    }

    @Test
    void tellsWhoseSignatureAnArchiveCarriesAndHowToCheckIt() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Path key = Files.writeString(
                inputs.resolve("host.key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Run collected = collect("--count", "2", "--sign", key);
        assertThat(collected.err() + collected.exitCode()).endsWith("0");
        Path archive = Path.of(collected.out().strip());
        assertThat(report(archive).exitCode()).isZero();
        String sha256 = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(pair.getPublic().getEncoded()));
        assertThat(Files.readString(outputs.resolve("report.html")))
                .contains("1 of them carry a signature by the key whose public half has the SHA-256 " + sha256 + ";")
                .contains("postmem verify --key PUBLIC.pem ")
                .doesNotContain("not signed");
    }

    /** Collects from a host that has nothing but a little meminfo. */
    private Run collect(Object... options) throws IOException {
        Path proc = Files.createDirectories(inputs.resolve("proc"));
        Files.writeString(proc.resolve("meminfo"), "MemTotal:         480288 kB\nMemFree:          300000 kB\n");
        Path sys = Files.createDirectories(inputs.resolve("sys"));
        List<Object> arguments = new ArrayList<>(List.of(
                "collect",
                "--interval",
                "100ms",
                "--output",
                inputs,
                "--proc",
                proc,
                "--sys",
                sys,
                "--root",
                inputs,
                "--force"));
        arguments.addAll(List.of(options));
        return Run.of(arguments.toArray());
    }

    private Run report(Path... input) {
        List<Object> words = new ArrayList<>(List.of("report"));
        words.addAll(List.of(input));
        words.addAll(List.of("--output", outputs.resolve("report.html")));
        words.addAll(List.of("--database", outputs.resolve("case.duckdb")));
        words.addAll(List.of("--findings", outputs.resolve("findings.json")));
        return Run.of(words.toArray());
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private Path archive(String name, int snapshots) throws IOException {
        Path path = inputs.resolve(name);
        byte[] capture = bytes(
                "{\"format\":1,\"collector_version\":\"0.1.0\",\"collector_pid\":900,\"host\":\"db1\","
                        + "\"kernel\":\"6.1.0-40-amd64\",\"machine\":\"x86_64\",\"page_bytes\":4096,\"ticks_per_second\":100,"
                        + "\"cpu_count\":2,\"interval_seconds\":5.0,\"privileged\":true,\"utc_offset_seconds\":0,\"options\":{}}");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path,
                new ArchiveWriter.Options(Compression.ZSTD, 30, 0),
                capture,
                Clock.fixed(START, ZoneOffset.UTC),
                segment -> {})) {
            for (int i = 1; i <= snapshots; i++) {
                Instant now = START.plusSeconds(5L * i);
                writer.beginSnapshot(i, now);
                writer.entry(
                        "proc/meminfo",
                        bytes("MemTotal:         480288 kB\nMemFree:          " + (300_000 - i * 37) + " kB\n"));
                writer.endSnapshot(summary(i, now));
            }
        }
        return path;
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
        summary.put("processes", 0);
        return summary;
    }

    private static byte[] zip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("notes.txt"));
            zip.write(bytes("no archive"));
        }
        return bytes.toByteArray();
    }

    private static byte[] tar(String name, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(bytes(text).length);
            tar.putArchiveEntry(entry);
            tar.write(bytes(text));
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
