package org.postmem.collector.archive;

import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** The texts of tar entries as they come out of a run, and what fills their last block. */
final class TarTexts {
    private static final byte[] NO_TEXT = {};
    private static final int FIRST_BYTES = 1 << 20;

    private final BufferedRun in;

    TarTexts(BufferedRun in) {
        this.in = in;
    }

    /** The text of an entry, {@code null} where the run ends within it. Memory grows with what arrives, not with what a header says. */
    byte[] text(long size) throws IOException {
        int want = (int) size;
        byte[] text = new byte[Math.min(want, FIRST_BYTES)];
        int done = 0;
        while (done < want) {
            if (done == text.length) {
                text = Arrays.copyOf(text, (int) Math.min(want, 2L * text.length));
            }
            int count = in.read(text, done, text.length - done);
            if (count < 0) {
                return null;
            }
            done += count;
        }
        return text;
    }

    /** Takes a text into the checksum and keeps nothing of it; {@code null} where the run ends within it, else empty. */
    byte[] passOver(long size, CRC32C crc) throws IOException {
        byte[] part = new byte[(int) Math.min(size, RawRun.READ_BYTES)];
        long left = size;
        while (left > 0) {
            int count = in.read(part, 0, (int) Math.min(left, part.length));
            if (count < 0) {
                return null;
            }
            crc.update(part, 0, count);
            left -= count;
        }
        return NO_TEXT;
    }

    /** What fills the last block of a text; {@code false} where it is cut. */
    boolean padding(long size) throws IOException {
        int padding = TarHeader.padding(size);
        return in.fill(new byte[padding], padding) == padding;
    }

    /** Likewise, and into the checksum. */
    void padding(long size, CRC32C crc) throws IOException {
        byte[] pad = new byte[TarHeader.padding(size)];
        crc.update(pad, 0, in.fill(pad, pad.length));
    }
}
