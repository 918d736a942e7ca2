package org.postmem.procfs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.postmem.units.Kilobytes;

// 55b112757000-55b112758000 r--p 00000000 fe:00 26723                      /opt/pythons/versions/3.11.7/bin/python3.11
// Size:                  4 kB

/**
 * The mappings of {@code /proc/PID/smaps} that share name and permissions, summed, in the order they first appear. A
 * sum is {@code null} when one of its mappings has no such line: a sum without a part would be too small, and look
 * right.
 *
 * @param name as the kernel writes it, {@code [anon]} for a mapping without a name
 * @param perms {@code rw-p}; the fourth letter tells private from shared
 * @param mappings how many were summed
 */
public record Mapping(
        String name,
        String perms,
        long mappings,
        Long sizeBytes,
        Long rssBytes,
        Long pssBytes,
        Long sharedCleanBytes,
        Long sharedDirtyBytes,
        Long privateCleanBytes,
        Long privateDirtyBytes,
        Long anonymousBytes,
        Long anonHugePagesBytes,
        Long swapBytes,
        Long lockedBytes) {

    static final String ANONYMOUS = "[anon]";

    private static final Keys KEYS = new Keys(
            "Size",
            "Rss",
            "Pss",
            "Shared_Clean",
            "Shared_Dirty",
            "Private_Clean",
            "Private_Dirty",
            "Anonymous",
            "AnonHugePages",
            "Swap",
            "Locked");

    /**
     * An empty text is that of a kernel thread: no rows, no issue. Of a text that ends within a line the mapping that
     * line belongs to is left out.
     */
    public static Parsed<List<Mapping>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        Groups groups = new Groups(text);
        boolean open = false;
        boolean brokenHeader = false;
        while (lines.next()) {
            int first = lines.start < lines.end ? text[lines.start] : 0;
            // Names begin with a capital, an address has small letters.
            if (first >= 'A' && first <= 'Z') {
                if (open) {
                    groups.line(lines);
                } else if (!brokenHeader) {
                    lines.issue("stands before the first mapping");
                    brokenHeader = true;
                }
            } else {
                groups.closeMapping();
                open = groups.openMapping(lines);
                brokenHeader = !open;
            }
        }
        if (text.length == 0 || text[text.length - 1] == '\n') {
            groups.closeMapping();
        }
        return lines.parsedRows(groups.rows());
    }

    /** The sums by name and permissions, found by the bytes of the text itself: a string only a group, not a line. */
    private static final class Groups {
        private static final int ALL_SEEN = (1 << KEYS.size()) - 1;

        private final byte[] text;
        private final List<Group> groups = new ArrayList<>();
        private Group[] slots = new Group[64];
        private final long[] kilobytes = new long[KEYS.size()];
        private int seen;
        private Group current;

        Groups(byte[] text) {
            this.text = text;
        }

        boolean openMapping(Lines lines) {
            if (!lines.field() || !isRange(lines.fieldStart, lines.fieldEnd)) {
                lines.issue("neither a mapping nor a line of one");
                return false;
            }
            if (!lines.field() || lines.fieldEnd - lines.fieldStart != 4) {
                lines.issueAt(lines.fieldStart, "no permissions of four letters after the addresses");
                return false;
            }
            int perms = lines.fieldStart;
            lines.skip(3);
            if (lines.fieldStart == lines.fieldEnd) {
                lines.issueAt(lines.end, "no offset, device and inode after the permissions");
                return false;
            }
            lines.rest();
            seen = 0;
            current = group(perms, lines.fieldStart, lines.fieldEnd);
            return true;
        }

        private boolean isRange(int from, int to) {
            int dash = from;
            while (dash < to && text[dash] != '-') {
                dash++;
            }
            return isHexadecimal(from, dash) && isHexadecimal(dash + 1, to);
        }

        private boolean isHexadecimal(int from, int to) {
            for (int i = from; i < to; i++) {
                byte b = text[i];
                if ((b < '0' || b > '9') && (b < 'a' || b > 'f')) {
                    return false;
                }
            }
            return from < to;
        }

        void line(Lines lines) {
            int colon = lines.start + 1;
            while (colon < lines.end && text[colon] != ':') {
                colon++;
            }
            int key = KEYS.find(text, lines.start, colon);
            if (key == Keys.UNKNOWN) {
                return;
            }
            // "   4 kB" by hand: of a text of a hundred thousand mappings nearly all time is spent here.
            int end = lines.end;
            int i = colon + 1;
            while (i < end && text[i] == ' ') {
                i++;
            }
            int from = i;
            long value = 0;
            while (i < end && text[i] >= '0' && text[i] <= '9') {
                value = value * 10 + (text[i++] - '0');
            }
            // Fifteen digits of kB stay far below 2^63 bytes.
            if (i == from
                    || i - from > 15
                    || end - i != 3
                    || text[i] != ' '
                    || text[i + 1] != 'k'
                    || text[i + 2] != 'B') {
                lines.issueAt(Math.min(from, end), "the value is not a number of kB");
                return;
            }
            kilobytes[key] = value;
            seen |= 1 << key;
        }

        void closeMapping() {
            if (current != null) {
                current.add(kilobytes, seen);
                current = null;
            }
        }

        private Group group(int perms, int nameFrom, int nameTo) {
            int hash = nameTo - nameFrom;
            for (int i = nameFrom; i < nameTo; i++) {
                hash = hash * 31 + text[i];
            }
            for (int i = perms; i < perms + 4; i++) {
                hash = hash * 31 + text[i];
            }
            hash ^= hash >>> 15;
            int slot = hash & slots.length - 1;
            while (slots[slot] != null) {
                Group group = slots[slot];
                if (group.hash == hash
                        && Arrays.equals(text, group.nameFrom, group.nameTo, text, nameFrom, nameTo)
                        && Arrays.equals(text, group.perms, group.perms + 4, text, perms, perms + 4)) {
                    return group;
                }
                slot = slot + 1 & slots.length - 1;
            }
            Group made = new Group(hash, perms, nameFrom, nameTo);
            groups.add(made);
            slots[slot] = made;
            if (groups.size() * 2 > slots.length) {
                grow();
            }
            return made;
        }

        private void grow() {
            slots = new Group[slots.length * 2];
            for (Group group : groups) {
                int slot = group.hash & slots.length - 1;
                while (slots[slot] != null) {
                    slot = slot + 1 & slots.length - 1;
                }
                slots[slot] = group;
            }
        }

        List<Mapping> rows() {
            List<Mapping> rows = new ArrayList<>(groups.size());
            for (Group group : groups) {
                if (group.mappings > 0) {
                    rows.add(group.row(text));
                }
            }
            return rows;
        }
    }

    private static final class Group {
        private static final long KILOBYTE = Kilobytes.toBytes(1);

        private final int hash;
        private final int perms;
        private final int nameFrom;
        private final int nameTo;
        private final long[] kilobytes = new long[KEYS.size()];
        private int seen = Groups.ALL_SEEN;
        private long mappings;

        Group(int hash, int perms, int nameFrom, int nameTo) {
            this.hash = hash;
            this.perms = perms;
            this.nameFrom = nameFrom;
            this.nameTo = nameTo;
        }

        void add(long[] one, int seenInOne) {
            mappings++;
            seen &= seenInOne;
            for (int i = 0; i < kilobytes.length; i++) {
                if ((seen & 1 << i) != 0) {
                    long sum = kilobytes[i] + one[i];
                    // Below 2^53 kB the bytes fit; what is above was never a sum of mappings.
                    if (sum >>> 52 != 0) {
                        seen &= ~(1 << i);
                    } else {
                        kilobytes[i] = sum;
                    }
                }
            }
        }

        Mapping row(byte[] text) {
            String name = nameFrom == nameTo
                    ? ANONYMOUS
                    : new String(text, nameFrom, nameTo - nameFrom, StandardCharsets.UTF_8);
            return new Mapping(
                    name,
                    new String(text, perms, 4, StandardCharsets.US_ASCII),
                    mappings,
                    bytes(0),
                    bytes(1),
                    bytes(2),
                    bytes(3),
                    bytes(4),
                    bytes(5),
                    bytes(6),
                    bytes(7),
                    bytes(8),
                    bytes(9),
                    bytes(10));
        }

        private Long bytes(int key) {
            return (seen & 1 << key) == 0 ? null : kilobytes[key] * KILOBYTE;
        }
    }
}
