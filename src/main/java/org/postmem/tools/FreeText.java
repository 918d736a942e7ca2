package org.postmem.tools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;

//                total        used        free      shared  buff/cache   available
// Mem:        24684084      684952    20421912       25256     3920528    23999132

/**
 * What {@code free} prints. It does not say its unit: unless the file's name does, numbers without a suffix are KiB or bytes
 * where they are {@linkplain WholePages whole pages}, and MiB or GiB where they are too small for that: no host that postmem
 * is asked about has less than 64 MiB. Where two units are as likely nothing is read. {@code used} and {@code buff/cache}
 * mean something else in every version and are left out.
 */
public final class FreeText {
    private static final long KILOBYTE = 1 << 10;
    private static final long MEGABYTE = 1 << 20;
    private static final long GIGABYTE = 1 << 30;
    private static final long LEAST_BYTES = 64 * MEGABYTE;
    /** As GiB that were a host of 2 TiB: free -g is rarely asked there, and free -m often on one of 2 GiB. */
    private static final long LEAST_MEGABYTES = 2048;
    /** As MiB that were a host of 64 TiB, the most that Linux had on any for long. */
    private static final long MOST_MEGABYTES = 64 * MEGABYTE;
    /** As MiB that were a host of 4 TiB, as KiB one of 4 GiB. */
    private static final long MANY = 4 * MEGABYTE;
    /** Nobody has a swap of that many GiB. */
    private static final long SWAP_MEGABYTES = 512;

    private static final int LEAST_NUMBERS = 4;

    /** A line of memory and the line of swap below it, in whatever unit. */
    private static final class Row {
        private final List<String> header;
        private final List<String> memory;
        private final Reading.Draft draft;
        private List<String> swap = List.of();

        Row(List<String> header, List<String> memory, Reading.Draft draft) {
            this.header = header;
            this.memory = memory;
            this.draft = draft;
        }

        String total() {
            return memory.get(1);
        }

        Long swapTotal() {
            return swap.size() > 1 ? Amount.whole(swap.get(1)) : null;
        }
    }

    private FreeText() {}

    /**
     * Reads a text: one reading a heading.
     *
     * @param name of the file: sosreport calls them {@code free}, {@code free_-m}
     */
    public static Parsed<ToolText> parse(String name, byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        List<Reading.Draft> drafts = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        List<String> header = List.of();
        while (lines.next()) {
            List<String> words = ColumnHeader.words(lines.line(), 0);
            if (isHeading(words)) {
                header = words;
                drafts.add(new Reading.Draft(Stamp.NONE));
            } else if (!drafts.isEmpty() && words.size() > 1) {
                Reading.Draft draft = drafts.get(drafts.size() - 1);
                boolean sameHeading = !rows.isEmpty() && rows.get(rows.size() - 1).draft == draft;
                if (words.get(0).equals("Mem:") && !sameHeading) {
                    rows.add(new Row(header, words, draft));
                } else if (words.get(0).equals("Swap:") && sameHeading) {
                    rows.get(rows.size() - 1).swap = words;
                }
            }
        }
        // a script asks for one unit, and more rows tell more of it; a host with another total is asked anew
        Map<String, List<Row>> byTotal = new LinkedHashMap<>();
        rows.forEach(row ->
                byTotal.computeIfAbsent(row.total(), total -> new ArrayList<>()).add(row));
        byTotal.forEach((total, same) -> {
            Long unit = unit(name, same);
            if (unit == null) {
                lines.issueOfText(
                        "the unit is in doubt: a total of " + total
                                + " may be MiB or GiB, or neither; it was not read: take free -k, or name the file free_-m or free_-g");
            } else {
                same.forEach(row -> read(row, unit));
            }
        });
        return lines.parsed(ToolText.of(drafts));
    }

    private static void read(Row row, long unit) {
        memory(row.header, row.memory, unit, row.draft);
        if (row.swap.size() > 3) {
            row.draft.memory("swap_total_bytes", Amount.bytes(row.swap.get(1), unit));
            row.draft.memory("swap_free_bytes", Amount.bytes(row.swap.get(3), unit));
        }
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

    /** {@code null} when it cannot be told. */
    private static Long unit(String name, List<Row> rows) {
        String lower = name.toLowerCase(Locale.ROOT);
        int at = lower.lastIndexOf("free_-");
        String options = at < 0 ? "" : lower.substring(at + 6);
        if (options.startsWith("m")) {
            return MEGABYTE;
        }
        if (options.startsWith("g")) {
            return GIGABYTE;
        }
        if (options.startsWith("b")) {
            return 1L;
        }
        Long total = Amount.whole(rows.get(0).total());
        // each number has its own unit, with -h, or the name has
        if (total == null || options.startsWith("k")) {
            return KILOBYTE;
        }
        WholePages numbers = new WholePages();
        for (Row row : rows) {
            row.memory.forEach(word -> numbers.add(Amount.whole(word)));
            row.swap.forEach(word -> numbers.add(Amount.whole(word)));
        }
        return total < LEAST_BYTES / KILOBYTE ? large(total, rows) : small(total, numbers);
    }

    /** Of a number too small for KiB. */
    private static Long large(long total, List<Row> rows) {
        if (total >= LEAST_MEGABYTES) {
            return MEGABYTE;
        }
        if (total < LEAST_BYTES / MEGABYTE) {
            return GIGABYTE;
        }
        boolean swap = rows.stream().anyMatch(row -> row.swapTotal() != null && row.swapTotal() >= SWAP_MEGABYTES);
        return swap ? Long.valueOf(MEGABYTE) : null;
    }

    private static Long small(long total, WholePages numbers) {
        boolean sure = numbers.size() >= LEAST_NUMBERS;
        if (total >= LEAST_BYTES && sure && numbers.inBytes()) {
            return 1L;
        }
        if (total >= MANY ? numbers.mostlyInKilobytes() : sure && numbers.inKilobytes()) {
            return KILOBYTE;
        }
        return sure && total <= MOST_MEGABYTES && !numbers.mostlyInKilobytes() ? Long.valueOf(MEGABYTE) : null;
    }
}
