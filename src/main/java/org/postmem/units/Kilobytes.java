package org.postmem.units;

/** The kernel's {@code kB}: 1024 bytes, whatever the letters say (proc(5)). */
public final class Kilobytes {
    private static final long BYTES = 1024;

    private Kilobytes() {}

    /**
     * Bytes in so many kB.
     *
     * @throws ArithmeticException when the bytes do not fit into 63 bits: never a wrapped number
     */
    public static long toBytes(long kilobytes) {
        return Math.multiplyExact(kilobytes, BYTES);
    }
}
