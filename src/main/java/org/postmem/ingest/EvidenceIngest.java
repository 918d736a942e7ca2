package org.postmem.ingest;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.UserException;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.EvidenceMember;
import org.postmem.evidence.Originals;
import org.postmem.ingest.IssueLog.Severity;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.EvidenceOrigin;
import org.postmem.tools.PageSizeClues;
import org.postmem.tools.PlainText;
import org.postmem.tools.SlashDates;
import org.postmem.tools.Unread;
import org.postmem.tools.UpTime;
import org.postmem.units.PageSize;

/**
 * Loads files of other tools into a case: every file that is recognised becomes part of the capture of its host. Two walks:
 * the first tells what the files are, whose, and when the host restarted; the second reads them.
 */
public final class EvidenceIngest {
    /** vm_meminfo_26.11.22.2100.dat: how OSWatcher names its files. */
    private static final Pattern OSWATCHER_FILE =
            Pattern.compile("(?:.*/)?([^/]{1,200}?)_[a-z]+_\\d\\d\\.\\d\\d\\.\\d\\d\\.\\d{4}\\.dat.*");

    /** 2026_11_22_21_05_16_MeminfoExaWatcher_dm01db01.example.dat.bz2: how ExaWatcher names its files. */
    private static final Pattern EXAWATCHER_FILE =
            Pattern.compile("(?:.*/)?\\d{4}(?:_\\d\\d){5}_[A-Za-z]+ExaWatcher_([^/]{1,200}?)\\.dat.*");
    /** Below the top folder of every sosreport. */
    private static final String SOS_COMMANDS = "/sos_commands/";

    private static final String UNNAMED = "";

    private static final String STRANGER = "not the text of a tool that postmem knows; it was not read";
    private static final String READ =
            " (it reads sysstat, top, ps, pidstat, free, vmstat, slabtop, df, atop -P, OSWatcher,"
                    + " kernel logs and copies of /proc; README.md has them all)";
    private static final int NAMED_STRANGERS = 5;

    private final CaseTables tables;

    public EvidenceIngest(CaseTables tables) {
        this.tables = tables;
    }

    /**
     * What was loaded.
     *
     * @param captures by number, with the snapshots of each
     * @param unread why files were not read that are of no tool postmem knows, by name
     * @param warnings what could not be opened, a sentence each
     */
    public record Loaded(Map<Integer, Integer> captures, Map<String, String> unread, List<String> warnings) {
        public Loaded {
            captures = Map.copyOf(captures);
            unread = Map.copyOf(unread);
            warnings = List.copyOf(warnings);
        }
    }

    /** What the first walk finds. */
    private static final class Inventory {
        final Map<String, EvidenceKind> kinds = new HashMap<>();
        final Map<String, String> hosts = new HashMap<>();
        /** What the lines of a log call their host: a log is fetched from elsewhere more often than any other file. */
        final Map<String, String> hostsOfLogs = new HashMap<>();

        final Map<String, TreeSet<String>> hostsBelow = new HashMap<>();
        final Set<String> sosreports = new HashSet<>();
        final List<String> unknown = new ArrayList<>();
        /** Files about memory that are not read, with what to give in their place. */
        final Map<String, String> instead = new LinkedHashMap<>();

        final Map<String, String> refused = new LinkedHashMap<>();
        final TreeMap<String, PageSizeClues> clues = new TreeMap<>();
        /** Of the texts below lines of time those that say for how long the host had been up. */
        final Set<String> withUpTimes = new HashSet<>();

        /** Of the files with dates of sysstat; {@code null} where the text does not tell. */
        final Map<String, SlashDates.Order> orders = new HashMap<>();

        void host(String path, String host) {
            hosts.put(path, host);
            for (String folder = path; !folder.isEmpty(); folder = above(folder)) {
                hostsBelow.computeIfAbsent(above(folder), f -> new TreeSet<>()).add(host);
            }
        }

        void clues(String path, EvidenceKind kind, byte[] head) {
            PageSizeClues told = new PageSizeClues();
            told.add(kind, head);
            if (!told.isEmpty()) {
                clues.put(path, told);
            }
        }

        /** What its files tell together; {@code null} when that is nothing. */
        PageSize pageOf(String host) {
            PageSizeClues all = new PageSizeClues();
            clues.forEach((path, told) -> {
                if (hostOf(path).equals(host)) {
                    all.add(told);
                }
            });
            return all.size();
        }

