package org.postmem.tools;

import java.util.List;
import java.util.Locale;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;

//                total        used        free      shared  buff/cache   available
// Mem:        24684084      684952    20421912       25256     3920528    23999132

/**
 * What {@code free} prints. It does not say its unit: numbers without a suffix are KiB unless the file's name or their
 * size says otherwise (no host that postmem is asked about has less than 100 MB, or more than 9 TB in KiB).
 * {@code used} and {@code buff/cache} mean something else in every version and are left out.
 */
public final class FreeText {
    private static final long LEAST_BYTES = 100L << 20;
    private static final long MOST_KILOBYTES = 10_000_000_000L;
    private static final long KILOBYTE = 1024;

    private FreeText() {}

    /**
     * Reads a text: one reading a heading.
     *
     * @param name of the file: sosreport calls them {@code free}, {@code free_-m}
     */
    public static Parsed<ToolText> parse(String name, byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        List<Reading.Draft> drafts = new java.util.ArrayList<>();
        List<String> header = List.of();
        long unit = 0;
        while (lines.next()) {
            List<String> words = ColumnHeader.words(lines.line(), 0);
            if (isHeading(words)) {
                header = words;
                unit = 0;
                drafts.add(new Reading.Draft(Stamp.NONE));
            } else if (!drafts.isEmpty() && words.size() > 1) {
                Reading.Draft draft = drafts.get(drafts.size() - 1);
                if (words.get(0).equals("Mem:")) {
                    unit = unit(name, words.get(1));
                    memory(header, words, unit, draft);
                } else if (words.get(0).equals("Swap:") && words.size() > 3) {
                    draft.memory("swap_total_bytes", Amount.bytes(words.get(1), unit));
                    draft.memory("swap_free_bytes", Amount.bytes(words.get(3), unit));
                }
            }
        }
        return lines.parsed(ToolText.of(drafts));
    }

    static boolean isHeading(List<String> words) {
        return words.size() >= 5
                && words.subList(0, 3).equals(List.of("total", "used", "free"))
                && words.contains("shared");
    }

    private static void memory(List<String> header, List<String> words, long unit, Reading.Draft draft) {
        if (words.size() <= header.size()) {
            return;
        }
        boolean suffixed = !Character.isDigit(words.get(1).charAt(words.get(1).length() - 1));
        draft.exactBytes = suffixed ? (Amount.bytes(words.get(1), 1) == null ? unit : 1L << 29) : unit;
        for (int i = 0; i < header.size(); i++) {
            Long bytes = Amount.bytes(words.get(i + 1), unit);
            switch (header.get(i)) {
                case "total" -> draft.memory("mem_total_bytes", bytes);
                case "free" -> draft.memory("mem_free_bytes", bytes);
                case "buffers" -> draft.memory("buffers_bytes", bytes);
                case "available" -> draft.memory("mem_available_bytes", bytes);
                // MemShared before procps 3.3.10, which the kernel does not count any more: there it prints 0
                case "shared" ->
                    draft.memory(
                            "shmem_bytes", header.contains("available") || (bytes != null && bytes > 0) ? bytes : null);
                default -> {
                    // see above
                }
            }
        }
    }

    private static long unit(String name, String total) {
        String lower = name.toLowerCase(Locale.ROOT);
        int at = lower.lastIndexOf("free_-");
        String options = at < 0 ? "" : lower.substring(at + 6);
        if (options.startsWith("m")) {
            return 1L << 20;
        }
        if (options.startsWith("g")) {
            return 1L << 30;
        }
        if (options.startsWith("b")) {
            return 1;
        }
        Long number = Amount.whole(total);
        if (number == null) {
            return KILOBYTE;
        }
        if (number >= MOST_KILOBYTES) {
            return 1;
        }
        if (number * KILOBYTE >= LEAST_BYTES) {
            return KILOBYTE;
        }
        return number << 20 >= LEAST_BYTES && number >= 512 ? 1L << 20 : 1L << 30;
    }
}
