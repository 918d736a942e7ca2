package org.postmem.evidence;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.z.ZCompressorInputStream;

/** What a stream is packed in, or which archive it is, told by its first bytes. */
final class Packing {
    private static final int SNIFFED_BYTES = 512;
    private static final int XZ_MEMORY_KILOBYTES = 256 << 10;
    /** Codes of 16 bits, the longest that compress(1) writes, take 384: a header that tells longer ones is a lie. */
    private static final int Z_MEMORY_KILOBYTES = 512;

    private static final int TAR_MAGIC_AT = 257;
    private static final int TAR_CHECKSUM_AT = 148;

    private Packing() {}

    /** What is packed in the stream; {@code null} when nothing is. The stream stands at its begin then. */
    static InputStream unpacked(InputStream in) throws IOException {
        byte[] magic = sniff(in);
        if (startsWith(magic, 0x1f, 0x8b)) {
            return GzipCompressorInputStream.builder()
                    .setInputStream(in)
                    .setDecompressConcatenated(true)
                    .get();
        }
        if (startsWith(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return XZCompressorInputStream.builder()
                    .setInputStream(in)
                    .setDecompressConcatenated(true)
                    .setMemoryLimitKiB(XZ_MEMORY_KILOBYTES)
                    .get();
        }
        if (startsWith(magic, 'B', 'Z', 'h') && magic.length > 3 && magic[3] >= '1' && magic[3] <= '9') {
            return new BZip2CompressorInputStream(in, true);
        }
        if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
            return new ZstdInputStream(in);
        }
        if (startsWith(magic, 0x1f, 0x9d)) {
            return new ZCompressorInputStream(in, Z_MEMORY_KILOBYTES);
        }
        return null;
    }

    /** The first bytes; the stream stands at its begin. */
    static byte[] sniff(InputStream in) throws IOException {
        in.mark(SNIFFED_BYTES);
        byte[] magic = in.readNBytes(SNIFFED_BYTES);
        in.reset();
        return magic;
    }

    static boolean isZip(byte[] head) {
        return startsWith(head, 'P', 'K', 3, 4);
    }

    /** Before POSIX a header had no magic, only its checksum; {@code tar --format=v7} still writes such. */
    static boolean isTar(byte[] head) {
        boolean named = head.length >= TAR_MAGIC_AT + 5
                && new String(head, TAR_MAGIC_AT, 5, StandardCharsets.ISO_8859_1).equals("ustar");
        return named || (head.length == SNIFFED_BYTES && hasChecksum(head));
    }

    /** The sum of the header's bytes in octal digits, they themselves counted as blanks. */
    private static boolean hasChecksum(byte[] head) {
        int told = 0;
        int digits = 0;
        int sum = 0;
        for (int i = 0; i < SNIFFED_BYTES; i++) {
            boolean within = i >= TAR_CHECKSUM_AT && i < TAR_CHECKSUM_AT + 8;
            sum += within ? ' ' : head[i] & 0xff;
            if (!within || head[i] == ' ' || head[i] == 0) {
                continue;
            }
            if (head[i] < '0' || head[i] > '7') {
                return false;
            }
            told = 8 * told + head[i] - '0';
            digits++;
        }
        return digits > 0 && told == sum;
    }

    private static boolean startsWith(byte[] head, int... magic) {
        if (head.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
