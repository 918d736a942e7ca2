package org.postmem.procfs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Finds a name among a fixed list by its bytes, without making a string of it. */
final class Keys {
    static final int UNKNOWN = -1;

    private final byte[][] names;
    private final int[] slots;

    Keys(String... names) {
        this.names = new byte[names.length][];
        this.slots = new int[Integer.highestOneBit(names.length * 4 + 1) * 2];
        Arrays.fill(slots, UNKNOWN);
        for (int i = 0; i < names.length; i++) {
            byte[] name = names[i].getBytes(StandardCharsets.US_ASCII);
            this.names[i] = name;
            int slot = slot(name, 0, name.length);
            while (slots[slot] != UNKNOWN) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = i;
        }
    }

    int size() {
        return names.length;
    }

    String name(int position) {
        return new String(names[position], StandardCharsets.US_ASCII);
    }

    /** Position in the list, or {@link #UNKNOWN}. */
    int find(byte[] text, int from, int to) {
        if (from >= to) {
            return UNKNOWN;
        }
        int slot = slot(text, from, to);
        while (true) {
            int i = slots[slot];
            if (i == UNKNOWN || Arrays.equals(names[i], 0, names[i].length, text, from, to)) {
                return i;
            }
            slot = slot + 1 & slots.length - 1;
        }
    }

    /** Length and three letters tell the kernel's names apart well enough; the rest is left to the comparison. */
    private int slot(byte[] text, int from, int to) {
        int hash = to - from;
        hash = hash * 31 + text[from];
        hash = hash * 31 + text[(from + to) >>> 1];
        hash = hash * 31 + text[to - 1];
        return (hash ^ hash >>> 7) & slots.length - 1;
    }
}
