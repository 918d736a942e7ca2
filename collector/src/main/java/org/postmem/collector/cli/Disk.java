package org.postmem.collector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.postmem.collector.archive.ArchiveFile;

/** The disk the archive lies on, so that tests can let it fill up, turn read-only and have room again. */
interface Disk {
    /** Bytes that may still be written in a folder; 0 when nobody can tell. */
    long freeBytes(Path folder);

    /** Kind of the file system a folder lies on, as {@code tmpfs}; empty when nobody can tell. */
    default String kind(Path folder) {
        try {
            return Files.getFileStore(folder).type();
        } catch (IOException e) {
            // a mount table without it, as in some containers
            return "";
        }
    }

    ArchiveFile create(Path path) throws IOException;

    static Disk ofThisHost() {
        return new Disk() {
            @Override
            public long freeBytes(Path folder) {
                return folder.toFile().getUsableSpace();
            }

            @Override
            public ArchiveFile create(Path path) throws IOException {
                return ArchiveFile.create(path);
            }
        };
    }
}
