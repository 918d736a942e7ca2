package org.postmem.collector.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * A 512-byte header of a tar entry (POSIX ustar).
 *
 * @param name as stored, prefix included
 * @param type {@code 0} for a file, {@code x} for the extended header of the entry after it
 */
record TarHeader(String name, long size, char type) {
    static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final byte[] MAGIC = "ustar\0".concat("00").getBytes(StandardCharsets.US_ASCII);

    /** Bytes from the end of an entry's text to the next header. */
    static int padding(long size) {
        return (int) (-size & BLOCK - 1);
    }

    boolean file() {
        return type == '0' || type == 0;
    }

    /** What stands before an entry's text. The same name, size and time give the same bytes on every host. */
    static byte[] bytes(String name, long size, long mtimeSeconds) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        if (nameBytes.length <= NAME_BYTES) {
            return header(nameBytes, size, mtimeSeconds, '0');
        }
        byte[] record = paxRecord("path", nameBytes);
        byte[] bytes = new byte[BLOCK + record.length + padding(record.length) + BLOCK];
        byte[] shortened = Arrays.copyOf(nameBytes, NAME_BYTES);
        System.arraycopy(
                header("PaxHeader".getBytes(StandardCharsets.US_ASCII), record.length, mtimeSeconds, 'x'),
                0,
                bytes,
                0,
                BLOCK);
        System.arraycopy(record, 0, bytes, BLOCK, record.length);
        System.arraycopy(header(shortened, size, mtimeSeconds, '0'), 0, bytes, bytes.length - BLOCK, BLOCK);
        return bytes;
    }

    private static byte[] paxRecord(String keyword, byte[] value) {
        int rest = keyword.length() + value.length + 3;
        int length = rest + 1;
        while (length != rest + Integer.toString(length).length()) {
            length = rest + Integer.toString(length).length();
        }
        byte[] head = (length + " " + keyword + "=").getBytes(StandardCharsets.US_ASCII);
        byte[] record = Arrays.copyOf(head, length);
        System.arraycopy(value, 0, record, head.length, value.length);
        record[length - 1] = '\n';
        return record;
    }

    private static byte[] header(byte[] name, long size, long mtimeSeconds, char type) {
        byte[] block = new byte[BLOCK];
        System.arraycopy(name, 0, block, 0, Math.min(name.length, NAME_BYTES));
        TarUtils.formatLongOctalBytes(0600, block, 100, 8);
        TarUtils.formatLongOctalBytes(0, block, 108, 8);
        TarUtils.formatLongOctalBytes(0, block, 116, 8);
        TarUtils.formatLongOctalBytes(size, block, 124, 12);
        TarUtils.formatLongOctalBytes(Math.max(0, mtimeSeconds), block, 136, 12);
        Arrays.fill(block, 148, 156, (byte) ' ');
        block[156] = (byte) type;
        System.arraycopy(MAGIC, 0, block, 257, MAGIC.length);
        TarUtils.formatCheckSumOctalBytes(TarUtils.computeCheckSum(block), block, 148, 8);
        return block;
    }

    /** The header in a block, {@code null} when it is none. */
    static TarHeader parse(byte[] block) {
        if (block[257] != 'u' || block[258] != 's' || block[259] != 't' || block[260] != 'a' || block[261] != 'r') {
            return null;
        }
        long size;
        try {
            if (!TarUtils.verifyCheckSum(block)) {
                return null;
            }
            size = TarUtils.parseOctalOrBinary(block, 124, 12);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (size < 0) {
            return null;
        }
        String name = text(block, 0, NAME_BYTES);
        String prefix = block[262] == 0 ? text(block, 345, 155) : "";
        return new TarHeader(prefix.isEmpty() ? name : prefix + "/" + name, size, (char) (block[156] & 0xff));
    }

    /** When the entry was made, as its header says. */
    static long mtimeSeconds(byte[] block) {
        return TarUtils.parseOctalOrBinary(block, 136, 12);
    }

    /** The value of {@code path} in the text of an extended header, {@code null} when there is none. */
    static String paxPath(byte[] text) {
        int at = 0;
        String path = null;
        while (at < text.length) {
            int blank = at;
            int length = 0;
            while (blank < text.length && text[blank] >= '0' && text[blank] <= '9' && blank - at < 7) {
                length = length * 10 + text[blank++] - '0';
            }
            int end = at + length;
            if (blank == at || blank >= text.length || text[blank] != ' ' || end <= blank || end > text.length) {
                return path;
            }
            String record = new String(text, blank + 1, end - blank - 2, StandardCharsets.UTF_8);
            if (record.startsWith("path=")) {
                path = record.substring(5);
            }
            at = end;
        }
        return path;
    }

    private static String text(byte[] block, int from, int length) {
        int end = from;
        while (end < from + length && block[end] != 0) {
            end++;
        }
        return new String(block, from, end - from, StandardCharsets.UTF_8);
    }
}
