package org.postmem.collector.archive;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A grouped entry: the texts of one kind of all processes, cgroups, nodes … in one archive entry.
 *
 * <pre>
 * ==&gt; 4242 &lt;== 23
 * 4242 (java) S 1 4242 42
 * ==&gt; /system.slice/a\040b.service &lt;== 5
 * 4096
 * </pre>
 *
 * The length, in bytes, makes it safe against a text that looks like a header.
 */
public final class GroupedText {
    private static final int MAX_KEY_BYTES = 16 << 10;
    private static final byte[] OPEN = "==> ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = " <== ".getBytes(StandardCharsets.US_ASCII);

    private GroupedText() {}

    /** An entry that does not keep to the shape; every block before the offset was good. */
    public static final class MalformedGroupException extends Exception {
        private static final long serialVersionUID = 1;
        private final int offset;

        MalformedGroupException(String reason, int offset) {
            super(reason + " at byte " + offset);
            this.offset = offset;
        }

        /** 0-based byte of the header that is wrong. */
        public int offset() {
            return offset;
        }
    }

    /** Takes the blocks of an entry one by one, without copies: the text lies in the entry's own bytes. */
    @FunctionalInterface
    public interface BlockVisitor {
        void block(String key, byte[] entry, int offset, int length);
    }

    /** One block, copied. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    public record Block(String key, byte[] text) {}

    /**
     * Shows every block in order.
     *
     * @throws MalformedGroupException at the first block that is wrong, after the good ones before it were shown
     */
    public static void forEach(byte[] entry, BlockVisitor visitor) throws MalformedGroupException {
        forEach(entry, entry.length, visitor);
    }

    /** The same of an entry that is the beginning of a buffer. */
    static void forEach(byte[] entry, int size, BlockVisitor visitor) throws MalformedGroupException {
        int at = 0;
        while (at < size) {
            int header = at;
            if (!startsWith(entry, at, size, OPEN)) {
                throw new MalformedGroupException("no \"==> KEY <== LENGTH\" line", header);
            }
            int keyStart = at + OPEN.length;
            int blank = keyStart;
            while (blank < size && entry[blank] != ' ' && entry[blank] != '\n') {
                blank++;
            }
            if (blank == keyStart || blank - keyStart > MAX_KEY_BYTES || !startsWith(entry, blank, size, CLOSE)) {
                throw new MalformedGroupException("no \"==> KEY <== LENGTH\" line", header);
            }
            int digit = blank + CLOSE.length;
            int digits = digit;
            long length = 0;
            while (digit < size && entry[digit] >= '0' && entry[digit] <= '9' && digit - digits < 10) {
                length = length * 10 + entry[digit++] - '0';
            }
            if (digit == digits || digit >= size || entry[digit] != '\n') {
                throw new MalformedGroupException("a block without a length", header);
            }
            int text = digit + 1;
            if (length > size - text - 1L) {
                throw new MalformedGroupException(
                        "a block of " + length + " bytes in an entry that has " + (size - text) + " left", header);
            }
            int end = text + (int) length;
            if (entry[end] != '\n') {
                throw new MalformedGroupException("a block that does not end after " + length + " bytes", header);
            }
            visitor.block(unescape(entry, keyStart, blank), entry, text, (int) length);
            at = end + 1;
        }
    }

    /** All blocks of an entry, copied; see {@link #forEach}. */
    public static List<Block> read(byte[] entry) throws MalformedGroupException {
        List<Block> blocks = new ArrayList<>();
        forEach(
                entry,
                (key, bytes, offset, length) ->
                        blocks.add(new Block(key, Arrays.copyOfRange(bytes, offset, offset + length))));
        return blocks;
    }

    private static boolean startsWith(byte[] entry, int at, int size, byte[] prefix) {
        return size - at >= prefix.length && Arrays.equals(entry, at, at + prefix.length, prefix, 0, prefix.length);
    }

    private static String unescape(byte[] entry, int from, int to) {
        byte[] key = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            if (entry[i] == '\\' && to - i > 3 && octal(entry[i + 1]) && octal(entry[i + 2]) && octal(entry[i + 3])) {
                key[length++] = (byte) ((entry[i + 1] - '0') << 6 | (entry[i + 2] - '0') << 3 | entry[i + 3] - '0');
                i += 3;
            } else {
                key[length++] = entry[i];
            }
        }
        return new String(key, 0, length, StandardCharsets.UTF_8);
    }

    private static boolean octal(byte b) {
        return b >= '0' && b <= '7';
    }

    /** Collects the blocks of one entry in a buffer that is used again for the next. */
    public static final class Writer {
        private final Bytes out = new Bytes();

        /** Appends a block. A key is a pid, a cgroup path, a node …, never empty. */
        public Writer add(String key, byte[] text, int offset, int length) {
            if (key.isEmpty()) {
                throw new IllegalArgumentException("a block needs a key");
            }
            out.write(OPEN, 0, OPEN.length);
            for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
                if ((b >= 0 && b <= ' ') || b == '\\' || b == 0x7f) {
                    out.write('\\');
                    out.write('0' + (b >> 6));
                    out.write('0' + (b >> 3 & 7));
                    out.write('0' + (b & 7));
                } else {
                    out.write(b);
                }
            }
            out.write(CLOSE, 0, CLOSE.length);
            byte[] digits = Integer.toString(length).getBytes(StandardCharsets.US_ASCII);
            out.write(digits, 0, digits.length);
            out.write('\n');
            out.write(text, offset, length);
            out.write('\n');
            return this;
        }

        /** See {@link #add(String, byte[], int, int)}. */
        public Writer add(String key, byte[] text) {
            return add(key, text, 0, text.length);
        }

        /** Appends blocks of another entry as they are. */
        Writer append(byte[] entry, int length) {
            out.write(entry, 0, length);
            return this;
        }

        /** The buffer itself: valid to {@link #length()}, until the next {@link #add}. */
        public byte[] array() {
            return out.array();
        }

        /** Bytes collected since {@link #reset}. */
        public int length() {
            return out.size();
        }

        public boolean isEmpty() {
            return out.size() == 0;
        }

        /** Forgets what was collected and keeps the buffer. */
        public void reset() {
            out.reset();
        }

        /** A copy of what was collected. */
        public byte[] toByteArray() {
            return out.toByteArray();
        }
    }

    /** A growing buffer whose array can be used in place. */
    static final class Bytes extends ByteArrayOutputStream {
        byte[] array() {
            return buf;
        }
    }
}
