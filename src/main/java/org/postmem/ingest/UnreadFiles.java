package org.postmem.ingest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.ingest.IssueLog.Severity;

/** Files that were given and are not read, and how that is said: nothing that was given is passed over in silence. */
final class UnreadFiles {
    private static final String STRANGER = "not the text of a tool that postmem knows; it was not read";
    private static final String READ =
            " (it reads sysstat, top, ps, pidstat, free, vmstat, slabtop, df, atop -P, OSWatcher,"
                    + " kernel logs and copies of /proc; README.md has them all)";
    private static final int NAMED_STRANGERS = 5;

    private final List<String> unknown = new ArrayList<>();
    /** Files about memory that are not read, with what to give in their place. */
    private final Map<String, String> instead = new LinkedHashMap<>();

    private final Map<String, String> refused = new LinkedHashMap<>();

    /** The text is of no tool that postmem knows. */
    void unknown(String path) {
        unknown.add(path);
    }

    /** It is about memory, and another file tells what it does. */
    void instead(String path, String why) {
        instead.put(path, why);
    }

    /** It could not be opened. */
    void refused(String path, String reason) {
        refused.put(path, reason);
    }

    /** It could not be read to its end, as its parser found. */
    void failed(String path, RuntimeException why) {
        refused(path, "it cannot be read to its end: " + EvidenceFiles.reason(why));
    }

    /** Why each file that could be opened was not read, by name. */
    Map<String, String> reasons() {
        Map<String, String> reasons = new LinkedHashMap<>(instead);
        unknown.forEach(path -> reasons.put(path, STRANGER));
        return reasons;
    }

    /** What could not be opened, a sentence each. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        refused.forEach((path, reason) -> warnings.add(path + ": " + reason));
        return warnings;
    }

    /**
     * A sentence for the case that these are all files.
     *
     * @param given what was named by whoever asked
     */
    String nothingIn(String given) {
        if (!refused.isEmpty()) {
            List<String> all = warnings();
            // what was named by itself is no longer named with its folder
            String path = refused.keySet().iterator().next();
            String where = given.equals(path) || given.endsWith("/" + path)
                    ? given.substring(0, given.length() - path.length())
                    : given + ": ";
            return where + all.get(0) + (all.size() == 1 ? "" : "; nor could " + (all.size() - 1) + " more be read");
        }
        if (!instead.isEmpty()) {
            Map.Entry<String, String> first = instead.entrySet().iterator().next();
            int more = instead.size() + unknown.size() - 1;
            return first.getKey() + " cannot be read: " + first.getValue()
                    + (more == 0 ? "" : "; nor could " + more + " more be read");
        }
        String others = unknown.size() < 2 ? "" : ", nor do " + (unknown.size() - 1) + " more files beside it";
        return given + " holds no archive, and no text of a tool that postmem knows" + others + READ;
    }

    /** Notes them among the issues of a capture. */
    void note(IssueLog issues) {
        if (!unknown.isEmpty()) {
            issues.add(null, unknown.get(0), null, Severity.INFO, strangers(), null);
        }
        instead.forEach((path, why) -> issues.add(null, path, null, Severity.WARNING, "it was not read: " + why, null));
        refused.forEach((path, reason) -> issues.add(null, path, null, Severity.ERROR, reason, null));
    }

    private String strangers() {
        List<String> others = unknown.subList(1, Math.min(unknown.size(), 1 + NAMED_STRANGERS));
        int more = unknown.size() - 1 - others.size();
        return others.isEmpty()
                ? STRANGER
                : STRANGER + ", nor was " + String.join(", ", others) + (more == 0 ? "" : ", nor " + more + " more");
    }
}
