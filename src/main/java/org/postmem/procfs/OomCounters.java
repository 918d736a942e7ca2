package org.postmem.procfs;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.OomReport.OomMemory;
import org.postmem.units.PageSize;

// active_anon:98607 inactive_anon:1013 isolated_anon:0
//  slab_reclaimable:1384 slab_unreclaimable:3530
// anon 133402624

/**
 * What filled the memory when the OOM killer came: the counters below {@code Mem-Info:}, in pages, or those of the limited
 * cgroup, in bytes. The size of a page may be told only after them, so pages stay pages until the report is complete.
 */
final class OomCounters {
    /** {@code active_anon:611} of the host is pages, {@code active_anon:8KB} of version 1 and {@code active_anon 8192}. */
    private static final Pattern COUNTER = Pattern.compile(
            "(?<![a-z_])(active_anon|inactive_anon|active_file|inactive_file|shmem|slab_reclaimable|slab_unreclaimable"
                    + "|pagetables|free)(:| )(\\d{1,18})(KB)?(?= |$)");

    private final Map<String, Long> pages = new HashMap<>();
    private final Map<String, Long> bytes = new HashMap<>();
    private Unit unit = Unit.NONE;

    /** What the counters that come next are counted in; of none of them is anything known. */
    enum Unit {
        NONE,
        PAGES,
        BYTES
    }

    void next(Unit unitOfNext) {
        unit = unitOfNext;
    }

    /** Counters stand several on a line before 5.3 and on the host, else one a line; the first of a name counts. */
    void read(String text) {
        if (unit == Unit.NONE) {
            return;
        }
        Matcher counter = COUNTER.matcher(text);
        while (counter.find()) {
            boolean isPages = counter.group(2).equals(":") && counter.group(4) == null;
            if (isPages != (unit == Unit.PAGES)) {
                continue;
            }
            String name = counter.group(1);
            String digits = counter.group(3);
            if (pages.containsKey(name) || bytes.containsKey(name)) {
                continue;
            }
            if (isPages) {
                pages.put(name, OomField.pages(digits));
            } else {
                bytes.put(name, counter.group(4) == null ? Long.valueOf(digits) : OomField.kilobytes(digits));
            }
        }
    }

    OomMemory memory(PageSize page) {
        return new OomMemory(
                sum(page, "active_anon", "inactive_anon"),
                sum(page, "active_file", "inactive_file"),
                value(page, "shmem"),
                value(page, "slab_reclaimable"),
                value(page, "slab_unreclaimable"),
                value(page, "pagetables"),
                value(page, "free"));
    }

    private Long value(PageSize page, String name) {
        return bytes.containsKey(name) ? bytes.get(name) : OomField.bytes(pages.get(name), page);
    }

    private Long sum(PageSize page, String one, String other) {
        Long a = value(page, one);
        Long b = value(page, other);
        return a == null || b == null || a > Long.MAX_VALUE - b ? null : (Long) (a + b);
    }
}
