package org.postmem.collector.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the snapshots of one region of the file, past what does not decode. */
final class RegionReader implements Closeable {
    private static final Pattern NUMBERED = Pattern.compile("(\\d{6,9})/(.+)", Pattern.DOTALL);
    private static final int MAX_ZERO_BLOCKS = 1024;
    private static final int MAX_PAX_BYTES = 64 << 10;
    private static final int MAX_SUMMARY_BYTES = 4 << 20;

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

    private final FileWindow file;
    private final Compression compression;
    private final Region region;
    private final Limits limits;
    private final RegionOutcome outcome;
    private final RunSearch search;
    private final boolean texts;
    private final Map<String, byte[]> attachments = new LinkedHashMap<>();

    private RawRun run;
    /** The bytes of {@link #run}. */
    private BufferedRun in;

    private TarTexts tar;

    private boolean over;
    private boolean firstRun = true;
    private String foreign;

    private final byte[] buffer = new byte[RawRun.READ_BYTES];
    private final byte[] block = new byte[TarHeader.BLOCK];
    private PendingSnapshot pending = new PendingSnapshot();
    private final FrameProof proof;
    private byte[] captureJson;
    private boolean hole;
    private boolean runHasEntries;

    /** Behind the last compressed byte of the last snapshot that holds. */
    private long goodEnd;

    private boolean goodAtRunEnd;

    /** Where the last snapshot that was read to its end ends, good or not; -1 when unknown. */
    private long snapshotEnd = -1;

    /** @param texts keep those of the members; without, each is empty, and reading takes no memory for them */
    RegionReader(
            FileChannel channel,
            Compression compression,
            Region region,
            Limits limits,
            List<Damage> damages,
            boolean texts) {
        this.file = new FileWindow(channel, region.from(), region.to());
        this.compression = compression;
        this.region = region;
        this.limits = limits;
        this.outcome = new RegionOutcome(region, damages);
        this.search = new RunSearch(file, compression, region, outcome);
        this.texts = texts;
        this.proof = new FrameProof(channel);
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
        run = search.next();
        hole |= search.hadLeftover();
        if (run == null) {
            return false;
        }
        in = new BufferedRun(run, buffer);
        tar = new TarTexts(in);
        snapshotEnd = -1;
        runHasEntries = false;
        goodAtRunEnd = false;
        pending = new PendingSnapshot();
        return true;
    }

    private void endRun() throws IOException {
        String problem = run.problem();
        boolean ended = problem == null && in.drained() && run.read(buffer, 0, 1) < 0 && run.problem() == null;
        boolean incomplete = pending.begun();
        problem = run.problem();
        if (problem == null && incomplete && attachable()) {
            attachments.putAll(pending.hostMembers());
            incomplete = false;
        }
        if (problem != null || incomplete) {
            String what = incomplete && pending.number() != null
                    ? "snapshot " + pending.number() + " is incomplete"
                    : "the segment has no end";
            String reason = problem == null ? what : what + ": " + problem;
            // A frame whose blocks end with the file right after a snapshot lacks nothing but its seal.
            boolean nothingLost = run.cut() && !incomplete && goodEnd == file.position() && file.remaining() == 0;
            hole |= !nothingLost;
            outcome.unended(
                    reason,
                    run.cut() || problem == null,
                    nothingLost
                            ? null
                            : new Damage(
                                    Math.max(goodEnd, search.at()),
                                    Math.max(file.position(), goodEnd),
                                    pending.number(),
                                    pending.number(),
                                    reason));
        }
        if (ended && goodAtRunEnd && compression != Compression.ZSTD) {
            // A member is whole only with its CRC; a frame is good up to its last block, whatever seals it.
            goodEnd = run.end();
        }
        if (run.cut() && compression != null) {
            // Nothing of this run is missing but its end; another may begin in what is left.
            if (file.remaining() == 0) {
                search.goOn(region.to());
            } else {
                search.resync(Math.max(search.at() + 1, file.position()));
            }
        } else if (ended) {
            search.goOn(run.end());
        } else {
            search.resync(
                    compression == Compression.ZSTD ? Math.max(search.at() + 4, file.position()) : search.at() + 1);
        }
        run.close();
        run = null;
        firstRun = false;
    }

