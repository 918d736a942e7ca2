package org.postmem.collector.source;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;

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
    private static final int PIECE_BYTES = 8192;

    private final Map<String, long[]> sums = new HashMap<>();
    private boolean truncated;

    void read(String path, long capBytes) throws IOException {
        try (InputStream in = new FileInputStream(path)) {
            byte[] piece = new byte[PIECE_BYTES];
            int held = 0;
            long read = 0;
            for (int n = in.read(piece); n > 0; n = in.read(piece, held, piece.length - held)) {
                read += n;
                if (read > capBytes) {
                    truncated = true;
                    return;
                }
                int end = held + n;
                int start = 0;
                for (int i = held; i < end; i++) {
                    if (piece[i] == '\n') {
                        add(new String(piece, start, i - start, StandardCharsets.ISO_8859_1));
                        start = i + 1;
                    }
                }
                // the beginning of a line; one as long as the piece is none of the kernel's
                held = start == 0 && end == piece.length ? 0 : end - start;
                System.arraycopy(piece, start, piece, 0, held);
            }
        }
    }

    void add(String line) {
        StringTokenizer words = new StringTokenizer(line);
        if (words.countTokens() < 2) {
            return;
        }
        words.nextToken();
        long areaBytes;
        try {
            areaBytes = Long.parseLong(words.nextToken());
        } catch (NumberFormatException e) {
            return;
        }
        String caller = "-";
        long pages = 0;
        for (boolean first = true; words.hasMoreTokens(); first = false) {
            String word = words.nextToken();
            if (word.startsWith("pages=")) {
                pages = Long.parseLong(word.substring("pages=".length()));
            } else if (first && !word.contains("=")) {
                int plus = word.indexOf('+');
                caller = plus > 0 ? word.substring(0, plus) : word;
            } else if (word.startsWith("[") && word.endsWith("]")) {
                caller += " " + word;
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
