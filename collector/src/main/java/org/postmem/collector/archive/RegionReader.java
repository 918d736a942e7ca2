package org.postmem.collector.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** Reads the snapshots of one region of the file, past what does not decode. */
final class RegionReader implements Closeable {
    private static final String CAPTURE = "capture.json";
    private static final byte[] NO_TEXT = {};
    private static final Pattern NUMBERED = Pattern.compile("(\\d{6,9})/(.+)", Pattern.DOTALL);
    private static final int MAX_RESYNCS = 1000;
    private static final int MAX_ZERO_BLOCKS = 1024;
    private static final int MAX_PAX_BYTES = 64 << 10;
    private static final int MAX_SUMMARY_BYTES = 4 << 20;
    private static final String CRC_FIELD = ",\"crc32c\":\"";
    private static final int CRC_TAIL = CRC_FIELD.length() + 8 + 2;

    /**
     * A snapshot as it stands in the region.
     *
     * @param opens does it open a segment?
     * @param captureJson when it opens one
     * @param afterHole is something before it in this region lost?
     */
    @SuppressWarnings("ArrayRecordComponent") // a message, never compared
    record Read(
            int number,
            int segment,
            boolean opens,
            byte[] captureJson,
            Map<String, byte[]> members,
            Map<String, byte[]> hostMembers,
            Map<String, Object> summary,
            boolean afterHole) {}

    private final FileChannel channel;
    private final FileWindow file;
    private final Compression compression;
    private final Region region;
    private final Limits limits;
    private final List<Damage> damages;
    private final boolean texts;
    private final Map<String, byte[]> attachments = new LinkedHashMap<>();

    private RawRun run;
    /** The bytes of {@link #run}. */
    private BufferedRun in;

    private long runAt;
    private long position;
    private boolean over;
    private int resyncs;
    private boolean firstRun = true;
    private String foreign;
    private String cutDetail;
    private String damageDetail;

    private final byte[] buffer = new byte[RawRun.READ_BYTES];
    private final CRC32C crc = new CRC32C();
    private final byte[] block = new byte[TarHeader.BLOCK];
    private Map<String, byte[]> members = new LinkedHashMap<>();
    private Map<String, byte[]> hostMembers = new LinkedHashMap<>();
    private byte[] captureJson;
    private Integer pendingNumber;
    private long pendingBytes;
    private int pendingEntries;
    private boolean opens;
    private boolean hole;
    private boolean runHasEntries;

    private int segmentNumber = -1;
    private Integer firstSnapshot;
    private Integer lastSnapshot;
    private int readable;
    /** Behind the last compressed byte of the last snapshot that holds. */
    private long goodEnd;

    private boolean goodAtRunEnd;

    /** Of the segment's bytes up to {@link #digested}; {@code null} where its start is unknown or it does not hold. */
    private Sha256 frame;

    private long digested;
    /** Where the last snapshot that was read to its end ends, good or not; -1 when unknown. */
    private long snapshotEnd = -1;
    /** Up to here the segment's bytes are those that were written, as a snapshot behind them says. */
    private long frameProven;

    /** @param texts keep those of the members; without, each is empty, and reading takes no memory for them */
    RegionReader(
            FileChannel channel,
            Compression compression,
            Region region,
            Limits limits,
            List<Damage> damages,
            boolean texts) {
        this.channel = channel;
        this.file = new FileWindow(channel, region.from(), region.to());
        this.compression = compression;
        this.region = region;
        this.limits = limits;
        this.damages = damages;
        this.texts = texts;
        this.position = region.from();
        this.goodEnd = region.from();
    }

    /** Byte of the file that is read next. */
    long position() {
        return file.position();
    }

    boolean over() {
        return over;
    }

    /** Why this is no archive, from its first entry; {@code null} when it looks like one. */
    String foreign() {
        return foreign;
    }

    /** Members of a proven region that no snapshot claims. */
    Map<String, byte[]> attachments() {
        return attachments;
    }

    /** The last capture.json seen. */
    byte[] captureJson() {
        return captureJson;
    }

    /** The next snapshot that holds, {@code null} at the end of the region. */
    Read next() throws IOException {
        while (!over) {
            if (run == null && !openRun()) {
                break;
            }
            Read read = readSnapshot();
            if (read != null) {
                return read;
            }
            endRun();
        }
        over = true;
        return null;
    }

