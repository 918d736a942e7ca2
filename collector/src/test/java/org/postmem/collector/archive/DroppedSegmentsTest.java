package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DroppedSegmentsTest {
    @TempDir
    Path folder;

    /** A disk with room for so many bytes. */
    private record Full(ArchiveFile file, long capacity) implements ArchiveFile {
        @Override
        public void write(long position, byte[] bytes, int offset, int length) throws IOException {
            int fits = (int) Math.max(0, Math.min(length, capacity - position));
            file.write(position, bytes, offset, fits);
            if (fits < length) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            file.sync();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
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
                assertThatThrownBy(() -> writer.dropOldest(2, at -> new Full(ArchiveFile.create(at), room)))
                        .isInstanceOf(IOException.class);
                assertThat(Files.readAllBytes(path)).isEqualTo(before);
                assertThat(folder.toFile().list()).containsExactly("lab");
            }
            Archives.write(writer, 8);
            writer.dropOldest(2);
            assertThat(Archives.readable(path)).isEqualTo(Archives.expected(5, 6, 7, 8));
            for (int number = 9; number <= 11; number++) {
                Archives.write(writer, number);
            }
            writer.dropOldest(1);
        }
        assertThat(Archives.readable(path))
                .isEqualTo(Archives.expected(IntStream.rangeClosed(7, 11).toArray()));
        assertThat(ArchiveVerifier.verify(path).whole()).isTrue();
        assertThat(folder.toFile().list()).containsExactly("lab");
    }
}
