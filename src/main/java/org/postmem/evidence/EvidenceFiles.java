package org.postmem.evidence;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.z.ZCompressorInputStream;

/**
 * Walks files, folders and archives (tar, zip; gz, xz, bz2, zst, Z around them or around a file), archives within archives
 * as deep as the limits say. Everything is told by its first bytes. Nothing is written to disk, no link is followed, and a
 * name is a label.
 */
public final class EvidenceFiles {
    private static final int HEAD_BYTES = 64 << 10;
    private static final int SNIFFED_BYTES = 512;
    private static final int LONGEST_PATH = 400;
    private static final int PACKINGS = 4;
    private static final int XZ_MEMORY_KILOBYTES = 256 << 10;
    /** Codes of 16 bits, the longest that compress(1) writes, take 384: a header that tells longer ones is a lie. */
    private static final int Z_MEMORY_KILOBYTES = 512;

    private static final int TAR_MAGIC_AT = 257;
    private static final int TAR_CHECKSUM_AT = 148;
    private static final int DEEPEST_FOLDER = 64;

    private static final Set<String> KERNEL_FILE_SYSTEMS = Set.of("proc", "sysfs");
    private static final String RUNNING_KERNEL =
            "these are files of the kernel that runs here, and no copies; postmem collect reads them";

    /** Is shown what was found. */
    public interface Visitor {
        /** A file that is no archive. */
        void file(EvidenceMember member) throws IOException;

        /** What could not be opened, or not be read to its end; what came before it was shown. */
        void refused(String path, String reason);
    }

    private final EvidenceLimits limits;
    private final Visitor visitor;
    private long totalBytes;
    private int members;

    private EvidenceFiles(EvidenceLimits limits, Visitor visitor) {
        this.limits = limits;
        this.visitor = visitor;
    }

    /**
     * A file that was named, or found in a folder that was.
     *
     * @param label what it is called: its path below that folder
     * @param byItself was it named, and not only a folder that holds it?
     */
    public record Named(Path file, String label, boolean byItself) {
        /** One that was found in a folder. */
        public Named(Path file, String label) {
            this(file, label, false);
        }
    }

    /**
     * Shows these files, and what lies in those that are archives. One that cannot be opened is refused like any other that
     * cannot be read.
     */
    public static void walk(List<Named> named, EvidenceLimits limits, Visitor visitor) throws IOException {
        EvidenceFiles files = new EvidenceFiles(limits, visitor);
        for (Named one : named) {
            files.file(one.file(), one.label());
        }
    }

    /** Shows what lies in a stream, as if it were a file of that name. */
    public static void walk(String label, Instant modified, InputStream in, EvidenceLimits limits, Visitor visitor)
            throws IOException {
        try {
            new EvidenceFiles(limits, visitor).open(label, modified, in, 0);
        } catch (EvidenceLimitException e) {
            visitor.refused(label, e.getMessage());
        }
    }

