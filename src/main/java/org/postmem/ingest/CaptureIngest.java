package org.postmem.ingest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.postmem.UserException;
import org.postmem.collector.archive.ArchiveException;
import org.postmem.collector.archive.ArchiveReader;
import org.postmem.collector.archive.Damage;
import org.postmem.collector.archive.SegmentState;
import org.postmem.collector.archive.Snapshot;
import org.postmem.ingest.IssueLog.Severity;

/**
 * Loads archives into a case, one transaction each. What cannot be understood becomes a row of {@code ingest_issue}, what
 * is damaged a row of {@code segment} too; only an archive of which nothing can be read is refused.
 */
public final class CaptureIngest {
    private final CaseTables tables;

    public CaptureIngest(CaseTables tables) {
        this.tables = tables;
    }

    /**
     * What was loaded.
     *
     * @param damages places of the archive that could not be read, a sentence each; empty when all of it could
     */
    public record Loaded(int captureId, int snapshots, List<String> damages) {
        public Loaded {
            damages = List.copyOf(damages);
        }
    }

    /** How far loading is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Called after each snapshot.
         *
         * @param snapshots loaded so far
         * @param share of the archive read so far, 0 to 1
         */
        void at(int snapshots, double share);
    }

    /**
     * Loads one archive.
     *
     * @param captureId of the case, not taken yet
     * @param progress told how far it is, after each snapshot
     * @throws UserException when nothing of it can be read; the case is then as it was
     */
    public Loaded load(int captureId, Path archive, Progress progress) {
        return load(captureId, archive, null, progress);
    }

    /**
     * Loads the beginning of an archive: what would be there had the capture ended then.
     *
     * @param until wall clock of the last snapshot to load, {@code null} for all of them
     */
    public Loaded load(int captureId, Path archive, Instant until, Progress progress) {
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            return tables.whole(() -> load(captureId, archive, reader, until, progress));
        } catch (ArchiveException e) {
            throw UserException.unreadable(e.getMessage(), e);
        } catch (IOException e) {
            throw UserException.unreadable(archive + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Loaded load(int captureId, Path archive, ArchiveReader reader, Instant until, Progress progress)
            throws IOException {
        CaptureLoader loader = new CaptureLoader(captureId, String.valueOf(archive.getFileName()), tables);
        for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
            if (until != null && isAfter(snapshot, until)) {
                break;
            }
            loader.snapshot(snapshot);
            progress.at(loader.snapshots(), reader.progress());
        }
        reader.attachments().forEach(loader::looseEntry);
        for (SegmentState segment : reader.segments()) {
            segment(captureId, segment);
        }
        List<String> damages = new ArrayList<>();
        for (Damage damage : reader.damages()) {
            String sentence =
                    damage.reason() + " (bytes " + damage.fromByte() + " to " + damage.toByte() + lost(damage) + ")";
            damages.add(sentence);
            loader.issues().add(damage.firstSnapshot(), null, null, Severity.ERROR, sentence, null);
        }
        loader.finish();
        return new Loaded(captureId, loader.snapshots(), damages);
    }

    private static boolean isAfter(Snapshot snapshot, Instant until) {
        Instant wallClock = SnapshotFacts.of(snapshot).wallClock();
        return wallClock != null && wallClock.isAfter(until);
    }

    /**
     * When its snapshots were taken, by the host's wall clock, in the order of the archive.
     *
     * @throws UserException when nothing of it can be read
     */
    public static List<Instant> times(Path archive) {
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            List<Instant> times = new ArrayList<>();
            for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
                Instant wallClock = SnapshotFacts.of(snapshot).wallClock();
                if (wallClock != null) {
                    times.add(wallClock);
                }
            }
            return times;
        } catch (ArchiveException e) {
            throw UserException.unreadable(e.getMessage(), e);
        } catch (IOException e) {
            throw UserException.unreadable(archive + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String lost(Damage damage) {
        return damage.firstSnapshot() == null
                ? ""
                : ", snapshots " + damage.firstSnapshot() + " to " + damage.lastSnapshot();
    }

    private void segment(int captureId, SegmentState segment) {
        tables.table("segment")
                .row()
                .set("capture_id", captureId)
                .set("segment", segment.segment())
                .set("state", segment.state().name().toLowerCase(Locale.ROOT))
                .set("offset_bytes", segment.fromByte())
                .set("length_bytes", segment.lengthBytes())
                .set("sha256", segment.sha256())
                .set("first_snapshot", segment.firstSnapshot())
                .set("last_snapshot", segment.lastSnapshot())
                .set("detail", segment.detail())
                .set(
                        "signed_by",
                        segment.signed() == null ? null : segment.signed().key())
                .end();
    }
}
