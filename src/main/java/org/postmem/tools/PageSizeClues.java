package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.units.PageSize;

// KernelPageSize:       64 kB
// Dentry cache hash table entries: 2097152 (order: 8, 16777216 bytes, linear)
// Node 0 DMA: 8*64kB (UME) 4*128kB (UM) 0*256kB … = 1048576kB
// dentry             10626  10647    192   21    1 : tunables    0    0    0 : slabdata    507    507      0
// 0x00000000fe3a1454-0x000000009e9400b6   20480 kernel_clone+0x94/0x3e0 pages=4 vmalloc N0=4

/**
 * What the texts of one host tell about the size of its pages. Many files count in pages and name no size, but some tell
 * one thing both in pages and in bytes: mappings, the hash tables of a boot log, the blocks in a report of the OOM killer,
 * areas of vmalloc, objects that fill a slab. Failing these, what meminfo has in kB and zoneinfo or vmstat in pages.
 */
public final class PageSizeClues {
    /** Those of Linux on servers. They are a factor of four apart, so that a clue need not be exact. */
    private static final long[] SIZES = {4 << 10, 16 << 10, 64 << 10};

    private static final Pattern KERNEL_PAGE = Pattern.compile("KernelPageSize:\\s{1,20}(\\d{1,9}) kB\\s*");
    private static final Pattern HASH_TABLE =
            Pattern.compile("hash table entries: \\d{1,12} \\(order: (\\d{1,2}), (\\d{1,15}) bytes");
    private static final Pattern BLOCKS =
            Pattern.compile("(?:Node \\d{1,4} )?\\b[A-Z]\\w{2,10}: \\d{1,12}\\*(\\d{1,4})kB .*= \\d{1,15}kB");
    private static final Pattern SLAB = Pattern.compile(
            "\\S.{0,80}? +\\d{1,12} +\\d{1,12} +(\\d{1,9}) +(\\d{1,6}) +(\\d{1,5}) : tunables .*: slabdata .*");
    private static final Pattern AREA =
            Pattern.compile("0x[0-9a-f]{8,16}-0x[0-9a-f]{8,16} +(\\d{1,15}) .*\\bpages=(\\d{1,12})\\b.*");
    private static final Pattern KILOBYTES = Pattern.compile("([A-Z][A-Za-z()]{1,20}):\\s{1,30}(\\d{1,15}) kB\\s*");
    private static final Pattern COUNTER = Pattern.compile("(nr_[a-z_]{2,30}) (\\d{1,15})\\s*");
    private static final Pattern MANAGED = Pattern.compile("\\s{1,12}managed\\s{1,12}(\\d{1,15})\\s*");
    /** Objects of a slab leave less than a page and less than one object free; a few caches keep more there. */
    private static final double MOST_ROWS = 0.9;

    private static final int LEAST_ROWS = 8;
    private static final int LONGEST_LINE = 1000;
    /** Of MemTotal and the managed pages, which are one number of the kernel. */
    private static final double SAME_NUMBER = 0.03;
    /** Of two files that were read one after the other. */
    private static final double NEARLY = 0.25;

    private static final long LEAST_PAGES = 1000;
    private static final int LEAST_COUNTERS = 3;

    /** By the line of meminfo. */
    private static final Map<String, String> COUNTERS = Map.ofEntries(
            Map.entry("MemFree", "nr_free_pages"),
            Map.entry("AnonPages", "nr_anon_pages"),
            Map.entry("Mapped", "nr_mapped"),
            Map.entry("Shmem", "nr_shmem"),
            Map.entry("PageTables", "nr_page_table_pages"),
            Map.entry("Active(anon)", "nr_active_anon"),
            Map.entry("Inactive(anon)", "nr_inactive_anon"),
            Map.entry("Active(file)", "nr_active_file"),
            Map.entry("Inactive(file)", "nr_inactive_file"),
            Map.entry("SReclaimable", "nr_slab_reclaimable"),
            Map.entry("SUnreclaim", "nr_slab_unreclaimable"));

