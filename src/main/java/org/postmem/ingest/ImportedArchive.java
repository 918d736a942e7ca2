package org.postmem.ingest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.postmem.UserException;
import org.postmem.collector.archive.ArchiveException;
import org.postmem.collector.archive.ArchiveReader;
import org.postmem.collector.archive.Damage;
import org.postmem.collector.archive.Json.MalformedJsonException;
import org.postmem.collector.archive.Snapshot;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.EvidenceMember;
import org.postmem.evidence.Originals;

/**
 * An archive that {@link EvidenceImport} wrote: one snapshot a file, with its text as {@code original/PATH} and its path and
 * date in the summary; the last one says what was not taken. What was attached later counts as one more file each.
 */
public final class ImportedArchive implements Originals {
    static final String ORIGIN = "import";
    static final String ORIGINAL = "original/";
    static final String NOT_TAKEN = "not_taken.json";

    private final Path archive;
    private final ZoneId zone;

    private ImportedArchive(Path archive, ZoneId zone) {
        this.archive = archive;
        this.zone = zone;
    }

    /**
     * Opens one.
     *
     * @return {@code null} when the archive is of a collector
     * @throws UserException when nothing of it can be read
     */
    public static ImportedArchive of(Path archive) {
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            Snapshot first = reader.next();
            if (first == null || first.captureJson() == null) {
                return null;
            }
            JsonFields capture = JsonFields.of(first.captureJson());
            if (!ORIGIN.equals(capture.text("origin"))) {
                return null;
            }
            String zone = capture.text("zone");
            return new ImportedArchive(archive, zone == null ? null : ZoneId.of(zone));
        } catch (ArchiveException e) {
            throw UserException.unreadable(e.getMessage(), e);
        } catch (IOException e) {
            throw UserException.unreadable(archive + " cannot be read: " + e.getMessage(), e);
        } catch (MalformedJsonException e) {
            // the loader of captures says so, and goes on
            return null;
        } catch (DateTimeException e) {
            throw UserException.unreadable(archive + " names a time zone that is none: " + e.getMessage(), e);
        }
    }

    /** Of the hosts, as it was told to the import; {@code null} when nobody did. */
    public ZoneId zone() {
        return zone;
    }

    /** What of the archive itself cannot be read, a sentence each. */
    public List<String> damages() throws IOException {
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            while (reader.next() != null) {
                // damage is known when all was read
            }
            List<String> damages = new ArrayList<>();
            for (Damage damage : reader.damages()) {
                damages.add(damage.reason() + " (bytes " + damage.fromByte() + " to " + damage.toByte() + ")");
            }
            return damages;
        }
    }

    @Override
    public String name() {
        return archive.toString();
    }

    @Override
    public void walk(EvidenceFiles.Visitor visitor) throws IOException {
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
                for (Map.Entry<String, byte[]> member : snapshot.members().entrySet()) {
                    if (member.getKey().equals(NOT_TAKEN)) {
                        notTaken(member.getValue(), visitor);
                    } else if (member.getKey().startsWith(ORIGINAL)) {
                        JsonFields told = JsonFields.of(snapshot.summary());
                        String path = told.text("path");
                        show(
                                path == null ? member.getKey().substring(ORIGINAL.length()) : path,
                                told.instant("modified"),
                                member.getValue(),
                                visitor);
                    }
                }
            }
            for (Map.Entry<String, byte[]> attached : reader.attachments().entrySet()) {
                show(attached.getKey(), null, attached.getValue(), visitor);
            }
        }
    }

    private static void show(String path, Instant modified, byte[] text, EvidenceFiles.Visitor visitor)
            throws IOException {
        try {
            visitor.file(EvidenceMember.of(path, modified, text));
        } catch (RuntimeException e) {
            // as for files that lie open: one of them that cannot be read costs no other
            visitor.refused(path, "it cannot be read to its end: " + e);
        }
    }

    private static void notTaken(byte[] json, EvidenceFiles.Visitor visitor) {
        try {
            for (JsonFields refused : JsonFields.of(json).objects("refused")) {
                visitor.refused(refused.text("path"), refused.text("reason"));
            }
        } catch (MalformedJsonException e) {
            visitor.refused(NOT_TAKEN, "it says what the import could not read, and is no JSON: " + e.getMessage());
        }
    }
}
