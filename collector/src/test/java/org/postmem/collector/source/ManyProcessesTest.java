package org.postmem.collector.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.archive.ArchiveReader;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.GroupedText;
import org.postmem.collector.archive.Snapshot;
import org.postmem.collector.cli.PostmemCollector;

class ManyProcessesTest {
    /** Those of the launcher, src/dist/bin/postmem-collector. */
    private static final String FLAGS = "-Xms8m -Xmx32m -Xmn2m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20"
            + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss256k"
            + " -XX:ReservedCodeCacheSize=16m -XX:-UsePerfData -XX:+ExitOnOutOfMemoryError"
            + " --add-opens java.base/sun.nio.fs=ALL-UNNAMED --add-opens java.base/sun.nio.ch=ALL-UNNAMED";

    @TempDir
    Path top;

    /** All of them are one folder under many names. */
    private String host(String name, int processes) throws IOException {
        Path folder = top.resolve(name);
        FakeHost host = new FakeHost(folder).process(1, "worker", 795);
        for (int pid = 2; pid <= processes; pid++) {
            Files.createSymbolicLink(host.path("proc/" + pid), Path.of("1"));
        }
        return folder.toString();
    }

    private static List<String> run(String limit, Class<?> main, String... args)
            throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        limit + "exec '" + java + "' " + FLAGS + " -cp '" + System.getProperty("java.class.path") + "' "
                                + main.getName() + " " + String.join(" ", args))
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out.lines().toList();
    }

    private static long reads(List<String> lines, int snapshot) {
        String start = "snapshot " + snapshot + " ";
        String line =
                lines.stream().filter(l -> l.startsWith(start)).findFirst().orElseThrow();
        return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    }

    @Test
    void thirtyThousandProcessesTakeTenTimesTheReadsOfThreeThousand() throws Exception {
        List<String> few = run("", ManyProcesses.class, "memory", host("few", 3_000));
        List<String> many = run("", ManyProcesses.class, "memory", host("many", 30_000));
        assertThat(many)
                .filteredOn(line -> line.startsWith("snapshot"))
                .hasSize(3)
                .allMatch(line -> line.contains(line.startsWith("snapshot 3") ? "processes -1" : "processes 30000"));
        // stat, statm, status, oom_score, oom_score_adj, cgroup
        assertThat(reads(many, 1) - reads(few, 1)).isEqualTo(6 * 27_000);
        // the files of the host, and two of each of the three that are watched
        assertThat(reads(many, 3)).isEqualTo(reads(few, 3)).isLessThan(26);
        // what does not fit into a tick is left out, and said
        assertThat(many).anyMatch(line -> line.startsWith("2 proc/*/fd SKIPPED_BUDGET"));
    }

    @Test
    void thirtyThousandProcessesFitIntoTheHeapOfTheCollector() throws Exception {
        String host = host("many", 30_000);
        List<String> lines = run(
                "",
                PostmemCollector.class,
                ("collect --interval 1s --count 3 --cpu-budget 100% --no-kernel-log --no-sysstat-history --force --output "
                                + top + " --proc " + host + "/proc --sys " + host + "/sys --root " + host + "/root")
                        .split(" ", -1));
        Path archive = Path.of(lines.get(lines.size() - 1));
        assertThat(run("", PostmemCollector.class, "verify", archive.toString()))
                .last()
                .asString()
                .endsWith("intact, 3 snapshots readable");
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            for (int number = 1; number <= 3; number++) {
                Snapshot snapshot = reader.next();
                assertThat(snapshot.summary()).containsEntry("processes", 30_000L);
                long living = 0;
                for (Map.Entry<String, byte[]> member : snapshot.members().entrySet()) {
                    living += member.getKey().matches("pid/stat(\\.[0-9]+)?")
                            ? GroupedText.read(member.getValue()).size()
                            : 0;
                }
                living += new String(snapshot.members().getOrDefault("pid/unchanged", new byte[0]), US_ASCII)
                        .lines()
                        .count();
                assertThat(living).isEqualTo(30_000);
            }
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void aSnapshotLargerThanTheHeapOfTheCollectorIsVerifiedThere() throws Exception {
        Path archive = top.resolve("large.tar.zst");
        byte[] text = "Name:\tworker\nVmRSS:\t    3180 kB\n".repeat(1 << 15).getBytes(US_ASCII);
        try (ArchiveWriter writer = ArchiveWriter.create(
                archive,
                ArchiveWriter.Options.standard(Compression.ZSTD),
                "{\"format\":1}".getBytes(US_ASCII),
                Clock.systemUTC(),
                segment -> {})) {
            writer.beginSnapshot(1);
            for (int part = 0; part < 40; part++) {
                writer.entry("pid/status." + part, text);
            }
            writer.endSnapshot(Map.of());
        }
        assertThat(run("", PostmemCollector.class, "verify", archive.toString()))
                .last()
                .asString()
                .endsWith("intact, 1 snapshot readable");
    }

    @Test
    void withoutAFreeDescriptorItIsSaidAndAFewAreEnoughToReadEverything() throws Exception {
        List<String> lines = run("ulimit -n 64; ", ManyProcesses.class, "descriptors", host("few", 300));
        assertThat(lines)
                .contains("snapshot 3 processes -1 read 0", "3 proc EMFILE 1", "3 proc/meminfo EMFILE 1")
                .filteredOn(line -> line.startsWith("snapshot"))
                .hasSize(5);
        assertThat(lines).noneMatch(line -> line.startsWith("4 ") && line.contains("EMFILE"));
        assertThat(lines).anyMatch(line -> line.startsWith("snapshot 4 processes 300 "));
        assertThat(lines).anyMatch(line -> line.startsWith("snapshot 5 processes 300 "));
    }
}