    private final Set<Long> told = new TreeSet<>();
    private final Map<String, Long> kilobytes = new HashMap<>();
    private final Map<String, Long> pages = new HashMap<>();
    private long mappedAtLeast = Long.MAX_VALUE;
    private Long managedPages;

    /** What one text says. */
    private static final class Votes {
        private final int[] of = new int[SIZES.length];
        private int all;

        /** Of a size between these bounds, if one of the sizes lies there. */
        void between(double least, double below) {
            all++;
            for (int i = 0; i < SIZES.length; i++) {
                of[i] += SIZES[i] >= least && SIZES[i] < below ? 1 : 0;
            }
        }

        Long most() {
            for (int i = 0; i < SIZES.length; i++) {
                if (all >= LEAST_ROWS && of[i] >= MOST_ROWS * all) {
                    return SIZES[i];
                }
            }
            return null;
        }
    }

    /**
     * Adds a text.
     *
     * @param head the first {@value EvidenceKind#HEAD_BYTES} bytes of the file, or all there are
     */
    public void add(EvidenceKind kind, byte[] head) {
        switch (kind) {
            case HOST_FILE, HOST_FILES, FRAMES, KERNEL_LOG, KERNEL_RECORDS ->
                add(new String(head, StandardCharsets.UTF_8), head.length < EvidenceKind.HEAD_BYTES);
            default -> {
                // no other tool prints such lines
            }
        }
    }

