package org.postmem.collector.archive;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The entry {@code pid/unchanged}: who lives, though {@code pid/stat} of this snapshot has no block of theirs, a line a
 * process:
 *
 * <pre>
 * 4242 17
 * </pre>
 *
 * The stat of process 4242 is, to the byte, the one in snapshot 17, which belongs to the same segment. So an archive says at
 * every pass who lives, for some ten bytes a process that sleeps, and a snapshot that is lost in between takes nothing along
 * but what was told in it.
 */
public final class UnchangedText {
    /** Name of the entry within its snapshot. */
    public static final String ENTRY = "pid/unchanged";

    private static final int MOST_DIGITS = 9;

    private UnchangedText() {}

    /** Takes a line: both numbers are 1 or more. */
    @FunctionalInterface
    public interface LineVisitor {
        void line(int pid, int statSnapshot);
    }

    /**
     * Shows every line in order.
     *
     * @param bad takes the offset of each line that is none
     */
    public static void forEach(byte[] entry, LineVisitor visitor, IntConsumer bad) {
        int at = 0;
        while (at < entry.length) {
            int end = at;
            int blank = -1;
            while (end < entry.length && entry[end] != '\n') {
                blank = blank < 0 && entry[end] == ' ' ? end : blank;
                end++;
            }
            int pid = blank < 0 ? 0 : number(entry, at, blank);
            int statSnapshot = pid == 0 ? 0 : number(entry, blank + 1, end);
            if (statSnapshot == 0 || end == entry.length) {
                bad.accept(at);
            } else {
                visitor.line(pid, statSnapshot);
            }
            at = end + 1;
        }
    }

    /** Returns 0 for what is no number of 1 or more. */
    private static int number(byte[] entry, int from, int to) {
        if (to == from || to - from > MOST_DIGITS) {
            return 0;
        }
        int number = 0;
        for (int i = from; i < to; i++) {
            if (entry[i] < '0' || entry[i] > '9') {
                return 0;
            }
            number = number * 10 + entry[i] - '0';
        }
        return number;
    }

    /** Collects the lines of one entry in a buffer that is used again for the next. */
    public static final class Writer {
        private static final int LONGEST_LINE_BYTES = 24;

        private byte[] lines = new byte[4096];
        private int length;

        /** Appends a line; the snapshot is that in which its stat was stored last. */
        public Writer add(int pid, int statSnapshot) {
            if (lines.length - length < LONGEST_LINE_BYTES) {
                lines = Arrays.copyOf(lines, lines.length * 2);
            }
            number(pid, ' ');
            number(statSnapshot, '\n');
            return this;
        }

        private void number(int value, char end) {
            int digits = 1;
            for (int rest = value / 10; rest > 0; rest /= 10) {
                digits++;
            }
            int rest = value;
            for (int at = length + digits - 1; at >= length; at--) {
                lines[at] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
            length += digits;
            lines[length++] = (byte) end;
        }

        /** The buffer itself: valid to {@link #length()}, until the next {@link #add}. */
        public byte[] array() {
            return lines;
        }

        /** Bytes collected since {@link #reset}. */
        public int length() {
            return length;
        }

        /** Forgets what was collected and keeps the buffer. */
        public void reset() {
            length = 0;
        }
    }
}
