package org.postmem.sysstat;

import java.nio.ByteOrder;
import java.util.Locale;

/**
 * Reads {@code saDD} files of sysstat 11.7.1 and later (format 0x2175, either byte order, 32- and 64-bit writers), and
 * those of 10.x and 11.x on x86_64 (0x2171 of RHEL 7, 0x2173).
 *
 * <p>A record that the file ends in is normal, since the file may have been copied while it was written: what came before
 * it is kept, as it is of a file that is damaged further on.
 */
public final class SystemActivityReader {
    private static final int SYSSTAT_MAGIC = 0xd596;
    private static final int SYSSTAT_MAGIC_SWAPPED = 0x96d5;
    private static final int FORMAT_SELF_DESCRIBED = 0x2175;
    private static final int FORMAT_11_6 = 0x2173;
    private static final int FORMAT_10 = 0x2171;

    private SystemActivityReader() {}

    /** Does the text begin like a {@code saDD} file? */
    public static boolean matches(byte[] head) {
        if (head.length < 4) {
            return false;
        }
        int magic = magic(head);
        return magic == SYSSTAT_MAGIC || magic == SYSSTAT_MAGIC_SWAPPED;
    }

    private static int magic(byte[] head) {
        return (head[0] & 0xff) | (head[1] & 0xff) << 8;
    }

    /** The nodename in the first bytes of a file, {@code null} when they do not tell it. */
    public static String host(byte[] head) {
        try {
            return read(head).host();
        } catch (SystemActivityException e) {
            return null;
        }
    }

    /**
     * Reads a whole file.
     *
     * @throws SystemActivityException when the header cannot be trusted; a torn tail is no error
     */
    public static SystemActivity read(byte[] file) throws SystemActivityException {
        if (!matches(file)) {
            throw new SystemActivityException("no sysstat file: it does not begin with 96 d5");
        }
        boolean swapped = magic(file) == SYSSTAT_MAGIC_SWAPPED;
        SysstatBytes in = new SysstatBytes(file, swapped ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int format = in.shortAt(2);
        return switch (format) {
            case FORMAT_SELF_DESCRIBED -> new SelfDescribedFormat(in).read();
            case FORMAT_11_6 -> new OldFormat(in, true).read();
            case FORMAT_10 -> new OldFormat(in, false).read();
            default ->
                throw new SystemActivityException(String.format(
                        Locale.ROOT,
                        "sysstat format 0x%04x at offset 2 is not one of 0x2171, 0x2173, 0x2175; convert it with"
                                + " 'sadf -c' of a newer sysstat",
                        format));
        };
    }
}
