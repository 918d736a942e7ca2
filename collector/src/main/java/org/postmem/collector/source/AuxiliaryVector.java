package org.postmem.collector.source;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the kernel told this very process at its start ({@code /proc/self/auxv}): the page size and the clock ticks of
 * {@code /proc/PID/stat}, which no text file of /proc tells.
 *
 * @param pageBytes null when it could not be read
 * @param ticksPerSecond null when it could not be read
 */
public record AuxiliaryVector(Long pageBytes, Long ticksPerSecond) {
    private static final long AT_PAGESZ = 6;
    private static final long AT_CLKTCK = 17;

    public static AuxiliaryVector ofThisProcess() {
        try (FileInputStream in = new FileInputStream("/proc/self/auxv")) {
            return parse(in.readNBytes(4096));
        } catch (IOException e) {
            return new AuxiliaryVector(null, null);
        }
    }

    static AuxiliaryVector parse(byte[] bytes) {
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        Long pageBytes = null;
        Long ticks = null;
        while (words.remaining() >= 2 * Long.BYTES) {
            long type = words.getLong();
            long value = words.getLong();
            if (type == AT_PAGESZ) {
                pageBytes = value;
            } else if (type == AT_CLKTCK) {
                ticks = value;
            }
        }
        return new AuxiliaryVector(pageBytes, ticks);
    }
}