    private boolean openRun() throws IOException {
        while (position < region.to()) {
            file.seek(position);
            if (compression == null) {
                run = new RawRun.Plain(file);
            } else {
                byte[] magic = compression == Compression.ZSTD ? RawRun.Zstd.MAGIC : RawRun.Gzip.MAGIC;
                byte[] head = new byte[8];
                int got = file.readFully(head, 0, 8);
                file.seek(position);
                if (got >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length)) {
                    run = compression == Compression.ZSTD ? new RawRun.Zstd(file) : new RawRun.Gzip(file);
                } else if (!region.proven() || got < 8 || !skippable(head)) {
                    long next = ++resyncs > MAX_RESYNCS ? -1 : file.find(magic, position + 1);
                    long until = next < 0 ? region.to() : next;
                    leftover(position, until);
                    position = until;
                    continue;
                } else {
                    long size = (head[4] & 0xffL)
                            | (head[5] & 0xffL) << 8
                            | (head[6] & 0xffL) << 16
                            | (head[7] & 0xffL) << 24;
                    position = Math.min(region.to(), position + 8 + size);
                    continue;
                }
            }
            runAt = position;
            in = new BufferedRun(run, buffer);
            snapshotEnd = -1;
            runHasEntries = false;
            goodAtRunEnd = false;
            forget();
            crc.reset();
            return true;
        }
        return false;
    }

    private boolean skippable(byte[] head) {
        return compression == Compression.ZSTD
                && (head[0] & 0xf0) == 0x50
                && head[1] == 0x2a
                && head[2] == 0x4d
                && head[3] == 0x18;
    }

    /** Bytes that no frame or member holds: the rest of a trailer, zeros after a power cut … */
    private void leftover(long from, long to) {
        hole = true;
        String reason = (to - from) + " bytes from byte " + from + " on belong to no frame";
        if (cutDetail == null) {
            cutDetail = reason;
        }
        damages.add(new Damage(from, to, null, null, reason));
    }

    private void endRun() throws IOException {
        String problem = run.problem();
        boolean ended = problem == null && in.drained() && run.read(buffer, 0, 1) < 0 && run.problem() == null;
        boolean incomplete = pendingNumber != null || pendingEntries > 0;
        problem = run.problem();
        if (problem == null && incomplete && attachable()) {
            attachments.putAll(hostMembers);
            incomplete = false;
        }
        if (problem != null || incomplete) {
            String what = incomplete && pendingNumber != null
                    ? "snapshot " + pendingNumber + " is incomplete"
                    : "the segment has no end";
            String reason = problem == null ? what : what + ": " + problem;
            // A frame whose blocks end with the file right after a snapshot lacks nothing but its seal.
            boolean nothingLost = run.cut() && !incomplete && goodEnd == file.position() && file.remaining() == 0;
            if (!nothingLost) {
                damages.add(new Damage(
                        Math.max(goodEnd, runAt),
                        Math.max(file.position(), goodEnd),
                        pendingNumber,
                        pendingNumber,
                        reason));
                hole = true;
            }
            if (run.cut() || problem == null) {
                cutDetail = reason;
            } else {
                damageDetail = reason;
            }
        }
        if (ended && goodAtRunEnd && compression != Compression.ZSTD) {
            // A member is whole only with its CRC; a frame is good up to its last block, whatever seals it.
            goodEnd = run.end();
        }
        if (run.cut() && compression != null) {
            // Nothing of this run is missing but its end; another may begin in what is left.
            position = Math.max(runAt + 1, file.position());
            if (file.remaining() == 0) {
                position = region.to();
            } else {
                resync(position);
            }
        } else if (ended) {
            position = run.end();
        } else {
            resync(compression == Compression.ZSTD ? Math.max(runAt + 4, file.position()) : runAt + 1);
        }
        run.close();
        run = null;
        firstRun = false;
    }

    private void resync(long from) throws IOException {
        byte[] magic = compression == Compression.ZSTD ? RawRun.Zstd.MAGIC : RawRun.Gzip.MAGIC;
        long next = compression == null || ++resyncs > MAX_RESYNCS ? -1 : file.find(magic, from);
        position = next < 0 ? region.to() : next;
    }

    private boolean attachable() {
        return region.proven() && pendingNumber == null && members.isEmpty();
    }

    /** {@code null} at the end of the run, or where it cannot be followed any longer. */
    private Read readSnapshot() throws IOException {
        String longName = null;
        int zeroBlocks = 0;
        while (true) {
            int got = in.fill(block, block.length);
            if (got < block.length) {
                if (got > 0) {
                    run.broken("it ends in the middle of a tar header");
                }
                return null;
            }
            TarHeader header = TarHeader.parse(block);
            if (header == null) {
                if (isZero(block) && ++zeroBlocks <= MAX_ZERO_BLOCKS) {
                    continue;
                }
                return stop(runHasEntries ? "no tar header follows" : "it holds no tar", "holds no tar");
            }
            zeroBlocks = 0;
            if (header.type() == 'x') {
                byte[] pax = header.size() > MAX_PAX_BYTES ? null : body(header.size());
                if (pax == null) {
                    return stop("an extended header of " + header.size() + " bytes", null);
                }
                crc.update(block);
                crc.update(pax);
                padding(pax.length, true);
                longName = TarHeader.paxPath(pax);
                continue;
            }
            String name = longName == null ? header.name() : longName;
            longName = null;
            Matcher numbered = NUMBERED.matcher(name);
            boolean isNumbered = numbered.matches();
            if (!runHasEntries && firstRun && !isNumbered && !known(name)) {
                return stop(
                        "its first entry is " + excerpt(name),
                        "is a tar of something else: its first entry is " + excerpt(name) + ", not capture.json");
            }
            runHasEntries = true;
            int limit =
                    isNumbered && numbered.group(2).equals("snapshot.json") ? MAX_SUMMARY_BYTES : limits.entryBytes();
            pendingBytes += header.size();
            pendingEntries++;
            if (name.getBytes(StandardCharsets.UTF_8).length > limits.nameBytes()
                    || header.size() > limit
                    || pendingBytes > limits.snapshotBytes()
                    || pendingEntries > limits.entriesPerSnapshot()) {
                return stop(
                        "the entry " + excerpt(name) + " of " + header.size()
                                + " bytes is beyond what a snapshot can hold (" + limits + ")",
                        null);
            }
            if (isNumbered) {
                pendingNumber = Integer.valueOf(numbered.group(1));
            }
            boolean summary = isNumbered && numbered.group(2).equals("snapshot.json");
            if (!summary) {
                crc.update(block);
            }
            boolean kept = texts || summary || name.equals(CAPTURE);
            byte[] text = kept ? body(header.size()) : passOver(header.size());
            if (text == null) {
                run.broken("it ends in the middle of the entry " + excerpt(name));
                return null;
            }
            if (!summary) {
                if (kept) {
                    crc.update(text);
                }
                padding((int) header.size(), true);
                if (header.file()) {
                    keep(name, isNumbered ? numbered.group(2) : null, text);
                }
                continue;
            }
            if (!padding(text.length, false)) {
                run.broken("it ends in the middle of the entry " + excerpt(name));
                return null;
            }
            Read read = finish(text);
            if (read != null) {
                return read;
            }
        }
    }

    private void keep(String name, String inSnapshot, byte[] text) {
        if (inSnapshot != null) {
            members.putIfAbsent(inSnapshot, text);
        } else if (name.equals(CAPTURE)) {
            captureJson = text;
            opens = true;
        } else {
            hostMembers.putIfAbsent(name, text);
        }
    }

    private static boolean known(String name) {
        return name.equals(CAPTURE) || name.startsWith("host/") || name.startsWith("attached/");
    }

    /** Takes the snapshot when its CRC holds. */
    private Read finish(byte[] text) throws IOException {
        Read read = null;
        String reason;
        int body = text.length - CRC_TAIL;
        String tail = body < 0 ? "" : new String(text, body, CRC_TAIL, StandardCharsets.ISO_8859_1);
        if (!tail.startsWith(CRC_FIELD) || !tail.endsWith("\"}")) {
            reason = "its snapshot.json does not end in a crc32c";
        } else {
            crc.update(text, 0, body);
            String expected = tail.substring(CRC_FIELD.length(), CRC_FIELD.length() + 8);
            if (!expected.equals(String.format(Locale.ROOT, "%08x", crc.getValue()))) {
                reason = "its crc32c does not hold";
            } else {
                try {
                    Map<String, Object> json = Json.readObject(text);
                    if (json.get("snapshot") instanceof Long number
                            && number == pendingNumber.longValue()
                            && json.get("segment") instanceof Long segment
                            && segment >= 0
                            && segment <= Integer.MAX_VALUE) {
                        read = new Read(
                                pendingNumber,
                                segment.intValue(),
                                opens,
                                opens ? captureJson : null,
                                members,
                                hostMembers,
                                json,
                                hole);
                        reason = null;
                    } else {
                        reason = "its snapshot.json names another snapshot";
                    }
                } catch (Json.MalformedJsonException e) {
                    reason = "its snapshot.json is not JSON (" + e.getMessage() + ")";
                }
            }
        }
        crc.reset();
        if (read != null) {
            checkFrame(read);
        }
        snapshotEnd = compression == Compression.ZSTD && in.drained() ? run.boundary() : -1;
        if (read == null) {
            hole = true;
            damageDetail = "snapshot " + pendingNumber + ": " + reason;
            damages.add(new Damage(goodEnd, file.position(), pendingNumber, pendingNumber, damageDetail));
        } else {
            hole = false;
            segmentNumber = segmentNumber < 0 ? read.segment() : segmentNumber;
            firstSnapshot = firstSnapshot == null ? Integer.valueOf(read.number()) : firstSnapshot;
            lastSnapshot = read.number();
            readable++;
            goodAtRunEnd = true;
            if (compression == Compression.ZSTD && in.drained()) {
                goodEnd = run.boundary();
            }
        }
        forget();
        return read;
    }

    /** Each snapshot of a segment whose trailer does not vouch for it vouches for the bytes before it. */
    private void checkFrame(Read read) throws IOException {
        if (region.proven() || compression == null) {
            return;
        }
        if (read.opens()) {
            frame = new Sha256();
            digested = runAt;
            frameProven = runAt;
            return;
        }
        long before = compression == Compression.ZSTD ? snapshotEnd : runAt;
        if (frame == null || before < digested || !(read.summary().get("frame_sha256") instanceof String written)) {
            return;
        }
        frame.update(channel, digested, before);
        digested = before;
        if (frame.hex().equals(written)) {
            frameProven = before;
            return;
        }
        frame = null;
        if (damages.stream().noneMatch(damage -> damage.fromByte() >= frameProven && damage.toByte() <= before)) {
            damageDetail = "what lies before snapshot " + read.number() + " is not what was written";
            damages.add(new Damage(frameProven, before, null, null, damageDetail));
        }
    }

    private void forget() {
        members = new LinkedHashMap<>();
        hostMembers = new LinkedHashMap<>();
        pendingNumber = null;
        pendingBytes = 0;
        pendingEntries = 0;
        opens = false;
    }

    private Read stop(String reason, String foreignReason) {
        if (run.problem() == null) {
            run.broken(reason);
            if (firstRun && foreignReason != null && readable == 0 && !runHasEntries) {
                foreign = foreignReason;
            }
        } else if (firstRun && !run.cut() && !runHasEntries) {
            foreign = run.problem();
        }
        return null;
    }

    private static String excerpt(String name) {
        String printable = Printable.line(name);
        return printable.length() <= 80 ? printable : printable.substring(0, 80) + "…";
    }

    /** Memory grows with what arrives, not with what a header says. */
    private byte[] body(long size) throws IOException {
        int want = (int) size;
        byte[] text = new byte[Math.min(want, 1 << 20)];
        int done = 0;
        while (done < want) {
            if (done == text.length) {
                text = Arrays.copyOf(text, (int) Math.min(want, 2L * text.length));
            }
            int count = in.read(text, done, text.length - done);
            if (count < 0) {
                return null;
            }
            done += count;
        }
        return text;
    }

    /** Takes a text into the checksum and keeps nothing of it. */
    private byte[] passOver(long size) throws IOException {
        byte[] part = new byte[(int) Math.min(size, RawRun.READ_BYTES)];
        long left = size;
        while (left > 0) {
            int count = in.read(part, 0, (int) Math.min(left, part.length));
            if (count < 0) {
                return null;
            }
            crc.update(part, 0, count);
            left -= count;
        }
        return NO_TEXT;
    }

    private boolean padding(int size, boolean checked) throws IOException {
        int padding = TarHeader.padding(size);
        byte[] pad = new byte[padding];
        int got = in.fill(pad, padding);
        if (checked) {
            crc.update(pad, 0, got);
        }
        return got == padding;
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** What became of the region; right once {@link #over}. */
    SegmentState state() {
        Trailer trailer = region.trailer();
        SegmentState.State state;
        String detail;
        if (region.proven()) {
            state = SegmentState.State.INTACT;
            detail = damageDetail != null || trailer.replaced() == null ? damageDetail : standsFor(trailer);
        } else if (trailer != null) {
            state = SegmentState.State.DAMAGED;
            detail = damageDetail != null ? damageDetail : "its SHA-256 is not that of its trailer";
        } else {
            state = damageDetail == null ? SegmentState.State.OPEN : SegmentState.State.DAMAGED;
            detail = damageDetail != null ? damageDetail : cutDetail != null ? cutDetail : "it has no trailer";
        }
        return new SegmentState(
                trailer != null && (region.proven() || segmentNumber < 0) ? trailer.segment() : segmentNumber,
                state,
                region.from(),
                region.to() - region.from(),
                trailer == null ? null : trailer.sha256(),
                firstSnapshot,
                lastSnapshot,
                readable,
                detail,
                trailer == null ? null : trailer.signed());
    }

    private static String standsFor(Trailer trailer) {
        String what = trailer.firstSegment() == trailer.segment()
                ? "segment " + trailer.segment()
                : "segments " + trailer.firstSegment() + " to " + trailer.segment();
        return what + (trailer.replaced().thinned() ? " thinned" : " dropped") + " by the collector: snapshots "
                + trailer.firstSnapshot() + " to " + trailer.lastSnapshot();
    }

    @Override
    public void close() throws IOException {
        if (run != null) {
            run.close();
            run = null;
        }
    }
}
