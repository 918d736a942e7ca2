package org.postmem.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.postmem.UserException;

/**
 * A file that appears whole or not at all: written under another name in the same folder, moved when it is complete,
 * removed when anything went wrong. A link stays, and what it points to is replaced; a device or a pipe is written to.
 */
final class OutputFile implements AutoCloseable {
    private static final byte[] ZSTD = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD};

    private final Path target;
    private final Path temporary;
    private final boolean plain;

    private OutputFile(Path target, Path temporary, boolean plain) {
        this.target = target;
        this.temporary = temporary;
        this.plain = plain;
    }

    /**
     * Reserves a name beside the target.
     *
     * @throws UserException when the folder is not there or cannot be written, or an archive lies there: that is evidence
     */
    static OutputFile of(Path target) {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(target)) {
            throw UserException.usage(target + " is a folder; name a file");
        }
        if (target.toString().equals("-")) {
            throw UserException.usage(
                    "- is no file, and standard output has the summary; name a file (./- where it is to"
                            + " be called so)");
        }
        if (!Files.isDirectory(folder)) {
            throw UserException.usage(target + ": there is no folder " + folder + "; make it first");
        }
        try {
            if (Files.exists(target) && !Files.isRegularFile(target)) {
                Path temporary = Files.createTempFile("postmem", ".part");
                Files.delete(temporary);
                return new OutputFile(target, temporary, false);
            }
            if (isArchive(target)) {
                throw UserException.usage(target + " is an archive, which would be lost; name another file");
            }
            Path real = Files.exists(target) ? target.toRealPath() : target;
            Path beside = real.toAbsolutePath().getParent();
            Path temporary = Files.createTempFile(beside, "." + real.getFileName() + ".", ".part");
            Files.delete(temporary);
            return new OutputFile(real, temporary, true);
        } catch (IOException e) {
            throw UserException.usage(target + " cannot be written: " + reason(e), e);
        }
    }

    private static boolean isArchive(Path target) throws IOException {
        if (!Files.isRegularFile(target)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(target)) {
            return Arrays.equals(in.readNBytes(ZSTD.length), ZSTD);
        }
    }

    /** Would the other take the place of what this one wrote? A device or a pipe takes both. */
    boolean same(OutputFile other) {
        try {
            return plain && other.plain && place().equals(other.place());
        } catch (IOException e) {
            throw UserException.usage(target + " cannot be written: " + reason(e), e);
        }
    }

    private Path place() throws IOException {
        Path absolute = target.toAbsolutePath();
        return absolute.getParent().toRealPath().resolve(absolute.getFileName());
    }

    /** Where to write; there is no file yet. */
    Path path() {
        return temporary;
    }

    /** Gives what was written its name. */
    void complete() {
        try {
            if (plain) {
                Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
                return;
            }
            try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.WRITE)) {
                Files.copy(temporary, out);
            }
        } catch (IOException e) {
            throw UserException.usage(target + " cannot be written: " + reason(e), e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(temporary);
            // what DuckDB could not write to its file lies there
            Files.deleteIfExists(temporary.resolveSibling(temporary.getFileName() + ".wal"));
        } catch (IOException e) {
            throw UserException.usage(temporary + " cannot be removed: " + reason(e), e);
        }
    }

    static String reason(IOException e) {
        String name = e.getClass().getSimpleName().replace("Exception", "");
        return e instanceof java.nio.file.FileSystemException file && file.getReason() != null
                ? file.getReason()
                : name + (e.getMessage() == null ? "" : " " + e.getMessage());
    }
}
