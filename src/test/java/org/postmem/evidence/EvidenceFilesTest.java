package org.postmem.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class EvidenceFilesTest {
    private static final byte[] TEXT = "MemTotal: 1 kB\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final Map<String, String> found = new TreeMap<>();
    private final Map<String, String> refused = new TreeMap<>();

    private void walk(EvidenceLimits limits, byte[] file) throws IOException {
        walk(limits, List.of(new EvidenceFiles.Named(Files.write(folder.resolve("x"), file), "x")));
    }

    private void walk(EvidenceLimits limits, List<EvidenceFiles.Named> files) throws IOException {
        EvidenceFiles.walk(files, limits, new EvidenceFiles.Visitor() {
            @Override
            public void file(EvidenceMember member) throws IOException {
                found.put(member.path(), new String(member.bytes(), StandardCharsets.UTF_8));
            }

            @Override
            public void refused(String name, String reason) {
                refused.put(name, reason);
            }
        });
    }

    @Test
    void refusesAFileThatIsGoneAndReadsTheOthers() throws IOException {
        walk(
                EvidenceLimits.STANDARD,
                List.of(
                        new EvidenceFiles.Named(folder.resolve("gone"), "gone"),
                        new EvidenceFiles.Named(Files.write(folder.resolve("there"), TEXT), "there")));
        assertThat(found).containsOnlyKeys("there");
        assertThat(refused).isEqualTo(Map.of("gone", "there is no such file, or no longer"));
    }

    @Test
    void opensNoPipeAndReadsTheOthers() throws IOException {
        walk(
                EvidenceLimits.STANDARD,
                List.of(
                        new EvidenceFiles.Named(Path.of("/dev/null"), "null"),
                        new EvidenceFiles.Named(Files.write(folder.resolve("there"), TEXT), "there")));
        assertThat(found).containsOnlyKeys("there");
        assertThat(refused)
                .isEqualTo(Map.of("null", "it is a pipe or a device; save what it gives in a file and name that"));
    }

    @Test
    void findsWhatLiesBesideAFolderThatIsTooDeepAndSaysWhichThatIs() throws IOException {
        Path deep = folder;
        for (int i = 0; i < 64; i++) {
            deep = deep.resolve("d");
        }
        Files.createDirectories(deep);
        Files.write(deep.resolve("lost"), TEXT);
        Files.write(folder.resolve("there"), TEXT);
        Files.write(Files.createDirectory(folder.resolve(".hidden")).resolve("not"), TEXT);
        walk(EvidenceLimits.STANDARD, EvidenceFolder.below(folder));
        assertThat(found).containsOnlyKeys("there");
        assertThat(refused)
                .isEqualTo(Map.of(
                        folder.relativize(deep).toString(),
                        "it is a folder, more than 64 below the one that was named"));
    }

    /** Whoever is not root may list the folder of a capture and not every folder in it. */
    @Test
    void findsWhatLiesBesideAFolderThatCannotBeListed() throws IOException {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Files.write(folder.resolve("there"), TEXT);
        Files.setPosixFilePermissions(locked, Set.of());
        assumeFalse(Files.isReadable(locked), "root lists every folder");
        try {
            walk(EvidenceLimits.STANDARD, EvidenceFolder.below(folder));
        } finally {
            Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(found).containsOnlyKeys("there");
        assertThat(refused).isEqualTo(Map.of("locked", "the folder cannot be listed: permission denied"));
    }

    @Test
    void readsNoFilesOfTheKernelThatRunsHere() {
        assumeTrue(Files.exists(Path.of("/proc/self/stat")));
        assertThatThrownBy(() -> EvidenceFolder.below(Path.of("/proc")))
                .hasMessageContaining("these are files of the kernel that runs here, and no copies");
    }

    /** The header of a tar had no magic before POSIX. */
    @Test
    void opensATarOfBeforePosix() throws IOException {
        byte[] old = tar("a", TEXT);
        Arrays.fill(old, 257, 265, (byte) 0);
        Arrays.fill(old, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += old[i] & 0xff;
        }
        byte[] checksum = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(checksum, 0, old, 148, checksum.length);
        walk(EvidenceLimits.STANDARD, old);
        assertThat(found).isEqualTo(Map.of("x/a", "MemTotal: 1 kB\n"));
        found.clear();
        String text = "MemTotal: 1 kB\n".repeat(100);
        walk(EvidenceLimits.STANDARD, text.getBytes(StandardCharsets.UTF_8));
        assertThat(found).isEqualTo(Map.of("x", text));
        assertThat(refused).isEmpty();
    }

    @Test
    void saysOfAFileThatWasCutOffThatItEndsTooEarly() throws IOException {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(gzip)) {
            out.write(TEXT);
        }
        walk(EvidenceLimits.STANDARD, Arrays.copyOf(gzip.toByteArray(), gzip.size() - 6));
        assertThat(refused)
                .isEqualTo(Map.of(
                        "x", "it cannot be read to its end: it ends too early, as a copy does that was cut off"));
    }

    @Test
    void opensEveryPackingByItsFirstBytes() throws IOException {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(gzip)) {
            out.write(TEXT);
        }
        ByteArrayOutputStream xz = new ByteArrayOutputStream();
        try (OutputStream out = new XZOutputStream(xz, new LZMA2Options())) {
            out.write(TEXT);
        }
        ByteArrayOutputStream bzip2 = new ByteArrayOutputStream();
        try (OutputStream out = new BZip2CompressorOutputStream(bzip2)) {
            out.write(TEXT);
        }
        for (byte[] packed : List.of(
                TEXT,
                gzip.toByteArray(),
                xz.toByteArray(),
                bzip2.toByteArray(),
                Zstd.compress(TEXT),
                zip("a", TEXT),
                tar("a", TEXT))) {
            found.clear();
            walk(EvidenceLimits.STANDARD, packed);
            assertThat(found.values()).containsExactly("MemTotal: 1 kB\n");
        }
        assertThat(refused).isEmpty();
    }

    @Test
    void goesTwoArchivesDeepAndSaysWhereItStopped() throws IOException {
        byte[] two = zip("inner.tar", tar("proc/meminfo", TEXT));
        walk(EvidenceLimits.STANDARD, two);
        assertThat(found).containsOnlyKeys("x/inner.tar/proc/meminfo");
        found.clear();
        walk(EvidenceLimits.STANDARD, tar("outer.zip", two));
        assertThat(found).isEmpty();
        assertThat(refused).isEqualTo(Map.of("x/outer.zip/inner.tar", "it lies in 2 archives; raise --max-nesting"));
    }

    @Test
    void followsNoLinkAndTakesNamesForLabels() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry link = new TarArchiveEntry("free", TarConstants.LF_SYMLINK);
            link.setLinkName("/etc/passwd");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
            TarArchiveEntry hard = new TarArchiveEntry("hard", TarConstants.LF_LINK);
            hard.setLinkName("../../x");
            tar.putArchiveEntry(hard);
            tar.closeArchiveEntry();
            TarArchiveEntry entry = new TarArchiveEntry("../../etc/\u001b[31mmeminfo");
            entry.setSize(TEXT.length);
            tar.putArchiveEntry(entry);
            tar.write(TEXT);
            tar.closeArchiveEntry();
        }
        walk(EvidenceLimits.STANDARD, bytes.toByteArray());
        assertThat(found).containsOnlyKeys("x/../../etc/?[31mmeminfo");
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).containsExactly(folder.resolve("x"));
        }
    }

    @Test
    void stopsAtItsLimits() throws IOException {
        byte[] long1 = new byte[200_000];
        walk(new EvidenceLimits(100_000, 1 << 30, 10, 2), tar("long", long1));
        assertThat(refused).isEqualTo(Map.of("x/long", "it is longer than 100000 bytes; raise --max-file"));
        refused.clear();
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bomb)) {
            out.write(new byte[50 << 20]);
        }
        walk(new EvidenceLimits(100 << 20, 10 << 20, 10, 2), bomb.toByteArray());
        assertThat(refused.get("x")).isEqualTo("more than 10485760 bytes were unpacked; raise --max-bytes");
    }

    @Test
    void reservesNoMemoryForCodesThatCompressNeverWrote() throws IOException {
        // compress(1) writes codes of at most 16 bits; these bytes say 25, for which 192 MiB would be laid out
        walk(EvidenceLimits.STANDARD, new byte[] {0x1f, (byte) 0x9d, 0x39, 1, 5});
        assertThat(found).isEmpty();
        assertThat(refused.get("x"))
                .startsWith("it cannot be read to its end: 196,608 KiB of memory would be needed; limit was 512 KiB");
    }

    @Test
    void keepsWhatStandsBeforeTheDamage() throws IOException {
        byte[] first = tar("first", TEXT);
        byte[] torn = Arrays.copyOf(first, 1024);
        Arrays.fill(torn, 900, 1024, (byte) 0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(torn);
        bytes.write("this is no header of a tar, and no end of one either"
                .repeat(20)
                .getBytes(StandardCharsets.UTF_8));
        walk(EvidenceLimits.STANDARD, bytes.toByteArray());
        assertThat(found).containsOnlyKeys("x/first");
        assertThat(refused).containsOnlyKeys("x");
    }

    private static byte[] tar(String name, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(content.length);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }
}
