package org.postmem.tools;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postmem.procfs.Pressure;

/**
 * What the columns of sar and sadf mean, by name. {@code kbmemused} has had three meanings (total less free; less cache
 * and slab as well; total less available), so it is no column here: it only serves to find MemTotal, which sar does not
 * print. The right formula is the one that gives the same sum in every row.
 */
final class SarColumns {
    private static final Map<String, String> MEMORY = Map.ofEntries(
            Map.entry("kbmemfree", "mem_free_bytes"),
            Map.entry("kbavail", "mem_available_bytes"),
            Map.entry("kbbuffers", "buffers_bytes"),
            Map.entry("kbcached", "cached_bytes"),
            Map.entry("kbcommit", "committed_as_bytes"),
            Map.entry("kbactive", "active_bytes"),
            Map.entry("kbinact", "inactive_bytes"),
            Map.entry("kbdirty", "dirty_bytes"),
            Map.entry("kbshmem", "shmem_bytes"),
            Map.entry("kbanonpg", "anon_pages_bytes"),
            Map.entry("kbslab", "slab_bytes"),
            Map.entry("kbkstack", "kernel_stack_bytes"),
            Map.entry("kbpgtbl", "page_tables_bytes"),
            Map.entry("kbvmused", "vmalloc_used_bytes"),
            Map.entry("kbswpfree", "swap_free_bytes"),
            Map.entry("kbswpcad", "swap_cached_bytes"));

    private static final Map<String, String> PAGING = Map.ofEntries(
            Map.entry("pgpgin/s", "pgpgin"),
            Map.entry("pgpgout/s", "pgpgout"),
            Map.entry("fault/s", "pgfault"),
            Map.entry("majflt/s", "pgmajfault"),
            Map.entry("pgfree/s", "pgfree"),
            Map.entry("pgscank/s", "pgscan_kswapd"),
            Map.entry("pgscand/s", "pgscan_direct"),
            Map.entry("pgsteal/s", "pgsteal"));

    private static final Map<String, String> SWAPPING = Map.of("pswpin/s", "pswpin", "pswpout/s", "pswpout");

    private static final Map<String, String> TABLES =
            Map.of("dentunusd", "dentry_unused", "file-nr", "file_used", "inode-nr", "inode_used", "pty-nr", "pty_nr");

    private static final Map<String, String> QUEUE = Map.of(
            "runq-sz", "nr_running",
            "plist-sz", "nr_threads",
            "ldavg-1", "load_avg_1",
            "ldavg-5", "load_avg_5",
            "ldavg-15", "load_avg_15",
            "blocked", "procs_blocked");

    private static final Map<String, String> HUGE =
            Map.of("kbhugfree", "HugePages_Free", "kbhugrsvd", "HugePages_Rsvd", "kbhugsurp", "HugePages_Surp");

    /** Sums that are MemTotal, each by one meaning of kbmemused. */
    private static final List<List<String>> TOTALS = List.of(
            List.of("kbmemused", "kbmemfree"),
            List.of("kbmemused", "kbavail"),
            List.of("kbmemused", "kbmemfree", "kbbuffers", "kbcached", "kbslab"));

    /** No host has none of these: a 0 stands where the file the text was made from does not have the value. */
    private static final Set<String> NEVER_ZERO = Set.of(
            "kbshmem", "kbanonpg", "kbslab", "kbkstack", "kbpgtbl", "kbvmused", "kbactive", "kbinact", "kbcommit");

    private static final int FEWEST_ROWS = 3;
    private static final long KILOBYTE = 1024;

    private final List<Map<Reading.Draft, Long>> totals = List.of(new HashMap<>(), new HashMap<>(), new HashMap<>());
    private final Set<Long> free = new HashSet<>();
    private final List<Reading.Draft> rows = new ArrayList<>();

    static boolean knows(String column) {
        return MEMORY.containsKey(column)
                || PAGING.containsKey(column)
                || SWAPPING.containsKey(column)
                || TABLES.containsKey(column)
                || QUEUE.containsKey(column)
                || HUGE.containsKey(column)
                || column.startsWith("%smem")
                || column.startsWith("%sio")
                || column.startsWith("%scpu");
    }

