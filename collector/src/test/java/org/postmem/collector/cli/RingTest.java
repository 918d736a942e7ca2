package org.postmem.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postmem.collector.archive.ArchiveFile;
import org.postmem.collector.archive.ArchiveFileAround;
import org.postmem.collector.archive.ArchiveVerifier;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;

class RingTest {
    private static final long NO_MATTER = Long.MAX_VALUE;
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private final Random random = new Random(1);
    private final List<String> lines = new ArrayList<>();

    private ArchiveWriter writer(Compression compression, long maxBytes) throws IOException {
        return ArchiveWriter.create(
                folder.resolve("lab"),
                new ArchiveWriter.Options(compression, 60, 0).withSegmentBytes(Ring.segmentBytes(maxBytes)),
                "{\"format\":1}".getBytes(StandardCharsets.UTF_8),
                CLOCK,
                segment -> {});
    }

    /** About a thousand bytes that do not compress. */
    private void write(ArchiveWriter writer, int number) throws IOException {
        byte[] noise = new byte[1000];
        random.nextBytes(noise);
        writer.beginSnapshot(number);
        writer.entry("sys/noise", noise);
        writer.endSnapshot(Map.of());
    }

    private ArchiveVerifier.Result verified() throws IOException {
        return ArchiveVerifier.verify(folder.resolve("lab"));
    }

    @ParameterizedTest
    @EnumSource
    void theOldestSnapshotsGoWhenTheSizeIsReachedAndOneLineSaysSo(Compression compression) throws IOException {
        Ring ring = new Ring(60_000, null, null, lines::add);
        try (ArchiveWriter writer = writer(compression, 60_000)) {
            for (int number = 1; number <= 200; number++) {
                write(writer, number);
                assertThat(ring.makeRoom(writer, 3000, NO_MATTER, number)).isTrue();
                assertThat(Files.size(folder.resolve("lab"))).isLessThanOrEqualTo(60_000);
                ArchiveVerifier.Result now = verified();
                assertThat(now.damages()).isEmpty();
                assertThat(now.lastSnapshot()).isEqualTo(number);
                assertThat(now.snapshots()).isEqualTo(number - now.firstSnapshot() + 1);
            }
        }
        ArchiveVerifier.Result end = verified();
        assertThat(end.whole()).isTrue();
        assertThat(end.snapshots()).isBetween(25, 60);
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .matches("postmem: keeps the newest snapshots from now on, those up to \\d+ were dropped");
        assertThat(folder.toFile().list()).containsExactly("lab");
    }

    @Test
    void snapshotsOlderThanTheAgeGoByTheMonotonicClock() throws IOException {
        Ring ring = new Ring(1_000_000, Duration.ofMinutes(40), null, lines::add);
        try (ArchiveWriter writer = writer(Compression.ZSTD, 40_000)) {
            for (int number = 1; number <= 200; number++) {
                write(writer, number);
                long now = Duration.ofMinutes(number).toNanos();
                assertThat(ring.makeRoom(writer, 0, NO_MATTER, now)).isTrue();
            }
        }
        assertThat(verified().whole()).isTrue();
        // a segment is five snapshots; what is younger than the age is never dropped
        assertThat(verified().firstSnapshot()).isBetween(200 - 45 - 6, 200 - 40);
    }

    private List<Integer> numbers() throws IOException {
        List<Integer> numbers = new ArrayList<>();
        Captures.snapshots(folder.resolve("lab")).forEach(snapshot -> numbers.add(snapshot.number()));
        return numbers;
    }

    @Test
    void everyTickForAnHourThenOneSnapshotASegmentForADay() throws IOException {
        Ring ring = new Ring(1_000_000, Duration.ofHours(24), Duration.ofHours(1), lines::add);
        try (ArchiveWriter writer = writer(Compression.ZSTD, 40_000)) {
            for (int number = 1; number <= 2000; number++) {
                write(writer, number);
                long now = Duration.ofMinutes(number).toNanos();
                assertThat(ring.makeRoom(writer, 0, NO_MATTER, now)).isTrue();
            }
        }
        assertThat(verified().whole()).isTrue();
        // a segment is five snapshots
        List<Integer> numbers = numbers();
        assertThat(numbers.get(0)).isBetween(2000 - 24 * 60 * 9 / 8 - 10, 2000 - 24 * 60);
        assertThat(numbers).filteredOn(number -> number <= 2000 - 75 - 10).allMatch(number -> number % 5 == 1);
        assertThat(numbers)
                .containsAll(IntStream.rangeClosed(2000 - 60, 2000).boxed().toList());
        assertThat(lines.get(0))
                .isEqualTo(
                        "postmem: from now on keeps about one snapshot a minute of what is older than 60 minutes, and the"
                                + " first of each segment of what is older than a day");
        assertThat(lines).hasSize(2);
    }

