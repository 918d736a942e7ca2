package org.postmem.collector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.SegmentListener;

/**
 * The archive that is written, and the room there is for it: in the {@link Ring}, and on the disk. One that is moved away
 * while it is written ends, and another follows.
 */
final class CurrentArchive {
    private final NewArchive archives;
    private final OutputDirectory output;
    private final Ring ring;
    private final SegmentListener segments;
    private final Notices notices;
    private final LongSupplier nanoClock;
    private final CollectSettings settings;

    /** Null while there is no file to write to. */
    private ArchiveWriter writer;

    /** Snapshots in it. */
    private int kept;

    private boolean hasHistory;
    /** It is full, and what would make room in it does not work for now. */
    private boolean crowded;

    private Path finished;
    private ArchiveWriter.Written last = new ArchiveWriter.Written(0, 0);
    private long largestWrittenBytes;

    CurrentArchive(
            CollectSettings settings,
            NewArchive archives,
            OutputDirectory output,
            Ring ring,
            SegmentListener segments,
            Notices notices,
            LongSupplier nanoClock) {
        this.settings = settings;
        this.archives = archives;
        this.output = output;
        this.ring = ring;
        this.segments = segments;
        this.notices = notices;
        this.nanoClock = nanoClock;
    }

    void open() throws CollectException {
        writer = archives.create(segments);
        kept = 0;
        hasHistory = false;
        crowded = false;
        ring.begin();
    }

    /** Null while there is no file to write to. */
    ArchiveWriter writer() {
        return writer;
    }

    /** Snapshots in it. */
    int kept() {
        return kept;
    }

    /** Does it hold the host's own history? */
    boolean hasHistory() {
        return hasHistory;
    }

    /** What the snapshot that was written last took, in whatever archive; nothing before the first. */
    ArchiveWriter.Written last() {
        return last;
    }

    /** The one that was closed last and lies where it was made; null when there is none. */
    Path finished() {
        return finished;
    }

    /** A snapshot was written. */
    void keep(ArchiveWriter.Written written, boolean withHistory) {
        last = written;
        hasHistory |= withHistory;
        kept++;
    }

    /** What was written lately is to be kept whatever room it takes. */
    void freeze(long nowNanos) {
        ring.freeze(writer, nowNanos);
    }

    /** Likewise what is written now. */
    void freezeOn() {
        ring.freezeOn(writer);
    }

    /**
     * Is there a file to write the next snapshot to, and room for it? Begins another archive where this one is gone.
     *
     * @param first whether there is room for it was asked at the start
     */
    boolean mayWrite(boolean first) throws IOException {
        long now = nanoClock.getAsLong();
        if (writer != null && !writer.isInPlace()) {
            Path moved = writer.path();
            close();
            notices.trouble("gone", moved + " was moved or removed; goes on in a new archive when there is one", now);
        }
        if (writer == null) {
            try {
                output.check();
                open();
            } catch (CollectException e) {
                return false;
            }
            notices.over("gone", "goes on in " + writer.path());
        }
        long free = output.freeBytes();
        if (!first && OutputDirectory.spareBytes(free) < expectedBytes()) {
            notices.trouble(
                    "space",
                    "paused, only " + (free >> 20) + " MiB are free in " + settings.output()
                            + "; goes on when there is more",
                    now);
            return false;
        }
        if (crowded) {
            crowded = !ring.makeRoom(writer, expectedBytes(), OutputDirectory.spareBytes(free), now);
            if (crowded) {
                notices.trouble(
                        "space",
                        "paused, the archive has reached --max-size " + settings.maxBytes() + " bytes, and with "
                                + (free >> 20) + " MiB free in " + settings.output()
                                + " old snapshots cannot be dropped, for which what is left is copied",
                        now);
                return false;
            }
        }
        notices.over("space", "goes on, " + (free >> 20) + " MiB are free in " + settings.output());
        return true;
    }

    /** Makes room for the next snapshot. Returns why there will never be any, null when there is or may be. */
    String full() {
        // the first snapshot of a segment is several times larger than the others
        largestWrittenBytes = Math.max(largestWrittenBytes, last.writtenBytes());
        if (writer == null) {
            return null;
        }
        long spare = OutputDirectory.spareBytes(output.freeBytes());
        long now = nanoClock.getAsLong();
        boolean room = crowded || ring.makeRoom(writer, expectedBytes(), spare, now);
        crowded |= !room && ring.mayHaveRoom(writer, expectedBytes(), now);
        return room || crowded
                ? null
                : "postmem: stopped, the archive has reached --max-size " + settings.maxBytes() + " bytes";
    }

    private long expectedBytes() {
        return Math.max(2 * last.writtenBytes(), largestWrittenBytes);
    }

    /** Ends the archive; one without a snapshot is no archive. */
    void close() throws IOException {
        if (writer == null) {
            return;
        }
        ArchiveWriter ended = writer;
        writer = null;
        boolean inPlace = ended.isInPlace();
        try {
            ended.close();
        } catch (IOException e) {
            // the trailer: what was written before stands without it
            notices.trouble("write", e.getMessage(), nanoClock.getAsLong());
        }
        if (kept == 0 && inPlace) {
            Files.deleteIfExists(ended.path());
        } else if (inPlace) {
            finished = ended.path();
        }
    }
}
