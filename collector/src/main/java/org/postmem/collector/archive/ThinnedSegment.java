package org.postmem.collector.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes a segment anew with some of its snapshots. Each of them gets what a reader would have carried forward into it from
 * the snapshots that are left out: of each process that lives the texts that were told last, and the files of the host that
 * are stored when they have changed. So it says what it said before; its own entries stay as they are, to the byte.
 *
 * <p>The segment is read by two readers: one goes ahead to the next snapshot that is left and notes where the texts stand
 * ({@link CarriedTexts}), the other follows and copies them. In memory there is one entry, and half a megabyte of what is
 * gathered for the next.
 */
final class ThinnedSegment implements Closeable {
    private static final String FRAME_FIELD = ",\"frame_sha256\":\"";

    private final SegmentEntries ahead;
    private final SegmentEntries behind;
    private final SegmentCompressor compressor;
    private final SnapshotMembers members = new SnapshotMembers();
    private final Sealed out;
    private final CarriedTexts carried = new CarriedTexts();
    private final GatheredTexts gathered = new GatheredTexts(members);
    private final byte[] buffer = new byte[RawRun.READ_BYTES];
    /** Those up to the next that is left, as they lie in the segment. */
    private final List<Integer> window = new ArrayList<>();

    private int left;

    /** Where the compressor writes to: what has come of it so far. */
    static final class Sealed extends OutputStream {
        private final OutputStream target;
        private final Sha256 sha256 = new Sha256();
        private long length;

        Sealed(OutputStream target) {
            this.target = target;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            target.write(bytes, offset, count);
            sha256.update(bytes, offset, count);
            length += count;
        }
    }

    /**
     * What was written.
     *
     * @param firstBytes of its first snapshot, without a seal
     * @param length likewise with the seal
     */
    record Written(long firstBytes, long length, String sha256) {}

    /**
     * Of a segment whose SHA-256 holds.
     *
     * @param to where its trailer begins
     * @param target takes the segment, without a trailer
     */
    ThinnedSegment(ByteSource source, long from, long to, Compression compression, OutputStream target)
            throws IOException {
        this.ahead = new SegmentEntries(source, compression, from, to);
        this.behind = new SegmentEntries(source, compression, from, to);
        this.out = new Sealed(target);
        this.compressor = SegmentCompressor.of(compression, out);
    }

    /** @param snapshots their numbers, oldest first; the first of them is the first of the segment */
    Written write(List<Integer> snapshots, byte[] seal) throws IOException {
        compressor.begin();
        long firstBytes = 0;
        for (int snapshot : snapshots) {
            goAheadTo(snapshot);
            begin(snapshot);
            for (int number : window) {
                if (number == snapshot) {
                    leave();
                } else {
                    takeFrom(number);
                }
            }
            compressor.endSnapshot();
            firstBytes = firstBytes == 0 ? out.length : firstBytes;
            carried.left(snapshot);
        }
        out.write(seal);
        return new Written(firstBytes, out.length, out.sha256.hex());
    }

    private void begin(int snapshot) {
        left = snapshot;
        members.begin(compressor, snapshot, ahead.mtimeSeconds());
        gathered.begin();
    }

    /** Notes what stands in the snapshots up to this one. */
    private void goAheadTo(int snapshot) throws IOException {
        window.clear();
        boolean pass = false;
        while (ahead.next()) {
            String entry = ahead.inSnapshot();
            if (entry == null) {
                continue;
            }
            int number = ahead.snapshot();
            if (ahead.endsSnapshot()) {
                if (pass) {
                    carried.passed(number, couldReadAll());
                }
                pass = false;
                window.add(number);
                if (number == snapshot) {
                    return;
                }
                continue;
            }
            String kind = CarriedTexts.kind(entry);
            if (kind.equals(UnchangedText.ENTRY)) {
                pass = true;
                byte[] lines = Arrays.copyOf(ahead.text(), ahead.size());
                UnchangedText.forEach(lines, (pid, named) -> carried.unchanged(number, pid), offset -> {});
            } else if (CarriedTexts.isOfProcesses(kind)) {
                pass |= kind.equals("pid/stat");
                blocks(ahead, (pid, text, offset, length) -> carried.text(number, kind, pid, text, offset, length));
            } else {
                carried.file(number, kind);
            }
        }
        throw new IOException("there is no snapshot " + snapshot + " in the segment");
    }

