package org.postmem.collector.archive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** How an archive begins: {@code capture.json} opens each segment, behind what holds the place of those that were dropped. */
final class ArchiveHead {
    /** A block of zstd has 128 KiB at most, and nothing of it can be told before it is whole. */
    static final int BYTES = 192 << 10;

    private static final int MOST_JSON_BYTES = 64 << 10;

    private ArchiveHead() {}

    /**
     * {@code capture.json} of the first segment that has one.
     *
     * @param bytes the file's first {@link #BYTES}, or all of it
     * @return null when this is not how an archive begins
     */
    static Map<String, Object> captureJson(byte[] bytes, Compression compression) {
        if (compression == Compression.ZSTD && Compression.zstdUnusable() != null) {
            return null;
        }
        int at = behindGaps(bytes, compression);
        if (at < 0) {
            return null;
        }
        try (InputStream text = decoded(bytes, at, compression)) {
            byte[] block = text.readNBytes(TarHeader.BLOCK);
            TarHeader header = block.length < TarHeader.BLOCK ? null : TarHeader.parse(block);
            if (header == null || !header.name().equals("capture.json") || header.size() > MOST_JSON_BYTES) {
                return null;
            }
            byte[] json = text.readNBytes((int) header.size());
            return json.length < header.size() ? null : Json.readObject(new String(json, StandardCharsets.UTF_8));
        } catch (IOException | Json.MalformedJsonException e) {
            return null;
        }
    }

    /** Behind the segments without snapshots that it begins with; below 0 when such a one is not whole. */
    private static int behindGaps(byte[] bytes, Compression compression) {
        byte[] nothing = SegmentCompressor.nothing(compression);
        int at = 0;
        while (holds(bytes, at, nothing)) {
            at += nothing.length;
            Trailer.Parsed trailer = holds(bytes, at, Trailer.magic(compression))
                    ? Trailer.parse(bytes, at, bytes.length, compression)
                    : null;
            if (trailer == null) {
                return -1;
            }
            at += trailer.bytes();
        }
        return at;
    }

    private static boolean holds(byte[] bytes, int at, byte[] what) {
        return at + what.length <= bytes.length && Arrays.equals(bytes, at, at + what.length, what, 0, what.length);
    }

    private static InputStream decoded(byte[] bytes, int at, Compression compression) throws IOException {
        InputStream rest = new ByteArrayInputStream(bytes, at, bytes.length - at);
        return compression == Compression.ZSTD ? RawRun.Zstd.decoder(rest) : new GZIPInputStream(rest);
    }
}