    @Test
    void everyTickForAnHourThenOneSnapshotAMinuteForADayThenOneASegment() throws IOException {
        Ring ring = new Ring(100_000_000, Duration.ofHours(48), Duration.ofHours(1), lines::add);
        try (ArchiveWriter writer = ArchiveWriter.create(
                folder.resolve("lab"),
                new ArchiveWriter.Options(Compression.ZSTD, 60, 0),
                "{\"format\":1}".getBytes(StandardCharsets.UTF_8),
                CLOCK,
                segment -> {})) {
            // a snapshot in ten seconds, segments of ten minutes; the minutes' ticks are late, early, late …
            for (int number = 1; number <= 60 * 6 * 33; number++) {
                long now = Duration.ofSeconds(10L * number)
                        .plusMillis(number % 2 * 40L)
                        .toNanos();
                writer.beginSnapshot(number);
                byte[] noise = new byte[300];
                random.nextBytes(noise);
                writer.entry("sys/fs/noise", noise);
                writer.endSnapshot(Map.of("monotonic_ns", now));
                assertThat(ring.makeRoom(writer, 0, NO_MATTER, now)).isTrue();
            }
        }
        assertThat(verified().whole()).isTrue();
        List<Integer> numbers = numbers();
        int end = 60 * 6 * 33;
        assertThat(numbers)
                .containsAll(IntStream.rangeClosed(end - 360, end).boxed().toList());
        assertThat(numbers)
                .filteredOn(number -> number > end - 360 * 23 && number <= end - 360 * 3 / 2)
                .isEqualTo(IntStream.rangeClosed(end - 360 * 23 + 1, end - 360 * 3 / 2)
                        .filter(number -> number % 6 == 1)
                        .boxed()
                        .toList());
        assertThat(numbers)
                .filteredOn(number -> number <= end - 360 * 25)
                .isEqualTo(IntStream.rangeClosed(1, end - 360 * 25)
                        .filter(number -> number % 60 == 1)
                        .boxed()
                        .toList());
        assertThat(lines).hasSize(1);
    }

    @Test
    void aFullArchiveIsThinnedSomeSegmentsAtATimeAndLosesNoneMeanwhile() throws IOException {
        long most = 3_000_000;
        Ring ring = new Ring(most, null, Duration.ofHours(1), lines::add);
        Path archive = folder.resolve("lab");
        int copies = 0;
        try (ArchiveWriter writer = ArchiveWriter.create(
                archive,
                new ArchiveWriter.Options(Compression.ZSTD, 60, 0),
                "{\"format\":1}".getBytes(StandardCharsets.UTF_8),
                CLOCK,
                segment -> {})) {
            Object file = Files.getAttribute(archive, "unix:ino");
            for (int number = 1; number <= 60 * 140; number++) {
                long now = Duration.ofSeconds(10L * number).toNanos();
                writer.beginSnapshot(number);
                byte[] noise = new byte[300];
                random.nextBytes(noise);
                writer.entry("sys/fs/noise", noise);
                writer.endSnapshot(Map.of("monotonic_ns", now));
                assertThat(ring.makeRoom(writer, 1000, NO_MATTER, now)).isTrue();
                assertThat(Files.size(archive)).isLessThanOrEqualTo(most);
                Object after = Files.getAttribute(archive, "unix:ino");
                copies += after.equals(file) ? 0 : 1;
                file = after;
            }
        }
        assertThat(verified().whole()).isTrue();
        assertThat(numbers()).contains(1, 7, 13, 60 * 140).doesNotContain(2, 3, 4);
        assertThat(copies).isBetween(1, 20);
        assertThat(lines).hasSize(1);
    }

