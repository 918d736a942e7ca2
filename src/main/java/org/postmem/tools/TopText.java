package org.postmem.tools;

import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;

// top - 21:05:25 up 22 min,  0 user,  load average: 4.24, 5.09, 3.11
// MiB Mem :  24105.6 total,  19918.1 free,    694.2 used,   3828.5 buff/cache
//     PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND

/** What {@code top -b} prints, of procps 3.2 (RHEL 6) to 4.0. It has a clock and no date. */
public final class TopText {
    static final Pattern FIRST = Pattern.compile("top - (\\d\\d):(\\d\\d):(\\d\\d) .*load average.*");
    private static final Pattern MEMORY = Pattern.compile("\\s*(?:([KMGTPE]iB) )?(Mem|Swap) ?:(.*)");
    private static final Pattern VALUE = Pattern.compile(
            "([0-9]{1,18}(?:[.,][0-9]{0,3})?)(\\+?)([kKmMgGtT]?)[ ]?(total|free|used|buffers|cached|avail Mem)");
    private static final long KILOBYTE = 1024;

    private TopText() {}

    /** Reads a text: one reading a screen. */
    public static Parsed<ToolText> parse(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        List<Reading.Draft> drafts = new ArrayList<>();
        Reading.Draft draft = null;
        ColumnHeader header = null;
        boolean threads = false;
        ProcessTable table = null;
        Cells cells = null;
        while (lines.next()) {
            Matcher first = lines.lineStartsWith("top - ") ? FIRST.matcher(lines.line()) : null;
            if (first != null && first.matches()) {
                draft = new Reading.Draft(clock(first));
                drafts.add(draft);
                header = null;
                threads = false;
                continue;
            }
            if (lines.isBlank() || draft == null) {
                continue;
            }
            if (header == null) {
                String line = lines.line();
                Matcher memory = MEMORY.matcher(line);
                if (memory.matches()) {
                    memory(memory, draft);
                    continue;
                }
                threads |= line.startsWith("Threads:");
                List<String> words = ColumnHeader.words(line, 0);
                if (isHeading(words)) {
                    if (threads) {
                        // each row would be a process that holds all of the memory its threads share
                        lines.issue("top -H lists threads; its rows were not read: take top -b without -H");
                    }
                    header = ColumnHeader.of(words);
                    cells = new Cells(words.size());
                    table = new ProcessTable(header, true);
                }
                continue;
            }
            if (threads) {
                continue;
            }
            boolean whole = header.read(text, lines.start(), lines.end(), cells);
            ToolProcess process = whole ? table.row(cells) : null;
            if (process == null) {
                lines.issue("not the fields that the heading has");
            } else {
                draft.processes.add(process);
            }
        }
        return lines.parsed(ToolText.of(drafts));
    }

    static boolean isHeading(List<String> words) {
        return words.contains("PID") && words.contains("RES") && words.contains("COMMAND");
    }

    private static Stamp clock(Matcher first) {
        int hour = Integer.parseInt(first.group(1));
        int minute = Integer.parseInt(first.group(2));
        int second = Math.min(59, Integer.parseInt(first.group(3)));
        return hour > 23 || minute > 59 ? Stamp.NONE : Stamp.of(LocalTime.of(hour, minute, second));
    }

    private static void memory(Matcher line, Reading.Draft draft) {
        // procps 3.2 has the unit behind each number: 8053504k total
        long unit = line.group(1) == null
                ? KILOBYTE
                : 1L << (10 * ("KMGTPE".indexOf(line.group(1).charAt(0)) + 1));
        boolean swap = line.group(2).equals("Swap");
        Matcher value = VALUE.matcher(line.group(3));
        while (value.find()) {
            if (!value.group(2).isEmpty()) {
                // 1542584.+total: the end did not fit
                continue;
            }
            Long bytes = Amount.bytes(value.group(1) + value.group(3).toUpperCase(Locale.ROOT), unit);
            if (value.group(1).indexOf('.') >= 0 || value.group(1).indexOf(',') >= 0) {
                draft.exactBytes = Math.max(draft.exactBytes, unit / 10);
            }
            switch (value.group(4)) {
                case "total" -> draft.memory(swap ? "swap_total_bytes" : "mem_total_bytes", bytes);
                case "free" -> draft.memory(swap ? "swap_free_bytes" : "mem_free_bytes", bytes);
                case "buffers" -> draft.memory("buffers_bytes", bytes);
                case "avail Mem" -> draft.memory("mem_available_bytes", bytes);
                case "cached" -> draft.memory("cached_bytes", bytes);
                default -> {
                    // used has had two meanings, and is told by the others
                }
            }
        }
    }
}
