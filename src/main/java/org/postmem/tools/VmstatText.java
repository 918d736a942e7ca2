package org.postmem.tools;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.VmStat;
import org.postmem.units.ZoneNames;

//  r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
//  1  0      0 20421680  36952 3883692    0    0  1770  3285  373  824 18 21 61  0  0

/**
 * What {@code vmstat} prints, with {@code -w} and {@code -t}; and {@code vmstat -s}. Its cache is Cached and
 * SReclaimable together, so it is left out. The unit may have been chosen with {@code -S} and is not printed: KiB is
 * taken where it gives a host of a likely size and {@linkplain WholePages whole pages}, else nothing is. That of procps 4.0.2 (Debian 12) prints the memory of
 * its first row in all of them: where no row says anything else, that is no memory that stood still.
 */
public final class VmstatText {
    private static final long KILOBYTE = 1024;
    private static final long LEAST_BYTES = 100L << 20;
    private static final List<String> AMOUNTS = List.of("swpd", "free", "buff", "cache", "inact", "active");
    /** A host may stand still to the kB for a few rows, not for all of so many. */
    private static final int ROWS_THAT_DIFFER = 10;

    private VmstatText() {}

    /** Reads a text: one reading a row that has a time, else one a heading, of its last row. */
    public static Parsed<ToolText> parse(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        List<Reading.Draft> drafts = new ArrayList<>();
        List<String> header = List.of();
        boolean first = true;
        Set<List<Long>> memories = new HashSet<>();
        WholePages amounts = new WholePages();
        int rows = 0;
        while (lines.next()) {
            List<String> words = ColumnHeader.words(lines.line(), 0);
            if (isHeading(words)) {
                first = !words.equals(header);
                header = words;
                continue;
            }
            if (header.isEmpty() || words.size() < header.size() || Amount.whole(words.get(0)) == null) {
                continue;
            }
            Reading.Draft draft = row(header, words, first);
            // The first row tells of the time since the boot: its rates are none of now.
            first = false;
            rows++;
            memories.add(memory(header, words));
            for (String column : AMOUNTS) {
                int place = header.indexOf(column);
                amounts.add(place < 0 ? null : Amount.whole(words.get(place)));
            }
            if (draft == null) {
                lines.issue("so little memory in KiB that the unit is in doubt; the row was not read");
            } else if (!draft.stamp.dated()
                    && !drafts.isEmpty()
                    && !drafts.get(drafts.size() - 1).stamp.dated()) {
                drafts.set(drafts.size() - 1, draft);
            } else {
                drafts.add(draft);
            }
        }
        if (!drafts.isEmpty() && !amounts.inKilobytes()) {
            drafts.clear();
            lines.issueOfText(
                    "free, buff and cache are no whole pages as KiB, so vmstat -S chose a unit, which it does not"
                            + " print; they were not read: take vmstat without -S");
        }
        if (rows >= ROWS_THAT_DIFFER && memories.size() == 1) {
            drafts.forEach(draft -> draft.memory.clear());
            lines.issueOfText("free, buff and cache are the same in all " + rows
                    + " rows, as vmstat of procps 4.0.2 (Debian 12) prints them whatever the host does; they were not"
                    + " read: take free, sar -r or /proc/meminfo");
        }
        return lines.parsed(ToolText.of(drafts));
    }

    private static List<Long> memory(List<String> header, List<String> words) {
        return Stream.of("free", "buff", "cache", "inact", "active")
                .map(column -> value(header, words, column))
                .toList();
    }

    /** Reads the totals of {@code vmstat -s}. */
    public static Parsed<ToolText> parseTotals(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        Reading.Draft draft = new Reading.Draft(Stamp.NONE);
        while (lines.next()) {
            String line = lines.line().strip();
            int blank = line.indexOf(' ');
            Long value = blank < 0 ? null : Amount.whole(line.substring(0, blank));
            if (value == null) {
                continue;
            }
            Long bytes = Amount.bytes(line.substring(0, blank), KILOBYTE);
            switch (line.substring(blank + 1)) {
                case "K total memory" -> draft.memory("mem_total_bytes", bytes);
                case "K free memory" -> draft.memory("mem_free_bytes", bytes);
                case "K active memory" -> draft.memory("active_bytes", bytes);
                case "K inactive memory" -> draft.memory("inactive_bytes", bytes);
                case "K buffer memory" -> draft.memory("buffers_bytes", bytes);
                case "K total swap" -> draft.memory("swap_total_bytes", bytes);
                case "K free swap" -> draft.memory("swap_free_bytes", bytes);
                case "pages swapped in" -> draft.counters.add(new VmStat("pswpin", value));
                case "pages swapped out" -> draft.counters.add(new VmStat("pswpout", value));
                case "K paged in", "pages paged in" -> draft.counters.add(new VmStat("pgpgin", value));
                case "K paged out", "pages paged out" -> draft.counters.add(new VmStat("pgpgout", value));
                default -> {
                    // CPU ticks, and what is called swap cache and is Cached and SReclaimable together
                }
            }
        }
        return lines.parsed(ToolText.of(List.of(draft)));
    }

    static boolean isHeading(List<String> words) {
        return words.size() >= 10 && words.get(0).equals("r") && words.contains("swpd") && words.contains("free");
    }

    private static Reading.Draft row(List<String> header, List<String> words, boolean first) {
        Long free = value(header, words, "free");
        Long buffers = value(header, words, "buff");
        Long cache = value(header, words, "cache");
        long sum = (free == null ? 0 : free) + (buffers == null ? 0 : buffers) + (cache == null ? 0 : cache);
        if (sum < LEAST_BYTES) {
            return null;
        }
        Reading.Draft draft = new Reading.Draft(stamp(header, words));
        draft.memory("mem_free_bytes", free);
        draft.memory("buffers_bytes", buffers);
        draft.memory("inactive_bytes", value(header, words, "inact"));
        draft.memory("active_bytes", value(header, words, "active"));
        if (!first) {
            rate(header, words, "si", "swap_in_bytes", draft);
            rate(header, words, "so", "swap_out_bytes", draft);
        }
        return draft;
    }

    private static Long value(List<String> header, List<String> words, String column) {
        int place = header.indexOf(column);
        return place < 0 ? null : Amount.bytes(words.get(place), KILOBYTE);
    }

    private static void rate(List<String> header, List<String> words, String column, String name, Reading.Draft draft) {
        Long bytes = value(header, words, column);
        if (bytes != null) {
            draft.rates.add(new Rate("swap_rate", name, (double) bytes));
        }
    }

    /** With -t two more words stand behind the last column, whose heading is the zone. */
    private static Stamp stamp(List<String> header, List<String> words) {
        int size = words.size();
        if (size != header.size() + 1 || size < 2) {
            return Stamp.NONE;
        }
        try {
            LocalDateTime local = LocalDateTime.parse(words.get(size - 2) + "T" + words.get(size - 1));
            ZoneId zone = ZoneNames.of(header.get(header.size() - 1));
            return zone == null ? Stamp.of(local) : Stamp.of(local.atZone(zone).toInstant());
        } catch (DateTimeException e) {
            return Stamp.NONE;
        }
    }
}
