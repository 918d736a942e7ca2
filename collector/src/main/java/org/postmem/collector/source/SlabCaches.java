package org.postmem.collector.source;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which names share a slab cache, and what each cache is for. Hundreds of caches with two files each are read a few a
 * tick, each cache once; what was gathered is stored in one piece when the last of them is read, again when the list of
 * caches has changed, and from memory at the start of a segment.
 */
final class SlabCaches {
    private static final List<String> ATTRIBUTES = List.of("reclaim_account", "ctor");
    private static final int CACHES_A_TICK = 64;

    private final Reading reading;
    private final GroupedEntries grouped;
    private final String folder;
    private final Set<String> known = new HashSet<>();
    private final Deque<String> unread = new ArrayDeque<>();
    private final Map<String, String> aliases = new TreeMap<>();
    private final Map<String, Map<String, byte[]>> texts = new TreeMap<>();
    private boolean storeDue;

    SlabCaches(Reading reading, GroupedEntries grouped) {
        this.reading = reading;
        this.grouped = grouped;
        this.folder = reading.roots().sys() + "/kernel/slab";
        ATTRIBUTES.forEach(attribute -> texts.put(attribute, new TreeMap<>()));
    }

    /** Compares the list of caches with what is known of them. */
    void look() {
        List<String> listed = reading.listed(folder, "sys/kernel/slab");
        if (listed == null) {
            return;
        }
        Set<String> names = new HashSet<>(listed);
        if (names.equals(known)) {
            return;
        }
        List<String> gone = new ArrayList<>(known);
        gone.removeAll(names);
        for (String name : gone) {
            known.remove(name);
            unread.remove(name);
            aliases.remove(name);
            texts.values().forEach(text -> text.remove(name));
        }
        for (String name : listed) {
            if (known.add(name)) {
                unread.add(name);
            }
        }
        storeDue = true;
    }

    /** What is stored already may not be relied on any longer. */
    void forgetStored() {
        storeDue = !known.isEmpty();
    }

    /**
     * Reads on.
     *
     * @param toTheEnd there will be no further tick
     */
    void read(EntrySink sink, boolean toTheEnd) throws IOException {
        for (int i = 0; !unread.isEmpty() && (toTheEnd || i < CACHES_A_TICK); i++) {
            one(unread.remove());
        }
        if (storeDue && unread.isEmpty()) {
            storeDue = false;
            store(sink);
        }
    }

    private void one(String name) throws IOException {
        File cache = new File(folder, name);
        if (Files.isSymbolicLink(cache.toPath())) {
            aliases.put(
                    name, Files.readSymbolicLink(cache.toPath()).getFileName().toString());
            return;
        }
        WholeFile file = reading.file();
        for (String attribute : ATTRIBUTES) {
            String outcome = file.read(cache.getPath() + "/" + attribute);
            if (reading.ledger().note("sys/kernel/slab/*/" + attribute, outcome) && file.length() > 0) {
                texts.get(attribute).put(name, java.util.Arrays.copyOf(file.bytes(), file.length()));
            }
        }
    }

    private void store(EntrySink sink) throws IOException {
        for (String attribute : ATTRIBUTES) {
            for (Map.Entry<String, byte[]> text : texts.get(attribute).entrySet()) {
                byte[] bytes = text.getValue();
                grouped.add(sink, "slab/" + attribute, text.getKey(), bytes, 0, bytes.length);
            }
        }
        for (Map.Entry<String, String> alias : aliases.entrySet()) {
            grouped.add(sink, "slab/aliases", alias.getKey(), alias.getValue());
        }
    }
}