    /**
     * The files below a folder by name, without hidden ones; links are not followed. A folder below it that cannot be
     * listed is found in their place, and refused when it is to be read.
     */
    public static List<Named> below(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        if (isOfRunningKernel(folder)) {
            throw new FileSystemException(folder.toString(), null, RUNNING_KERNEL);
        }
        // no link is followed unless asked for
        Files.walkFileTree(folder, Set.of(), DEEPEST_FOLDER, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                if (hidden(folder, path)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                if ((path.endsWith("proc") || path.endsWith("sys")) && isOfRunningKernel(path)) {
                    found.add(path);
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                // a folder comes here where the walk goes no deeper
                if (!hidden(folder, path) && (attributes.isRegularFile() || attributes.isDirectory())) {
                    found.add(path);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
                if (path.equals(folder)) {
                    throw e;
                }
                if (!hidden(folder, path)) {
                    found.add(path);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found.stream()
                .sorted()
                .map(path -> new Named(path, folder.relativize(path).toString()))
                .toList();
    }

    /**
     * The name of the first entry of a tar, packed or not; {@code null} when the file is none that can be read.
     */
    public static String firstEntry(Path path) {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(path), HEAD_BYTES)) {
            InputStream in = raw;
            for (int i = 0; i < PACKINGS; i++) {
                InputStream unpacked = unpacked(in);
                if (unpacked == null) {
                    break;
                }
                in = new BufferedInputStream(unpacked);
            }
            if (!isTar(sniff(in))) {
                return null;
            }
            TarArchiveInputStream tar = new TarArchiveInputStream(in);
            ArchiveEntry entry = tar.getNextEntry();
            return entry == null ? null : entry.getName();
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /** Some of these files wait for ever, others have no end. */
    private static boolean isOfRunningKernel(Path folder) {
        try {
            return KERNEL_FILE_SYSTEMS.contains(Files.getFileStore(folder).type());
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean hidden(Path folder, Path path) {
        return !path.equals(folder) && path.getFileName().toString().startsWith(".");
    }

    private void file(Path path, String label) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            visitor.refused(label, notAFile(path));
            return;
        }
        try (InputStream in = Files.newInputStream(path)) {
            open(label, Files.getLastModifiedTime(path).toInstant(), in, 0);
        } catch (EvidenceLimitException e) {
            visitor.refused(label, e.getMessage());
        } catch (NoSuchFileException e) {
            visitor.refused(label, "there is no such file, or no longer");
        } catch (AccessDeniedException e) {
            visitor.refused(label, "it cannot be opened: permission denied");
        } catch (FileSystemException e) {
            visitor.refused(label, "it cannot be opened: " + (e.getReason() == null ? reason(e) : e.getReason()));
        }
    }

    /** Files are read more than once; whoever opens a pipe may wait for ever. */
    private static String notAFile(Path path) {
        if (!Files.isDirectory(path)) {
            return "it is a pipe or a device; save what it gives in a file and name that";
        }
        if (isOfRunningKernel(path)) {
            return RUNNING_KERNEL;
        }
        return Files.isReadable(path) && Files.isExecutable(path)
                ? "it is a folder, more than " + DEEPEST_FOLDER + " below the one that was named"
                : "the folder cannot be listed: permission denied";
    }

    private void open(String label, Instant modified, InputStream raw, int depth) throws IOException {
        InputStream in = new BufferedInputStream(counted(raw), HEAD_BYTES);
        try {
            for (int i = 0; i < PACKINGS; i++) {
                InputStream unpacked = unpacked(in);
                if (unpacked == null) {
                    break;
                }
                in = new BufferedInputStream(counted(unpacked), HEAD_BYTES);
            }
            byte[] magic = sniff(in);
            boolean zip = startsWith(magic, 'P', 'K', 3, 4);
            if (zip || isTar(magic)) {
                if (depth >= limits.nesting()) {
                    visitor.refused(label, "it lies in " + depth + " archives; raise --max-nesting");
                    return;
                }
                entries(label, zip ? new ZipArchiveInputStream(in) : new TarArchiveInputStream(in), depth);
                return;
            }
            if (++members > limits.members()) {
                throw new EvidenceLimitException(
                        "there are more than " + limits.members() + " files; raise --max-files");
            }
            byte[] head = in.readNBytes((int) Math.min(HEAD_BYTES, limits.memberBytes()));
            visitor.file(new EvidenceMember(label, modified, head, in, limits.memberBytes()));
        } catch (EvidenceLimitException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Readers of archives throw whatever a torn header leads them to; what was read of it was shown.
            visitor.refused(label, "it cannot be read to its end: " + reason(e));
        }
    }

    /** What went wrong, for people: without control characters. */
    public static String reason(Exception e) {
        if (e instanceof EOFException) {
            return "it ends too early, as a copy does that was cut off";
        }
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.replaceAll("\\p{Cntrl}", "?");
    }

    private void entries(String label, ArchiveInputStream<?> archive, int depth) throws IOException {
        for (ArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
            boolean regular = entry instanceof TarArchiveEntry tar
                    ? tar.isFile() && !tar.isLink() && !tar.isSymbolicLink()
                    : !entry.isDirectory();
            if (!regular) {
                continue;
            }
            if (!archive.canReadEntryData(entry)) {
                visitor.refused(
                        label + '/' + cleaned(entry.getName()),
                        "it is encrypted, or packed in a way that postmem does not know; unpack it first");
                continue;
            }
            Date date = entry.getLastModifiedDate();
            String name = label + '/' + cleaned(entry.getName());
            try {
                open(name, date == null ? null : date.toInstant(), new Unclosed(archive), depth + 1);
            } catch (EvidenceLimitException e) {
                if (totalBytes > limits.totalBytes() || members > limits.members()) {
                    throw e;
                }
                visitor.refused(name, e.getMessage());
            }
        }
    }

    /** A name for people: no control characters, no way up, not endless. */
    private static String cleaned(String name) {
        String inert = name.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
        while (inert.startsWith("/") || inert.startsWith("./")) {
            inert = inert.substring(inert.indexOf('/') + 1);
        }
        return inert.length() > LONGEST_PATH ? inert.substring(inert.length() - LONGEST_PATH) : inert;
    }

    /** What is packed in the stream; {@code null} when nothing is. The stream stands at its begin then. */
    private static InputStream unpacked(InputStream in) throws IOException {
        byte[] magic = sniff(in);
        if (startsWith(magic, 0x1f, 0x8b)) {
            return GzipCompressorInputStream.builder()
                    .setInputStream(in)
                    .setDecompressConcatenated(true)
                    .get();
        }
        if (startsWith(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return XZCompressorInputStream.builder()
                    .setInputStream(in)
                    .setDecompressConcatenated(true)
                    .setMemoryLimitKiB(XZ_MEMORY_KILOBYTES)
                    .get();
        }
        if (startsWith(magic, 'B', 'Z', 'h') && magic.length > 3 && magic[3] >= '1' && magic[3] <= '9') {
            return new BZip2CompressorInputStream(in, true);
        }
        if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
            return new ZstdInputStream(in);
        }
        if (startsWith(magic, 0x1f, 0x9d)) {
            return new ZCompressorInputStream(in, Z_MEMORY_KILOBYTES);
        }
        return null;
    }

    private static byte[] sniff(InputStream in) throws IOException {
        in.mark(SNIFFED_BYTES);
        byte[] magic = in.readNBytes(SNIFFED_BYTES);
        in.reset();
        return magic;
    }

    /** Before POSIX a header had no magic, only its checksum; {@code tar --format=v7} still writes such. */
    private static boolean isTar(byte[] head) {
        boolean named = head.length >= TAR_MAGIC_AT + 5
                && new String(head, TAR_MAGIC_AT, 5, StandardCharsets.ISO_8859_1).equals("ustar");
        return named || (head.length == SNIFFED_BYTES && hasChecksum(head));
    }

    /** The sum of the header's bytes in octal digits, they themselves counted as blanks. */
    private static boolean hasChecksum(byte[] head) {
        int told = 0;
        int digits = 0;
        int sum = 0;
        for (int i = 0; i < SNIFFED_BYTES; i++) {
            boolean within = i >= TAR_CHECKSUM_AT && i < TAR_CHECKSUM_AT + 8;
            sum += within ? ' ' : head[i] & 0xff;
            if (!within || head[i] == ' ' || head[i] == 0) {
                continue;
            }
            if (head[i] < '0' || head[i] > '7') {
                return false;
            }
            told = 8 * told + head[i] - '0';
            digits++;
        }
        return digits > 0 && told == sum;
    }

    private static boolean startsWith(byte[] head, int... magic) {
        if (head.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    private InputStream counted(InputStream in) {
        return new Counted(in);
    }

    /** Every byte that comes out of a packing counts, so that a small file cannot become an endless one. */
    private final class Counted extends FilterInputStream {
        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count(Math.max(0, read));
            return read;
        }

        @Override
        public long skip(long n) throws IOException {
            long skipped = super.skip(n);
            count(skipped);
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void count(long bytes) throws IOException {
            totalBytes += bytes;
            if (totalBytes > limits.totalBytes()) {
                throw new EvidenceLimitException(
                        "more than " + limits.totalBytes() + " bytes were unpacked; raise --max-bytes");
            }
        }
    }

    /** An entry ends, its archive goes on. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {
            // see above
        }
    }
}
