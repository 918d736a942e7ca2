package org.postmem.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.postmem.UserException;
import org.postmem.collector.archive.Json;
import org.postmem.findings.Analysis;
import org.postmem.findings.FindingsEngine;
import org.postmem.findings.Truth;
import org.postmem.findings.Truth.Leak;
import org.postmem.ingest.CaptureIngest;
import org.postmem.ingest.CaseTables;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

/**
 * A labelled capture: a folder with {@code truth.json} and what the collector wrote, {@code capture.tar.zst}, where it
 * was started again {@code capture-2.tar.zst} as well.
 */
record Incident(String name, List<Path> archives, Truth truth) {
    private static final String TRUTH = "truth.json";

    Incident {
        archives = List.copyOf(archives);
    }

    /**
     * Every labelled capture below a folder, by name.
     *
     * @throws UserException when there is none, or a truth cannot be read
     */
    static List<Incident> below(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> folders = files.filter(
                            file -> String.valueOf(file.getFileName()).equals(TRUTH))
                    .map(Path::getParent)
                    .sorted()
                    .toList();
            List<Incident> incidents = new ArrayList<>();
            for (Path folder : folders) {
                incidents.add(new Incident(
                        root.relativize(folder).toString(), archivesIn(folder), truth(folder.resolve(TRUTH))));
            }
            if (incidents.isEmpty()) {
                throw UserException.unreadable(root + " holds no labelled capture: no folder below it has a " + TRUTH);
            }
            return incidents;
        } catch (IOException e) {
            throw UserException.unreadable(root + " cannot be listed: " + OutputFile.reason(e), e);
        }
    }

    private static List<Path> archivesIn(Path folder) {
        return Inputs.archives(List.of(folder));
    }

    /** Analyses it in a case of its own, in memory. */
    Analysis analyse(long memoryBytes) {
        try (CaseDatabase analysed = CaseDatabase.inMemory(memoryBytes)) {
            CaptureIngest ingest = new CaptureIngest(new CaseTables(analysed.connection()));
            for (int i = 0; i < archives.size(); i++) {
                ingest.load(i + 1, archives.get(i), snapshots -> {});
            }
            analysed.makeViews();
            return FindingsEngine.packaged(analysed.connection(), ReportFiles.onClassPath(), "en")
                    .analyse();
        }
    }

    private static Truth truth(Path file) {
        try {
            return truth(Json.readObject(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw UserException.unreadable(file + " cannot be read: " + OutputFile.reason(e), e);
        } catch (IllegalArgumentException e) {
            throw UserException.unreadable(file + " is no truth of a capture: " + e.getMessage(), e);
        }
    }

    /** The members that count; what else a truth tells is for people. */
    static Truth truth(Map<String, Object> json) {
        if (!(json.get("healthy") instanceof Boolean healthy)) {
            throw new IllegalArgumentException("healthy is neither true nor false");
        }
        List<Leak> leaks = new ArrayList<>();
        if (!healthy) {
            leaks.add(leak(json));
            if (json.get("second") instanceof Map<?, ?> second) {
                leaks.add(leak(second));
            }
        }
        return new Truth(
                healthy,
                Boolean.TRUE.equals(json.get("debatable")),
                !Boolean.FALSE.equals(json.get("privileged")),
                leaks);
    }

    private static Leak leak(Map<?, ?> json) {
        if (!(json.get("kind") instanceof String kind)
                || !(json.get("culprit") instanceof Map<?, ?> culprit)
                || !(culprit.get("type") instanceof String type)
                || !(culprit.get("name") instanceof String name)) {
            throw new IllegalArgumentException("a leak needs a kind and a culprit with type and name");
        }
        List<String> kinds = new ArrayList<>(List.of(kind));
        if (json.get("also_accepted_kinds") instanceof List<?> also) {
            also.forEach(other -> kinds.add(String.valueOf(other)));
        }
        return new Leak(kinds, type, name, culprit.get("pid") instanceof Long pid ? pid : null);
    }
}
