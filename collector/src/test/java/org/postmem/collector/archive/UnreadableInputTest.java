package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnreadableInputTest {
    @TempDir
    Path folder;

    private String refusal(Path path) {
        return catchThrowableOfType(
                        ArchiveException.class, () -> ArchiveReader.open(path).close())
                .getMessage();
    }

    private String refusal(byte[] bytes) throws IOException {
        Path path = folder.resolve("input");
        Files.write(path, bytes);
        return refusal(path).replace(path.toString(), "FILE");
    }

    private static byte[] tar(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(5);
            tar.putArchiveEntry(entry);
            tar.write(Archives.utf8("hello"));
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void saysWhatIsWrongAndWhatToDo() throws IOException {
        assertThat(refusal(folder.resolve("none"))).endsWith("none: no such file");
        assertThat(refusal(folder)).endsWith(" is a directory; name the archive (.tar.zst or .tar.gz) in it");
        assertThat(refusal(new byte[0]))
                .isEqualTo(
                        "FILE is empty: its collector was killed before the first snapshot, or it was not copied to its end");
        assertThat(refusal(Archives.utf8("MemTotal: 1 kB\n")))
                .startsWith("FILE is a text file, at byte 0; an archive is");
        assertThat(refusal(new byte[600])).startsWith("FILE is filled with zeros, at byte 0;");
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            out.putNextEntry(new ZipEntry("a"));
        }
        assertThat(refusal(zip.toByteArray())).startsWith("FILE is a zip, at byte 0;");
        assertThat(refusal(new byte[] {1, 2, 3, 0, 5})).startsWith("FILE is not an archive of postmem, at byte 0;");
    }

    @Test
    void namesTheFirstEntryOfATarOfSomethingElse() throws IOException {
        String expected = "FILE is a tar of something else: its first entry is etc/passwd, not capture.json";
        assertThat(refusal(tar("etc/passwd"))).isEqualTo(expected);
        assertThat(refusal(gzip(tar("etc/passwd")))).isEqualTo(expected);
        assertThat(refusal(Zstd.compress(tar("etc/passwd")))).isEqualTo(expected);
        assertThat(refusal(gzip(Archives.utf8("a text".repeat(200))))).isEqualTo("FILE holds no tar");
        assertThat(refusal(Zstd.compress(Archives.utf8("a text".repeat(200))))).isEqualTo("FILE holds no tar");
    }

    @ParameterizedTest
    @EnumSource
    void namesANewerFormat(Compression compression) throws IOException {
        Path path = folder.resolve("a");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path,
                Archives.options(compression, 2),
                Archives.utf8("{\"format\":7}"),
                Archives.CLOCK,
                segment -> {})) {
            Archives.write(writer, 1);
        }
        assertThat(refusal(path))
                .endsWith(" has format 7, this postmem knows 1; use the postmem that collected it, or a newer one");
    }

    @ParameterizedTest
    @EnumSource
    void saysThatAnArchiveWasCutBeforeItsFirstSnapshotWasWhole(Compression compression) throws IOException {
        Path path = folder.resolve("a");
        Archives.write(path, compression, 2, 1);
        byte[] bytes = Files.readAllBytes(path);
        assertThat(refusal(Arrays.copyOf(bytes, 200)))
                .isEqualTo("FILE holds no whole snapshot: the file ends at byte 200, before the first one is complete;"
                        + " copy it again, or collect for longer");
    }

    @Test
    void refusesAWindowLargerThanTheFormatHas() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(bytes)) {
            zstd.setWindowLog(27);
            zstd.write(tar("capture.json"));
        }
        assertThat(refusal(bytes.toByteArray())).contains("asks for a window of 2^27 bytes, more than 2^23");
    }

    /** A frame of hand-made tar blocks. */
    private Path hostile(byte[]... parts) throws IOException {
        Path path = folder.resolve("hostile.tar.zst");
        try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(Files.newOutputStream(path))) {
            for (byte[] part : parts) {
                zstd.write(part);
                zstd.write(new byte[TarHeader.padding(part.length)]);
            }
        }
        return path;
    }

    @Test
    void anEntryOfATerabyteIsDamageAndTakesNoMemory() throws IOException {
        Path path = hostile(
                TarHeader.bytes("capture.json", Archives.CAPTURE.length, 0),
                Archives.CAPTURE,
                terabyteHeader(),
                new byte[4096]);
        assertThat(refusal(path))
                .contains("000001/proc/meminfo of 1099511627776 bytes is beyond what a snapshot can hold");
    }

    private static byte[] terabyteHeader() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
        TarArchiveEntry entry = new TarArchiveEntry("000001/proc/meminfo");
        entry.setSize(1L << 40);
        tar.putArchiveEntry(entry);
        tar.flush();
        return Arrays.copyOf(bytes.toByteArray(), TarHeader.BLOCK);
    }

    @Test
    void anEntryThatClaimsMoreThanThereIsTakesOnlyWhatArrives() throws IOException {
        Path path = hostile(
                TarHeader.bytes("capture.json", Archives.CAPTURE.length, 0),
                Archives.CAPTURE,
                TarHeader.bytes("000001/proc/meminfo", Limits.STANDARD.entryBytes(), 0),
                new byte[4096]);
        assertThat(refusal(path)).contains("ends in the middle of the entry 000001/proc/meminfo");
    }

    @Test
    void aMillionEntriesAreDamage() throws IOException {
        Path path = folder.resolve("many.tar.zst");
        byte[] header = TarHeader.bytes("000001/proc/meminfo", 0, 0);
        try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(Files.newOutputStream(path))) {
            for (int i = 0; i < 1_000_000; i++) {
                zstd.write(header);
            }
        }
        assertThat(refusal(path)).contains("beyond what a snapshot can hold");
    }

    @Test
    void endlessZerosAreDamage() throws IOException {
        Path path = folder.resolve("zeros.tar.zst");
        byte[] zeros = new byte[1 << 20];
        try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(Files.newOutputStream(path))) {
            for (int i = 0; i < 300; i++) {
                zstd.write(zeros);
            }
        }
        assertThat(refusal(path)).isEqualTo(path + " holds no tar");
    }

    @ParameterizedTest
    @EnumSource
    void aTrailerWithAnImpossibleLengthIsPassedBy(Compression compression) throws IOException {
        Path path = folder.resolve("a");
        Archives.write(path, compression, 10, 3);
        byte[] bytes = Files.readAllBytes(path);
        for (long length : new long[] {1, Integer.MAX_VALUE, Long.MAX_VALUE}) {
            Trailer lie = new Trailer(0, 1, 1, 3, "", "", length, "00", null, false);
            Files.write(path, bytes);
            Files.write(path, lie.bytes(compression, null), java.nio.file.StandardOpenOption.APPEND);
            assertThat(Archives.readable(path)).isEqualTo(Archives.expectedUpTo(3));
            assertThat(ArchiveVerifier.verify(path).whole()).isFalse();
        }
        if (compression == Compression.ZSTD) {
            for (int size : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 24}) {
                byte[] lie = {
                    0x5e, 0x2a, 0x4d, 0x18, (byte) size, (byte) (size >> 8), (byte) (size >> 16), (byte) (size >> 24)
                };
                Files.write(path, bytes);
                Files.write(path, lie, java.nio.file.StandardOpenOption.APPEND);
                Files.write(path, bytes, java.nio.file.StandardOpenOption.APPEND);
                assertThat(Archives.readable(path)).isEqualTo(Archives.expected(1, 2, 3, 1, 2, 3));
            }
        }
    }

    @Test
    void aTextThatLooksLikeATrailerIsPassedBy() throws IOException {
        Path path = folder.resolve("a");
        Trailer lie = new Trailer(0, 1, 1, 1, "", "", 40, "00", null, false);
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(Compression.ZSTD, 2), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
            for (int number = 1; number <= 4; number++) {
                writer.beginSnapshot(number);
                byte[] noise = new byte[3000];
                new java.util.Random(number).nextBytes(noise);
                byte[] trailer = lie.bytes(Compression.ZSTD, null);
                System.arraycopy(trailer, 0, noise, 1000, trailer.length);
                writer.entry("pid/cmdline", noise);
                writer.endSnapshot(Map.of());
            }
        }
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path);
        assertThat(result.whole()).isTrue();
        assertThat(result.snapshots()).isEqualTo(4);
    }

    @Test
    void anArchiveThatWasDecompressedStillReads() throws IOException {
        Path path = folder.resolve("a");
        Archives.write(path, Compression.GZIP, 10, 3);
        Path plain = folder.resolve("a.tar");
        try (java.util.zip.GZIPInputStream in = new java.util.zip.GZIPInputStream(Files.newInputStream(path));
                OutputStream out = Files.newOutputStream(plain)) {
            in.transferTo(out);
        }
        assertThat(Archives.readable(plain)).isEqualTo(Archives.expectedUpTo(3));
        Path packed = folder.resolve("b.tar.zst");
        Files.write(packed, Zstd.compress(Files.readAllBytes(plain)));
        assertThat(Archives.readable(packed)).isEqualTo(Archives.expectedUpTo(3));
        assertThat(ArchiveVerifier.verify(packed).segments())
                .extracting(SegmentState::state)
                .containsExactly(SegmentState.State.OPEN);
    }
}
