package org.postmem.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.postmem.UserException;
import org.postmem.collector.archive.Json;
import org.postmem.findings.Analysis;
import org.postmem.findings.Earliness;
import org.postmem.findings.Earliness.Prefix;
import org.postmem.findings.Scorecard;
import org.postmem.findings.Truth;
import org.postmem.findings.Truth.Leak;
import org.postmem.findings.Truth.Origin;
import org.postmem.ingest.CaptureIngest;

/**
 * A labelled capture: a folder with {@code truth.json} and what the collector wrote, {@code capture.tar.zst}, where it
 * was started again {@code capture-2.tar.zst} as well.
 */
record Incident(String name, List<Path> archives, Truth truth, Origin origin) {
    /** With fewer nothing is told. */
    private static final int FEWEST_SNAPSHOTS = 5;

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
                incidents.add(read(root.relativize(folder).toString(), folder));
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

    /** All of it. */
    CaseBatch.Part whole() {
        return new CaseBatch.Part(archives, null);
    }

    /** The capture as if it had ended at so many snapshots, evenly from the fifth to the last one. */
    List<CaseBatch.Part> prefixes(int count) {
        List<Instant> times = archives.stream()
                .flatMap(archive -> CaptureIngest.times(archive).stream())
                .sorted()
                .toList();
        List<CaseBatch.Part> prefixes = new ArrayList<>();
        int first = Math.min(FEWEST_SNAPSHOTS, times.size()) - 1;
        int last = -1;
        for (int i = 1; i <= count; i++) {
            int cut = first + (int) Math.round((double) (times.size() - 1 - first) * i / count);
            if (cut > last) {
                prefixes.add(new CaseBatch.Part(archives, times.get(cut)));
                last = cut;
            }
        }
        return prefixes;
    }

    /**
     * How early it is judged right.
     *
     * @param analyses one for each of the prefixes
     */
    Earliness earliness(List<CaseBatch.Part> prefixes, List<Analysis> analyses) {
        List<Prefix> told = new ArrayList<>();
        for (int i = 0; i < prefixes.size(); i++) {
            Analysis analysis = analyses.get(i);
            Scorecard card = new Scorecard();
            card.add(name, truth, analysis);
            told.add(new Prefix(
                    prefixes.get(i).until(),
                    card.lines().stream().allMatch(Scorecard.Line::right),
                    analysis.verdict().leak(),
                    namesSomebody(analysis)));
        }
        return Earliness.of(told, origin.onset(), origin.rateBytesPerSecond());
    }

    /** A leak whose owner could not be told yet is called unknown, and nobody stands in its place. */
    private static boolean namesSomebody(Analysis analysis) {
        return analysis.findings().stream()
                .filter(finding -> finding.id().equals(analysis.verdict().findingId()))
                .anyMatch(finding -> finding.culprit() != null
                        && !String.valueOf(finding.culprit().name()).endsWith("unknown"));
    }

    private static Incident read(String name, Path folder) {
        Path file = folder.resolve(TRUTH);
        try {
            Map<String, Object> json = Json.readObject(Files.readAllBytes(file));
            return new Incident(name, archivesIn(folder), truth(json), origin(json));
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

    private static Origin origin(Map<String, Object> json) {
        return new Origin(
                Boolean.TRUE.equals(json.get("held_out")),
                Boolean.TRUE.equals(json.get("synthetic")),
                json.get("onset_epoch") instanceof Number onset ? Instant.ofEpochSecond(onset.longValue()) : null,
                json.get("rate_bytes_per_second") instanceof Number rate ? Double.valueOf(rate.doubleValue()) : null);
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
