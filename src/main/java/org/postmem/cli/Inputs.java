package org.postmem.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.postmem.UserException;

/** The archives a command line names: files, and folders of them. */
final class Inputs {
    private static final List<String> SUFFIXES = List.of(".tar.zst", ".tar.gz", ".tar");

    private Inputs() {}

    /**
     * Every archive once, in the order named; those of a folder by name.
     *
     * @throws UserException when a path is not there, or a folder holds none
     */
    static List<Path> archives(List<Path> named) {
        List<Path> archives = new ArrayList<>();
        for (Path path : named) {
            for (Path archive : Files.isDirectory(path) ? below(path) : List.of(path)) {
                if (!archives.contains(archive)) {
                    archives.add(archive);
                }
            }
        }
        return archives;
    }

    private static List<Path> below(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> archives = files.filter(Inputs::isArchive).sorted().toList();
            if (archives.isEmpty()) {
                throw UserException.unreadable(
                        folder + " holds no archive: no file there ends in " + String.join(", ", SUFFIXES));
            }
            return archives;
        } catch (IOException e) {
            throw UserException.unreadable(folder + " cannot be listed: " + OutputFile.reason(e), e);
        }
    }

    private static boolean isArchive(Path file) {
        String name = file.getFileName().toString();
        return SUFFIXES.stream().anyMatch(name::endsWith) && !name.startsWith(".") && Files.isRegularFile(file);
    }
}
