package org.postmem.collector.archive;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Reads an archive from end to end and says what is intact and what is lost. */
public final class ArchiveVerifier {
    private ArchiveVerifier() {}

    /**
     * What was found.
     *
     * @param snapshots that can be read
     * @param firstSnapshot number of the first of them, likewise last; {@code null} when there is none
     * @param whole is every segment intact, and nothing damaged?
     */
    public record Result(
            Path path,
            Compression compression,
            int snapshots,
            Integer firstSnapshot,
            Integer lastSnapshot,
            List<SegmentState> segments,
            List<Damage> damages,
            boolean whole) {
        public Result {
            segments = List.copyOf(segments);
            damages = List.copyOf(damages);
        }
    }

    /**
     * Reads it all.
     *
     * @throws ArchiveException when the file is no archive
     */
    public static Result verify(Path path) throws IOException {
        try (ArchiveReader reader = ArchiveReader.open(path)) {
            int snapshots = 0;
            Integer first = null;
            Integer last = null;
            Snapshot snapshot = reader.next();
            while (snapshot != null) {
                snapshots++;
                first = first == null ? Integer.valueOf(snapshot.number()) : first;
                last = snapshot.number();
                snapshot = reader.next();
            }
            boolean whole = reader.damages().isEmpty()
                    && reader.segments().stream().allMatch(segment -> segment.state() == SegmentState.State.INTACT);
            return new Result(
                    path, reader.compression(), snapshots, first, last, reader.segments(), reader.damages(), whole);
        }
    }

    /** A line a segment, a line a damage, and the sum. */
    public static void print(Result result, PrintStream out) {
        for (SegmentState segment : result.segments()) {
            out.printf(
                    Locale.ROOT,
                    "segment %s  %-7s  bytes %s  snapshots %s (%d readable)%s%n",
                    segment.segment() < 0 ? "?" : Integer.toString(segment.segment()),
                    segment.state().name().toLowerCase(Locale.ROOT),
                    segment.fromByte() == null
                            ? "-"
                            : segment.fromByte() + "-" + (segment.fromByte() + segment.lengthBytes()),
                    segment.firstSnapshot() == null ? "-" : segment.firstSnapshot() + "-" + segment.lastSnapshot(),
                    segment.readable(),
                    segment.detail() == null ? "" : ": " + segment.detail());
        }
        for (Damage damage : result.damages()) {
            out.printf(
                    Locale.ROOT,
                    "damage between bytes %d and %d%s: %s%n",
                    damage.fromByte(),
                    damage.toByte(),
                    damage.firstSnapshot() == null ? "" : ", from snapshot " + damage.firstSnapshot() + " on",
                    damage.reason());
        }
        out.printf(
                Locale.ROOT,
                "%s: %s, %d snapshots readable%n",
                result.path(),
                result.whole() ? "intact" : "not intact",
                result.snapshots());
    }
}
