package org.postmem.collector.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.archive.ArchiveReader;
import org.postmem.collector.archive.ArchiveVerifier;
import org.postmem.collector.archive.Json;
import org.postmem.collector.archive.SegmentState;
import org.postmem.collector.archive.Snapshot;
import org.postmem.collector.source.Roots;

class CollectCommandTest {
    /** Build directories lie on a disk; a temporary directory may lie in memory. */
    @TempDir
    Path top;

    private record Run(int code, String out, String err) {}

    private static Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = PostmemCollector.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
        return new Run(code, out.toString(), err.toString());
    }

    @Test
    void collectsFromThisHostAndReadsItBack() throws Exception {
        Run run = run("collect", "--interval", "100ms", "--count", "3", "--output", top.toString(), "--force");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        Path archive = Path.of(run.out().trim());
        assertThat(archive.getFileName().toString()).endsWith(".tar.zst");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
                .isEqualTo("rw-------");
        assertThat(ArchiveVerifier.verify(archive).whole()).isTrue();
        long own = ProcessHandle.current().pid();
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            List<Snapshot> snapshots = new ArrayList<>();
            for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
                snapshots.add(snapshot);
            }
            assertThat(snapshots).extracting(Snapshot::number).containsExactly(1, 2, 3);
            for (Snapshot snapshot : snapshots) {
                Map<String, byte[]> entries = snapshot.members();
                assertThat(new String(entries.get("proc/meminfo"), UTF_8)).startsWith("MemTotal:");
                // in more than one part where there are very many processes
                assertThat(entries.entrySet())
                        .filteredOn(entry -> entry.getKey().startsWith("pid/stat"))
                        .anyMatch(entry -> new String(entry.getValue(), UTF_8).contains("==> " + own + " <== "));
            }
        }
    }

    @Test
    void writesGzipWhereAsked() throws Exception {
        Run run = run(
                "collect",
                "--interval",
                "100ms",
                "--count",
                "2",
                "--compress",
                "gzip",
                "--output",
                top.toString(),
                "--force");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().trim()).endsWith(".tar.gz");
        assertThat(ArchiveVerifier.verify(Path.of(run.out().trim())).snapshots())
                .isEqualTo(2);
    }

    @Test
    void saysInOneLineWhatIsWrongWithTheOutput() throws Exception {
        Path file = Files.writeString(top.resolve("file"), "x");
        Path lost = top.resolve("none/deeper");
        assertThat(run("collect", "--count", "1", "--output", lost.toString()))
                .isEqualTo(new Run(
                        3, "", "postmem: output directory does not exist, nor the one above it: " + lost + "\n"));
        Path archive = top.resolve("host.tar.zst");
        assertThat(run("collect", "--count", "1", "--output", archive.toString()))
                .isEqualTo(new Run(
                        3,
                        "",
                        "postmem: --output is a directory, and " + archive + " has the name of an archive; "
                                + "give the directory, the archive is named after host and time\n"));
        assertThat(archive).doesNotExist();
        assertThat(run("collect", "--count", "1", "--output", file.toString()))
                .isEqualTo(new Run(3, "", "postmem: output is not a directory: " + file + "\n"));
    }

    @Test
    void makesTheOutputDirectoryForItsOwnerAlone() throws Exception {
        Path fresh = top.resolve("fresh");
        Run run = run("collect", "--count", "1", "--output", fresh.toString(), "--force");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Path.of(run.out().trim()).getParent()).isEqualTo(fresh);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh)))
                .isEqualTo("rwx------");
    }

    @Test
    void saysInOneLineThatThereIsNoProc() {
        String output = top.resolve("fresh").toString();
        assertThat(run("collect", "--count", "1", "--output", output, "--force", "--proc", top.toString()))
                .isEqualTo(new Run(
                        3,
                        "",
                        "postmem: no readable meminfo in " + top
                                + "; collecting needs a Linux /proc, or --proc DIR\n"));
        assertThat(top.toFile().list()).isEmpty();
    }

    @Test
    void refusesOptionsThatMakeNoSense() {
        assertThat(run("collect", "--interval", "10ms").code()).isEqualTo(2);
        assertThat(run("collect", "--interval", "soon").code()).isEqualTo(2);
        assertThat(run("collect", "--count", "0").code()).isEqualTo(2);
        assertThat(run().code()).isEqualTo(2);
    }

    /** That of the first test vector of RFC 8032 as openssl writes it. */
    private Path signingKey(String permissions) throws Exception {
        Path key = Files.writeString(top.resolve("key"), """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
                -----END PRIVATE KEY-----
                """);
        return Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));
    }

    private static Object keyExposed(Path archive) throws Exception {
        Map<String, Object> capture =
                Json.readObject(new String(Captures.snapshots(archive).get(0).captureJson(), UTF_8));
        return ((Map<?, ?>) capture.get("options")).get("sign_key_exposed");
    }

    @Test
    void aSigningKeyThatOthersMayReadIsUsedAndTold() throws Exception {
        Path key = signingKey("rw-r-----");
        String[] args = {"collect", "--count", "1", "--output", top.toString(), "--force", "--sign", key.toString()};
        Run run = run(args);
        assertThat(run.code()).isZero();
        String warning = "postmem: WARNING: others may read or change the signing key " + key
                + " (rw-r-----), and whoever has it can sign anything; chmod 600 it, and make a new one if it was so for"
                + " long\n";
        assertThat(run.err()).startsWith(warning);
        Path archive = Path.of(run.out().trim());
        assertThat(keyExposed(archive)).isEqualTo("rw-r-----");
        Path note = Files.writeString(top.resolve("note"), "seen");
        assertThat(run("attach", archive.toString(), note.toString(), "--sign", key.toString())
                        .err())
                .startsWith(warning);
        Run quiet = run(
                args[0],
                args[1],
                args[2],
                args[3],
                args[4],
                args[5],
                "--sign",
                signingKey("r--------").toString());
        assertThat(quiet.err()).doesNotContain("WARNING");
        assertThat(keyExposed(Path.of(quiet.out().trim()))).isNull();
    }

    @Test
    void saysWhichRuleIsNoRegularExpression() throws Exception {
        Path rules = Files.writeString(top.resolve("rules"), "# ours\nok\n(open\n");
        Run run = run("collect", "--count", "1", "--output", top.toString(), "--redact", rules.toString());
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).startsWith("postmem: " + rules + " line 3 is not a regular expression:");
    }

    @Test
    void endsOrderlyWhenStopped() throws Exception {
        StopSignal stop = new StopSignal();
        List<String> lines = new ArrayList<>();
        Collection collection = Collection.ofThisHost(settings(null, 500_000_000), line -> {}, line -> {
            lines.add(line);
            stop.stop();
        });
        Collection.Outcome outcome = collection.run(stop);
        // one tick, and the last snapshot that reads everything
        assertThat(outcome.snapshots()).isEqualTo(2);
        assertThat(lines.get(1)).contains("TICK, PROCESSES, SLOW, BUDGET");
        assertThat(ArchiveVerifier.verify(outcome.archive()).whole()).isTrue();
    }

    @Test
    void stopsAtItsSizeAndSaysSo() throws Exception {
        List<String> lines = new ArrayList<>();
        Collection.Outcome outcome = Collection.ofThisHost(settings(50L, 1000), lines::add, line -> {})
                .run(new StopSignal());
        assertThat(outcome.snapshots()).isEqualTo(1);
        assertThat(lines.get(lines.size() - 1))
                .isEqualTo("postmem: stopped, the archive has reached --max-size 1000 bytes");
    }

    @Test
    void twoCollectorsOfOneSecondKeepTheirOwnArchives() throws Exception {
        java.time.Clock clock =
                java.time.Clock.fixed(java.time.Instant.parse("2026-11-22T10:00:00Z"), java.time.ZoneOffset.UTC);
        Path first = new Collection(settings(1L, 500_000_000), clock, System::nanoTime, line -> {}, line -> {})
                .run(new StopSignal())
                .archive();
        Path second = new Collection(settings(1L, 500_000_000), clock, System::nanoTime, line -> {}, line -> {})
                .run(new StopSignal())
                .archive();
        assertThat(first.getFileName().toString()).endsWith("-20261122T100000Z.tar.zst");
        assertThat(second.getFileName().toString()).endsWith("-20261122T100000Z-2.tar.zst");
    }

    @Test
    void aKilledCollectorLosesNothingItHadWrittenAndTheNextOneBeginsItsOwnArchive() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(
                        java.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PostmemCollector.class.getName(),
                        "collect",
                        "--interval",
                        "100ms",
                        "--verbose",
                        "--output",
                        top.toString(),
                        "--force")
                .start();
        try (BufferedReader err = process.errorReader(UTF_8)) {
            String line = err.readLine();
            while (line != null && !line.startsWith("postmem: snapshot 3 ")) {
                line = err.readLine();
            }
            assertThat(line).isNotNull();
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(top)) {
            files = all.toList();
        }
        assertThat(files).hasSize(1);
        Path killed = files.get(0);
        byte[] left = Files.readAllBytes(killed);

        Run next = run("collect", "--interval", "100ms", "--count", "1", "--output", top.toString(), "--force");

        assertThat(next.code()).as(next.err()).isZero();
        Path own = Path.of(next.out().trim());
        assertThat(own).isNotEqualTo(killed);
        assertThat(ArchiveVerifier.verify(own).whole()).isTrue();
        assertThat(killed).hasBinaryContent(left);
        ArchiveVerifier.Result open = ArchiveVerifier.verify(killed);
        assertThat(open.snapshots()).isGreaterThanOrEqualTo(3);
        assertThat(open.segments()).extracting(SegmentState::state).containsExactly(SegmentState.State.OPEN);
        assertThat(Captures.snapshots(killed))
                .extracting(Snapshot::number)
                .startsWith(1, 2, 3)
                .hasSize(open.snapshots());
    }

    private CollectSettings settings(Long count, long maxBytes) {
        return Captures.bounded(top, new Roots("/proc", "/sys", "/"), Duration.ofMillis(200), count, maxBytes, null);
    }
}
