package org.postmem.procfs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postmem.units.PageSize;

// 0x0000000005aaad6c-0x00000000387b1405    8192 bpf_prog_alloc_no_stats+0x39/0x230 pages=1 vmalloc N0=1

/**
 * {@code /proc/vmallocinfo} (root only) summed by caller, in the order the callers first appear. A sum is {@code null}
 * when a part of it could not be read.
 *
 * @param caller function without offset; a bare address when its module is gone; {@code unpurged} for areas freed but
 *     not yet given back, {@code (unknown)} where the kernel names none
 * @param module in square brackets there; {@code null} for the kernel itself
 * @param areas lines
 * @param areaBytes address space, guard page included
 * @param bytes {@code pages=} × page size: memory really taken; 0 for ioremap and vmap
 */
public record VmallocCaller(String caller, String module, long areas, Long areaBytes, Long bytes) {

    static final String UNKNOWN = "(unknown)";
    static final String UNPURGED = "unpurged";

    private record Site(String caller, String module) {}

    private static final class Sum {
        long areas;
        long areaBytes;
        long bytes;
        boolean areaBroken;
        boolean bytesBroken;
    }

    public static Parsed<List<VmallocCaller>> parse(byte[] text, PageSize page) {
        Lines lines = Lines.of(text);
        Map<Site, Sum> sums = new LinkedHashMap<>();
        while (lines.next()) {
            if (!lines.isBlank()) {
                area(lines, sums, page);
            }
        }
        List<VmallocCaller> rows = new ArrayList<>(sums.size());
        sums.forEach((site, sum) -> rows.add(new VmallocCaller(
                site.caller(),
                site.module(),
                sum.areas,
                sum.areaBroken ? null : sum.areaBytes,
                sum.bytesBroken ? null : sum.bytes)));
        return lines.parsedRows(rows);
    }

    private static void area(Lines lines, Map<Site, Sum> sums, PageSize page) {
        if (!lines.lineStartsWith("0x") || !lines.field()) {
            lines.issue("does not start with the addresses of an area");
            return;
        }
        long size = lines.count("the size");
        String caller = UNKNOWN;
        String module = null;
        boolean first = true;
        long pages = 0;
        while (lines.field()) {
            int from = lines.fieldStart;
            int to = lines.fieldEnd;
            if (lines.startsWith(from, to, "pages=")) {
                pages = Lines.decimal(lines.text, from + 6, to);
                if (pages < 0 || pages > Long.MAX_VALUE / page.bytes()) {
                    lines.issueAt(from, "pages= is not a number of pages");
                    pages = Lines.NONE;
                }
            } else if (lines.text[from] == '[') {
                module = lines.string(from + 1, lines.text[to - 1] == ']' ? to - 1 : to);
            } else if (first && (lines.fieldIs("unpurged") || lines.fieldIs("vm_map_ram"))) {
                caller = lines.string();
            } else if (first && !isFlag(lines)) {
                caller = function(lines, from, to);
            }
            first = false;
        }
        Sum sum = sums.computeIfAbsent(new Site(caller, module), site -> new Sum());
        sum.areas++;
        add(sum, size, pages == Lines.NONE ? Lines.NONE : page.toBytes(pages));
    }

    /** Words that follow the caller; a line of an area without a caller begins with one of them. */
    private static boolean isFlag(Lines lines) {
        return lines.fieldIs("vmalloc")
                || lines.fieldIs("vmap")
                || lines.fieldIs("ioremap")
                || lines.fieldIs("user")
                || lines.fieldIs("vpages")
                || lines.startsWith(lines.fieldStart, lines.fieldEnd, "phys=");
    }

    private static String function(Lines lines, int from, int to) {
        int plus = from;
        while (plus < to && lines.text[plus] != '+') {
            plus++;
        }
        return lines.string(from, plus == from ? to : plus);
    }

    private static void add(Sum sum, long areaBytes, long bytes) {
        if (areaBytes == Lines.NONE || sum.areaBytes + areaBytes < 0) {
            sum.areaBroken = true;
        } else {
            sum.areaBytes += areaBytes;
        }
        if (bytes == Lines.NONE || sum.bytes + bytes < 0) {
            sum.bytesBroken = true;
        } else {
            sum.bytes += bytes;
        }
    }

    // 655360 819200 40 kernel_clone

    /** The archive's {@code vmallocinfo.by_caller}: {@code bytes area_bytes areas caller [module]} a line. */
    public static Parsed<List<VmallocCaller>> parseByCaller(byte[] text) {
        Lines lines = Lines.of(text);
        List<VmallocCaller> rows = new ArrayList<>();
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            Long bytes = Lines.orNull(lines.count("the bytes"));
            Long areaBytes = Lines.orNull(lines.count("the bytes of address space"));
            long areas = lines.count("the number of areas");
            if (areas == Lines.NONE) {
                continue;
            }
            if (!lines.field()) {
                lines.issueAt(lines.end, "the caller is missing");
                continue;
            }
            String caller = function(lines, lines.fieldStart, lines.fieldEnd);
            String module = null;
            if (lines.field()) {
                int from = lines.fieldStart;
                int to = lines.fieldEnd;
                boolean brackets = lines.text[from] == '[' && lines.text[to - 1] == ']';
                module = brackets ? lines.string(from + 1, to - 1) : lines.string();
            }
            rows.add(new VmallocCaller(caller, module, areas, areaBytes, bytes));
        }
        return lines.parsedRows(rows);
    }
}
