package org.postmem.tools;

import java.util.HashMap;
import java.util.Map;

/** What {@code sadf -j} and {@code -x} call the columns of sar. */
final class SadfNames {
    private static final Map<String, String> SAR = Map.ofEntries(
            Map.entry("memfree", "kbmemfree"),
            Map.entry("avail", "kbavail"),
            Map.entry("memused", "kbmemused"),
            Map.entry("buffers", "kbbuffers"),
            Map.entry("cached", "kbcached"),
            Map.entry("commit", "kbcommit"),
            Map.entry("active", "kbactive"),
            Map.entry("inactive", "kbinact"),
            Map.entry("dirty", "kbdirty"),
            Map.entry("shared", "kbshmem"),
            Map.entry("anonpg", "kbanonpg"),
            Map.entry("slab", "kbslab"),
            Map.entry("kstack", "kbkstack"),
            Map.entry("pgtbl", "kbpgtbl"),
            Map.entry("vmused", "kbvmused"),
            Map.entry("swpfree", "kbswpfree"),
            Map.entry("swpused", "kbswpused"),
            Map.entry("swpcad", "kbswpcad"),
            Map.entry("hugfree", "kbhugfree"),
            Map.entry("hugused", "kbhugused"),
            Map.entry("hugrsvd", "kbhugrsvd"),
            Map.entry("hugsurp", "kbhugsurp"),
            Map.entry("pswpin", "pswpin/s"),
            Map.entry("pswpout", "pswpout/s"),
            Map.entry("pgpgin", "pgpgin/s"),
            Map.entry("pgpgout", "pgpgout/s"),
            Map.entry("fault", "fault/s"),
            Map.entry("majflt", "majflt/s"),
            Map.entry("pgfree", "pgfree/s"),
            Map.entry("pgscank", "pgscank/s"),
            Map.entry("pgscand", "pgscand/s"),
            Map.entry("pgsteal", "pgsteal/s"));

    private static final Map<String, String> PRESSURE = Map.of("psi-cpu", "cpu", "psi-io", "io", "psi-mem", "mem");

    private SadfNames() {}

    /** Adds a value under sar's name, where sar has one. */
    static void add(String group, String name, String value, Map<String, String> cells) {
        String resource = PRESSURE.get(group);
        if (resource != null && name.contains("_avg")) {
            // some_avg10 of psi-mem is %smem-10
            String span = name.substring(name.indexOf("_avg") + 4);
            if (!span.isEmpty()) {
                cells.put("%" + name.charAt(0) + resource + "-" + span, value);
            }
            return;
        }
        cells.put(SAR.getOrDefault(name, name), value);
    }

    static Map<String, String> cells() {
        return new HashMap<>();
    }
}
