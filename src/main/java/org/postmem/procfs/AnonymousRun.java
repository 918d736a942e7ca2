package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;
import org.postmem.units.Kilobytes;

// f3800000-f3e60000 rw-p 00000000 00:00 0
// Anonymous:          5504 kB

/**
 * Private mappings without a name in {@code /proc/PID/smaps} that lie one behind the other, without a gap: what was
 * reserved in one piece and is given out bit by bit, as the heap of a Java virtual machine is, whose size its command line
 * tells.
 *
 * @param sizeBytes of the address space from its first to its last byte
 * @param anonymousBytes pages in it; null when one of its mappings does not tell
 * @param swapBytes likewise of those in swap; null before Linux 2.6.26
 */
public record AnonymousRun(long sizeBytes, Long anonymousBytes, Long swapBytes) {
    /** Below that, stacks of threads and arenas of malloc are most of them. */
    static final long LEAST_BYTES = 16L << 20;

    /** An address space has 57 bits. */
    private static final long MOST_KILOBYTES = 1L << 47;

    /** Those of a size that matters, in the order of their addresses. What is no text of smaps has none: {@link Mapping} says so. */
    public static List<AnonymousRun> parse(byte[] text) {
        Lines lines = Lines.of(text);
        Runs runs = new Runs();
        while (lines.next()) {
            int first = lines.start < lines.end ? text[lines.start] : 0;
            if (first < 'A' || first > 'Z') {
                runs.begin(text, lines);
            } else if (lines.lineStartsWith("Anonymous:")) {
                runs.anonymousKilobytes(kilobytes(text, lines));
            } else if (lines.lineStartsWith("Swap:")) {
                runs.swapKilobytes(kilobytes(text, lines));
            }
        }
        // of a text that was cut off the last run may go on
        if (text.length > 0 && text[text.length - 1] == '\n') {
            runs.end();
        }
        return runs.found;
    }

    /** Below 0 when it is no number, or one that no mapping has. */
    private static long kilobytes(byte[] text, Lines lines) {
        lines.skip(1);
        long kilobytes = lines.field() ? Lines.decimal(text, lines.fieldStart, lines.fieldEnd) : -1;
        return kilobytes < MOST_KILOBYTES ? kilobytes : -1;
    }

    private static final class Runs {
        private final List<AnonymousRun> found = new ArrayList<>();
        private long from;
        /** 0 when no run is open. */
        private long to;

        private int mappings;
        private int told;
        private int toldOfSwap;
        private long anonymous;
        private long swap;

        void begin(byte[] text, Lines lines) {
            long start = -1;
            long end = -1;
            boolean nameless = false;
            if (lines.field()) {
                int dash = lines.fieldStart;
                while (dash < lines.fieldEnd && text[dash] != '-') {
                    dash++;
                }
                if (dash < lines.fieldEnd) {
                    start = Lines.hexadecimal(text, lines.fieldStart, dash);
                    end = Lines.hexadecimal(text, dash + 1, lines.fieldEnd);
                }
                boolean mine =
                        lines.field() && lines.fieldEnd - lines.fieldStart == 4 && text[lines.fieldEnd - 1] == 'p';
                lines.skip(3);
                lines.rest();
                nameless = mine && lines.fieldStart == lines.fieldEnd;
            }
            boolean known = start >= 0 && end > start;
            if (!known || !nameless || start != to) {
                end();
            }
            if (known && nameless) {
                if (to == 0) {
                    from = start;
                }
                to = end;
                mappings++;
            }
        }

        void anonymousKilobytes(long kilobytes) {
            if (to != 0 && kilobytes >= 0) {
                anonymous += kilobytes;
                told++;
            }
        }

        void swapKilobytes(long kilobytes) {
            if (to != 0 && kilobytes >= 0) {
                swap += kilobytes;
                toldOfSwap++;
            }
        }

        void end() {
            if (to - from >= LEAST_BYTES) {
                found.add(new AnonymousRun(
                        to - from,
                        told == mappings ? (Long) Kilobytes.toBytes(anonymous) : null,
                        toldOfSwap == mappings ? (Long) Kilobytes.toBytes(swap) : null));
            }
            from = 0;
            to = 0;
            mappings = 0;
            told = 0;
            toldOfSwap = 0;
            anonymous = 0;
            swap = 0;
        }
    }
}
