package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of the file: a segment with its trailer, or bytes that no trailer vouches for.
 *
 * @param to end of the segment's data, where its trailer begins if it has one
 * @param end where the next region begins
 * @param trailer {@code null} when none was found
 * @param proven does the trailer's SHA-256 hold?
 */
record Region(long from, long to, long end, Trailer trailer, boolean proven) {
    private static final int MAX_TRAILERS = 1_000_000;

    private record Candidate(long at, Trailer trailer, int bytes) {}

    /** Cuts a file into regions without decoding it, from the trailers found in it; their sizes are never trusted. */
    static List<Region> of(FileChannel channel, Compression compression) throws IOException {
        long size = channel.size();
        if (compression == null) {
            return List.of(new Region(0, size, size, null, false));
        }
        List<Candidate> candidates = candidates(channel, size, compression);
        List<Region> regions = new ArrayList<>();
        long at = 0;
        // One running digest serves every trailer that closes the bytes since the last one; a text in the archive that
        // looks
        // like a trailer does not hold, and is passed by.
        Sha256 digest = new Sha256();
        long digested = 0;
        long budget = 4 * size;
        Candidate unproven = null;
        for (Candidate candidate : candidates) {
            long start = candidate.at - candidate.trailer.length();
            if (candidate.at < at || start < at) {
                continue;
            }
            boolean proven;
            if (start == at) {
                digest.update(channel, digested, candidate.at);
                digested = candidate.at;
                proven = digest.hex().equals(candidate.trailer.sha256());
            } else {
                budget -= candidate.trailer.length();
                Sha256 own = new Sha256();
                if (budget >= 0) {
                    own.update(channel, start, candidate.at);
                }
                proven = budget >= 0 && own.hex().equals(candidate.trailer.sha256());
            }
            if (!proven) {
                if (start == at && unproven == null) {
                    unproven = candidate;
                }
                continue;
            }
            if (start > at) {
                unclosed(regions, at, start, unproven);
            }
            long end = candidate.at + candidate.bytes;
            regions.add(new Region(start, candidate.at, end, candidate.trailer, true));
            at = end;
            digest = new Sha256();
            digested = end;
            unproven = null;
        }
        if (at < size) {
            unclosed(regions, at, size, unproven);
        }
        return regions;
    }

    /** Bytes between proven segments: the damaged segment whose trailer was found there, and the rest. */
    private static void unclosed(List<Region> regions, long from, long to, Candidate unproven) {
        if (unproven == null || unproven.at > to) {
            regions.add(new Region(from, to, to, null, false));
            return;
        }
        long end = unproven.at + unproven.bytes;
        regions.add(new Region(from, unproven.at, end, unproven.trailer, false));
        if (end < to) {
            regions.add(new Region(end, to, to, null, false));
        }
    }

    private static List<Candidate> candidates(FileChannel channel, long size, Compression compression)
            throws IOException {
        byte[] magic = Trailer.magic(compression);
        int head = compression == Compression.ZSTD ? 8 : magic.length;
        FileWindow window = new FileWindow(channel, 0, size);
        byte[] bytes = new byte[head + Trailer.MAX_BYTES + 16];
        List<Candidate> candidates = new ArrayList<>();
        long at = window.find(magic, 0);
        while (at >= 0 && candidates.size() < MAX_TRAILERS) {
            window.seek(at);
            int probe = head + Trailer.PAYLOAD_START.length;
            int got = window.readFully(bytes, 0, probe);
            if (got == probe && payloadStarts(bytes, head)) {
                got += window.readFully(bytes, probe, bytes.length - probe);
                Trailer.Parsed parsed = Trailer.parse(bytes, 0, got, compression);
                if (parsed != null) {
                    candidates.add(new Candidate(at, parsed.trailer(), parsed.bytes()));
                }
            }
            at = window.find(magic, at + 1);
        }
        return candidates;
    }

    private static boolean payloadStarts(byte[] bytes, int at) {
        for (int i = 0; i < Trailer.PAYLOAD_START.length; i++) {
            if (bytes[at + i] != Trailer.PAYLOAD_START[i]) {
                return false;
            }
        }
        return true;
    }
}