        /** What tells the order of the dates of a file, beside its text. */
        SlashDates.Beside beside(String path, Instant modified) {
            if (orders.get(path) != null || !orders.containsKey(path)) {
                return new SlashDates.Beside(modified, null);
            }
            String host = hostOf(path);
            Set<SlashDates.Order> others = EnumSet.noneOf(SlashDates.Order.class);
            orders.forEach((other, order) -> {
                if (order != null && !other.equals(path) && hostOf(other).equals(host)) {
                    others.add(order);
                }
            });
            return new SlashDates.Beside(
                    modified, others.size() == 1 ? others.iterator().next() : null);
        }

        /** Why each file that could be opened was not read. */
        Map<String, String> unread() {
            Map<String, String> unread = new LinkedHashMap<>(instead);
            unknown.forEach(path -> unread.put(path, STRANGER));
            return unread;
        }

        void failed(String path, RuntimeException why) {
            refused.put(path, "it cannot be read to its end: " + EvidenceFiles.reason(why));
        }

        /** A sosreport is of one host, whatever a file in it calls that: names are masked in some files and not in others. */
        private String hostOfSosreport(String path) {
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

        /** Its own host, else the only one that any file beside or above it names; a log of another host is that one's. */
        String hostOf(String path) {
            String log = hostsOfLogs.get(path);
            if (log == null || hostOfSosreport(path) != null) {
                return hostNamedBy(path);
            }
            TreeSet<String> others = new TreeSet<>(hosts.values());
            for (String other : others) {
                if (EvidenceOrigin.same(other, log)) {
                    return other;
                }
            }
            boolean several = hostsOfLogs.values().stream().anyMatch(other -> !EvidenceOrigin.same(other, log));
            return others.isEmpty() && !several ? hostNamedBy(path) : log;
        }

        private String hostNamedBy(String path) {
            String own = hostOfSosreport(path);
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

    /**
     * Loads these files.
     *
     * @param firstCaptureId of the case, not taken yet; further hosts take the next ones
     * @param name of the capture where no file names a host
     * @param zone of the hosts; {@code null} when nobody told it
     * @param progress told the number of files read so far
     * @throws UserException when nothing is recognised; the case is then as it was
     */
    public Loaded load(int firstCaptureId, Originals originals, String name, ZoneId zone, IntConsumer progress) {
        Inventory inventory = inventory(originals);
        if (inventory.kinds.isEmpty()) {
            throw UserException.unreadable(nothing(originals, inventory));
        }
        return load(firstCaptureId, originals, inventory, name, zone, progress);
    }

    /**
     * Loads these files, which were given together with archives: that none of them is of a tool is no error then, notes
     * and scripts lie beside them, too. What could not be opened is told all the same.
     */
    public Loaded loadBeside(int firstCaptureId, Originals originals, String name, ZoneId zone, IntConsumer progress) {
        Inventory inventory = inventory(originals);
        return inventory.kinds.isEmpty()
                ? new Loaded(Map.of(), inventory.unread(), warnings(inventory))
                : load(firstCaptureId, originals, inventory, name, zone, progress);
    }

    private static Inventory inventory(Originals originals) {
        Inventory inventory = new Inventory();
        try {
            originals.walk(new Sorting(inventory));
        } catch (IOException e) {
            throw unreadable(originals, e);
        }
        return inventory;
    }

    private Loaded load(
            int firstCaptureId,
            Originals originals,
            Inventory inventory,
            String name,
            ZoneId zone,
            IntConsumer progress) {
        Map<String, EvidenceCapture> captures = new LinkedHashMap<>();
        TreeSet<String> hosts = new TreeSet<>();
        inventory.kinds.keySet().forEach(path -> hosts.add(inventory.hostOf(path)));
        try {
            return tables.whole(() -> {
                for (String host : hosts) {
                    boolean named = !host.isEmpty();
                    captures.put(
                            host,
                            new EvidenceCapture(
                                    firstCaptureId + captures.size(),
                                    named && hosts.size() > 1 ? name + " (" + host + ")" : name,
                                    named ? host : null,
                                    tables,
                                    zone,
                                    inventory.pageOf(host)));
                }
                return load(firstCaptureId, originals, inventory, captures, progress);
            });
        } catch (IOException e) {
            throw unreadable(originals, e);
        }
    }

    private static UserException unreadable(Originals originals, IOException e) {
        return UserException.unreadable(originals.name() + " cannot be read: " + EvidenceFiles.reason(e), e);
    }

    private static List<String> warnings(Inventory inventory) {
        List<String> warnings = new ArrayList<>();
        inventory.refused.forEach((path, reason) -> warnings.add(path + ": " + reason));
        return warnings;
    }

    private static String nothing(Originals originals, Inventory inventory) {
        if (!inventory.refused.isEmpty()) {
            List<String> all = warnings(inventory);
            // what was named by itself is no longer named with its folder
            String path = inventory.refused.keySet().iterator().next();
            String where = originals.name().equals(path) || originals.name().endsWith("/" + path)
                    ? originals.name().substring(0, originals.name().length() - path.length())
                    : originals.name() + ": ";
            return where + all.get(0) + (all.size() == 1 ? "" : "; nor could " + (all.size() - 1) + " more be read");
        }
        if (!inventory.instead.isEmpty()) {
            Map.Entry<String, String> first =
                    inventory.instead.entrySet().iterator().next();
            int more = inventory.instead.size() + inventory.unknown.size() - 1;
            return first.getKey() + " cannot be read: " + first.getValue()
                    + (more == 0 ? "" : "; nor could " + more + " more be read");
        }
        String others = inventory.unknown.size() < 2
                ? ""
                : ", nor do " + (inventory.unknown.size() - 1) + " more files beside it";
        return originals.name() + " holds no archive, and no text of a tool that postmem knows" + others + READ;
    }

    private Loaded load(
            int firstCaptureId,
            Originals originals,
            Inventory inventory,
            Map<String, EvidenceCapture> captures,
            IntConsumer progress)
            throws IOException {
        Map<String, ParsedFile> histories = new HashMap<>();
        if (!inventory.withUpTimes.isEmpty()
                || inventory.kinds.values().stream().anyMatch(EvidenceKind::isHistory)) {
            try (ReadAhead ahead = new ReadAhead(inventory::failed)) {
                originals.walk(new Noting(inventory, captures, ahead, histories));
                ahead.finish();
            }
        }
        try (ReadAhead ahead = new ReadAhead(inventory::failed)) {
            originals.walk(new Loading(inventory, captures, ahead, histories, progress));
            ahead.finish();
        }
        EvidenceCapture first = captures.values().iterator().next();
        if (!inventory.unknown.isEmpty()) {
            first.issues().add(null, inventory.unknown.get(0), null, Severity.INFO, strangers(inventory.unknown), null);
        }
        inventory.instead.forEach(
                (path, why) -> first.issues().add(null, path, null, Severity.WARNING, "it was not read: " + why, null));
        inventory.refused.forEach((path, reason) -> first.issues().add(null, path, null, Severity.ERROR, reason, null));
        Map<Integer, Integer> snapshots = new TreeMap<>();
        int captureId = firstCaptureId;
        for (EvidenceCapture capture : captures.values()) {
            snapshots.put(captureId++, capture.finish());
        }
        return new Loaded(snapshots, inventory.unread(), warnings(inventory));
    }

    private static String strangers(List<String> paths) {
        List<String> others = paths.subList(1, Math.min(paths.size(), 1 + NAMED_STRANGERS));
        int more = paths.size() - 1 - others.size();
        return others.isEmpty()
                ? STRANGER
                : STRANGER + ", nor was " + String.join(", ", others) + (more == 0 ? "" : ", nor " + more + " more");
    }

    /** Tells what each file is and whose. */
    private static final class Sorting implements EvidenceFiles.Visitor {
        private final Inventory inventory;

        Sorting(Inventory inventory) {
            this.inventory = inventory;
        }

        @Override
        public void file(EvidenceMember member) {
            byte[] head = PlainText.of(member.head());
            if (head.length == 0) {
                return;
            }
            String why = Unread.why(member.head());
            if (why != null) {
                inventory.instead.put(member.path(), why);
                return;
            }
            // the folder of one may be what was named: then nothing stands before
            int commands = ("/" + member.path()).indexOf(SOS_COMMANDS);
            if (commands >= 0) {
                inventory.sosreports.add(member.path().substring(0, Math.max(0, commands - 1)));
            }
            EvidenceKind kind = EvidenceKind.of(member.path(), head);
            if (kind == EvidenceKind.UNKNOWN) {
                inventory.unknown.add(member.path());
                return;
            }
            inventory.kinds.put(member.path(), kind);
            inventory.clues(member.path(), kind, head);
            if (kind == EvidenceKind.FRAMES && UpTime.isIn(head)) {
                inventory.withUpTimes.add(member.path());
            }
            if (kind == EvidenceKind.SAR || kind == EvidenceKind.PIDSTAT || kind == EvidenceKind.FRAMES) {
                SlashDates dates = SlashDates.of(head);
                if (!dates.isEmpty()) {
                    inventory.orders.put(member.path(), dates.own());
                }
            }
            Matcher oswatcher = OSWATCHER_FILE.matcher(member.path());
            Matcher exawatcher = EXAWATCHER_FILE.matcher(member.path());
            String host = oswatcher.matches()
                    ? oswatcher.group(1)
                    : exawatcher.matches() ? exawatcher.group(1) : EvidenceOrigin.host(kind, head);
            if (host != null && !host.isBlank()) {
                inventory.host(member.path(), host);
            }
            String log = EvidenceOrigin.hostOfLog(kind, head);
            if (log != null) {
                inventory.hostsOfLogs.put(member.path(), log);
            }
        }

        @Override
        public void refused(String path, String reason) {
            inventory.refused.put(path, reason);
        }
    }

    /** Reads the histories, which know when the host restarted, and for how long others say that it had been up. */
    private static final class Noting implements EvidenceFiles.Visitor {
        /** Of texts whose readings are kept, so that they are not parsed twice. */
        private static final long KEPT_BYTES = 24L << 20;

        private final Inventory inventory;
        private final Map<String, EvidenceCapture> captures;
        private final ReadAhead ahead;
        private final Map<String, ParsedFile> histories;
        private final Set<String> seen = new HashSet<>();
        private long kept;

        Noting(
                Inventory inventory,
                Map<String, EvidenceCapture> captures,
                ReadAhead ahead,
                Map<String, ParsedFile> histories) {
            this.inventory = inventory;
            this.captures = captures;
            this.ahead = ahead;
            this.histories = histories;
        }

        @Override
        public void file(EvidenceMember member) throws IOException {
            String path = member.path();
            EvidenceKind kind = inventory.kinds.get(path);
            boolean upTimes = inventory.withUpTimes.contains(path);
            if (kind == null || (!kind.isHistory() && !upTimes)) {
                return;
            }
            EvidenceCapture capture = captures.get(inventory.hostOf(path));
            byte[] text = PlainText.of(member.bytes());
            SlashDates.Beside beside = inventory.beside(path, member.modified());
            if (upTimes) {
                ahead.add(path, text.length, () -> UpTime.of(text, beside), capture::note);
                return;
            }
            ahead.add(path, text.length, () -> ParsedFile.of(kind, path, text, beside), read -> {
                capture.note(read);
                // an archive may hold two files of one name
                if (!seen.add(path)) {
                    histories.remove(path);
                } else if (kept + text.length <= KEPT_BYTES) {
                    kept += text.length;
                    histories.put(path, read);
                }
            });
        }

        @Override
        public void refused(String path, String reason) {
            inventory.refused.put(path, reason);
        }
    }

    private static final class Loading implements EvidenceFiles.Visitor {
        private final Inventory inventory;
        private final Map<String, EvidenceCapture> captures;
        private final ReadAhead ahead;
        private final Map<String, ParsedFile> histories;
        private final IntConsumer progress;
        private int files;

        Loading(
                Inventory inventory,
                Map<String, EvidenceCapture> captures,
                ReadAhead ahead,
                Map<String, ParsedFile> histories,
                IntConsumer progress) {
            this.inventory = inventory;
            this.captures = captures;
            this.ahead = ahead;
            this.histories = histories;
            this.progress = progress;
        }

        @Override
        public void file(EvidenceMember member) throws IOException {
            String path = member.path();
            EvidenceKind kind = inventory.kinds.get(path);
            if (kind == null) {
                return;
            }
            EvidenceCapture capture = captures.get(inventory.hostOf(path));
            ParsedFile known = histories.remove(path);
            byte[] whole = member.bytes();
            int length = whole.length;
            byte[] text = PlainText.of(whole);
            // not the member itself, which holds the buffers it was unpacked with: thousands of small files may wait
            Instant modified = member.modified();
            SlashDates.Beside beside = inventory.beside(path, modified);
            ahead.add(
                    path, text.length, () -> known == null ? ParsedFile.of(kind, path, text, beside) : known, read -> {
                        capture.load(kind, path, modified, length, text, read);
                        progress.accept(++files);
                    });
        }

        @Override
        public void refused(String path, String reason) {
            inventory.refused.put(path, reason);
        }
    }
}