    @Test
    void whatCannotBeThinnedIsNotTriedAtEveryTick() throws IOException {
        Ring ring = new Ring(100_000_000, Duration.ofHours(48), Duration.ofHours(1), lines::add);
        Path foreign = Files.writeString(folder.resolve("lab.shortened"), "not ours");
        try (ArchiveWriter writer = writer(Compression.ZSTD, 40_000)) {
            for (int number = 1; number <= 100; number++) {
                write(writer, number);
                ring.makeRoom(writer, 0, NO_MATTER, Duration.ofMinutes(number).toNanos());
            }
            Files.delete(foreign);
            assertThat(verified().snapshots()).isEqualTo(100);
            long last = Duration.ofMinutes(100).toNanos();
            for (int second = 1; second < 60; second++) {
                ring.makeRoom(
                        writer, 0, NO_MATTER, last + Duration.ofSeconds(second).toNanos());
            }
            assertThat(verified().snapshots()).isEqualTo(100);
            ring.makeRoom(writer, 0, NO_MATTER, last + Duration.ofMinutes(11).toNanos());
        }
        assertThat(verified().snapshots()).isLessThan(100);
        assertThat(verified().whole()).isTrue();
        assertThat(lines).hasSize(2);
    }

    /** Reads of it, of which thinning needs some, get no memory while that is wanted. */
    private static ArchiveFile starving(Path path, AtomicBoolean starved) throws IOException {
        ArchiveFile file = ArchiveFile.create(path);
        return new ArchiveFileAround(file) {

            @Override
            public int read(long position, byte[] bytes, int offset, int length) throws IOException {
                if (starved.get()) {
                    throw new OutOfMemoryError("Java heap space");
                }
                return file.read(position, bytes, offset, length);
            }
        };
    }

    @Test
    void aThinningForWhichThereIsNoMemoryIsToldOnceAndDoneLater() throws IOException {
        Ring ring = new Ring(100_000_000, Duration.ofHours(48), Duration.ofHours(1), lines::add);
        AtomicBoolean starved = new AtomicBoolean(true);
        try (ArchiveWriter writer = ArchiveWriter.create(
                folder.resolve("lab"),
                new ArchiveWriter.Options(Compression.ZSTD, 60, 0).withSegmentBytes(Ring.segmentBytes(40_000)),
                "{\"format\":1}".getBytes(StandardCharsets.UTF_8),
                CLOCK,
                segment -> {},
                path -> starving(path, starved))) {
            for (int number = 1; number <= 100; number++) {
                write(writer, number);
                assertThat(ring.makeRoom(
                                writer, 0, NO_MATTER, Duration.ofMinutes(number).toNanos()))
                        .isTrue();
            }
            assertThat(lines).containsExactly("postmem: old snapshots could not be dropped: Java heap space");
            assertThat(verified().snapshots()).isEqualTo(100);
            starved.set(false);
            write(writer, 101);
            ring.makeRoom(writer, 0, NO_MATTER, Duration.ofMinutes(111).toNanos());
        }
        assertThat(numbers()).contains(1, 6, 11, 101).doesNotContain(2, 3, 4, 5, 7);
        assertThat(verified().whole()).isTrue();
        assertThat(folder.toFile().list()).containsExactly("lab");
    }

    @Test
    void whatAFullArchiveHasOfOldSnapshotsIsThinnedBeforeAnyIsDropped() throws IOException {
        Ring ring = new Ring(120_000, null, Duration.ofMinutes(30), lines::add);
        try (ArchiveWriter writer = writer(Compression.ZSTD, 40_000)) {
            for (int number = 1; number <= 125; number++) {
                write(writer, number);
                assertThat(ring.makeRoom(
                                writer,
                                3000,
                                NO_MATTER,
                                Duration.ofMinutes(number).toNanos()))
                        .isTrue();
                assertThat(Files.size(folder.resolve("lab"))).isLessThanOrEqualTo(120_000);
            }
        }
        assertThat(verified().whole()).isTrue();
        assertThat(numbers()).contains(1, 6, 11, 125).doesNotContain(2, 3, 4, 5, 7);
        assertThat(lines)
                .containsExactly(
                        "postmem: from now on keeps about one snapshot a minute of what is older than 30 minutes, and the"
                                + " first of each segment of what is older than a day");
    }

    @Test
    void whatATriggerFrozeIsNotThinned() throws IOException {
        Ring ring = new Ring(1_000_000, Duration.ofHours(24), Duration.ofHours(1), lines::add);
        try (ArchiveWriter writer = writer(Compression.ZSTD, 40_000)) {
            for (int number = 1; number <= 300; number++) {
                long now = Duration.ofMinutes(number).toNanos();
                if (number == 101) {
                    ring.freeze(writer, now);
                }
                write(writer, number);
                ring.makeRoom(writer, 0, NO_MATTER, now);
            }
        }
        assertThat(verified().whole()).isTrue();
        assertThat(numbers())
                .containsAll(IntStream.rangeClosed(86, 100).boxed().toList())
                .doesNotContain(77, 78, 107, 108);
    }