    /** Lays a row into the reading of its moment. */
    void row(Map<String, String> cells, Reading.Draft into) {
        cells.forEach((column, text) -> {
            if (MEMORY.containsKey(column) && !(NEVER_ZERO.contains(column) && text.equals("0"))) {
                into.memory(MEMORY.get(column), Amount.bytes(text, KILOBYTE));
            }
            rate("page_rate", PAGING.get(column), text, into);
            rate("swap_rate", SWAPPING.get(column), text, into);
            rate("kernel_tables", TABLES.get(column), text, into);
            rate("queue", QUEUE.get(column), text, into);
            if (HUGE.containsKey(column)) {
                amount("huge", HUGE.get(column), Amount.bytes(text, KILOBYTE), into);
            }
        });
        Long swapTotal = sum(cells, List.of("kbswpfree", "kbswpused"));
        into.memory("swap_total_bytes", swapTotal);
        amount("huge", "HugePages_Total", sum(cells, List.of("kbhugfree", "kbhugused")), into);
        pressure("cpu", "some", "%scpu", cells, into);
        pressure("io", "some", "%sio", cells, into);
        pressure("io", "full", "%fio", cells, into);
        pressure("memory", "some", "%smem", cells, into);
        pressure("memory", "full", "%fmem", cells, into);
        if (cells.containsKey("kbmemused")) {
            for (int i = 0; i < TOTALS.size(); i++) {
                Long total = sum(cells, TOTALS.get(i));
                if (total != null) {
                    totals.get(i).put(into, total);
                }
            }
            rows.add(into);
            free.add(Amount.bytes(cells.getOrDefault("kbmemfree", ""), KILOBYTE));
        }
    }

    /** MemTotal for all rows, where one formula and no other gives one sum. */
    void finish() {
        withoutInventedAvailable();
        if (free.size() < FEWEST_ROWS) {
            return;
        }
        Long found = null;
        Map<Reading.Draft, Long> told = Map.of();
        for (Map<Reading.Draft, Long> candidate : totals) {
            Set<Long> sums = new HashSet<>(candidate.values());
            if (sums.size() == 1 && candidate.size() >= FEWEST_ROWS) {
                if (found != null && !sums.contains(found)) {
                    return;
                }
                found = sums.iterator().next();
                told = candidate;
            }
        }
        for (Reading.Draft row : told.keySet()) {
            row.memory("mem_total_bytes", found);
        }
    }

    /** Of a file without MemAvailable sadf prints MemFree in its place. */
    private void withoutInventedAvailable() {
        boolean all = rows.stream()
                .allMatch(row -> row.memory.containsKey("mem_available_bytes")
                        && row.memory.get("mem_available_bytes").equals(row.memory.get("mem_free_bytes")));
        if (all) {
            rows.forEach(row -> row.memory.remove("mem_available_bytes"));
        }
    }

    private static Long sum(Map<String, String> cells, List<String> columns) {
        long sum = 0;
        for (String column : columns) {
            Long bytes = cells.containsKey(column) ? Amount.bytes(cells.get(column), KILOBYTE) : null;
            if (bytes == null || bytes > Long.MAX_VALUE - sum) {
                return null;
            }
            sum += bytes;
        }
        return sum;
    }

    private static void rate(String activity, String name, String text, Reading.Draft into) {
        Double value = name == null ? null : Amount.fraction(text);
        if (value != null && value >= 0) {
            into.rates.add(new Rate(activity, name, value));
        }
    }

    private static void amount(String activity, String name, Long bytes, Reading.Draft into) {
        if (bytes != null) {
            into.rates.add(new Rate(activity, name, (double) bytes));
        }
    }

    private static void pressure(
            String resource, String scope, String prefix, Map<String, String> cells, Reading.Draft into) {
        Double avg10 = Amount.fraction(cells.getOrDefault(prefix + "-10", ""));
        if (avg10 != null) {
            into.pressures.add(new Pressure(
                    resource,
                    scope,
                    avg10,
                    Amount.fraction(cells.getOrDefault(prefix + "-60", "")),
                    Amount.fraction(cells.getOrDefault(prefix + "-300", "")),
                    null));
        }
    }
}
