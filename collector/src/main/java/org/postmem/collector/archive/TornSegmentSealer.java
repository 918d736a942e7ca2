package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes a whole archive of one whose writer was killed: cuts off what is behind the last snapshot that holds, seals the segment
 * and gives it a trailer that says {@code "torn":true}. An archive that was closed is left alone.
 */
public final class TornSegmentSealer {
    private TornSegmentSealer() {}

    /**
     * What was found and done.
     *
     * @param lastSegment number of the last segment, -1 when none is left
     * @param lastSha256 of it, {@code null} likewise
     * @param lastSnapshot number of the last snapshot kept, {@code null} when there is none
     * @param cutBytes that belonged to no whole snapshot
     * @param torn was a segment sealed?
     */
    public record Sealed(
            Compression compression,
            int lastSegment,
            String lastSha256,
            Integer lastSnapshot,
            long cutBytes,
            boolean torn) {}

    /**
     * Seals what is torn.
     *
     * @throws ArchiveException when the file is no archive, or holds no snapshot
     */
    public static Sealed seal(Path path) throws IOException {
        return seal(path, null);
    }

    /** The same with a signature; {@code null} for none. */
    static Sealed seal(Path path, SegmentSigner signer) throws IOException {
        Compression compression;
        try (ArchiveReader reader = ArchiveReader.open(path)) {
            compression = reader.compression();
        }
        if (compression == null) {
            throw new ArchiveException(path + " is a plain tar; it cannot be gone on with");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            List<Region> regions = Region.of(channel, compression);
            Region last = regions.get(regions.size() - 1);
            Trailer before = null;
            for (Region region : regions.subList(0, regions.size() - 1)) {
                if (region.trailer() != null) {
                    before = region.trailer();
                }
            }
            if (last.trailer() != null) {
                Trailer trailer = last.trailer();
                return new Sealed(
                        compression, trailer.segment(), trailer.chainSha256(), trailer.lastSnapshot(), 0, false);
            }
            return seal(channel, path, compression, last, before, signer);
        }
    }

    private static Sealed seal(
            FileChannel channel, Path path, Compression compression, Region open, Trailer before, SegmentSigner signer)
            throws IOException {
        RegionReader.Read first = null;
        RegionReader.Read beforeLatest = null;
        RegionReader.Read latest = null;
        long end;
        try (RegionReader reader =
                new RegionReader(channel, compression, open, Limits.STANDARD, new ArrayList<>(), false)) {
            RegionReader.Read read = reader.next();
            while (read != null) {
                first = first == null ? read : first;
                beforeLatest = latest;
                latest = read;
                read = reader.next();
            }
            end = reader.goodEnd();
            if (reader.goodSnapshot() == null) {
                latest = null;
            } else if (reader.goodSnapshot() != latest.number()) {
                // The last gzip member can be read, and lacks its CRC: it cannot be kept as it is.
                latest = beforeLatest;
            }
        }
        long size = channel.size();
        ArchiveFile file = ArchiveFile.open(path);
        try (file) {
            if (latest == null) {
                file.truncate(open.from());
                file.sync();
                return new Sealed(
                        compression,
                        before == null ? -1 : before.segment(),
                        before == null ? null : before.chainSha256(),
                        before == null ? null : before.lastSnapshot(),
                        size - open.from(),
                        false);
            }
            byte[] seal = SegmentCompressor.seal(compression);
            file.truncate(end);
            file.write(end, seal, 0, seal.length);
            Sha256 digest = new Sha256();
            digest.update(channel, open.from(), end);
            digest.update(seal);
            Trailer trailer = new Trailer(
                    latest.segment(),
                    ArchiveWriter.FORMAT,
                    first.number(),
                    latest.number(),
                    wallClock(first.summary()),
                    wallClock(latest.summary()),
                    end + seal.length - open.from(),
                    digest.hex(),
                    before == null ? null : before.chainSha256(),
                    true);
            byte[] bytes = trailer.bytes(compression, signer);
            file.write(end + seal.length, bytes, 0, bytes.length);
            file.sync();
            return new Sealed(
                    compression,
                    trailer.segment(),
                    trailer.sha256(),
                    latest.number(),
                    Math.max(0, size - end - seal.length),
                    true);
        }
    }

    private static String wallClock(Map<String, Object> summary) {
        return summary.get("wall_clock") instanceof String text ? text : "";
    }
}
