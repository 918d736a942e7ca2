package org.postmem.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.postmem.UserException;

/**
 * A file that appears whole or not at all: written under another name in the same folder, moved when it is complete,
 * removed when anything went wrong.
 */
final class OutputFile implements AutoCloseable {
    private final Path target;
    private final Path temporary;

    private OutputFile(Path target, Path temporary) {
        this.target = target;
        this.temporary = temporary;
    }

    /**
     * Reserves a name beside the target.
     *
     * @throws UserException when the folder is not there or cannot be written
     */
    static OutputFile of(Path target) {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(target)) {
            throw UserException.usage(target + " is a folder; name a file");
        }
        if (!Files.isDirectory(folder)) {
            throw UserException.usage(target + ": there is no folder " + folder + "; make it first");
        }
        try {
            Path temporary = Files.createTempFile(folder, "." + target.getFileName() + ".", ".part");
            Files.delete(temporary);
            return new OutputFile(target, temporary);
        } catch (IOException e) {
            throw UserException.usage(target + " cannot be written: " + reason(e), e);
        }
    }

    /** Where to write; there is no file yet. */
    Path path() {
        return temporary;
    }

    /** Gives what was written its name. */
    void complete() {
        try {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw UserException.usage(target + " cannot be written: " + reason(e), e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(temporary);
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
