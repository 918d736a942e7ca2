package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArchiveRoundTripTest {
    @TempDir
    Path folder;

    @Test
    void aSegmentHasTenMinutesOfSnapshotsThatAreCloseTogether() {
        ArchiveWriter.Options options = ArchiveWriter.Options.standard(Compression.ZSTD);
        assertThat(List.of("PT0.1S", "PT1S", "PT2S", "PT5S", "PT10S", "PT30M"))
                .extracting(interval -> options.every(Duration.parse(interval)).snapshotsPerSegment())
                .containsExactly(600, 600, 300, 120, 120, 120);
    }

    @ParameterizedTest
    @EnumSource
    void readsBackEverySnapshotOfEverySegment(Compression compression) throws IOException {
        Path path = folder.resolve("a." + compression.suffix());
        Archives.write(path, compression, 3, 8);

        assertThat(Archives.readable(path)).isEqualTo(Archives.expectedUpTo(8));
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path);
        assertThat(result.whole()).isTrue();
        assertThat(result.damages()).isEmpty();
        assertThat(result.segments())
                .extracting(s -> s.segment() + " " + s.state() + " " + s.firstSnapshot() + "-" + s.lastSnapshot())
                .containsExactly("0 INTACT 1-3", "1 INTACT 4-6", "2 INTACT 7-8");
    }

    @ParameterizedTest
    @EnumSource
    void isWholeAfterEverySnapshotWhileItIsStillWritten(Compression compression) throws IOException {
        Path path = folder.resolve("a." + compression.suffix());
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 3), Archives.CAPTURE, Archives.CLOCK, s -> {})) {
            for (int number = 1; number <= 5; number++) {
                Archives.write(writer, number);
                assertThat(Files.size(path)).isEqualTo(writer.bytes());
                assertThat(Archives.readable(path)).isEqualTo(Archives.expectedUpTo(number));
                assertThat(ArchiveVerifier.verify(path).damages()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesTheSameBytesForTheSameInput(Compression compression) throws IOException {
        Path a = folder.resolve("a");
        Path b = folder.resolve("b");
        Archives.write(a, compression, 3, 5);
        Archives.write(b, compression, 3, 5);
        assertThat(Files.mismatch(a, b)).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void keepsHostMembersLongNamesAndTheCaptureOfEverySegment(Compression compression) throws IOException {
        Path path = folder.resolve("a");
        String longName = "cgroup/" + "très-long/".repeat(30) + "memory.stat";
        List<Integer> segments = new ArrayList<>();
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 1), Archives.CAPTURE, Archives.CLOCK, segments::add)) {
            writer.beginSnapshot(1);
            writer.entry(longName, Archives.utf8("anon 1"));
            writer.entry("host/kmsg", Archives.utf8("6,1,1,-;Linux"));
            writer.endSnapshot(Map.of("trigger", "x"));
            writer.beginSnapshot(2);
            writer.entry("proc/meminfo", Archives.utf8("MemTotal: 1 kB\n"));
            writer.endSnapshot(Map.of());
        }
        assertThat(segments).containsExactly(0, 1);
        try (ArchiveReader reader = ArchiveReader.open(path)) {
            Snapshot first = reader.next();
            assertThat(first.members()).containsOnlyKeys(longName);
            assertThat(first.hostMembers()).containsOnlyKeys("host/kmsg");
            assertThat(first.hostMembers().get("host/kmsg")).isEqualTo(Archives.utf8("6,1,1,-;Linux"));
            assertThat(first.captureJson()).isEqualTo(Archives.CAPTURE);
            assertThat(first.summary()).containsEntry("trigger", "x").containsEntry("segment", 0L);
            assertThat(first.forgetCarried()).isTrue();
            assertThat(first.memberName("proc/meminfo")).isEqualTo("000001/proc/meminfo");
            Snapshot second = reader.next();
            assertThat(second.captureJson()).isEqualTo(Archives.CAPTURE);
            assertThat(second.segment()).isEqualTo(1);
            assertThat(reader.next()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void tarListsItWithoutComplaint(Compression compression) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tar")) && Files.isExecutable(Path.of("/usr/bin/zstd")));
        Path path = folder.resolve("a." + compression.suffix());
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 2), Archives.CAPTURE, Archives.CLOCK, s -> {})) {
            for (int number = 1; number <= 3; number++) {
                Archives.write(writer, number);
                checkTools(path, compression, number);
            }
        }
        checkTools(path, compression, 3);
    }

    private void checkTools(Path path, Compression compression, int snapshots) throws Exception {
        List<String> expected = new ArrayList<>();
        for (int number = 1; number <= snapshots; number++) {
            if (number % 2 == 1) {
                expected.add("capture.json");
            }
            for (String name : Archives.members(number).keySet()) {
                expected.add("00000" + number + "/" + name);
            }
            expected.add("00000" + number + "/snapshot.json");
        }
        boolean zstd = compression == Compression.ZSTD;
        assertThat(run("tar", zstd ? "--zstd" : "-z", "-tf", path.toString())).containsExactlyElementsOf(expected);
        assertThat(run(zstd ? "zstd" : "gzip", "-q", "-t", path.toString())).isEmpty();
    }

    /** Standard output and error, which must be of a process that ended well. */
    private List<String> run(String... command) throws Exception {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int code = process.waitFor();
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        assertThat(code).as(String.join(" ", command) + " " + lines).isZero();
        return lines;
    }

    @ParameterizedTest
    @EnumSource
    void readsConcatenatedArchivesAndThoseWithoutTheirFirstSegments(Compression compression) throws IOException {
        Path path = folder.resolve("a");
        List<Long> sizes = Archives.write(path, compression, 2, 6);
        byte[] bytes = Files.readAllBytes(path);

        Path dropped = folder.resolve("dropped");
        Files.write(dropped, java.util.Arrays.copyOfRange(bytes, sizes.get(1).intValue(), bytes.length));
        assertThat(Archives.readable(dropped)).isEqualTo(Archives.expected(3, 4, 5, 6));
        ArchiveVerifier.Result beheaded = ArchiveVerifier.verify(dropped);
        assertThat(beheaded.whole()).isFalse();
        assertThat(beheaded.segments())
                .extracting(segment -> segment.segment() + " " + segment.state())
                .containsExactly("0 LOST", "1 INTACT", "2 INTACT");
        assertThat(beheaded.damages()).containsExactly(new Damage(0, 0, null, null, "segments are missing here"));

        Path twice = folder.resolve("twice");
        Files.write(twice, bytes);
        Files.write(twice, bytes, java.nio.file.StandardOpenOption.APPEND);
        assertThat(Archives.readable(twice)).isEqualTo(Archives.expected(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6));
        assertThat(ArchiveVerifier.verify(twice).whole()).isTrue();

        // the second and the third change places, then the last is there twice
        int second = sizes.get(1).intValue();
        int third = sizes.get(3).intValue();
        Path moved = folder.resolve("moved");
        Files.write(moved, java.util.Arrays.copyOfRange(bytes, 0, second));
        Files.write(
                moved,
                java.util.Arrays.copyOfRange(bytes, third, bytes.length),
                java.nio.file.StandardOpenOption.APPEND);
        Files.write(moved, java.util.Arrays.copyOfRange(bytes, second, third), java.nio.file.StandardOpenOption.APPEND);
        assertThat(ArchiveVerifier.verify(moved).damages())
                .extracting(Damage::reason)
                .containsExactly(
                        "segments are missing here",
                        "segment 1 stands behind segment 2: segments were repeated or put in another order");
        Path repeated = folder.resolve("repeated");
        Files.write(repeated, bytes);
        Files.write(
                repeated,
                java.util.Arrays.copyOfRange(bytes, third, bytes.length),
                java.nio.file.StandardOpenOption.APPEND);
        assertThat(ArchiveVerifier.verify(repeated).damages())
                .extracting(Damage::reason)
                .containsExactly("segment 2 stands behind segment 2: segments were repeated or put in another order");

        byte[] middle = bytes.clone();
        int from = sizes.get(1).intValue();
        int to = sizes.get(3).intValue();
        Path hole = folder.resolve("hole");
        Files.write(hole, java.util.Arrays.copyOfRange(middle, 0, from));
        Files.write(
                hole, java.util.Arrays.copyOfRange(middle, to, bytes.length), java.nio.file.StandardOpenOption.APPEND);
        assertThat(Archives.readable(hole)).isEqualTo(Archives.expected(1, 2, 5, 6));
        assertThat(ArchiveVerifier.verify(hole).segments())
                .extracting(SegmentState::state)
                .contains(SegmentState.State.LOST);
        assertThat(ArchiveVerifier.verify(hole).whole()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void anAbandonedSnapshotIsNotThereAndTheNextOneOpensASegment(Compression compression) throws IOException {
        Path path = folder.resolve("a");
        List<Integer> segments = new ArrayList<>();
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 10), Archives.CAPTURE, Archives.CLOCK, segments::add)) {
            Archives.write(writer, 1);
            writer.beginSnapshot(2);
            writer.entry("proc/meminfo", new byte[] {1});
            writer.abandonSnapshot();
            Archives.write(writer, 3);
        }
        assertThat(segments).containsExactly(0, 1);
        assertThat(Archives.readable(path)).isEqualTo(Archives.expected(1, 3));
        assertThat(ArchiveVerifier.verify(path).whole()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void reportsWhatASnapshotTook(Compression compression) throws IOException {
        Path path = folder.resolve("a");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 10), Archives.CAPTURE, Archives.CLOCK, s -> {})) {
            ArchiveWriter.Written first = Archives.write(writer, 1);
            assertThat(first.rawBytes() % 512).isZero();
            assertThat(Files.size(path)).isEqualTo(first.writtenBytes());
            ArchiveWriter.Written second = Archives.write(writer, 2);
            assertThat(Files.size(path)).isEqualTo(first.writtenBytes() + second.writtenBytes());
        }
    }
}
