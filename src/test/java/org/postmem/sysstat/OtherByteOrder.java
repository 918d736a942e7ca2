package org.postmem.sysstat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A little-endian file of format 0x2175 as the same host would have written it on a big-endian machine: every number is
 * turned round where it lies, by what the file says of its structures. Of a 32-bit writer a long fills the first half of
 * its eight bytes in either order.
 */
final class OtherByteOrder {
    private final ByteBuffer in;
    private final byte[] out;
    private int longBytes = Long.BYTES;

    OtherByteOrder(byte[] file) {
        this.in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        this.out = file.clone();
    }

    byte[] written() {
        turn(0, 2);
        turn(2, 2);
        turnInts(8, 5);
        int header = 76;
        int headerBytes = in.getInt(8);
        int ints = header + 8 * (in.getInt(16) + in.getInt(20));
        longBytes = in.get(ints + 4 * in.getInt(24) + 2);
        structure(header, 16);
        int activities = in.getInt(ints + 4);
        int activityBytes = in.getInt(ints + 36);
        int list = header + headerBytes;
        for (int i = 0; i < activities; i++) {
            turnInts(list + i * activityBytes, 9);
        }
        int recordTypes = ints + 24;
        int recordBytes = in.getInt(ints + 40);
        int at = list + activities * activityBytes;
        while (at < out.length) {
            int type = at + structure(at, recordTypes);
            at += recordBytes;
            switch (in.get(type)) {
                case 1 -> {
                    for (int i = 0; i < activities; i++) {
                        at = items(list + i * activityBytes, at);
                    }
                }
                case 2 -> {
                    turn(at, 4);
                    at += 4;
                }
                case 4 -> at += 64;
                default -> throw new IllegalStateException("no sample has a record of type " + in.get(type));
            }
        }
        return out;
    }

    private int items(int activity, int from) {
        int at = from;
        int n = in.getInt(activity + 8);
        if (in.getInt(activity + 16) != 0) {
            n = in.getInt(at);
            turn(at, 4);
            at += 4;
        }
        int bytes = in.getInt(activity + 20);
        for (int i = 0; i < n * in.getInt(activity + 12); i++) {
            structure(at, activity + 24);
            at += bytes;
        }
        return at;
    }

    /** Turns the numbers of one structure; how many of each kind, stands at {@code types}. */
    private int structure(int from, int types) {
        int at = from;
        for (int i = 0; i < in.getInt(types); i++, at += 8) {
            turn(at, 8);
        }
        for (int i = 0; i < in.getInt(types + 4); i++, at += 8) {
            turn(at, longBytes);
        }
        turnInts(at, in.getInt(types + 8));
        return at + 4 * in.getInt(types + 8) - from;
    }

    private void turnInts(int from, int count) {
        for (int i = 0; i < count; i++) {
            turn(from + 4 * i, 4);
        }
    }

    private void turn(int at, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out[at + i] = in.get(at + bytes - 1 - i);
        }
    }
}