    private boolean attachable() {
        return region.proven() && !pending.hasMembers();
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
                byte[] pax = header.size() > MAX_PAX_BYTES ? null : tar.text(header.size());
                if (pax == null) {
                    return stop("an extended header of " + header.size() + " bytes", null);
                }
                pending.crc().update(block);
                pending.crc().update(pax);
                tar.padding(pax.length, pending.crc());
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
            boolean summary = isNumbered && numbered.group(2).equals("snapshot.json");
            if (!pending.holds(name, header.size(), summary ? MAX_SUMMARY_BYTES : limits.entryBytes(), limits)) {
                return stop(
                        "the entry " + excerpt(name) + " of " + header.size()
                                + " bytes is beyond what a snapshot can hold (" + limits + ")",
                        null);
            }
            if (isNumbered) {
                pending.numbered(Integer.parseInt(numbered.group(1)));
            }
            if (!summary) {
                pending.crc().update(block);
            }
            boolean kept = texts || summary || name.equals(PendingSnapshot.CAPTURE);
            byte[] text = kept ? tar.text(header.size()) : tar.passOver(header.size(), pending.crc());
            if (text == null) {
                run.broken("it ends in the middle of the entry " + excerpt(name));
                return null;
            }
            if (!summary) {
                if (kept) {
                    pending.crc().update(text);
                }
                tar.padding(header.size(), pending.crc());
                if (header.file()) {
                    pending.keep(name, isNumbered ? numbered.group(2) : null, text);
                    captureJson = pending.captureJson() == null ? captureJson : pending.captureJson();
                }
                continue;
            }
            if (!tar.padding(text.length)) {
                run.broken("it ends in the middle of the entry " + excerpt(name));
                return null;
            }
            Read read = finish(text);
            if (read != null) {
                return read;
            }
        }
    }

    private static boolean known(String name) {
        return name.equals(PendingSnapshot.CAPTURE) || name.startsWith("host/") || name.startsWith("attached/");
    }

    /** Takes the snapshot when its CRC holds. */
    private Read finish(byte[] text) throws IOException {
        String reason = pending.fault(text);
        Integer number = pending.number();
        Read read = reason != null
                ? null
                : new Read(
                        number,
                        pending.segment(),
                        pending.captureJson() != null,
                        pending.captureJson(),
                        pending.members(),
                        pending.hostMembers(),
                        pending.summary(),
                        hole);
        if (read != null) {
            checkFrame(read);
        }
        snapshotEnd = compression == Compression.ZSTD && in.drained() ? run.boundary() : -1;
        if (read == null) {
            hole = true;
            outcome.damaged(new Damage(goodEnd, file.position(), number, number, "snapshot " + number + ": " + reason));
        } else {
            hole = false;
            outcome.read(read);
            goodAtRunEnd = true;
            if (compression == Compression.ZSTD && in.drained()) {
                goodEnd = run.boundary();
            }
        }
        pending = new PendingSnapshot();
        return read;
    }

    /** Each snapshot of a segment whose trailer does not vouch for it vouches for the bytes before it. */
    private void checkFrame(Read read) throws IOException {
        if (region.proven() || compression == null) {
            return;
        }
        if (read.opens()) {
            proof.begin(search.at());
            return;
        }
        long before = compression == Compression.ZSTD ? snapshotEnd : search.at();
        long proven = proof.proven();
        if (!proof.holds(before, read.summary().get("frame_sha256")) && !outcome.isDamagedWithin(proven, before)) {
            outcome.damaged(new Damage(
                    proven,
                    before,
                    null,
                    null,
                    "what lies before snapshot " + read.number() + " is not what was written"));
        }
    }

    private Read stop(String reason, String foreignReason) {
        if (run.problem() == null) {
            run.broken(reason);
            if (firstRun && foreignReason != null && outcome.isEmpty() && !runHasEntries) {
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
        return outcome.state();
    }

    @Override
    public void close() throws IOException {
        if (run != null) {
            run.close();
            run = null;
        }
    }
}
