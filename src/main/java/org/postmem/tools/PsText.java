package org.postmem.tools;

import java.util.List;
import java.util.Set;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;

// USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
// root           2  0.7  0.4 114908 111848 ?       S    21:05   0:00 /opt/pythons/versions/3.11.7/bin/python3 -c  …

/**
 * What {@code ps} prints ({@code aux}, {@code alx}, {@code -elf}, {@code -eo …}), by its heading; threads are passed over.
 * The page count SZ of {@code -l} is an address space in pages of a size that ps does not print; it is left out.
 */
public final class PsText {
    private static final Set<String> SIZES = Set.of("RSS", "RSZ", "RSSIZE", "VSZ", "VSIZE");
    private static final Set<String> NUMBERS = Set.of("PID", "PPID", "UID", "%MEM", "%CPU", "NLWP", "THCNT", "SZ");

    private PsText() {}

    /** Reads a text: one reading a heading. None has a time: ps prints none. */
    public static Parsed<ToolText> parse(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        List<Reading.Draft> drafts = new java.util.ArrayList<>();
        ColumnHeader header = null;
        ProcessTable table = null;
        Cells cells = null;
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            // of a million rows few are headings
            List<String> words = lines.contains("PID") ? ColumnHeader.words(lines.line(), 0) : List.of();
            if (isHeading(words)) {
                header = ColumnHeader.of(words);
                cells = new Cells(words.size());
                table = new ProcessTable(header, false);
                drafts.add(new Reading.Draft(Stamp.NONE));
                continue;
            }
            if (header == null) {
                continue;
            }
            if (!header.read(text, lines.start(), lines.end(), cells)) {
                lines.issue("not the fields that the heading has");
                continue;
            }
            if (table.isThread(cells)) {
                continue;
            }
            ToolProcess process = table.row(cells);
            if (process == null) {
                lines.issue("the pid is not a number");
            } else {
                drafts.get(drafts.size() - 1).processes.add(process);
            }
        }
        return lines.parsed(ToolText.of(drafts));
    }

    static boolean isHeading(List<String> words) {
        return words.contains("PID")
                && (isOfNumbers(words)
                        || words.contains("COMMAND")
                        || words.contains("CMD")
                        || words.contains("ARGS")
                        || words.contains("COMM"))
                && !words.contains("VIRT")
                && !words.contains("PSS");
    }

    /** {@code ps -o pid,rss,vsz}: headings of other tools have words in small letters, or more of them. */
    private static boolean isOfNumbers(List<String> words) {
        return SIZES.stream().anyMatch(words::contains)
                && words.stream().allMatch(word -> NUMBERS.contains(word) || SIZES.contains(word));
    }
}
