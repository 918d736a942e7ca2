package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DamagedArchiveTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void cutAnywhereItGivesEverySnapshotBeforeTheCutAndNoOther(Compression compression) throws IOException {
        Path whole = folder.resolve("whole");
        List<Long> sizes = Archives.write(whole, compression, 2, 5);
        byte[] bytes = Files.readAllBytes(whole);
        List<String> all = Archives.expectedUpTo(5);
        int seal = SegmentCompressor.seal(compression).length;
        Path cut = folder.resolve("cut");
        for (int length = 1; length <= bytes.length; length++) {
            Files.write(cut, Arrays.copyOf(bytes, length));
            List<String> readable = Archives.readable(cut);
            // A snapshot is on disk when its blocks are: the seal and the trailer behind it are no part of it.
            int atLeast = 0;
            for (int i = 0; i < sizes.size(); i++) {
                atLeast = length >= sizes.get(i) ? i + 1 : atLeast;
            }
            assertThat(readable).as("cut at %d of %d", length, bytes.length).hasSizeGreaterThanOrEqualTo(atLeast);
            assertThat(readable).as("cut at %d of %d", length, bytes.length).isEqualTo(all.subList(0, readable.size()));
            if (length > sizes.get(0) && length % 16 == 0) {
                assertThat(ArchiveVerifier.verify(cut).snapshots()).isEqualTo(readable.size());
            }
        }
        assertThat(seal).isLessThan(4);
        assertThat(Archives.readable(cut)).isEqualTo(all);
    }

    @ParameterizedTest
    @EnumSource
    void oneFlippedBitCostsNoOtherSegmentAndNeverGivesWrongBytes(Compression compression) throws IOException {
        Path whole = folder.resolve("whole");
        List<Long> sizes = Archives.write(whole, compression, 2, 6);
        byte[] bytes = Files.readAllBytes(whole);
        List<String> all = Archives.expectedUpTo(6);
        Path flipped = folder.resolve("flipped");
        Random random = new Random(11);
        for (int offset = 0; offset < bytes.length; offset++) {
            boolean ofTheSecondTrailer = offset >= sizes.get(3) - 470 && offset < sizes.get(3);
            if (!ofTheSecondTrailer && random.nextInt(5) > 0) {
                continue;
            }
            byte[] wrong = bytes.clone();
            wrong[offset] ^= (byte) (1 << random.nextInt(8));
            Files.write(flipped, wrong);
            int segment = offset < sizes.get(1) ? 0 : offset < sizes.get(3) ? 1 : 2;
            List<String> readable;
            try (ArchiveReader reader = ArchiveReader.open(flipped)) {
                readable = Archives.readable(reader);
            } catch (ArchiveException e) {
                // Only what says what the file is may make the whole of it unreadable.
                assertThat(offset).as(e.getMessage()).isLessThan(10);
                continue;
            }
            assertThat(all).as("bit at %d", offset).containsAll(readable);
            assertThat(readable).as("bit at %d", offset).doesNotHaveDuplicates();
            List<String> neighbours = new ArrayList<>(all);
            neighbours.subList(segment * 2, segment * 2 + 2).clear();
            assertThat(readable).as("bit at %d", offset).containsAll(neighbours);
            ArchiveVerifier.Result result = ArchiveVerifier.verify(flipped);
            assertThat(result.whole()).as("bit at %d", offset).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void zerosAfterAPowerCutHideNothing(Compression compression) throws IOException {
        Path whole = folder.resolve("whole");
        List<Long> sizes = Archives.write(whole, compression, 3, 5);
        byte[] bytes = Files.readAllBytes(whole);
        Path torn = folder.resolve("torn");
        for (int snapshot = 1; snapshot <= 5; snapshot++) {
            for (int more : new int[] {0, 1, 40}) {
                byte[] zeros = Arrays.copyOf(bytes, sizes.get(snapshot - 1).intValue() + more);
                Files.write(torn, Arrays.copyOf(zeros, zeros.length + 5000));
                assertThat(Archives.readable(torn))
                        .as("after snapshot %d and %d bytes", snapshot, more)
                        .startsWith(Archives.expectedUpTo(snapshot).toArray(new String[0]))
                        .isEqualTo(Archives.expectedUpTo(Archives.readable(torn).size()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsToForgetCarriedTextsBehindAHole(Compression compression) throws IOException {
        Path whole = folder.resolve("whole");
        List<Long> sizes = Archives.write(whole, compression, 3, 6);
        byte[] bytes = Files.readAllBytes(whole);
        bytes[(int) ((sizes.get(0) + sizes.get(1)) / 2)] ^= 4;
        Files.write(whole, bytes);
        List<String> read = new ArrayList<>();
        try (ArchiveReader reader = ArchiveReader.open(whole)) {
            Snapshot snapshot = reader.next();
            while (snapshot != null) {
                read.add(snapshot.number() + " " + snapshot.forgetCarried());
                snapshot = reader.next();
            }
        }
        assertThat(read)
                .startsWith("1 true")
                .endsWith("4 true", "5 false", "6 false")
                .doesNotContain("3 false");
    }

    @ParameterizedTest
    @EnumSource
    void placesOneFlippedByte(Compression compression) throws IOException {
        Path whole = folder.resolve("whole");
        List<Long> sizes = Archives.write(whole, compression, 3, 6);
        byte[] bytes = Files.readAllBytes(whole);
        int offset = (int) ((sizes.get(3) + sizes.get(4)) / 2);
        bytes[offset] ^= 1;
        Files.write(whole, bytes);
        ArchiveVerifier.Result result = ArchiveVerifier.verify(whole);
        assertThat(result.segments())
                .extracting(s -> s.segment() + " " + s.state())
                .containsExactly("0 INTACT", "1 DAMAGED");
        Damage first = result.damages().get(0);
        assertThat(first.fromByte()).isLessThanOrEqualTo(offset);
        assertThat(first.toByte()).isGreaterThan(offset);
        assertThat(first.fromByte()).isGreaterThanOrEqualTo(sizes.get(3) - 3);
        assertThat(result.snapshots()).isGreaterThanOrEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void findsAndPlacesOneFlippedByteWhereverItIs(Compression compression) throws IOException {
        Path whole = folder.resolve("whole");
        Archives.write(whole, compression, 2, 3);
        byte[] bytes = Files.readAllBytes(whole);
        Path flipped = folder.resolve("flipped");
        for (int offset = 0; offset < bytes.length; offset++) {
            byte[] wrong = bytes.clone();
            wrong[offset] ^= (byte) 0xff;
            Files.write(flipped, wrong);
            ArchiveVerifier.Result result;
            try {
                result = ArchiveVerifier.verify(flipped);
            } catch (ArchiveException e) {
                assertThat(offset).as(e.getMessage()).isLessThan(10);
                continue;
            }
            long at = offset;
            assertThat(result.whole()).as("byte %d", offset).isFalse();
            // the place: a damage around it, or the one segment that is not what its trailer says, trailer included
            boolean placed =
                    result.damages().stream().anyMatch(damage -> damage.fromByte() <= at && at <= damage.toByte())
                            || result.segments().stream()
                                    .anyMatch(segment -> segment.state() != SegmentState.State.INTACT
                                            && segment.fromByte() != null
                                            && segment.fromByte() <= at
                                            && at < segment.fromByte() + segment.lengthBytes() + 500);
            assertThat(placed)
                    .as("byte %d: %s %s", offset, result.damages(), result.segments())
                    .isTrue();
        }
    }

    @Test
    void aSnapshotOfAnOpenSegmentThatWasExchangedIsToldByTheOneBehindIt() throws IOException {
        // gzip members stand alone, so one of another archive decodes and its own checksums hold
        Path ours = folder.resolve("ours");
        Path theirs = folder.resolve("theirs");
        List<Long> ends = Archives.write(ours, Compression.GZIP, 5, 4);
        List<Long> theirEnds = new ArrayList<>();
        try (ArchiveWriter writer = ArchiveWriter.create(
                theirs, Archives.options(Compression.GZIP, 5), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
            Archives.write(writer, 1);
            theirEnds.add(writer.bytes());
            writer.beginSnapshot(2, Archives.CLOCK.instant().plusSeconds(2));
            writer.entry("proc/meminfo", Archives.utf8("MemTotal: 1000000 kB\nMemFree: 999999 kB\n"));
            writer.endSnapshot(Archives.summary(2));
            theirEnds.add(writer.bytes());
        }
        byte[] a = Files.readAllBytes(ours);
        byte[] b = Files.readAllBytes(theirs);
        java.io.ByteArrayOutputStream spliced = new java.io.ByteArrayOutputStream();
        spliced.write(a, 0, ends.get(0).intValue());
        spliced.write(b, theirEnds.get(0).intValue(), (int) (theirEnds.get(1) - theirEnds.get(0)));
        spliced.write(a, ends.get(1).intValue(), (int) (ends.get(3) - ends.get(1)));
        Files.write(ours, spliced.toByteArray());
        ArchiveVerifier.Result result = ArchiveVerifier.verify(ours);
        assertThat(result.snapshots()).isEqualTo(4);
        long end = ends.get(0) + theirEnds.get(1) - theirEnds.get(0);
        assertThat(result.damages())
                .containsExactly(new Damage(
                        ends.get(0), end, null, null, "what lies before snapshot 3 is not what was written"));
        assertThat(result.segments())
                .extracting(segment -> segment.state())
                .containsExactly(SegmentState.State.DAMAGED);
    }

    @ParameterizedTest
    @EnumSource
    void anOpenSegmentWhoseSnapshotsVouchForEachOtherHasNoDamage(Compression compression) throws IOException {
        Path whole = folder.resolve("whole");
        List<Long> ends = Archives.write(whole, compression, 5, 4);
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(whole, Arrays.copyOf(bytes, ends.get(3).intValue()));
        ArchiveVerifier.Result result = ArchiveVerifier.verify(whole);
        assertThat(result.damages()).isEmpty();
        assertThat(result.segments()).extracting(segment -> segment.state()).containsExactly(SegmentState.State.OPEN);
    }
}
