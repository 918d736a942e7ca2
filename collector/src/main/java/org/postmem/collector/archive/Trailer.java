package org.postmem.collector.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * What stands behind a segment: who it is, how long, and its SHA-256. It lies in a zstd skippable frame, or in the header
 * comment of an empty gzip member, so that every decompressor steps over it.
 *
 * @param firstSnapshot number of its first snapshot
 * @param from wall clock of the first snapshot, ISO 8601
 * @param length compressed bytes of the segment, which end where the trailer begins
 * @param previousSha256 of the segment before, {@code null} for the first of a capture
 * @param torn part of the format, always false: the segment that a killed collector leaves open stays without a trailer
 * @param replaced what the segment stands for, when it is not what was collected; {@code null} for one that is
 * @param frozenFrom number of the first segment that a trigger in this one asked to keep; {@code null} without a trigger
 * @param signed {@code null} when nobody signed it, or it was not read from a file
 */
public record Trailer(
        int segment,
        int format,
        int firstSnapshot,
        int lastSnapshot,
        String from,
        String to,
        long length,
        String sha256,
        String previousSha256,
        boolean torn,
        Replaced replaced,
        Integer frozenFrom,
        Signed signed) {
    /**
     * Segments whose place another one has taken. The one that follows them names the SHA-256 of the last of them, as
     * it did when that was still there.
     *
     * @param firstSegment number of the first of them; the last has the number of the segment itself
     * @param lastSha256 what the segment that follows names as the SHA-256 before it
     * @param thinned are some of their snapshots left? Else all of them were dropped
     */
    public record Replaced(int firstSegment, String lastSha256, boolean thinned) {}

    /**
     * A signature, not checked yet.
     *
     * @param key SHA-256 of the public key, hexadecimal
     * @param signature base64; empty, which holds for no key, where more than it covers was added behind it
     * @param text what was signed: the trailer's own text up to its signature
     */
    public record Signed(String key, String signature, String text) {}

    /** Nothing special about it. */
    Trailer(
            int segment,
            int format,
            int firstSnapshot,
            int lastSnapshot,
            String from,
            String to,
            long length,
            String sha256,
            String previousSha256,
            boolean torn) {
        this(
                segment,
                format,
                firstSnapshot,
                lastSnapshot,
                from,
                to,
                length,
                sha256,
                previousSha256,
                torn,
                null,
                null,
                null);
    }

    Trailer frozenFrom(Integer first) {
        return new Trailer(
                segment,
                format,
                firstSnapshot,
                lastSnapshot,
                from,
                to,
                length,
                sha256,
                previousSha256,
                torn,
                replaced,
                first,
                null);
    }

    /** Number of the first segment it stands for: its own, unless it took the place of several. */
    int firstSegment() {
        return replaced == null ? segment : replaced.firstSegment();
    }

    /** What the next segment names as the SHA-256 before it. */
    String chainSha256() {
        return replaced == null ? sha256 : replaced.lastSha256();
    }

    /** A trailer is about 400 bytes; a size above this is not one, whatever it says. */
    static final int MAX_BYTES = 4096;

    /** With what frames it. */
    static final int MOST_BYTES = MAX_BYTES + 32;

    static final byte[] PAYLOAD_START = "{\"postmem_segment\":".getBytes(StandardCharsets.US_ASCII);
    private static final String SIGNATURE_FIELD = ",\"signature\":\"";
    private static final String CRC_FIELD = ",\"crc32c\":\"";
    private static final int CRC_DIGITS = 8;
    private static final byte[] SKIPPABLE_MAGIC = {0x5e, 0x2a, 0x4d, 0x18};
    private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0x10, 0, 0, 0, 0, 0, (byte) 0xff};
    /** End of the comment, an empty deflate block, CRC-32 and length of nothing. */
    private static final byte[] GZIP_END = {0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    /** A trailer and the bytes it takes. */
    record Parsed(Trailer trailer, int bytes) {}

    /** What a trailer begins with, before its payload's size. */
    static byte[] magic(Compression compression) {
        return compression == Compression.ZSTD ? SKIPPABLE_MAGIC.clone() : GZIP_HEADER.clone();
    }

    /** @param signer {@code null} for no signature */
    byte[] bytes(Compression compression, SegmentSigner signer) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("postmem_segment", segment);
        json.put("format", format);
        json.put("first_snapshot", firstSnapshot);
        json.put("last_snapshot", lastSnapshot);
        json.put("from", from);
        json.put("to", to);
        json.put("length", length);
        json.put("sha256", sha256);
        json.put("previous_sha256", previousSha256);
        json.put("torn", torn);
        if (replaced != null) {
            json.put("first_segment", replaced.firstSegment());
            json.put("replaced_sha256", replaced.lastSha256());
            json.put("thinned", replaced.thinned());
        }
        if (frozenFrom != null) {
            json.put("frozen_from", frozenFrom);
        }
        if (signer != null) {
            json.put("key", signer.key());
        }
        String text = Json.write(json);
        String start = text.substring(0, text.length() - 1);
        if (signer != null) {
            start += SIGNATURE_FIELD + signer.sign(start.getBytes(StandardCharsets.US_ASCII)) + '"';
        }
        byte[] payload = (start + CRC_FIELD + crc(start) + "\"}").getBytes(StandardCharsets.US_ASCII);
        if (compression == Compression.ZSTD) {
            return ByteBuffer.allocate(8 + payload.length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(SKIPPABLE_MAGIC)
                    .putInt(payload.length)
                    .put(payload)
                    .array();
        }
        return ByteBuffer.allocate(GZIP_HEADER.length + payload.length + GZIP_END.length)
                .put(GZIP_HEADER)
                .put(payload)
                .put(GZIP_END)
                .array();
    }

    /** The trailer that begins at {@code offset}, {@code null} when none does. Nothing in it is trusted yet. */
    static Parsed parse(byte[] bytes, int offset, int end, Compression compression) {
        int payload;
        int length;
        int after;
        if (compression == Compression.ZSTD) {
            if (end - offset < 8) {
                return null;
            }
            length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset + 4);
            payload = offset + 8;
            if (length < PAYLOAD_START.length || length > MAX_BYTES || length > end - payload) {
                return null;
            }
            after = payload + length;
        } else {
            payload = offset + GZIP_HEADER.length;
            int zero = payload;
            while (zero < end && zero - payload <= MAX_BYTES && bytes[zero] != 0) {
                zero++;
            }
            length = zero - payload;
            after = zero + GZIP_END.length;
            if (length > MAX_BYTES || after > end) {
                return null;
            }
            for (int i = 0; i < GZIP_END.length; i++) {
                if (bytes[zero + i] != GZIP_END[i]) {
                    return null;
                }
            }
        }
        String text = new String(bytes, payload, length, StandardCharsets.ISO_8859_1);
        int start = length - CRC_FIELD.length() - CRC_DIGITS - 2;
        if (start < 0 || !text.endsWith(CRC_FIELD + crc(text.substring(0, start)) + "\"}")) {
            return null;
        }
        try {
            Trailer trailer = of(Json.readObject(text), text);
            return trailer == null ? null : new Parsed(trailer, after - offset);
        } catch (Json.MalformedJsonException e) {
            return null;
        }
    }

    private static Trailer of(Map<String, Object> json, String text) {
        if (json.get("postmem_segment") instanceof Long segment
                && json.get("format") instanceof Long format
                && json.get("first_snapshot") instanceof Long first
                && json.get("last_snapshot") instanceof Long last
                && json.get("from") instanceof String from
                && json.get("to") instanceof String to
                && json.get("length") instanceof Long length
                && json.get("sha256") instanceof String sha256
                && json.get("torn") instanceof Boolean torn
                && (json.get("previous_sha256") == null || json.get("previous_sha256") instanceof String)
                && fits(segment)
                && fits(format)
                && fits(first)
                && fits(last)
                && length > 0) {
            return new Trailer(
                    segment.intValue(),
                    format.intValue(),
                    first.intValue(),
                    last.intValue(),
                    from,
                    to,
                    length,
                    sha256,
                    (String) json.get("previous_sha256"),
                    torn,
                    replaced(json, segment),
                    json.get("frozen_from") instanceof Long frozen && fits(frozen) ? frozen.intValue() : null,
                    signed(json, text));
        }
        return null;
    }

    private static Replaced replaced(Map<String, Object> json, long segment) {
        return json.get("first_segment") instanceof Long first
                        && json.get("replaced_sha256") instanceof String sha256
                        && json.get("thinned") instanceof Boolean thinned
                        && first >= 0
                        && first <= segment
                ? new Replaced(first.intValue(), sha256, thinned)
                : null;
    }

    /**
     * What stands behind a signature is not signed, and would be believed all the same, that the segment stands for others
     * that were cut out, say: so nothing may but the checksum, or the signature vouches for nothing.
     */
    private static Signed signed(Map<String, Object> json, String text) {
        int end = text.lastIndexOf(SIGNATURE_FIELD);
        if (end < 0
                || !(json.get("key") instanceof String key)
                || !key.matches("[0-9a-f]{64}")
                || !(json.get("signature") instanceof String signature)) {
            return null;
        }
        String rest = text.substring(end + SIGNATURE_FIELD.length());
        boolean last = rest.startsWith(signature + '"' + CRC_FIELD)
                && rest.length() == signature.length() + 1 + CRC_FIELD.length() + CRC_DIGITS + 2;
        return new Signed(key, last ? signature : "", text.substring(0, end));
    }

    private static String crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }

    private static boolean fits(long number) {
        return number >= 0 && number <= Integer.MAX_VALUE;
    }
}
