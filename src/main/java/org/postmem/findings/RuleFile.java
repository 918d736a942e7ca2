package org.postmem.findings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.UserException;

/**
 * One rule: a header of {@code -- key: value} comments, then one SELECT whose rows are findings. The contract stands in
 * {@code reports/README.md}.
 *
 * @param path names the file in messages
 * @param title the sentence that opens the file
 * @param needs tables without whose rows the rule says nothing
 * @param grows metrics of {@code trend} of which one has to grow for the rule to find anything; empty for a rule that is
 *     asked whatever grows
 * @param clears tables of which one must tell something before it means anything that the rule found nothing; empty where
 *     {@code needs} is enough
 * @param ofOneMoment is one reading enough for it? What grows takes several
 * @param texts texts of a rule that brings its own, by {@code language:key} ({@code en:R90.title}); packaged rules have
 *     theirs in {@code reports/messages}
 * @param sql the SELECT, without a closing semicolon
 * @param sqlLine 1-based line at which it begins
 */
public record RuleFile(
        String path,
        String id,
        String title,
        String kind,
        String chapter,
        List<String> needs,
        List<String> grows,
        List<String> clears,
        boolean ofOneMoment,
        List<Threshold> thresholds,
        Map<String, String> texts,
        String sql,
        int sqlLine) {
    // -- id: R05
    private static final Pattern ENTRY =
            Pattern.compile("^--\\s*(id|kind|chapter|needs|grows|clears|readings):\\s*(.*?)\\s*$");
    // -- threshold floor_bytes = 12582912 bytes: four times the noise of a healthy guest of 1 GB
    private static final Pattern THRESHOLD =
            Pattern.compile("^--\\s*threshold\\s+(\\w+)\\s*=\\s*(-?[0-9.]+)\\s*([^:]*?)\\s*:\\s*(.+?)\\s*$");
    // -- text title: {name} took {growth_bytes}      -- text.zh title: …
    private static final Pattern TEXT = Pattern.compile("^--\\s*text(?:\\.(\\w+))?\\s+([\\w.]+):\\s*(.+?)\\s*$");
    private static final Pattern ID = Pattern.compile("[A-Z][A-Z0-9]*");

    public RuleFile {
        needs = List.copyOf(needs);
        grows = List.copyOf(grows);
        clears = List.copyOf(clears);
        thresholds = List.copyOf(thresholds);
        texts = Map.copyOf(texts);
    }

    /** A number of the rule, read in its body as {@code threshold('R05', 'floor_bytes')}. */
    public record Threshold(String name, double value, String unit, String reason) {}

    /**
     * The rule in a text.
     *
     * @throws UserException naming file and line when the header is wrong
     */
    public static RuleFile parse(String path, String text) {
        Map<String, String> entries = new LinkedHashMap<>();
        List<Threshold> thresholds = new ArrayList<>();
        Map<String, Integer> stands = new LinkedHashMap<>();
        Map<String, String> said = new LinkedHashMap<>();
        String title = null;
        List<String> lines = text.lines().toList();
        int at = 0;
        for (; at < lines.size(); at++) {
            String line = lines.get(at);
            if (line.isBlank()) {
                continue;
            }
            if (!line.startsWith("--")) {
                break;
            }
            Matcher entry = ENTRY.matcher(line);
            if (entry.matches()) {
                if (entries.put(entry.group(1), entry.group(2)) != null) {
                    throw wrong(path, at, entry.group(1) + " stands twice");
                }
                stands.put(entry.group(1), at);
            } else if (line.matches("^--\\s*threshold\\b.*")) {
                Threshold threshold = threshold(path, at, line);
                if (thresholds.stream().anyMatch(t -> t.name().equals(threshold.name()))) {
                    throw wrong(path, at, "the threshold " + threshold.name() + " stands twice");
                }
                thresholds.add(threshold);
            } else if (line.matches("^--\\s*text\\b[^:]*:.*")) {
                Matcher own = TEXT.matcher(line);
                if (!own.matches()) {
                    throw wrong(
                            path,
                            at,
                            "a text reads: -- text title: {name} took {growth_bytes}, or -- text.zh title: …");
                }
                said.put((own.group(1) == null ? "en" : own.group(1)) + ":" + own.group(2), own.group(3));
            } else if (title == null) {
                title = line.substring(2).strip();
            }
        }
        if (title == null) {
            throw wrong(path, 0, "the first comment must say in a sentence what the rule finds");
        }
        for (String key : List.of("id", "kind", "chapter")) {
            if (entries.getOrDefault(key, "").isEmpty()) {
                throw wrong(path, 0, "the header has no line -- " + key + ": …");
            }
        }
        if (!ID.matcher(entries.get("id")).matches()) {
            throw wrong(path, stands.get("id"), "the id " + entries.get("id") + " is not capitals and digits");
        }
        if (!FindingKinds.ALL.contains(entries.get("kind"))) {
            throw wrong(
                    path,
                    stands.get("kind"),
                    "the kind " + entries.get("kind") + " is none of " + String.join(", ", FindingKinds.ALL));
        }
        if (!FindingChapters.ALL.contains(entries.get("chapter"))) {
            throw wrong(
                    path,
                    stands.get("chapter"),
                    "the chapter " + entries.get("chapter") + " is none of " + String.join(", ", FindingChapters.ALL));
        }
        if (!entries.getOrDefault("readings", "one").equals("one")) {
            throw wrong(path, stands.get("readings"), "readings is left out, or is one");
        }
        String sql = String.join("\n", lines.subList(at, lines.size())).strip();
        if (sql.isEmpty()) {
            throw wrong(path, lines.size() - 1, "there is no SELECT below the header");
        }
        if (sql.endsWith(";")) {
            sql = sql.substring(0, sql.length() - 1);
        }
        return new RuleFile(
                path,
                entries.get("id"),
                title,
                entries.get("kind"),
                entries.get("chapter"),
                names(entries.get("needs")),
                names(entries.get("grows")),
                names(entries.get("clears")),
                "one".equals(entries.get("readings")),
                thresholds,
                ofRule(entries.get("id"), said),
                sql,
                at + 1);
    }

    /** {@code meminfo, meminfo.shmem_bytes} */
    private static List<String> names(String listed) {
        return Pattern.compile("[,\\s]+")
                .splitAsStream(listed == null ? "" : listed)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** {@code en:title} becomes {@code en:R90.title}, the key under which the engine looks for it. */
    private static Map<String, String> ofRule(String id, Map<String, String> said) {
        Map<String, String> texts = new LinkedHashMap<>();
        said.forEach((key, text) -> texts.put(key.replaceFirst(":", ":" + id + "."), text));
        return texts;
    }

    private static Threshold threshold(String path, int at, String line) {
        Matcher threshold = THRESHOLD.matcher(line);
        if (!threshold.matches()) {
            throw wrong(path, at, "a threshold reads: -- threshold name = 12.5 unit: the reason for it");
        }
        try {
            return new Threshold(
                    threshold.group(1), Double.parseDouble(threshold.group(2)), threshold.group(3), threshold.group(4));
        } catch (NumberFormatException e) {
            throw wrong(path, at, threshold.group(2) + " is no number");
        }
    }

    private static UserException wrong(String path, int at, String reason) {
        return UserException.unreadable(path + ":" + (at + 1) + ": " + reason);
    }
}
