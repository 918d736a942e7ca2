package org.postmem.units;

/**
 * The page size of the host a text comes from: 4 KiB on x86, 64 KiB on many arm64 and ppc64 kernels.
 *
 * @param bytes a power of two
 */
public record PageSize(long bytes) {
    public PageSize {
        if (bytes <= 0 || Long.bitCount(bytes) != 1) {
            throw new IllegalArgumentException("page size is not a power of two: " + bytes);
        }
    }

    /**
     * Bytes in so many pages.
     *
     * @throws ArithmeticException when the bytes do not fit into 63 bits
     */
    public long toBytes(long pages) {
        return Math.multiplyExact(pages, bytes);
    }

    /**
     * The bytes of the whole pages that so many bytes lie in.
     *
     * @throws ArithmeticException when they do not fit into 63 bits
     */
    public long roundedUp(long length) {
        return Math.multiplyExact(-Math.floorDiv(-length, bytes), bytes);
    }
}