    /** Who is not in a pass has gone, unless its stat could not be read for want of something else. */
    private boolean couldReadAll() throws IOException {
        String text = new String(ahead.text(), 0, ahead.size(), StandardCharsets.UTF_8);
        if (!text.contains("\"proc/*/stat\"")) {
            return true;
        }
        try {
            if (Json.readObject(text).get("reads") instanceof Map<?, ?> reads
                    && reads.get("not_ok") instanceof List<?> rows) {
                for (Object row : rows) {
                    if (row instanceof Map<?, ?> gap
                            && "proc/*/stat".equals(gap.get("path"))
                            && !"ENOENT".equals(gap.get("outcome"))
                            && !"ESRCH".equals(gap.get("outcome"))) {
                        return false;
                    }
                }
            }
            return true;
        } catch (Json.MalformedJsonException e) {
            throw new IOException(ahead.name() + " is not JSON: " + e.getMessage(), e);
        }
    }

    private interface PidBlock {
        void block(int pid, byte[] entry, int offset, int length) throws IOException;
    }

    private static void blocks(SegmentEntries entries, PidBlock taker) throws IOException {
        byte[] text = entries.text();
        IOException[] failed = new IOException[1];
        try {
            GroupedText.forEach(text, entries.size(), (key, entry, offset, length) -> {
                try {
                    if (failed[0] == null) {
                        taker.block(Integer.parseInt(key), entry, offset, length);
                    }
                } catch (NumberFormatException e) {
                    failed[0] = new IOException(entries.name() + " has a block of no process: " + key, e);
                } catch (IOException e) {
                    failed[0] = e;
                }
            });
        } catch (GroupedText.MalformedGroupException e) {
            throw new IOException(entries.name() + ": " + e.getMessage(), e);
        }
        if (failed[0] != null) {
            throw failed[0];
        }
    }

    /** Gathers what of a snapshot that is left out the one that is left needs. */
    private void takeFrom(int number) throws IOException {
        while (nextBehind()) {
            String entry = behind.inSnapshot();
            if (entry == null) {
                continue;
            }
            if (behind.endsSnapshot()) {
                return;
            }
            String kind = CarriedTexts.kind(entry);
            if (CarriedTexts.isOfProcesses(kind)) {
                blocks(behind, (pid, text, offset, length) -> {
                    if (carried.carriesText(number, kind, pid, left)) {
                        gathered.add(kind, pid, text, offset, length);
                    }
                });
            } else if (carried.carriesFile(number, kind)) {
                copy(members.prefix() + entry);
            }
        }
    }

    /** Copies the snapshot that is left, behind what was gathered for it. */
    private void leave() throws IOException {
        while (nextBehind()) {
            String entry = behind.inSnapshot();
            if (entry == null) {
                copy(behind.name());
                continue;
            }
            if (behind.endsSnapshot()) {
                gathered.flush();
                summary();
                return;
            }
            String kind = CarriedTexts.kind(entry);
            if (kind.equals(UnchangedText.ENTRY)) {
                unchanged();
            } else if (CarriedTexts.isOfProcesses(kind)) {
                gathered.handOn(kind, behind.text(), behind.size());
            } else {
                copy(behind.name());
            }
        }
    }

    private boolean nextBehind() throws IOException {
        if (!behind.next()) {
            throw new IOException("the segment ends before snapshot " + left);
        }
        return true;
    }

    /** Who lives unchanged, with the snapshots that have their lines now. */
    private void unchanged() throws IOException {
        UnchangedText.Writer lines = new UnchangedText.Writer();
        byte[] text = Arrays.copyOf(behind.text(), behind.size());
        UnchangedText.forEach(
                text,
                (pid, named) -> {
                    int stands = carried.statOf(pid, named);
                    if (stands > 0) {
                        lines.add(pid, stands);
                    }
                },
                offset -> {});
        if (lines.length() > 0) {
            members.member(members.prefix() + UnchangedText.ENTRY, lines.array(), 0, lines.length());
        }
    }

    /** What snapshot.json says stays; the hashes in it are those of the new segment. */
    private void summary() throws IOException {
        String text = new String(behind.text(), 0, behind.size(), StandardCharsets.UTF_8);
        int end = text.lastIndexOf(FRAME_FIELD);
        if (end < 0) {
            throw new IOException(behind.name() + " has no frame_sha256");
        }
        members.summary(text.substring(0, end) + FRAME_FIELD + out.sha256.hex() + '"');
    }

    /** Hands the entry that is read on, however large it is. */
    private void copy(String name) throws IOException {
        members.beginMember(name, behind.size());
        int count = behind.read(buffer);
        while (count > 0) {
            members.write(buffer, 0, count);
            count = behind.read(buffer);
        }
        members.endMember(behind.size());
    }

    @Override
    public void close() throws IOException {
        try (ahead;
                behind) {
            compressor.close();
        }
    }
}
