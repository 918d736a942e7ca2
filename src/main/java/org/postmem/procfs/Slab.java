package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;
import org.postmem.units.PageSize;

// dentry            210000 210000    192   21    1 : tunables    0    0    0 : slabdata  10000  10000      0

/**
 * A line of {@code /proc/slabinfo} 2.1 or 2.0 (slabinfo(5), root only); {@code null} where a field could not be read.
 *
 * @param bytes {@code slabs × pages_per_slab × page size}
 */
public record Slab(
        String cache, Long activeObjects, Long objects, Long objectBytes, Long slabs, Long pagesPerSlab, Long bytes) {

    public static Parsed<List<Slab>> parse(byte[] text, PageSize page) {
        Lines lines = Lines.of(text);
        List<Slab> rows = new ArrayList<>(256);
        while (lines.next()) {
            if (lines.isBlank() || lines.text[lines.start] == '#') {
                continue;
            }
            if (lines.lineStartsWith("slabinfo - version:")) {
                version(lines);
                continue;
            }
            Slab row = row(lines, page);
            if (row != null) {
                rows.add(row);
            }
        }
        return lines.parsedRows(rows);
    }

    private static void version(Lines lines) {
        lines.skip(4);
        // "2.1 (statistics)" where the kernel was built with CONFIG_DEBUG_SLAB: more columns at the end, behind colons.
        if (!lines.fieldIs("2.1") && !lines.fieldIs("2.0")) {
            lines.issueAt(lines.fieldStart, "a version of slabinfo that is neither 2.0 nor 2.1");
        }
    }

    private static Slab row(Lines lines, PageSize page) {
        int nameEnd = usualName(lines);
        if (nameEnd < 0) {
            nameEnd = nameBeforeColon(lines);
        }
        if (nameEnd < 0) {
            lines.issue("not a name and five numbers before a colon");
            return null;
        }
        String cache = lines.string(lines.start, nameEnd);
        lines.moveTo(nameEnd);
        Long active = Lines.orNull(lines.count("active_objs"));
        Long objects = Lines.orNull(lines.count("num_objs"));
        Long objectBytes = Lines.orNull(lines.count("objsize"));
        lines.count("objperslab");
        Long pagesPerSlab = Lines.orNull(lines.count("pagesperslab"));
        Long slabs = null;
        boolean found = false;
        while (lines.field()) {
            if (lines.fieldIs("slabdata")) {
                found = true;
                lines.count("active_slabs");
                slabs = Lines.orNull(lines.count("num_slabs"));
                break;
            }
        }
        if (!found) {
            lines.issueAt(lines.end, "there is no slabdata");
        }
        return new Slab(
                cache, active, objects, objectBytes, slabs, pagesPerSlab, bytes(lines, slabs, pagesPerSlab, page));
    }

    /** End of a name without blanks before five numbers and a colon: nearly every line; -1 for another. */
    private static int usualName(Lines lines) {
        byte[] text = lines.text;
        int i = lines.start;
        while (i < lines.end && text[i] > ' ') {
            i++;
        }
        int nameEnd = i;
        for (int numbers = 0; numbers < 5; numbers++) {
            int begin = pastBlanks(lines, i);
            int end = begin;
            while (end < lines.end && text[end] >= '0' && text[end] <= '9') {
                end++;
            }
            if (begin == i || end == begin) {
                return -1;
            }
            i = end;
        }
        int colon = pastBlanks(lines, i);
        return nameEnd > lines.start && colon > i && colon < lines.end && text[colon] == ':' ? nameEnd : -1;
    }

    private static int pastBlanks(Lines lines, int from) {
        int i = from;
        while (i < lines.end && lines.text[i] == ' ') {
            i++;
        }
        return i;
    }

    /** A name of an old kernel may hold blanks ("fuse request"): five numbers are counted back from the colon. */
    private static int nameBeforeColon(Lines lines) {
        int colon = lines.start;
        while (colon < lines.end
                && !(lines.text[colon] == ':' && colon > lines.start && lines.text[colon - 1] == ' ')) {
            colon++;
        }
        int nameEnd = colon;
        for (int fields = 0; fields < 5 && nameEnd > lines.start; fields++) {
            nameEnd = beforeField(lines, nameEnd);
        }
        while (nameEnd > lines.start && lines.text[nameEnd - 1] == ' ') {
            nameEnd--;
        }
        return colon == lines.end || nameEnd <= lines.start ? -1 : nameEnd;
    }

    private static int beforeField(Lines lines, int end) {
        int i = end;
        while (i > lines.start && lines.text[i - 1] == ' ') {
            i--;
        }
        while (i > lines.start && lines.text[i - 1] != ' ') {
            i--;
        }
        return i;
    }

    private static Long bytes(Lines lines, Long slabs, Long pagesPerSlab, PageSize page) {
        if (slabs == null || pagesPerSlab == null) {
            return null;
        }
        try {
            return page.toBytes(Math.multiplyExact(slabs, pagesPerSlab));
        } catch (ArithmeticException e) {
            lines.issue("the slabs do not fit into 63 bits as bytes");
            return null;
        }
    }
}
