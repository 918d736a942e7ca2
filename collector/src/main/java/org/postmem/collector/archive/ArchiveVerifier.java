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
     * @param signatures what a key says to the signature of each segment; empty when none was given
     */
    public record Result(
            Path path,
            Compression compression,
            int snapshots,
            Integer firstSnapshot,
            Integer lastSnapshot,
            List<SegmentState> segments,
            List<Damage> damages,
            boolean whole,
            List<SignatureCheck.Outcome> signatures) {
        public Result {
            signatures = List.copyOf(signatures);
            segments = List.copyOf(segments);
            damages = List.copyOf(damages);
        }

        /** Is every segment signed with the key that was given? */
        public boolean signed() {
            return !signatures.isEmpty()
                    && signatures.stream().allMatch(outcome -> outcome == SignatureCheck.Outcome.SIGNED);
        }
    }

    /**
     * Reads it all.
     *
     * @throws ArchiveException when the file is no archive
     */
    public static Result verify(Path path) throws IOException {
        return verify(path, null);
    }

    /** The same, signatures included; {@code null} for no key. */
    public static Result verify(Path path, SignatureCheck key) throws IOException {
        try (ArchiveReader reader = ArchiveReader.withoutTexts(path)) {
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
            // a signature over a trailer says nothing of bytes that are not those the trailer tells of
            List<SignatureCheck.Outcome> signatures = key == null
                    ? List.of()
                    : reader.segments().stream()
                            .map(segment -> segment.state() == SegmentState.State.INTACT
                                    ? key.check(segment.signed())
                                    : SignatureCheck.Outcome.NOT_SIGNED)
                            .toList();
            return new Result(
                    path,
                    reader.compression(),
                    snapshots,
                    first,
                    last,
                    reader.segments(),
                    reader.damages(),
                    whole,
                    signatures);
        }
    }

    /** A line a segment, a line a damage, and the sum. */
    public static void print(Result result, PrintStream out) {
        for (int i = 0; i < result.segments().size(); i++) {
            SegmentState segment = result.segments().get(i);
            out.printf(
                    Locale.ROOT,
                    "segment %s  %-7s  bytes %s  snapshots %s (%d readable)%s%s%n",
                    segment.segment() < 0 ? "?" : Integer.toString(segment.segment()),
                    segment.state().name().toLowerCase(Locale.ROOT),
                    segment.fromByte() == null
                            ? "-"
                            : segment.fromByte() + "-" + (segment.fromByte() + segment.lengthBytes()),
                    segment.firstSnapshot() == null ? "-" : segment.firstSnapshot() + "-" + segment.lastSnapshot(),
                    segment.readable(),
                    signature(
                            segment,
                            result.signatures().isEmpty()
                                    ? null
                                    : result.signatures().get(i)),
                    segment.detail() == null ? "" : ": " + Printable.line(segment.detail()));
        }
        for (Damage damage : result.damages()) {
            out.printf(
                    Locale.ROOT,
                    "damage between bytes %d and %d%s: %s%n",
                    damage.fromByte(),
                    damage.toByte(),
                    damage.firstSnapshot() == null ? "" : ", from snapshot " + damage.firstSnapshot() + " on",
                    Printable.line(damage.reason()));
        }
        out.printf(
                Locale.ROOT,
                "%s: %s, %d %s readable%n",
                result.path(),
                result.whole() ? "intact" : "not intact",
                result.snapshots(),
                result.snapshots() == 1 ? "snapshot" : "snapshots");
        if (!result.signatures().isEmpty()) {
            long signed = result.signatures().stream()
                    .filter(outcome -> outcome == SignatureCheck.Outcome.SIGNED)
                    .count();
            out.printf(
                    Locale.ROOT,
                    "%s: %s%n",
                    result.path(),
                    result.signed()
                            ? "every segment is signed with this key"
                            : signed + " of " + result.signatures().size() + " segments are signed with this key");
        }
    }

    private static String signature(SegmentState segment, SignatureCheck.Outcome outcome) {
        if (outcome == null) {
            return segment.signed() == null
                    ? ""
                    : "  signed with key " + segment.signed().key().substring(0, 16) + ", not checked";
        }
        return switch (outcome) {
            case SIGNED -> "  signed";
            case NOT_SIGNED -> "  not signed";
            case OTHER_KEY -> "  signed with another key, " + segment.signed().key();
            case WRONG -> "  WRONG SIGNATURE";
        };
    }
}