    @Test
    void aSnapshotThatCannotFitEndsTheCaptureAndStays() throws IOException {
        Ring ring = new Ring(500, null, null, lines::add);
        try (ArchiveWriter writer = writer(Compression.ZSTD, 500)) {
            write(writer, 1);
            assertThat(ring.makeRoom(writer, 1000, NO_MATTER, 1)).isFalse();
        }
        assertThat(verified().snapshots()).isEqualTo(1);
        assertThat(lines).isEmpty();
    }

    @Test
    void aForeignFileInTheWayIsLeftAloneAndSoIsTheArchive() throws IOException {
        Path foreign = Files.writeString(folder.resolve("lab.shortened"), "not ours");
        Ring ring = new Ring(20_000, null, null, lines::add);
        try (ArchiveWriter writer = writer(Compression.ZSTD, 20_000)) {
            boolean room = true;
            for (int number = 1; number <= 40; number++) {
                write(writer, number);
                room = ring.makeRoom(writer, 2000, NO_MATTER, number);
            }
            assertThat(room).isFalse();
        }
        assertThat(foreign).hasContent("not ours");
        assertThat(verified().snapshots()).isEqualTo(40);
        assertThat(verified().whole()).isTrue();
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith("postmem: old snapshots could not be dropped: ");
    }

    @Test
    void nothingIsDroppedWhenTheDiskHasNoRoomForTheCopy() throws IOException {
        Ring ring = new Ring(20_000, null, null, lines::add);
        try (ArchiveWriter writer = writer(Compression.ZSTD, 20_000)) {
            for (int number = 1; number <= 30; number++) {
                write(writer, number);
                ring.makeRoom(writer, 2000, 1000, number);
            }
        }
        assertThat(verified().snapshots()).isEqualTo(30);
    }

    @Test
    void whatATriggerFrozeStaysWhenTheRestIsDropped() throws IOException {
        Ring ring = new Ring(60_000, Duration.ofMinutes(30), null, lines::add);
        try (ArchiveWriter writer = writer(Compression.ZSTD, 60_000)) {
            for (int number = 1; number <= 200; number++) {
                long now = Duration.ofMinutes(number).toNanos();
                byte[] noise = new byte[1000];
                random.nextBytes(noise);
                writer.beginSnapshot(number);
                writer.entry("sys/noise", noise);
                if (number == 40) {
                    ring.freeze(writer, now);
                }
                writer.endSnapshot(Map.of());
                assertThat(ring.makeRoom(writer, 3000, NO_MATTER, now)).isTrue();
                assertThat(Files.size(folder.resolve("lab"))).isLessThanOrEqualTo(60_000);
                assertThat(verified().damages()).isEmpty();
            }
        }
        ArchiveVerifier.Result end = verified();
        assertThat(end.whole()).isTrue();
        List<Integer> numbers = new ArrayList<>();
        Captures.snapshots(folder.resolve("lab")).forEach(snapshot -> numbers.add(snapshot.number()));
        // fifteen minutes before it, in whole segments, and what is young enough
        assertThat(numbers).contains(30, 35, 40, 190, 200).doesNotContain(1, 60, 100, 150);
        assertThat(end.segments())
                .filteredOn(segment -> segment.detail() != null)
                .hasSize(2)
                .allSatisfy(gap -> assertThat(gap.detail()).contains(" dropped by the collector: snapshots "));
    }

    @Test
    void whatIsFrozenDoesNotFillTheArchive() throws IOException {
        Ring ring = new Ring(60_000, null, null, lines::add);
        try (ArchiveWriter writer = writer(Compression.ZSTD, 60_000)) {
            for (int number = 1; number <= 200; number++) {
                byte[] noise = new byte[1000];
                random.nextBytes(noise);
                writer.beginSnapshot(number);
                writer.entry("sys/noise", noise);
                // a trigger at every snapshot
                ring.freeze(writer, number);
                writer.endSnapshot(Map.of());
                assertThat(ring.makeRoom(writer, 3000, NO_MATTER, number)).isTrue();
                assertThat(Files.size(folder.resolve("lab"))).isLessThanOrEqualTo(60_000);
            }
        }
        assertThat(verified().whole()).isTrue();
        assertThat(verified().lastSnapshot()).isEqualTo(200);
        assertThat(verified().snapshots()).isGreaterThan(25);
    }
}