    private void add(String text, boolean whole) {
        Votes slabs = new Votes();
        Votes areas = new Votes();
        long managed = 0;
        boolean zones = false;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            if (line.isEmpty() || line.length() > LONGEST_LINE) {
                continue;
            }
            char first = line.charAt(0);
            Matcher pagesOfZone = zones && first == ' ' ? MANAGED.matcher(line) : null;
            if (line.startsWith("Node ") && line.contains(", zone ")) {
                zones = true;
            } else if (pagesOfZone != null && pagesOfZone.matches()) {
                managed += Long.parseLong(pagesOfZone.group(1));
            } else if (zones && first != ' ') {
                zones = false;
                managed(managed);
                managed = 0;
            }
            line(line, first, slabs, areas);
        }
        // the zones of a text that was cut come to less than there is
        if (zones && whole) {
            managed(managed);
        }
        tell(slabs.most());
        tell(areas.most());
    }

    private void managed(long sum) {
        managedPages = managedPages == null && sum > 0 ? Long.valueOf(sum) : managedPages;
    }

    private void line(String line, char first, Votes slabs, Votes areas) {
        if (first == 'K' && line.startsWith("KernelPageSize:")) {
            Matcher mapping = KERNEL_PAGE.matcher(line);
            if (mapping.matches()) {
                mappedAtLeast = Math.min(mappedAtLeast, Long.parseLong(mapping.group(1)) << 10);
            }
        } else if (line.contains(" : tunables ")) {
            Matcher slab = SLAB.matcher(line);
            if (slab.matches()) {
                long objects = Long.parseLong(slab.group(2));
                double perPage = (double) Long.parseLong(slab.group(1)) / Long.parseLong(slab.group(3));
                // so many objects fit and, but for what was aligned away, no more
                slabs.between(objects * perPage, SIZES[1] / SIZES[0] * objects * perPage);
            }
        } else if (line.contains(" pages=")) {
            Matcher area = AREA.matcher(line);
            if (area.matches() && !area.group(2).equals("0")) {
                // with a guard page, mostly
                double size = (double) Long.parseLong(area.group(1)) / Long.parseLong(area.group(2));
                areas.between(size / 2, size + 1);
            }
        } else if (line.contains(" hash table entries: ")) {
            Matcher table = HASH_TABLE.matcher(line);
            if (table.find()) {
                tellIfSize(Long.parseLong(table.group(2)) >> Math.min(62, Long.parseLong(table.group(1))), table);
            }
        } else if (line.endsWith("kB") && line.contains("Node ")) {
            Matcher blocks = BLOCKS.matcher(line);
            if (blocks.find()) {
                tell(size(Long.parseLong(blocks.group(1)) << 10));
            }
        } else if (first == 'n' && line.startsWith("nr_")) {
            Matcher counter = COUNTER.matcher(line);
            if (counter.matches()) {
                pages.putIfAbsent(counter.group(1), Long.valueOf(counter.group(2)));
            }
        } else if (line.endsWith(" kB") && first >= 'A' && first <= 'Z') {
            Matcher amount = KILOBYTES.matcher(line);
            if (amount.matches()
                    && (COUNTERS.containsKey(amount.group(1)) || amount.group(1).equals("MemTotal"))) {
                kilobytes.putIfAbsent(amount.group(1), Long.valueOf(amount.group(2)));
            }
        }
    }

    /** A table of less than a page has order 0 and tells nothing. */
    private void tellIfSize(long bytes, Matcher table) {
        if (!table.group(1).equals("0")) {
            tell(size(bytes));
        }
    }

    private void tell(Long bytes) {
        if (bytes != null) {
            told.add(bytes);
        }
    }

    private static Long size(long bytes) {
        for (long size : SIZES) {
            if (size == bytes) {
                return size;
            }
        }
        return null;
    }

    /** Do the texts tell nothing at all? */
    public boolean isEmpty() {
        return told.isEmpty()
                && kilobytes.isEmpty()
                && pages.isEmpty()
                && managedPages == null
                && mappedAtLeast == Long.MAX_VALUE;
    }

    /** Adds what other texts of the same host told; of amounts and counts the first stay. */
    public void add(PageSizeClues others) {
        told.addAll(others.told);
        others.kilobytes.forEach(kilobytes::putIfAbsent);
        others.pages.forEach(pages::putIfAbsent);
        managedPages = managedPages == null ? others.managedPages : managedPages;
        mappedAtLeast = Math.min(mappedAtLeast, others.mappedAtLeast);
    }

    /** The size that the texts agree on; {@code null} where none tells it, or they contradict each other. */
    public PageSize size() {
        Set<Long> sizes = new TreeSet<>(told);
        // larger pages are mapped, too, and mostly by few
        Long mapped = size(mappedAtLeast);
        if (mapped != null) {
            sizes.add(mapped);
        }
        if (sizes.isEmpty()) {
            Long compared = managedPages == null || !kilobytes.containsKey("MemTotal")
                    ? null
                    : near(kilobytes.get("MemTotal"), managedPages, SAME_NUMBER);
            compared = compared == null ? ofCounters() : compared;
            return compared == null ? null : new PageSize(compared);
        }
        return sizes.size() == 1 ? new PageSize(sizes.iterator().next()) : null;
    }

    /** What most counters of vmstat come to beside the lines of meminfo. */
    private Long ofCounters() {
        Map<Long, Integer> votes = new HashMap<>();
        int compared = 0;
        for (Map.Entry<String, String> pair : COUNTERS.entrySet()) {
            Long bytes = kilobytes.get(pair.getKey());
            Long counted = pages.get(pair.getValue());
            if (bytes != null && counted != null && counted >= LEAST_PAGES) {
                compared++;
                Long size = near(bytes, counted, NEARLY);
                if (size != null) {
                    votes.merge(size, 1, Integer::sum);
                }
            }
        }
        for (Map.Entry<Long, Integer> vote : votes.entrySet()) {
            if (vote.getValue() >= LEAST_COUNTERS && 3 * vote.getValue() >= 2 * compared) {
                return vote.getKey();
            }
        }
        return null;
    }

    private static Long near(long kilobytes, long pages, double most) {
        for (long size : SIZES) {
            double ratio = kilobytes * 1024.0 / pages / size;
            if (Math.abs(ratio - 1) <= most) {
                return size;
            }
        }
        return null;
    }
}
