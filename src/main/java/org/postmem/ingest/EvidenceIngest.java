package org.postmem.ingest;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.postmem.UserException;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.EvidenceMember;
import org.postmem.evidence.Originals;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.PlainText;
import org.postmem.tools.SlashDates;
import org.postmem.tools.UpTime;

/**
 * Loads files of other tools into a case: every file that is recognised becomes part of the capture of its host. Up to three
 * walks: the first tells what the files are and whose, the second, where a file can tell it, when the host restarted; the
 * last one loads them.
 */
public final class EvidenceIngest {
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
        EvidenceInventory inventory = inventory(originals);
        if (inventory.isEmpty()) {
            throw UserException.unreadable(inventory.unread().nothingIn(originals.name()));
        }
        return load(firstCaptureId, originals, inventory, name, zone, progress);
    }

    /**
     * Loads these files, which were given together with archives: that none of them is of a tool is no error then, notes
     * and scripts lie beside them, too. What could not be opened is told all the same.
     */
    public Loaded loadBeside(int firstCaptureId, Originals originals, String name, ZoneId zone, IntConsumer progress) {
        EvidenceInventory inventory = inventory(originals);
        return inventory.isEmpty()
                ? loaded(Map.of(), inventory)
                : load(firstCaptureId, originals, inventory, name, zone, progress);
    }

    private static EvidenceInventory inventory(Originals originals) {
        try {
            return EvidenceInventory.of(originals);
        } catch (IOException e) {
            throw unreadable(originals, e);
        }
    }

    private Loaded load(
            int firstCaptureId,
            Originals originals,
            EvidenceInventory inventory,
            String name,
            ZoneId zone,
            IntConsumer progress) {
        Map<String, EvidenceCapture> captures = new LinkedHashMap<>();
        Set<String> hosts = inventory.hosts();
        try {
            return tables.whole(() -> {
                for (String host : hosts) {
                    boolean named = !host.equals(FileHosts.UNNAMED);
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

    private static Loaded loaded(Map<Integer, Integer> captures, EvidenceInventory inventory) {
        return new Loaded(
                captures, inventory.unread().reasons(), inventory.unread().warnings());
    }

    private Loaded load(
            int firstCaptureId,
            Originals originals,
            EvidenceInventory inventory,
            Map<String, EvidenceCapture> captures,
            IntConsumer progress)
            throws IOException {
        UnreadFiles unread = inventory.unread();
        Map<String, ParsedFile> histories = new HashMap<>();
        if (inventory.tellsOfRestarts()) {
            try (ReadAhead ahead = new ReadAhead(unread::failed)) {
                originals.walk(new Noting(inventory, captures, ahead, histories));
                ahead.finish();
            }
        }
        try (ReadAhead ahead = new ReadAhead(unread::failed)) {
            originals.walk(new Loading(inventory, captures, ahead, histories, progress));
            ahead.finish();
        }
        unread.note(captures.values().iterator().next().issues());
        Map<Integer, Integer> snapshots = new TreeMap<>();
        int captureId = firstCaptureId;
        for (EvidenceCapture capture : captures.values()) {
            snapshots.put(captureId++, capture.finish());
        }
        return loaded(snapshots, inventory);
    }

    /** Reads the histories, which know when the host restarted, and for how long others say that it had been up. */
    private static final class Noting implements EvidenceFiles.Visitor {
        /** Of texts whose readings are kept, so that they are not parsed twice. */
        private static final long KEPT_BYTES = 24L << 20;

        private final EvidenceInventory inventory;
        private final Map<String, EvidenceCapture> captures;
        private final ReadAhead ahead;
        private final Map<String, ParsedFile> histories;
        private final Set<String> seen = new HashSet<>();
        private long kept;

        Noting(
                EvidenceInventory inventory,
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
            EvidenceKind kind = inventory.kind(path);
            boolean upTimes = inventory.hasUpTimes(path);
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
            inventory.unread().refused(path, reason);
        }
    }

    /** Fills the tables of the capture that each file belongs to. */
    private static final class Loading implements EvidenceFiles.Visitor {
        private final EvidenceInventory inventory;
        private final Map<String, EvidenceCapture> captures;
        private final ReadAhead ahead;
        private final Map<String, ParsedFile> histories;
        private final IntConsumer progress;
        private int files;

        Loading(
                EvidenceInventory inventory,
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
            EvidenceKind kind = inventory.kind(path);
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
            inventory.unread().refused(path, reason);
        }
    }
}
