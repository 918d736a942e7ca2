package org.postmem.procfs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.OomReport.OomZone;
import org.postmem.units.PageSize;

// Node 0 DMA32 free:2608kB boost:0kB min:2648kB low:3308kB high:3968kB … managed:464928kB mlocked:0kB …
// lowmem_reserve[]: 0 444 444 444 444
// Node 0 DMA32: 2*4kB (UE) 1*8kB (E) 0*16kB 1*32kB (M) 2*64kB (ME) … 0*4096kB = 2608kB

/** The zones of an OOM report: free memory, watermarks, and the free blocks by their order. */
final class OomZones {
    /** {@code Node 0 DMA32 free:}, {@code DMA free:}: a kernel for one node names none. */
    private static final Pattern ZONE =
            Pattern.compile("(?:Node (\\d{1,5}) )?([A-Z][A-Za-z0-9]{1,15}) free:(\\d{1,15})kB (.*)");

    private static final Pattern RESERVE = Pattern.compile("lowmem_reserve\\[\\]:((?: \\d{1,15})+)");
    private static final Pattern FREE_LIST = Pattern.compile(
            "(?:Node (\\d{1,5}) )?([A-Z][A-Za-z0-9]{1,15}): ((?:\\d{1,15}\\*\\d{1,9}kB (?:\\([A-Z]{1,9}\\) )?)+)=.*");
    private static final Pattern BLOCKS = Pattern.compile("(\\d{1,15})\\*(\\d{1,9})kB");

    private final Map<String, OomZone> zones = new LinkedHashMap<>();
    /** By zone, of the lines that stand before the size of a page is known. */
    private final Map<String, Long> reservePages = new LinkedHashMap<>();
    /** The zone whose reserve comes next. */
    private String lastZone;

    private PageSize told;

    /** Reads the line of a zone or of its free blocks; {@code false} where it is neither. */
    boolean read(String text) {
        Matcher zone = ZONE.matcher(text);
        if (zone.matches() && text.contains(" min:")) {
            zone(zone);
            return true;
        }
        Matcher list = FREE_LIST.matcher(text);
        if (list.matches()) {
            freeBlocks(list);
            return true;
        }
        return false;
    }

    private void zone(Matcher zone) {
        String rest = " " + zone.group(4);
        lastZone = key(zone);
        zones.put(
                lastZone,
                new OomZone(
                        zone.group(1) == null ? null : Integer.valueOf(zone.group(1)),
                        zone.group(2),
                        OomField.kilobytes(zone.group(3)),
                        OomField.kilobytesBehind(rest, " min:"),
                        OomField.kilobytesBehind(rest, " low:"),
                        OomField.kilobytesBehind(rest, " high:"),
                        OomField.kilobytesBehind(rest, " managed:"),
                        null,
                        List.of()));
    }

    private void freeBlocks(Matcher list) {
        List<Long> blocks = new ArrayList<>();
        Matcher block = BLOCKS.matcher(list.group(3));
        long pageKilobytes = 0;
        while (block.find()) {
            pageKilobytes = pageKilobytes == 0 ? Long.parseLong(block.group(2)) : pageKilobytes;
            blocks.add(Long.valueOf(block.group(1)));
        }
        // The smallest block is one page, which no other line of the report tells.
        if (pageKilobytes >= 4 && pageKilobytes <= 256 && Long.bitCount(pageKilobytes) == 1) {
            told = new PageSize(pageKilobytes * 1024);
        }
        zones.computeIfPresent(key(list), (key, zone) -> zone.with(zone.reserveBytes(), blocks));
    }

    private static String key(Matcher line) {
        return (line.group(1) == null ? "" : line.group(1)) + " " + line.group(2);
    }

    /** Of the zone whose line came before. */
    void reserve(String text) {
        Matcher reserve = RESERVE.matcher(text);
        if (lastZone == null || !reserve.matches()) {
            return;
        }
        long most = 0;
        for (String value : reserve.group(1).strip().split(" ", -1)) {
            most = Math.max(most, OomField.pages(value));
        }
        reservePages.put(lastZone, most);
        lastZone = null;
    }

    /** The size of a page as the free blocks tell it; {@code null} where they do not. */
    PageSize page() {
        return told;
    }

    /** In the order of the report. */
    List<OomZone> zones(PageSize page) {
        List<OomZone> all = new ArrayList<>();
        zones.forEach(
                (key, zone) -> all.add(zone.with(OomField.bytes(reservePages.get(key), page), zone.freeBlocks())));
        return all;
    }
}
