package org.postmem.tools;

import java.util.ArrayList;
import java.util.List;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.Slab;

//   OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME
// 421941 417703  98%    0.10K  10819       39     43276K buffer_head

/**
 * What {@code slabtop -o} prints; and {@code vmstat -m}, which tells objects but neither slabs nor pages. The size of an
 * object is rounded to hundredths of a KiB there and left out; the bytes of a cache are exact.
 */
public final class SlabtopText {
    private static final List<String> HEADING =
            List.of("OBJS", "ACTIVE", "USE", "OBJ", "SIZE", "SLABS", "OBJ/SLAB", "CACHE", "SIZE", "NAME");
    private static final List<String> VMSTAT_HEADING = List.of("Cache", "Num", "Total", "Size", "Pages");
    private static final long KILOBYTE = 1024;

    private SlabtopText() {}

    public static Parsed<ToolText> parse(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        List<Reading.Draft> drafts = new ArrayList<>();
        while (lines.next()) {
            List<String> words = ColumnHeader.words(lines.line(), 0);
            if (words.equals(HEADING)) {
                drafts.add(new Reading.Draft(Stamp.NONE));
            } else if (!drafts.isEmpty() && words.size() >= 8 && Amount.whole(words.get(0)) != null) {
                drafts.get(drafts.size() - 1)
                        .slabs
                        .add(new Slab(
                                String.join(" ", words.subList(7, words.size())),
                                Amount.whole(words.get(1)),
                                Amount.whole(words.get(0)),
                                null,
                                Amount.whole(words.get(4)),
                                null,
                                Amount.bytes(words.get(6), KILOBYTE)));
            } else if (!drafts.isEmpty() && !words.isEmpty() && !lines.line().startsWith(" ")) {
                lines.issue("not the fields that the heading has");
            }
        }
        return lines.parsed(ToolText.of(drafts));
    }

    /** Reads {@code vmstat -m}. */
    public static Parsed<ToolText> parseVmstat(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        List<Reading.Draft> drafts = new ArrayList<>();
        while (lines.next()) {
            List<String> words = ColumnHeader.words(lines.line(), 0);
            if (words.equals(VMSTAT_HEADING)) {
                if (drafts.isEmpty()) {
                    drafts.add(new Reading.Draft(Stamp.NONE));
                }
            } else if (!drafts.isEmpty() && words.size() >= 5) {
                int numbers = words.size() - 4;
                drafts.get(0)
                        .slabs
                        .add(new Slab(
                                String.join(" ", words.subList(0, numbers)),
                                Amount.whole(words.get(numbers)),
                                Amount.whole(words.get(numbers + 1)),
                                Amount.whole(words.get(numbers + 2)),
                                null,
                                null,
                                null));
            }
        }
        return lines.parsed(ToolText.of(drafts));
    }

    static boolean isHeading(List<String> words) {
        return words.equals(HEADING);
    }

    static boolean isVmstatHeading(List<String> words) {
        return words.equals(VMSTAT_HEADING);
    }
}
