package org.postmem.evidence;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/**
 * Walks files, folders and archives (tar, zip; gz, xz, bz2, zst, Z around them or around a file), archives within archives
 * as deep as the limits say. Everything is told by its first bytes. Nothing is written to disk, no link is followed, and a
 * name is a label.
 */
public final class EvidenceFiles {
    private static final int HEAD_BYTES = 64 << 10;
    private static final int LONGEST_PATH = 400;
    private static final int PACKINGS = 4;

    /** Is shown what was found. */
    public interface Visitor {
        /** A file that is no archive. */
        void file(EvidenceMember member) throws IOException;

        /** What could not be opened, or not be read to its end; what came before it was shown. */
        void refused(String path, String reason);
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

    private final EvidenceLimits limits;
    private final Visitor visitor;
    private long totalBytes;
    private int members;

    private EvidenceFiles(EvidenceLimits limits, Visitor visitor) {
        this.limits = limits;
        this.visitor = visitor;
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
     * The name of the first entry of a tar, packed or not; {@code null} when the file is none that can be read.
     */
    public static String firstEntry(Path path) {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(path), HEAD_BYTES)) {
            InputStream in = raw;
            for (int i = 0; i < PACKINGS; i++) {
                InputStream unpacked = Packing.unpacked(in);
                if (unpacked == null) {
                    break;
                }
                in = new BufferedInputStream(unpacked);
            }
            if (!Packing.isTar(Packing.sniff(in))) {
                return null;
            }
            TarArchiveInputStream tar = new TarArchiveInputStream(in);
            ArchiveEntry entry = tar.getNextEntry();
            return entry == null ? null : entry.getName();
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private void file(Path path, String label) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            visitor.refused(label, EvidenceFolder.notAFile(path));
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

    private void open(String label, Instant modified, InputStream raw, int depth) throws IOException {
        InputStream in = new BufferedInputStream(counted(raw), HEAD_BYTES);
        try {
            for (int i = 0; i < PACKINGS; i++) {
                InputStream unpacked = Packing.unpacked(in);
                if (unpacked == null) {
                    break;
                }
                in = new BufferedInputStream(counted(unpacked), HEAD_BYTES);
            }
            byte[] magic = Packing.sniff(in);
            boolean zip = Packing.isZip(magic);
            if (zip || Packing.isTar(magic)) {
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
