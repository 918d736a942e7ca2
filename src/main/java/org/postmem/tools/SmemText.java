package org.postmem.tools;

import java.util.List;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;

//   PID User     Command                         Swap      USS      PSS      RSS
//     2 root     /opt/pythons/versions/3.11.        0   105220   107639   111848

/** What {@code smem} prints about processes, in KiB or with suffixes ({@code -k}); the command is cut at 27 characters. */
public final class SmemText {
    private static final List<String> LAST = List.of("Command", "Swap", "USS", "PSS", "RSS");
    private static final long KILOBYTE = 1024;

    private SmemText() {}

    public static Parsed<ToolText> parse(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        Reading.Draft draft = new Reading.Draft(Stamp.NONE);
        ColumnHeader header = null;
        while (lines.next()) {
            String line = lines.line();
            List<String> words = ColumnHeader.words(line, 0);
            if (isHeading(words)) {
                header = ColumnHeader.of(words);
                continue;
            }
            if (line.startsWith("----")) {
                break; // behind it stand the sums
            }
            if (header == null || words.isEmpty()) {
                continue;
            }
            String[] cells = header.cells(line, 0);
            Integer pid = cells == null ? null : Amount.small(cells[0]);
            if (pid == null) {
                lines.issue("not the fields that the heading has");
                continue;
            }
            String command = cells[header.place("Command")];
            draft.processes.add(ToolProcess.of(pid)
                    .command(command)
                    .rssBytes(bytes(header, cells, "RSS"))
                    .swapBytes(bytes(header, cells, "Swap"))
                    .pssBytes(bytes(header, cells, "PSS"))
                    .ussBytes(bytes(header, cells, "USS"))
                    .told());
        }
        return lines.parsed(ToolText.of(List.of(draft)));
    }

    // kernel dynamic memory       4034892    3884040     150852
    /** Reads what {@code smem -w} prints: one reading, areas of memory instead of processes. */
    public static Parsed<ToolText> parseSystem(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        Reading.Draft draft = new Reading.Draft(Stamp.NONE);
        boolean below = false;
        while (lines.next()) {
            List<String> words = ColumnHeader.words(lines.line(), 0);
            if (isSystemHeading(words)) {
                below = true;
                continue;
            }
            if (!below || words.isEmpty()) {
                continue;
            }
            int name = words.size() - 3;
            Long used = name < 1 ? null : Amount.bytes(words.get(name), KILOBYTE);
            if (used == null) {
                lines.issue("not the fields that the heading has");
                continue;
            }
            draft.areas.add(new MemoryArea(
                    String.join(" ", words.subList(0, name)),
                    used,
                    Amount.bytes(words.get(name + 1), KILOBYTE),
                    Amount.bytes(words.get(name + 2), KILOBYTE)));
        }
        return lines.parsed(ToolText.of(draft.areas.isEmpty() ? List.of() : List.of(draft)));
    }

    private static Long bytes(ColumnHeader header, String[] cells, String column) {
        String text = cells[header.place(column)];
        return text.endsWith("%") ? null : Amount.bytes(text, KILOBYTE);
    }

    static boolean isHeading(List<String> words) {
        return words.size() >= 7
                && words.get(0).equals("PID")
                && words.subList(words.size() - 5, words.size()).equals(LAST);
    }

    /** {@code smem -w}: a summary whose areas overlap those of meminfo. */
    static boolean isSystemHeading(List<String> words) {
        return words.equals(List.of("Area", "Used", "Cache", "Noncache"));
    }
}
