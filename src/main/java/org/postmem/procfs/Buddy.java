package org.postmem.procfs;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// Node 0, zone    DMA32      1      1      4      2      5      4      3      3      4      2    752

/**
 * One number of {@code /proc/buddyinfo}.
 *
 * @param pageOrder the blocks counted are of {@code 2^pageOrder} pages
 */
public record Buddy(int node, String zone, int pageOrder, Long freeBlocks) {
    private static final int LONGEST_LINE = 1000;
    private static final Pattern TYPE = Pattern.compile(
            "Node\\s{1,9}(\\d{1,5}), zone\\s{1,9}(\\w{1,16}), type\\s{1,12}\\w{1,16}((?:\\s{1,12}>?\\d{1,15}){1,32})\\s*");

    public static Parsed<List<Buddy>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<Buddy> rows = new ArrayList<>(64);
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            ZoneLine zone = ZoneLine.read(lines);
            if (zone == null) {
                continue;
            }
            int order = 0;
            while (lines.field()) {
                rows.add(new Buddy(
                        zone.node(), zone.zone(), order++, Lines.orNull(lines.fieldAsNumber("a number of blocks"))));
            }
        }
        return lines.parsedRows(rows);
    }

    // Node    0, zone    DMA32, type      Movable      1      1      4      2      5      4      3      3      4      2
    //    752
    /**
     * The free blocks of {@code /proc/pagetypeinfo} (root only), its types summed, which is what buddyinfo says. A count that
     * the kernel cut ({@code >100000}) makes that sum unknown.
     */
    public static Parsed<List<Buddy>> parseTypes(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        record Place(int node, String zone, int order) {}
        Map<Place, Long> sums = new LinkedHashMap<>();
        Set<Place> unknown = new HashSet<>();
        while (lines.next()) {
            if (lines.lineStartsWith("Number of blocks type")) {
                break;
            }
            Matcher type = lines.lineStartsWith("Node ") && lines.end - lines.start < LONGEST_LINE
                    ? TYPE.matcher(lines.line())
                    : null;
            if (type == null || !type.matches()) {
                continue;
            }
            String[] counts = type.group(3).strip().split("\\s+", -1);
            for (int order = 0; order < counts.length; order++) {
                Place place = new Place(Integer.parseInt(type.group(1)), type.group(2), order);
                boolean cut = counts[order].startsWith(">");
                if (cut) {
                    unknown.add(place);
                }
                sums.merge(place, cut ? 0L : Long.parseLong(counts[order]), Long::sum);
            }
        }
        List<Buddy> rows = new ArrayList<>(sums.size());
        sums.forEach((place, blocks) -> rows.add(
                new Buddy(place.node(), place.zone(), place.order(), unknown.contains(place) ? null : blocks)));
        return lines.parsedRows(rows);
    }
}
