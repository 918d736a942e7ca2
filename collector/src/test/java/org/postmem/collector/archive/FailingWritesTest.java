package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailingWritesTest {
    @TempDir
    Path folder;

    /** A disk that is full above a size, and that can also refuse to shorten a file. */
    private static final class Disk extends ArchiveFileAround {
        private long capacity;
        private boolean stubborn;

        Disk(Path path, long capacity) throws IOException {
            super(ArchiveFile.create(path));
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

        @Override
        public void truncate(long size) throws IOException {
            if (stubborn) {
                throw new IOException("Input/output error");
            }
            super.truncate(size);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDiskFullAtAnyByteCostsOnlyTheSnapshotThatDidNotFit(Compression compression) throws IOException {
        Path whole = folder.resolve("whole");
        Archives.write(whole, compression, 2, 3);
        long size = Files.size(whole);
        for (boolean stubborn : new boolean[] {false, true}) {
            for (long capacity = 0; capacity <= size; capacity += 11) {
                Path path = folder.resolve("full");
                Files.deleteIfExists(path);
                Disk disk = new Disk(path, capacity);
                disk.stubborn = stubborn;
                List<Integer> written = new ArrayList<>();
                List<Integer> failed = new ArrayList<>();
                String at = "full at " + capacity + (stubborn ? ", cannot truncate" : "");
                try (ArchiveWriter writer = new ArchiveWriter(
                        path,
                        disk,
                        Archives.options(compression, 2),
                        Archives.CAPTURE,
                        Archives.CLOCK,
                        segment -> {})) {
                    for (int number = 1; number <= 6; number++) {
                        if (number == 5) {
                            disk.capacity = Long.MAX_VALUE;
                            disk.stubborn = false;
                        }
                        try {
                            Archives.write(writer, number);
                            written.add(number);
                        } catch (ArchiveWriteException e) {
                            assertThat(e.noSpace())
                                    .isEqualTo(!stubborn || e.getMessage().contains("No space"));
                            assertThat(e.snapshot()).isEqualTo(number);
                            failed.add(number);
                        }
                        int[] expected =
                                written.stream().mapToInt(Integer::intValue).toArray();
                        if (stubborn) {
                            // What could not be cut off again may be read, but never instead of what was written.
                            assertThat(Archives.readable(path)).as(at).containsAll(Archives.expected(expected));
                        } else {
                            assertThat(Archives.readable(path)).as(at).isEqualTo(Archives.expected(expected));
                        }
                    }
                }
                assertThat(written).as(at).contains(5, 6);
                assertThat(written.size() + failed.size()).isEqualTo(6);
                assertThat(ArchiveVerifier.verify(path).damages()).as(at).isEmpty();
                assertThat(ArchiveVerifier.verify(path).whole()).as(at).isTrue();
            }
        }
    }

    /** What of the snapshot that is written now gets no memory: {@code begin}, {@code write} or {@code end}. */
    private String starved = "";

    private final class Starving implements SegmentCompressor {
        private final SegmentCompressor compressor;

        Starving(SegmentCompressor compressor) {
            this.compressor = compressor;
        }

        private void allocate(String step) throws IOException {
            if (starved.equals(step)) {
                throw new IOException("Allocation error : not enough memory");
            }
        }

        @Override
        public void begin() throws IOException {
            allocate("begin");
            compressor.begin();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            compressor.write(bytes, offset, length / 2);
            allocate("write");
            compressor.write(bytes, offset + length / 2, length - length / 2);
        }

        @Override
        public void endSnapshot() throws IOException {
            allocate("end");
            compressor.endSnapshot();
        }

        @Override
        public void close() {
            compressor.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCompressorWithoutMemoryCostsItsSnapshotAndNoOther(Compression compression) throws IOException {
        for (String step : List.of("begin", "write", "end")) {
            for (int snapshot = 1; snapshot <= 7; snapshot++) {
                Path path = folder.resolve("starved");
                Files.deleteIfExists(path);
                List<Integer> written = new ArrayList<>();
                List<Integer> lost = new ArrayList<>();
                try (ArchiveWriter writer = ArchiveWriter.create(
                                path, Archives.options(compression, 3), Archives.CAPTURE, Archives.CLOCK, s -> {})
                        .compressingWith((how, out) -> new Starving(SegmentCompressor.of(how, out)))) {
                    for (int number = 1; number <= 7; number++) {
                        starved = number == snapshot ? step : "";
                        try {
                            Archives.write(writer, number);
                            written.add(number);
                        } catch (IOException e) {
                            writer.abandonSnapshot();
                            lost.add(number);
                        }
                    }
                }
                String at = step + " of " + snapshot;
                // segments begin with 1, 4 and 7
                boolean begins = snapshot % 3 == 1;
                assertThat(lost).as(at).isEqualTo(step.equals("begin") && !begins ? List.of() : List.of(snapshot));
                assertThat(Archives.readable(path))
                        .as(at)
                        .isEqualTo(Archives.expected(
                                written.stream().mapToInt(Integer::intValue).toArray()));
                assertThat(ArchiveVerifier.verify(path).whole()).as(at).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCompressorThatThereIsNoMemoryToMakeIsMadeLater(Compression compression) throws IOException {
        Path path = folder.resolve("starved");
        Queue<IOException> refused = new ArrayDeque<>(
                List.of(new IOException("no memory to compress with"), new IOException("no memory to compress with")));
        List<Integer> lost = new ArrayList<>();
        try (ArchiveWriter writer = ArchiveWriter.create(
                        path, Archives.options(compression, 3), Archives.CAPTURE, Archives.CLOCK, s -> {})
                .compressingWith((how, out) -> {
                    if (!refused.isEmpty()) {
                        throw refused.remove();
                    }
                    return SegmentCompressor.of(how, out);
                })) {
            for (int number = 1; number <= 4; number++) {
                try {
                    Archives.write(writer, number);
                } catch (IOException e) {
                    writer.abandonSnapshot();
                    lost.add(number);
                }
            }
        }
        assertThat(lost).containsExactly(1, 2);
        assertThat(Archives.readable(path)).isEqualTo(Archives.expected(3, 4));
        assertThat(ArchiveVerifier.verify(path).whole()).isTrue();
    }

    /** Who owns the folder may exchange what is in it between any two calls. */
    @Test
    void aFileThatWasPutInThePlaceOfTheNewOneIsNotTouched() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious"), "root:x:0:0:root:/root:/bin/bash\n");
        Path link = Files.createSymbolicLink(folder.resolve("lab"), precious);
        assertThatThrownBy(() -> ArchiveFile.openMarked(link, new byte[16]))
                .isInstanceOf(IOException.class)
                .hasMessage("another file was put in its place as it was made");
        assertThat(Files.readString(precious)).isEqualTo("root:x:0:0:root:/root:/bin/bash\n");
        assertThatThrownBy(() -> ArchiveFile.create(link)).isInstanceOf(FileAlreadyExistsException.class);
        Path made = folder.resolve("made");
        ArchiveFile.create(made).close();
        assertThat(made).isEmptyFile();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rw-------");
    }
}
