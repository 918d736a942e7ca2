package org.postmem.collector.source;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums {@code /proc/vmallocinfo} by caller, line by line: with ten thousand threads it is megabytes of which nearly all
 * lines say the same.
 *
 * <pre>0xffffc90000005000-0xffffc90000007000    8192 acpi_os_map_iomem+0x1f8/0x240 phys=0x00000000bffe0000 ioremap
 * 0xffffc900001d1000-0xffffc900001d6000   20480 copy_process+0x1a5/0x1e10 pages=4 vmalloc N0=4
 * 0xffffc90000a01000-0xffffc90000a03000    8192 bpf_prog_alloc_no_stats+0x33/0x1b0 [nf_tables] pages=1 vmalloc N0=1</pre>
 */
final class VmallocCallers {
    private static final int MAX_CALLERS = 10_000;

    private final Map<String, long[]> sums = new HashMap<>();
    private boolean truncated;

    void read(String path, long capBytes) throws IOException {
        try (InputStream in = new BufferedInputStream(new FileInputStream(path), 8192)) {
            StringBuilder line = new StringBuilder(160);
            long read = 0;
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (++read > capBytes) {
                    truncated = true;
                    return;
                }
                if (c == '\n') {
                    add(line.toString());
                    line.setLength(0);
                } else {
                    line.append((char) c);
                }
            }
        }
    }

    void add(String line) {
        String[] words = line.trim().split("\\s+", -1);
        if (words.length < 2) {
            return;
        }
        long areaBytes;
        try {
            areaBytes = Long.parseLong(words[1]);
        } catch (NumberFormatException e) {
            return;
        }
        String caller = "-";
        long pages = 0;
        for (int i = 2; i < words.length; i++) {
            if (words[i].startsWith("pages=")) {
                pages = Long.parseLong(words[i].substring("pages=".length()));
            } else if (i == 2 && !words[i].contains("=")) {
                int plus = words[i].indexOf('+');
                caller = plus > 0 ? words[i].substring(0, plus) : words[i];
            } else if (words[i].startsWith("[") && words[i].endsWith("]")) {
                caller += " " + words[i];
            }
        }
        if (sums.size() >= MAX_CALLERS && !sums.containsKey(caller)) {
            caller = "-";
            truncated = true;
        }
        long[] sum = sums.computeIfAbsent(caller, c -> new long[3]);
        sum[0] += pages;
        sum[1] += areaBytes;
        sum[2]++;
    }

    boolean truncated() {
        return truncated;
    }

    /** {@code bytes area_bytes areas caller [module]} a line, largest first. */
    String text(long pageBytes) {
        List<Map.Entry<String, long[]>> rows = new ArrayList<>(sums.entrySet());
        rows.sort(Comparator.comparingLong((Map.Entry<String, long[]> row) -> -row.getValue()[0])
                .thenComparing(Map.Entry::getKey));
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, long[]> row : rows) {
            long[] sum = row.getValue();
            text.append(sum[0] * pageBytes)
                    .append(' ')
                    .append(sum[1])
                    .append(' ')
                    .append(sum[2])
                    .append(' ')
                    .append(row.getKey())
                    .append('\n');
        }
        return text.toString();
    }
}
