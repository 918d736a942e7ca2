package org.postmem.collector.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What a kernel built for it tells of its own allocations under {@code /sys/kernel/debug}: the objects kmemleak found
 * lost, the stacks that page owner counts, who asked for the objects of the slab caches that are large or grow. Seldom,
 * as each walks over much; with a deadline, as kmemleak makes its readers wait while it scans; never written to.
 */
final class KernelDebug {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int CAP_BYTES = 2 << 20;

    /** Every tenth slow tick, that is every ten minutes, and in the last one. */
    private static final int EVERY = 10;

    private static final int GROWING_CACHES = 3;
    private static final int LARGEST_CACHES = 2;
    private static final int MAX_CACHES = 10_000;

    private final Reading reading;
    private final GroupedEntries grouped;
    private final OnChange onChange;
    private final String folder;
    private final Map<String, Long> firstBytes = new HashMap<>();
    private final Map<String, Long> bytes = new HashMap<>();
    private int passes;

    KernelDebug(Reading reading, GroupedEntries grouped, OnChange onChange) {
        this.reading = reading;
        this.grouped = grouped;
        this.onChange = onChange;
        this.folder = reading.roots().sys() + "/kernel/debug";
    }

    /**
     * Takes the sizes of the caches: name, active objects, objects, bytes of an object.
     *
     * <pre>kmalloc-64         12034  12096     64   64    1 : tunables    0    0    0 : slabdata    189    189      0</pre>
     */
    void slabinfo(byte[] text, int length) {
        bytes.clear();
        for (String line : new String(text, 0, length, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            String[] words = line.trim().split("\\s+", 5);
            if (words.length < 5 || line.startsWith("#") || bytes.size() >= MAX_CACHES) {
                continue;
            }
            try {
                bytes.put(words[0], Math.multiplyExact(Long.parseLong(words[2]), Long.parseLong(words[3])));
            } catch (NumberFormatException | ArithmeticException e) {
                // the headings
            }
        }
        bytes.forEach(firstBytes::putIfAbsent);
        firstBytes.keySet().retainAll(bytes.keySet());
    }

    void slow(EntrySink sink, boolean last) throws IOException {
        if (passes++ % EVERY != 0 && !last) {
            return;
        }
        List<String> names = reading.names(folder, "sys/kernel/debug");
        if (names.contains("kmemleak")) {
            changed(sink, "kmemleak");
        }
        if (names.contains("page_owner_stacks")) {
            changed(sink, "page_owner_stacks/show_stacks");
        } else if (names.contains("page_owner")) {
            reading.ledger()
                    .gap(
                            "sys/kernel/debug/page_owner",
                            Outcome.SKIPPED_SIZE,
                            1,
                            "a record a page: read it by hand and attach it");
        }
        if (names.contains("slab")) {
            allocationTraces(sink);
        }
    }

    private void changed(EntrySink sink, String name) throws IOException {
        String entry = "sys/kernel/debug/" + name;
        Reading.Text text = reading.within(DEADLINE_NANOS, folder + "/" + name, CAP_BYTES, entry, true);
        if (text != null && text.length() > 0 && onChange.changed(entry, text.bytes(), text.length())) {
            sink.entry(entry, text.bytes(), 0, text.length());
        }
    }

    private void allocationTraces(EntrySink sink) throws IOException {
        Set<String> traced = new LinkedHashSet<>(reading.names(folder + "/slab", "sys/kernel/debug/slab"));
        traced.retainAll(bytes.keySet());
        if (traced.isEmpty()) {
            return;
        }
        Set<String> chosen = new LinkedHashSet<>();
        List<String> order = new ArrayList<>(traced);
        order.sort(Comparator.comparingLong((String name) -> firstBytes.get(name) - bytes.get(name))
                .thenComparing(Comparator.naturalOrder()));
        order.stream()
                .filter(name -> bytes.get(name) > firstBytes.get(name))
                .limit(GROWING_CACHES)
                .forEach(chosen::add);
        order.sort(
                Comparator.comparingLong((String name) -> -bytes.get(name)).thenComparing(Comparator.naturalOrder()));
        order.stream().limit(LARGEST_CACHES).forEach(chosen::add);
        for (String name : chosen) {
            Reading.Text text = reading.within(
                    DEADLINE_NANOS,
                    folder + "/slab/" + name + "/alloc_traces",
                    CAP_BYTES,
                    "sys/kernel/debug/slab/*/alloc_traces",
                    true);
            if (text != null && text.length() > 0) {
                grouped.add(sink, "slab/alloc_traces", name, text.bytes(), 0, text.length());
            }
        }
        if (traced.size() > chosen.size()) {
            reading.ledger()
                    .gap(
                            "sys/kernel/debug/slab/*/alloc_traces",
                            Outcome.SKIPPED_BUDGET,
                            (long) traced.size() - chosen.size(),
                            "caches that neither grow most nor are largest");
        }
    }
}
