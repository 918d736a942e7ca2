package org.postmem.ingest;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.EvidenceOrigin;

/** Of which host each file is: as its text or its name says, else as those say that lie beside or above it. */
final class FileHosts {
    /** No file names the host. */
    static final String UNNAMED = "";

    /** vm_meminfo_26.11.22.2100.dat: how OSWatcher names its files. */
    private static final Pattern OSWATCHER_FILE =
            Pattern.compile("(?:.*/)?([^/]{1,200}?)_[a-z]+_\\d\\d\\.\\d\\d\\.\\d\\d\\.\\d{4}\\.dat.*");

    /** 2026_11_22_21_05_16_MeminfoExaWatcher_dm01db01.example.dat.bz2: how ExaWatcher names its files. */
    private static final Pattern EXAWATCHER_FILE =
            Pattern.compile("(?:.*/)?\\d{4}(?:_\\d\\d){5}_[A-Za-z]+ExaWatcher_([^/]{1,200}?)\\.dat.*");
    /** Below the top folder of every sosreport. */
    private static final String SOS_COMMANDS = "/sos_commands/";

    private final Map<String, String> hosts = new HashMap<>();
    /** What the lines of a log call their host: a log is fetched from elsewhere more often than any other file. */
    private final Map<String, String> hostsOfLogs = new HashMap<>();

    private final Map<String, TreeSet<String>> hostsBelow = new HashMap<>();
    private final Set<String> sosreports = new HashSet<>();

    /** Takes note of where a file lies, of whatever kind it is. */
    void lies(String path) {
        // the folder of one may be what was named: then nothing stands before
        int commands = ("/" + path).indexOf(SOS_COMMANDS);
        if (commands >= 0) {
            sosreports.add(path.substring(0, Math.max(0, commands - 1)));
        }
    }

    /** Takes note of the host that a file names. */
    void add(String path, EvidenceKind kind, byte[] head) {
        Matcher oswatcher = OSWATCHER_FILE.matcher(path);
        Matcher exawatcher = EXAWATCHER_FILE.matcher(path);
        String host = oswatcher.matches()
                ? oswatcher.group(1)
                : exawatcher.matches() ? exawatcher.group(1) : EvidenceOrigin.host(kind, head);
        if (host != null && !host.isBlank()) {
            hosts.put(path, host);
            for (String folder = path; !folder.isEmpty(); folder = above(folder)) {
                hostsBelow.computeIfAbsent(above(folder), f -> new TreeSet<>()).add(host);
            }
        }
        String log = EvidenceOrigin.hostOfLog(kind, head);
        if (log != null) {
            hostsOfLogs.put(path, log);
        }
    }

    /** Its own host, else the only one that any file beside or above it names; a log of another host is that one's. */
    String of(String path) {
        String log = hostsOfLogs.get(path);
        if (log == null || ofSosreport(path) != null) {
            return namedBy(path);
        }
        TreeSet<String> others = new TreeSet<>(hosts.values());
        for (String other : others) {
            if (EvidenceOrigin.same(other, log)) {
                return other;
            }
        }
        boolean several = hostsOfLogs.values().stream().anyMatch(other -> !EvidenceOrigin.same(other, log));
        return others.isEmpty() && !several ? namedBy(path) : log;
    }

    /** A sosreport is of one host, whatever a file in it calls that: names are masked in some files and not in others. */
    private String ofSosreport(String path) {
        String folder = path;
        while (!folder.isEmpty()) {
            folder = above(folder);
            if (sosreports.contains(folder)) {
                String top = folder.isEmpty() ? "" : folder + "/";
                String named = hosts.get(top + "etc/hostname");
                named = named == null ? hosts.get(top + "hostname") : named;
                named = named == null ? hosts.get(top + "sos_commands/host/hostname") : named;
                TreeSet<String> there = hostsBelow.getOrDefault(folder, new TreeSet<>());
                return named != null || there.isEmpty() ? named : there.first();
            }
        }
        return null;
    }

    private String namedBy(String path) {
        String own = ofSosreport(path);
        own = own == null ? hosts.get(path) : own;
        String folder = path;
        while (own == null && !folder.isEmpty()) {
            folder = above(folder);
            TreeSet<String> there = hostsBelow.getOrDefault(folder, new TreeSet<>());
            if (there.size() > 1) {
                return UNNAMED;
            }
            own = there.isEmpty() ? null : there.first();
        }
        return own == null ? UNNAMED : own;
    }

    private static String above(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }
}
