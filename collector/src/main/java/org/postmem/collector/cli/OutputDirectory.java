package org.postmem.collector.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.postmem.collector.archive.Compression;

/** Where the archive is written to, and whether it can be. */
final class OutputDirectory {
    /** What is left free on its file system, in bytes; a host must not fill up for our sake. */
    private static final long FREE_SPACE_FLOOR_BYTES = 64L << 20;

    private final Path path;
    private final Disk disk;
    private final boolean force;

    OutputDirectory(Path path, Disk disk, boolean force) {
        this.path = path;
        this.disk = disk;
        this.force = force;
    }

    /** Whether it is there and an archive can be written to it; says why not. */
    void check() throws CollectException {
        if (!Files.exists(path)) {
            throw new CollectException("output directory does not exist: " + path);
        }
        check(path);
        checkRoom(path);
    }

    /** Whether there is room for an archive, also in one that {@link #make} can make. */
    void checkRoom() throws CollectException {
        checkRoom(Files.exists(path) ? path : path.toAbsolutePath().getParent());
    }

    /**
     * As {@link #check()} but for the room, of one that {@link #make} can make. Only the last name of a path is made: where more is
     * missing, a file system is not mounted, or the path is not what was meant.
     */
    void checkOrCanMake() throws CollectException {
        if (Files.exists(path)) {
            check(path);
            return;
        }
        for (Compression compression : Compression.values()) {
            if (path.toString().endsWith("." + compression.suffix())) {
                throw new CollectException("--output is a directory, and " + path
                        + " has the name of an archive; give the directory, the archive is named after host and time");
            }
        }
        Path above = path.toAbsolutePath().getParent();
        if (!Files.isDirectory(above)) {
            throw new CollectException("output directory does not exist, nor the one above it: " + path);
        }
        check(above);
    }

    /** Makes it where it is missing, for its owner alone as the archive is. */
    void make() throws CollectException {
        if (Files.exists(path)) {
            return;
        }
        try {
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // somebody was faster, which is as good
        } catch (IOException e) {
            throw new CollectException("output directory cannot be made: " + e.getMessage());
        }
    }

    /** Bytes that may still be written; 0 when nobody can tell. */
    long freeBytes() {
        return disk.freeBytes(path);
    }

    /** Of so many free bytes those that the archive may take; no bound when nobody can tell. */
    static long spareBytes(long free) {
        return free == 0 ? Long.MAX_VALUE : free - FREE_SPACE_FLOOR_BYTES;
    }

    private void check(Path directory) throws CollectException {
        if (!Files.isDirectory(directory)) {
            throw new CollectException("output is not a directory: " + directory);
        }
        if (!Files.isWritable(directory)) {
            throw new CollectException("output directory is not writable: " + directory);
        }
        String type = disk.kind(directory);
        if ((type.equals("tmpfs") || type.equals("ramfs")) && !force) {
            throw new CollectException("output directory lies in memory (" + type
                    + "), which would add to what is measured: " + path + "; name another --output, or give --force");
        }
    }

    private void checkRoom(Path directory) throws CollectException {
        long free = disk.freeBytes(directory);
        if (free < FREE_SPACE_FLOOR_BYTES) {
            throw new CollectException("only " + (free >> 20) + " MiB are free in " + directory + "; at least "
                    + (FREE_SPACE_FLOOR_BYTES >> 20) + " MiB are needed");
        }
    }
}
