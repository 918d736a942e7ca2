package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * The members of one snapshot after another on their way into the compressor. The last of each is its snapshot.json, which
 * has a CRC of those before it.
 */
final class SnapshotMembers {
    private static final byte[] ZEROS = new byte[TarHeader.BLOCK];
    private static final int PREFIX_DIGITS = 6;

    private final CRC32C crc = new CRC32C();
    private SegmentCompressor compressor;
    private String prefix;
    private long mtimeSeconds;
    private long rawBytes;

    /** @param atSeconds since the epoch, for the tar headers */
    void begin(SegmentCompressor into, int snapshot, long atSeconds) {
        compressor = into;
        // not by a Formatter, which costs as much as forty files
        String digits = Integer.toString(snapshot);
        prefix = "0".repeat(Math.max(0, PREFIX_DIGITS - digits.length())) + digits + "/";
        mtimeSeconds = atSeconds;
        rawBytes = 0;
        crc.reset();
    }

    /** {@code 000042/}, before the name of what is the snapshot's own. */
    String prefix() {
        return prefix;
    }

    /** Of the snapshot so far, tar headers included. */
    long rawBytes() {
        return rawBytes;
    }

    /** @param name as it is stored, {@link #prefix} included */
    void member(String name, byte[] text, int offset, int length) throws IOException {
        beginMember(name, length);
        write(text, offset, length);
        endMember(length);
    }

    /** Begins a member whose bytes come piece by piece. */
    void beginMember(String name, long size) throws IOException {
        byte[] header = TarHeader.bytes(name, size, mtimeSeconds);
        write(header, 0, header.length);
    }

    /** Bytes of the member that was begun. */
    void write(byte[] bytes, int offset, int length) throws IOException {
        crc.update(bytes, offset, length);
        raw(bytes, offset, length);
    }

    /** All {@code size} bytes of the member are written. */
    void endMember(long size) throws IOException {
        write(ZEROS, 0, TarHeader.padding(size));
    }

    /**
     * Writes snapshot.json.
     *
     * @param unclosed a JSON object without its last brace; the CRC follows, of it and of all that was written before
     */
    void summary(String unclosed) throws IOException {
        crc.update(unclosed.getBytes(StandardCharsets.UTF_8));
        byte[] json = (unclosed + String.format(Locale.ROOT, ",\"crc32c\":\"%08x\"}", crc.getValue()))
                .getBytes(StandardCharsets.UTF_8);
        byte[] header = TarHeader.bytes(prefix + "snapshot.json", json.length, mtimeSeconds);
        raw(header, 0, header.length);
        raw(json, 0, json.length);
        raw(ZEROS, 0, TarHeader.padding(json.length));
    }

    private void raw(byte[] bytes, int offset, int length) throws IOException {
        rawBytes += length;
        compressor.write(bytes, offset, length);
    }
}
