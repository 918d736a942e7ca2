package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;
import org.postmem.units.PageSize;

// Node 0, zone   Normal
//   pages free     1008188
//         min      12276
//   pagesets
//     cpu: 0
//               count:    9744

/**
 * A zone of {@code /proc/zoneinfo}, pages there; {@code null} where this kernel has no such line.
 *
 * @param pcpBytes the sum of the per-cpu pagesets' {@code count}: free pages that MemFree does not show
 * @param protection bytes a request that could use a higher zone must leave free here, by that zone
 */
public record Zone(
        int node,
        String zone,
        Long freeBytes,
        Long minBytes,
        Long lowBytes,
        Long highBytes,
        Long spannedBytes,
        Long presentBytes,
        Long managedBytes,
        Long pcpBytes,
        List<Long> protection) {

    private static final Keys KEYS = new Keys("free", "min", "low", "high", "spanned", "present", "managed");
    private static final int FREE = 0;
    private static final int PCP = 7;

    public Zone {
        protection = List.copyOf(protection);
    }

    public static Parsed<List<Zone>> parse(byte[] text, PageSize page) {
        Lines lines = Lines.of(text);
        List<Zone> rows = new ArrayList<>(8);
        Open open = null;
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            if (lines.lineStartsWith("Node ")) {
                close(open, rows);
                ZoneLine zone = ZoneLine.read(lines);
                open = zone == null ? null : new Open(zone);
                continue;
            }
            if (open == null) {
                // Below a heading that could not be read (that is an issue already), or before the first.
                if (rows.isEmpty() && lines.issues().isEmpty()) {
                    lines.issue("stands before the first zone");
                }
                continue;
            }
            open.line(lines, page);
        }
        close(open, rows);
        return lines.parsedRows(rows);
    }

    private static void close(Open open, List<Zone> rows) {
        if (open != null) {
            rows.add(open.row());
        }
    }

    /** The zone whose lines are being read. */
    private static final class Open {
        private final ZoneLine name;
        private final Long[] bytes = new Long[PCP + 1];
        private final List<Long> protection = new ArrayList<>(5);
        private boolean pagesets;
        private boolean pagesetBroken;

        Open(ZoneLine name) {
            this.name = name;
        }

        void line(Lines lines, PageSize page) {
            lines.field();
            if (lines.fieldIs("pages")) {
                lines.field();
                if (lines.fieldIs("free")) {
                    bytes[FREE] = Lines.orNull(lines.pages("the free pages", page));
                }
            } else if (lines.fieldIs("pagesets")) {
                pagesets = true;
            } else if (lines.fieldIs("protection:")) {
                protection(lines, page);
            } else if (pagesets) {
                // "high:" of a pageset has a colon, "high" of the zone has none; up to 2.6.18 a CPU had two lists.
                if (lines.fieldIs("count:")) {
                    add(lines.pages("the count of a pageset", page));
                }
            } else {
                int key = KEYS.find(lines.text, lines.fieldStart, lines.fieldEnd);
                if (key > FREE && bytes[key] == null) {
                    bytes[key] = Lines.orNull(lines.pages("the pages", page));
                }
            }
        }

        private void add(long count) {
            if (count == Lines.NONE) {
                // A sum without one of its parts would be too small, and look right.
                pagesetBroken = true;
            } else {
                bytes[PCP] = bytes[PCP] == null ? count : bytes[PCP] + count;
            }
        }

        private void protection(Lines lines, PageSize page) {
            while (lines.field()) {
                int from = lines.fieldStart;
                int to = lines.fieldEnd;
                if (lines.text[from] == '(') {
                    from++;
                }
                if (from < to && (lines.text[to - 1] == ',' || lines.text[to - 1] == ')')) {
                    to--;
                }
                long pages = Lines.decimal(lines.text, from, to);
                if (pages < 0 || pages > Long.MAX_VALUE / page.bytes()) {
                    lines.issueAt(from, "the protection is not a number of pages");
                    protection.clear();
                    return;
                }
                protection.add(page.toBytes(pages));
            }
        }

        Zone row() {
            return new Zone(
                    name.node(),
                    name.zone(),
                    bytes[FREE],
                    bytes[1],
                    bytes[2],
                    bytes[3],
                    bytes[4],
                    bytes[5],
                    bytes[6],
                    pagesetBroken ? null : bytes[PCP],
                    protection);
        }
    }
}
