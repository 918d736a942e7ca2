package org.postmem.ingest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postmem.UserException;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.Json;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.EvidenceMember;
import org.postmem.evidence.Originals;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.PlainText;

/**
 * Puts the files of other tools that postmem can read into an archive of its own, byte for byte as they were unpacked, in
 * segments that are hashed and chained like those of the collector. {@link ImportedArchive} reads it.
 */
public final class EvidenceImport {
    private static final int FORMAT = 1;
    private static final int LONGEST_FILE_BYTES = 256 << 20;
    private static final int LONGEST_ENTRY_NAME = 200;
    private static final int FILES_PER_SEGMENT = 500;
    private static final long SEGMENT_BYTES = 64L << 20;
    private static final int UNKNOWN_NAMED = 1000;

    private final Clock clock;
    private final String version;

    /**
     * An import.
     *
     * @param clock when it is done; a fixed one gives the same bytes again
     * @param version of postmem
     */
    public EvidenceImport(Clock clock, String version) {
        this.clock = clock;
        this.version = version;
    }

    /**
     * What was taken.
     *
     * @param files that postmem can read
     * @param unknown files that are of no tool it knows; they are not in the archive
     * @param warnings what could not be opened, a sentence each
     */
    public record Imported(int files, long bytes, int unknown, List<String> warnings) {
        public Imported {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Writes the archive.
     *
     * @param zone of the hosts, for clocks without one; {@code null} when nobody told it
     * @param target must not be there yet
     * @throws UserException when nothing is recognised
     * @throws IOException when the archive cannot be written
     */
    public Imported write(Originals originals, ZoneId zone, Path target) throws IOException {
        Map<String, Object> capture = new LinkedHashMap<>();
        capture.put("format", FORMAT);
        capture.put("origin", ImportedArchive.ORIGIN);
        capture.put("postmem_version", version);
        capture.put("zone", zone == null ? null : zone.getId());
        Taking taking = new Taking(clock);
        try (ArchiveWriter writer = ArchiveWriter.create(
                target,
                new ArchiveWriter.Options(Compression.ZSTD, FILES_PER_SEGMENT, 0).withSegmentBytes(SEGMENT_BYTES),
                Json.write(capture).getBytes(StandardCharsets.UTF_8),
                clock,
                segment -> {})) {
            taking.writer = writer;
            originals.walk(taking);
            if (taking.failed != null) {
                throw taking.failed;
            }
            if (taking.files > 0) {
                taking.end();
            }
        }
        if (taking.files == 0) {
            throw UserException.unreadable(
                    taking.refused.isEmpty()
                            ? originals.name() + " holds no text of a tool that postmem knows"
                            : originals.name() + ": " + taking.warnings().get(0));
        }
        return new Imported(taking.files, taking.bytes, taking.unknown, taking.warnings());
    }

    private static final class Taking implements EvidenceFiles.Visitor {
        private final Clock clock;
        private final Map<String, String> refused = new LinkedHashMap<>();
        private final List<String> strangers = new ArrayList<>();
        private ArchiveWriter writer;
        /** The walk turns whatever a file leads to into a refusal; a disk that is full is none. */
        private IOException failed;

        private int files;
        private int unknown;
        private long bytes;

        Taking(Clock clock) {
            this.clock = clock;
        }

        @Override
        public void file(EvidenceMember member) throws IOException {
            byte[] head = member.head();
            if (failed != null || head.length == 0) {
                return;
            }
            if (EvidenceKind.of(member.path(), PlainText.of(head)) == EvidenceKind.UNKNOWN) {
                unknown++;
                if (strangers.size() < UNKNOWN_NAMED) {
                    strangers.add(member.path());
                }
                return;
            }
            byte[] text = member.bytes();
            if (text.length > LONGEST_FILE_BYTES) {
                refused(
                        member.path(),
                        "it is longer than the " + LONGEST_FILE_BYTES
                                + " bytes that an archive keeps of one file; name the file itself to report");
                return;
            }
            try {
                writer.beginSnapshot(++files, clock.instant());
                writer.entry(ImportedArchive.ORIGINAL + entryName(member.path()), text);
                Map<String, Object> summary = new LinkedHashMap<>();
                summary.put("wall_clock", clock.instant().toString());
                summary.put("path", member.path());
                summary.put(
                        "modified",
                        member.modified() == null ? null : member.modified().toString());
                writer.endSnapshot(summary);
                bytes += text.length;
            } catch (IOException e) {
                failed = e;
            }
        }

        @Override
        public void refused(String path, String reason) {
            refused.put(path, reason);
        }

        void end() throws IOException {
            List<Map<String, Object>> told = new ArrayList<>();
            refused.forEach((path, reason) -> {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("path", path);
                one.put("reason", reason);
                told.add(one);
            });
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("refused", told);
            json.put("unknown_files", unknown);
            json.put("unknown", strangers);
            writer.beginSnapshot(files + 1, clock.instant());
            writer.entry(ImportedArchive.NOT_TAKEN, Json.write(json).getBytes(StandardCharsets.UTF_8));
            Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("wall_clock", clock.instant().toString());
            writer.endSnapshot(summary);
        }

        List<String> warnings() {
            List<String> warnings = new ArrayList<>();
            refused.forEach((path, reason) -> warnings.add(path + ": " + reason));
            return warnings;
        }

        /** A label for whoever unpacks the archive; the path itself stands in the summary. */
        private static String entryName(String path) {
            String inert = path.replaceAll("[^\\p{L}\\p{N}._:@+=,/ -]", "_")
                    .replaceAll("(^|/)\\.{1,2}(?=/|$)", "$1_")
                    .replaceAll("/{2,}", "/")
                    .replaceAll("^/|/$", "");
            int length = inert.length();
            String end = length > LONGEST_ENTRY_NAME ? inert.substring(length - LONGEST_ENTRY_NAME) : inert;
            return end.isEmpty() ? "_" : end.replaceAll("^/", "");
        }
    }
}
