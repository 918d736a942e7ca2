package org.postmem.collector.source;

import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Tells whether a text of the kernel is the one that was stored last: thousands of times a tick, so by checksums that
 * processors compute. Two polynomials side by side miss no change within 64 bits, and of others one in 2^64.
 */
final class TextHash {
    private final CRC32 crc32 = new CRC32();
    private final CRC32C crc32c = new CRC32C();

    /** Of the first bytes; the same for the same bytes in this run, stored nowhere. */
    long of(byte[] bytes, int length) {
        crc32.reset();
        crc32.update(bytes, 0, length);
        crc32c.reset();
        crc32c.update(bytes, 0, length);
        return crc32.getValue() << 32 | crc32c.getValue();
    }
}
