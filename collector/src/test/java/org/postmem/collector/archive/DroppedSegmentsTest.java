package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DroppedSegmentsTest {
    @TempDir
    Path folder;

    /** A disk with room for so many bytes. */
    static final class Full extends ArchiveFileAround {
        private final long capacity;

        Full(ArchiveFile file, long capacity) {
            super(file);
            this.capacity = capacity;
        }

        @Override
        public void write(long position, byte[] bytes, int offset, int length) throws IOException {
            int fits = (int) Math.max(0, Math.min(length, capacity - position));
            super.write(position, bytes, offset, fits);
            if (fits < length) {
                throw new IOException("No space left on device");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDiskFullAtAnyByteWhileDroppingLeavesTheOldArchiveAndItGoesOn(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 2), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
            for (int number = 1; number <= 7; number++) {
                Archives.write(writer, number);
            }
            byte[] before = Files.readAllBytes(path);
            long left = before.length - writer.closedSegments().get(1).end();
            for (long capacity = 0; capacity < left; capacity += 13) {
                long room = capacity;
                assertThatThrownBy(() ->
                                writer.shorten(Archives.dropping(0, 1), at -> new Full(ArchiveFile.create(at), room)))
                        .isInstanceOf(IOException.class);
                assertThat(Files.readAllBytes(path)).isEqualTo(before);
                assertThat(folder.toFile().list()).containsExactly("lab");
            }
            Archives.write(writer, 8);
            writer.shorten(Archives.dropping(0, 1));
            assertThat(Archives.readable(path)).isEqualTo(Archives.expected(5, 6, 7, 8));
            for (int number = 9; number <= 11; number++) {
                Archives.write(writer, number);
            }
            writer.shorten(Archives.dropping(2));
        }
        assertThat(Archives.readable(path))
                .isEqualTo(Archives.expected(IntStream.rangeClosed(7, 11).toArray()));
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path);
        assertThat(result.whole()).isTrue();
        // who cuts off the first segments leaves no such thing
        assertThat(result.segments().get(0).detail())
                .isEqualTo("segments 0 to 2 dropped by the collector: snapshots 1 to 6");
        assertThat(folder.toFile().list()).containsExactly("lab");
    }

    @ParameterizedTest
    @EnumSource
    void segmentsDroppedBehindOneThatStaysKeepTheirPlaceInTheChain(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 2), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
            for (int number = 1; number <= 13; number++) {
                Archives.write(writer, number);
            }
            // segments of two: 0 is 1 and 2, 1 is 3 and 4 …
            writer.shorten(Archives.dropping(1, 2, 4));
            assertThat(Archives.readable(path)).isEqualTo(Archives.expected(1, 2, 7, 8, 11, 12, 13));
            assertThat(ArchiveVerifier.verify(path).damages()).isEmpty();
            Archives.write(writer, 14);
            // 3 goes, too: one gap from 1 to 4
            writer.shorten(Archives.dropping(3));
            Archives.write(writer, 15);
            assertThat(writer.closedSegments())
                    .extracting(ClosedSegment::segment)
                    .containsExactly(0, 5, 6);
        }
        assertThat(Archives.readable(path)).isEqualTo(Archives.expected(1, 2, 11, 12, 13, 14, 15));
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path);
        assertThat(result.damages()).isEmpty();
        assertThat(result.whole()).isTrue();
        assertThat(result.segments())
                .extracting(segment -> segment.segment() + " " + segment.state() + " " + segment.detail())
                .containsExactly(
                        "0 INTACT null",
                        "4 INTACT segments 1 to 4 dropped by the collector: snapshots 3 to 10",
                        "5 INTACT null",
                        "6 INTACT null",
                        "7 INTACT null");
    }

    @ParameterizedTest
    @EnumSource
    void aGapAndTheSegmentBeforeItBecomeOneGap(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 2), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
            for (int number = 1; number <= 13; number++) {
                Archives.write(writer, number);
            }
            writer.shorten(Archives.dropping(1, 2, 3, 4));
            Archives.write(writer, 14);
            assertThat(Archives.readable(path)).isEqualTo(Archives.expected(1, 2, 11, 12, 13, 14));
            // with the one before it there is one gap, from the first segment on
            writer.shorten(Archives.dropping(0));
            Archives.write(writer, 15);
        }
        assertThat(Archives.readable(path)).isEqualTo(Archives.expected(11, 12, 13, 14, 15));
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path);
        assertThat(result.whole()).isTrue();
        assertThat(result.segments())
                .extracting(segment -> segment.segment() + " " + segment.detail())
                .containsExactly(
                        "4 segments 0 to 4 dropped by the collector: snapshots 1 to 10", "5 null", "6 null", "7 null");
    }

    @ParameterizedTest
    @EnumSource
    void aThinnedSegmentKeepsItsFirstSnapshotToTheByteAndItsPlaceInTheChain(Compression compression)
            throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 3), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
            for (int number = 1; number <= 11; number++) {
                Archives.write(writer, number);
            }
            // segments of three: 0 is 1 to 3, 1 is 4 to 6 …
            writer.shorten(new Thinning(Set.of(1), Set.of(), Set.of(0, 2)));
            assertThat(Archives.readable(path)).isEqualTo(Archives.expected(1, 7, 10, 11));
            assertThat(ArchiveVerifier.verify(path).damages()).isEmpty();
            assertThat(writer.closedSegments())
                    .extracting(ClosedSegment::thinBytes)
                    .containsExactly(0L, 0L);
            Archives.write(writer, 12);
            Archives.write(writer, 13);
        }
        assertThat(Archives.readable(path)).isEqualTo(Archives.expected(1, 7, 10, 11, 12, 13));
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path);
        assertThat(result.whole()).isTrue();
        assertThat(result.segments())
                .extracting(segment -> segment.segment() + " " + segment.state() + " " + segment.detail())
                .containsExactly(
                        "0 INTACT segment 0 thinned by the collector: snapshots 1 to 3",
                        "1 INTACT segment 1 dropped by the collector: snapshots 4 to 6",
                        "2 INTACT segment 2 thinned by the collector: snapshots 7 to 9",
                        "3 INTACT null",
                        "4 INTACT null");
        byte[] bytes = Files.readAllBytes(path);
        // a file whose first bytes are others is no archive at all
        for (int at = 4; at < result.segments().get(1).fromByte(); at++) {
            bytes[at] ^= 1;
            Files.write(path, bytes);
            assertThat(ArchiveVerifier.verify(path).whole()).as("byte " + at).isFalse();
            bytes[at] ^= 1;
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofASegmentInWhichTheKernelHasSaidMoreWhatItSaidIsLeft(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 3), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
            for (int number = 1; number <= 7; number++) {
                writer.beginSnapshot(number, Archives.CLOCK.instant());
                for (Map.Entry<String, byte[]> member : Archives.members(number).entrySet()) {
                    writer.entry(member.getKey(), member.getValue());
                }
                if (number == 1 || number == 5) {
                    writer.entry("host/kmsg", Archives.utf8("6,1,1;a line of the kernel\n"));
                }
                writer.endSnapshot(Archives.summary(number));
            }
            writer.shorten(new Thinning(Set.of(), Set.of(), Set.of(0, 1)));
        }
        try (ArchiveReader reader = ArchiveReader.open(path)) {
            for (int number : new int[] {1, 4, 5, 7}) {
                assertThat(reader.next().number()).isEqualTo(number);
            }
            assertThat(reader.next()).isNull();
        }
        assertThat(ArchiveVerifier.verify(path).whole()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aDiskFullAtAnyByteWhileThinningLeavesTheOldArchiveAndItGoesOn(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 2), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
            for (int number = 1; number <= 5; number++) {
                Archives.write(writer, number);
            }
            byte[] before = Files.readAllBytes(path);
            long least = writer.closedSegments().stream()
                    .mapToLong(ClosedSegment::thinBytes)
                    .sum();
            assertThat(least).isBetween(before.length / 5L, before.length / 2L);
            for (long capacity = 0; capacity < least; capacity += 7) {
                long room = capacity;
                assertThatThrownBy(() -> writer.shorten(
                                new Thinning(Set.of(), Set.of(), Set.of(0, 1)),
                                at -> new Full(ArchiveFile.create(at), room)))
                        .isInstanceOf(IOException.class);
                assertThat(Files.readAllBytes(path)).isEqualTo(before);
                assertThat(folder.toFile().list()).containsExactly("lab");
            }
            writer.shorten(new Thinning(Set.of(), Set.of(), Set.of(0, 1)));
            Archives.write(writer, 6);
        }
        assertThat(Archives.readable(path)).isEqualTo(Archives.expected(1, 3, 5, 6));
        assertThat(ArchiveVerifier.verify(path).whole()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aGapThatTellsOfOtherSegmentsThanWereThereIsFound(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        Path other = folder.resolve("other");
        for (Path one : new Path[] {path, other}) {
            try (ArchiveWriter writer = ArchiveWriter.create(
                    one, Archives.options(compression, 2), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
                for (int number = 1; number <= 8; number++) {
                    Archives.write(writer, one.equals(path) ? number : number + 100);
                }
                writer.shorten(Archives.dropping(1));
            }
        }
        byte[] ours = Files.readAllBytes(path);
        byte[] theirs = Files.readAllBytes(other);
        List<SegmentState> at = ArchiveVerifier.verify(path).segments();
        List<SegmentState> theirAt = ArchiveVerifier.verify(other).segments();
        java.io.ByteArrayOutputStream spliced = new java.io.ByteArrayOutputStream();
        spliced.write(ours, 0, at.get(1).fromByte().intValue());
        spliced.write(theirs, theirAt.get(1).fromByte().intValue(), (int)
                (theirAt.get(2).fromByte() - theirAt.get(1).fromByte()));
        spliced.write(ours, at.get(2).fromByte().intValue(), (int)
                (ours.length - at.get(2).fromByte()));
        Files.write(path, spliced.toByteArray());
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path);
        assertThat(result.whole()).isFalse();
        assertThat(result.damages())
                .extracting(Damage::reason)
                .allMatch(reason ->
                        reason.endsWith("does not name the SHA-256 of the segment before it: one of them was replaced"))
                .hasSize(2);
    }
}
