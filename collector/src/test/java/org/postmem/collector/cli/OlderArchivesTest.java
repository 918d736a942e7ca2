package org.postmem.collector.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.Json;
import org.postmem.collector.archive.Snapshot;
import org.postmem.collector.archive.Thinning;
import org.postmem.collector.cli.OlderArchives.Removed;

/** Pitfall 17: a collector that is started again and again, and what it may remove of what was there before. */
class OlderArchivesTest {
    private static final String BOUNDED = "{\"format\":1,\"host\":\"web-7\",\"options\":{\"max_total_bytes\":2000}}";
    private static final String BY_HAND = "{\"format\":1,\"host\":\"web-7\",\"options\":{\"max_total_bytes\":null}}";
    private static final String OTHER_HOST = "{\"format\":1,\"host\":\"web-8\",\"options\":{\"max_total_bytes\":2000}}";

    @TempDir
    Path top;

    private final Random random = new Random(1);
    private final List<String> lines = new ArrayList<>();

    private OlderArchives older() {
        return new OlderArchives(top, "web-7", lines::add);
    }

    private ArchiveWriter writer(int hour, Compression compression, String capture) throws IOException {
        return ArchiveWriter.create(
                top.resolve(name(hour, compression)),
                new ArchiveWriter.Options(compression, 2, 0),
                capture.getBytes(UTF_8),
                Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC),
                segment -> {});
    }

    private static String name(int hour, Compression compression) {
        return "web-7-20261122T" + (10 + hour) + "0000Z." + compression.suffix();
    }

    private static String name(int hour) {
        return name(hour, Compression.ZSTD);
    }

    /** Ten thousand bytes and a little more. */
    private void fill(ArchiveWriter writer, boolean frozen) throws IOException {
        for (int number = 1; number <= 5; number++) {
            byte[] noise = new byte[2000];
            random.nextBytes(noise);
            writer.beginSnapshot(number);
            writer.entry("sys/noise", noise);
            if (frozen && number == 3) {
                writer.freezeFrom(writer.segment());
            }
            writer.endSnapshot(Map.of());
        }
    }

    private Path archive(int hour, Compression compression, String capture, boolean frozen) throws IOException {
        try (ArchiveWriter writer = writer(hour, compression, capture)) {
            fill(writer, frozen);
        }
        Path path = top.resolve(name(hour, compression));
        writtenAt(path, hour);
        return path;
    }

    private Path archive(int hour) throws IOException {
        return archive(hour, Compression.ZSTD, BOUNDED, false);
    }

    private static void writtenAt(Path path, int hour) throws IOException {
        Files.setLastModifiedTime(
                path, FileTime.from(Instant.parse("2026-11-22T10:00:00Z").plus(Duration.ofHours(hour))));
    }

    private List<String> left() {
        return List.of(top.toFile().list()).stream().sorted().toList();
    }

    @ParameterizedTest
    @EnumSource
    void theOldestGoUntilThreeQuartersAreLeftAndOneLineSaysSo(Compression compression) throws IOException {
        for (int hour = 0; hour < 5; hour++) {
            archive(hour, compression, BOUNDED, false);
        }
        long bytes = Files.size(top.resolve(name(0, compression)));
        assertThat(older().keepWithin(5 * bytes + 100)).isNull();
        assertThat(left()).hasSize(5);
        Removed removed = older().keepWithin(4 * bytes + 400);
        assertThat(removed.count()).isEqualTo(2);
        assertThat(removed.first()).isEqualTo(name(0, compression));
        assertThat(removed.last()).isEqualTo(name(1, compression));
        assertThat(left()).containsExactly(name(2, compression), name(3, compression), name(4, compression));
        assertThat(lines)
                .containsExactly(
                        "postmem: --max-total is reached in " + top + ": removed 2 older archives of this host, "
                                + removed.bytes() + " bytes: " + name(0, compression) + " to " + name(1, compression));
    }

    @Test
    void whatATriggerFrozeAndWhatAKilledCollectorLeftGoLast() throws IOException {
        archive(0, Compression.ZSTD, BOUNDED, true);
        Path killed = archive(1);
        Files.write(killed, java.util.Arrays.copyOf(Files.readAllBytes(killed), (int) Files.size(killed) - 600));
        writtenAt(killed, 1);
        archive(2);
        archive(3);
        long bytes = Files.size(top.resolve(name(2)));
        older().keepWithin(3 * bytes);
        assertThat(left()).containsExactly(name(0), name(1));
        older().keepWithin(bytes * 3 / 2);
        assertThat(left()).containsExactly(name(1));
    }

    @Test
    void onlyWhatWasCollectedWithTheBoundOnThisHostGoes() throws IOException {
        Path byHand = archive(0, Compression.ZSTD, BY_HAND, false);
        Path otherHost = archive(1, Compression.ZSTD, OTHER_HOST, false);
        Path renamed = Files.move(archive(2), top.resolve("incident-4711-web-7-20261122T120000Z.tar.zst"));
        Path foreign = Files.write(top.resolve(name(3)), new byte[20_000]);
        Path elsewhere = Files.createDirectory(top.resolve("elsewhere"));
        Path linked = Files.move(archive(4), elsewhere.resolve("kept.tar.zst"));
        Path link = Files.createSymbolicLink(top.resolve(name(4)), linked);
        Path folder = Files.createDirectory(top.resolve(name(5)));
        Path gone = archive(6);
        assertThat(older().keepWithin(100)).isEqualTo(new Removed(1, 10_000 + lengthBeyond(byHand), name(6), name(6)));
        assertThat(List.of(byHand, otherHost, renamed, foreign, linked, link, folder))
                .allMatch(path -> Files.exists(path));
        assertThat(gone).doesNotExist();
    }

    private static long lengthBeyond(Path sameLength) throws IOException {
        // "null" is as long as "2000"
        return Files.size(sameLength) - 10_000;
    }

    @Test
    void anotherUsersArchiveStays() throws IOException {
        Path path = archive(0);
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "only root gives files away");
        Files.setAttribute(path, "unix:uid", 4711);
        assertThat(older().keepWithin(100)).isNull();
        assertThat(path).exists();
    }

    @Test
    void oneThatAnotherCollectorWritesStaysAndDoesNotCount() throws IOException {
        Path old = archive(0);
        try (ArchiveWriter running = writer(1, Compression.ZSTD, BOUNDED)) {
            fill(running, false);
            assertThat(older().keepWithin(Files.size(old) + 100)).isNull();
            assertThat(older().keepWithin(100).last()).isEqualTo(name(0));
        }
        assertThat(left()).containsExactly(name(1));
    }

    @Test
    void theCopyThatAKilledCollectorLeftIsRemovedAndNothingElseOfThatName() throws IOException {
        Path archive = archive(0, Compression.ZSTD, BY_HAND, false);
        byte[] whole = Files.readAllBytes(archive);
        // as a kill leaves it while the oldest segments are dropped: what holds their place, and a part of the rest
        Path copy = top.resolve(name(0) + ".shortened");
        try (ArchiveWriter writer = writer(9, Compression.ZSTD, BY_HAND)) {
            fill(writer, false);
            writer.shorten(new Thinning(Set.of(0), Set.of(), Set.of()));
        }
        byte[] shortened = Files.readAllBytes(top.resolve(name(9)));
        Files.delete(top.resolve(name(9)));
        Files.write(copy, java.util.Arrays.copyOf(shortened, shortened.length - 300));
        Path foreign = Files.writeString(
                top.resolve(Files.move(archive(1), top.resolve(name(1))).getFileName() + ".shortened"), "not ours");
        Path alone = Files.write(top.resolve(name(2) + ".shortened"), shortened);
        archive(3);
        Path linked = Files.write(top.resolve("kept"), shortened);
        Path link = Files.createSymbolicLink(top.resolve(name(3) + ".shortened"), linked);
        older().removeUnfinishedCopies();
        assertThat(copy).doesNotExist();
        assertThat(Files.readAllBytes(archive)).isEqualTo(whole);
        assertThat(List.of(foreign, alone, linked, link)).allMatch(path -> Files.exists(path));
        assertThat(lines)
                .containsExactly("postmem: removed " + copy
                        + ", an unfinished copy that a killed collector left; the archive itself is whole");
    }

    @Test
    void aCopyThatIsBeingWrittenStays() throws IOException {
        Path archive = archive(0);
        Path copy = Files.copy(archive, top.resolve(name(0) + ".shortened"));
        try (FileChannel held = FileChannel.open(archive, StandardOpenOption.WRITE)) {
            held.lock();
            older().removeUnfinishedCopies();
        }
        assertThat(copy).exists();
        older().removeUnfinishedCopies();
        assertThat(copy).doesNotExist();
    }

    @Test
    void aServiceThatIsStartedAgainAndAgainStaysWithinItsBoundAndItsArchivesSayWhatWasRemoved() throws Exception {
        FakeProc host = new FakeProc(top.resolve("host"));
        Path output = Files.createDirectory(top.resolve("output"));
        CollectSettings settings = Captures.bounded(output, host.roots(), Duration.ofMillis(100), 2L, 10_000, 20_000L);
        List<Path> archives = new ArrayList<>();
        for (int start = 1; start <= 12; start++) {
            // An hour apart, as archives are named after the second: one that was removed would lend its name to a
            // later one.
            Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofHours(start));
            archives.add(new Collection(settings, clock, System::nanoTime, line -> {}, line -> {})
                    .run(new StopSignal())
                    .archive());
            long bytes = 0;
            for (Path path : archives) {
                bytes += Files.exists(path) ? Files.size(path) : 0;
            }
            assertThat(bytes).isLessThanOrEqualTo(20_000);
        }
        assertThat(archives).doesNotHaveDuplicates();
        assertThat(archives.get(0)).doesNotExist();
        assertThat(archives.get(10)).exists();
        List<String> told = new ArrayList<>();
        for (Path path : archives) {
            if (Files.exists(path)) {
                Snapshot first = Captures.snapshots(path).get(0);
                Object removed =
                        Json.readObject(new String(first.captureJson(), UTF_8)).get("removed_archives");
                if (removed != null) {
                    told.add(((Map<?, ?>) removed).get("first").toString());
                }
            }
        }
        assertThat(told).isNotEmpty().allMatch(name -> Files.notExists(output.resolve(name)));
    }

    @Test
    void withoutTheBoundNothingIsRemoved() throws Exception {
        FakeProc host = new FakeProc(top.resolve("host"));
        Path output = Files.createDirectory(top.resolve("output"));
        for (int start = 1; start <= 5; start++) {
            collect(host, output, "--max-size", "4kB", "--keep", "1s");
        }
        assertThat(output.toFile().list()).hasSize(5);
    }

    @Test
    void aBoundThatLeavesNoRoomForAnArchiveOfBeforeIsRefused() {
        StringWriter err = new StringWriter();
        int code = PostmemCollector.commandLine()
                .setErr(new PrintWriter(err))
                .execute("collect", "--max-size", "500MB", "--max-total", "999MB", "--output", top.toString());
        assertThat(code).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("--max-total must be at least twice --max-size (500000000 bytes), so that");
        assertThat(left()).isEmpty();
    }

    private Path collect(FakeProc host, Path output, String... options) {
        List<String> args = new ArrayList<>(List.of("collect", "--interval", "100ms", "--count", "2", "--force"));
        args.addAll(List.of("--no-sysstat-history", "--no-kernel-log", "--output", output.toString()));
        args.addAll(List.of(
                "--proc",
                host.roots().proc(),
                "--sys",
                host.roots().sys(),
                "--root",
                host.roots().root()));
        args.addAll(List.of(options));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = PostmemCollector.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args.toArray(String[]::new));
        assertThat(code).as(err.toString()).isZero();
        return Path.of(out.toString().trim());
    }
}
