package org.postmem.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.postmem.UserException;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.EvidenceFolder;

/** The archives a command line names: files, and folders of them. */
final class Inputs {
    private static final List<String> SUFFIXES = List.of(".tar.zst", ".tar.gz", ".tar");

    private Inputs() {}

    /**
     * What a command line names, told apart by content.
     *
     * @param archives that postmem wrote, each once
     * @param evidence all other files, those of folders with all below them
     */
    record Found(List<Path> archives, List<EvidenceFiles.Named> evidence) {
        Found {
            archives = List.copyOf(archives);
            evidence = List.copyOf(evidence);
        }
    }

    /** {@code capture.json} opens every segment; what begins otherwise was not written by postmem. */
    private static final Pattern OF_POSTMEM = Pattern.compile("capture\\.json|\\d{6}/.*|attached/.*|host/.*");

    /**
     * Archives of postmem, and what other tools wrote.
     *
     * @throws UserException when a folder cannot be listed
     */
    static Found all(List<Path> named) {
        Set<Path> archives = new LinkedHashSet<>();
        Map<Path, EvidenceFiles.Named> evidence = new LinkedHashMap<>();
        Set<String> labels = new HashSet<>();
        for (Path path : named) {
            try {
                List<EvidenceFiles.Named> files = Files.isDirectory(path)
                        ? EvidenceFolder.below(path)
                        : List.of(new EvidenceFiles.Named(path, String.valueOf(path.getFileName()), true));
                for (EvidenceFiles.Named file : files) {
                    if (isArchiveOfPostmem(file.file())) {
                        archives.add(file.file());
                    } else {
                        evidence.computeIfAbsent(file.file(), f -> labelled(path, file, named.size() > 1, labels));
                    }
                }
            } catch (IOException e) {
                throw UserException.unreadable(path + " cannot be listed: " + OutputFile.reason(e), e);
            }
        }
        if (archives.isEmpty() && evidence.isEmpty()) {
            throw UserException.unreadable(named.get(0) + " holds no file");
        }
        return new Found(List.copyOf(archives), List.copyOf(evidence.values()));
    }

    /** Two folders may hold files of one name; of which each is has to be told, and whose. */
    private static EvidenceFiles.Named labelled(
            Path named, EvidenceFiles.Named file, boolean several, Set<String> labels) {
        boolean below = !named.equals(file.file());
        Path name = named.getFileName();
        String label = below && several && name != null ? name + "/" + file.label() : file.label();
        if (!labels.add(label)) {
            label = below ? named + "/" + file.label() : named.toString();
            labels.add(label);
        }
        return new EvidenceFiles.Named(file.file(), label, !below);
    }

    /** One that is named like an archive and cannot be read is left to the reader of archives, which says why. */
    private static boolean isArchiveOfPostmem(Path file) {
        String name = String.valueOf(file.getFileName());
        if (SUFFIXES.stream().noneMatch(name::endsWith)) {
            return false;
        }
        if (!Files.isRegularFile(file)) {
            // a pipe is told as one, and not opened
            return !Files.exists(file);
        }
        String first = EvidenceFiles.firstEntry(file);
        return first == null || OF_POSTMEM.matcher(first).matches();
    }

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
