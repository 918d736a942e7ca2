package org.postmem.sysstat;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/** The bytes of a file of sysstat, of either byte order: nothing that it says of itself is believed before it is checked. */
final class SysstatBytes {
    static final int MAX_ACTIVITIES = 256;
    static final int MAX_ITEM_BYTES = 1 << 20;
    static final int MAX_ITEMS = 1 << 20;

    private final ByteBuffer in;

    SysstatBytes(byte[] file, ByteOrder order) {
        this.in = ByteBuffer.wrap(file).order(order);
    }

    boolean isBigEndian() {
        return in.order() == ByteOrder.BIG_ENDIAN;
    }

    boolean hasRemaining() {
        return in.hasRemaining();
    }

    /** Where the next thing is read that has no place of its own. */
    int position() {
        return in.position();
    }

    int length() {
        return in.limit();
    }

    byte byteAt(int at) {
        return in.get(at);
    }

    int shortAt(int at) {
        return in.getShort(at) & 0xffff;
    }

    int intAt(int at) {
        return in.getInt(at);
    }

    long longAt(int at) {
        return in.getLong(at);
    }

    int nextInt() {
        return in.getInt();
    }

    /** A record that the file ends in is told by this exception, wherever in the record the end lies. */
    void moveTo(long position) {
        if (position > in.limit()) {
            throw new BufferUnderflowException();
        }
        in.position((int) position);
    }

    /** The file holds so many bytes, else it ends within what must be there. */
    void need(long bytes, String what) throws SystemActivityException {
        if (bytes > in.limit()) {
            throw new SystemActivityException(
                    "the file ends at " + in.limit() + " within its " + what + ", which takes " + bytes + " bytes");
        }
    }

    /** NUL-padded text; what cannot be printed becomes a dot. */
    String text(int at, int length) {
        int end = at;
        while (end < at + length && in.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - at];
        in.get(at, bytes);
        StringBuilder printable = new StringBuilder();
        new String(bytes, StandardCharsets.UTF_8)
                .codePoints()
                .forEach(c -> printable.appendCodePoint(Character.isISOControl(c) ? '.' : c));
        return printable.toString();
    }

    static int checked(int value, int least, int most, String field, int at) throws SystemActivityException {
        if (value < least || value > most) {
            throw new SystemActivityException(
                    field + " at offset " + at + " is " + value + ", not between " + least + " and " + most);
        }
        return value;
    }

    static Instant instant(long seconds) throws SystemActivityException {
        try {
            return Instant.ofEpochSecond(seconds);
        } catch (DateTimeException e) {
            throw new SystemActivityException("time stamp " + seconds + " is no time");
        }
    }
}
