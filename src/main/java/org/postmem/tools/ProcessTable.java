package org.postmem.tools;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/**
 * A row of {@code ps} or {@code top} as a process, by the names of the heading. Both write 0 where a process has no memory
 * of its own (a kernel thread, a zombie); no zero is made of that.
 */
final class ProcessTable {
    private static final long KILOBYTE = 1024;
    private static final DateTimeFormatter LSTART = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("MMM d HH:mm:ss yyyy")
            .toFormatter(Locale.ROOT);

    private final ColumnHeader header;
    private final boolean top;

    /**
     * Of one heading.
     *
     * @param top has its sizes in KiB with suffixes, and a SHR to take from RES
     */
    ProcessTable(ColumnHeader header, boolean top) {
        this.header = header;
        this.top = top;
    }

    /** A process, or {@code null} for the row of a thread; see {@link #isThread}. */
    ToolProcess row(String[] cells) {
        Integer pid = Amount.small(cell(cells, "PID", "TGID"));
        if (pid == null || pid == 0) {
            return null;
        }
        Long size = bytes(cells, "VIRT", "VSZ", "VSIZE");
        Long rss = bytes(cells, "RES", "RSS", "RSZ", "RSSIZE");
        Long shared = bytes(cells, "SHR");
        Long anon = bytes(cells, "RSan");
        if (anon == null && rss != null && shared != null && shared <= rss) {
            // RES is anonymous, file and shared memory together, SHR the last two of them.
            anon = rss - shared;
        }
        String text = cell(cells, "COMMAND", "CMD", "ARGS", "Command");
        String name = cell(cells, "COMM", "UCMD");
        boolean without = zero(rss) && zero(size);
        String state = cell(cells, "STAT", "S");
        boolean kernelThread = without && !state.startsWith("Z");
        boolean commandLine =
                !text.isEmpty() && !kernelThread && (ToolProcess.isCommandLine(text) || (!top && name.isEmpty()));
        String comm = !name.isEmpty() ? name : commandLine || text.isEmpty() ? null : bare(text);
        return new ToolProcess(
                pid,
                Amount.small(cell(cells, "PPID")),
                Amount.whole(cell(cells, "UID", "EUID", "RUID", "USER")),
                comm,
                commandLine || (!name.isEmpty() && !text.isEmpty()) ? text : null,
                state.isEmpty() || state.equals("-") ? null : state.substring(0, 1),
                started(cell(cells, "STARTED")),
                kernelThread,
                Amount.whole(cell(cells, "NLWP", "THCNT", "nTH")),
                without ? null : size,
                without ? null : rss,
                without ? null : anon,
                without ? null : shared,
                without ? null : bytes(cells, "SWAP"),
                without ? null : bytes(cells, "PSS", "Pss"),
                without ? null : bytes(cells, "USS"));
    }

    /** Rows that ps adds for threads ({@code -m}, {@code -L}). */
    boolean isThread(String[] cells) {
        if (header.has("PID") && cells[header.place("PID")].equals("-")) {
            return true;
        }
        int thread = header.place("LWP", "TID", "SPID");
        return thread >= 0
                && header.has("PID")
                && !cells[thread].equals("-")
                && !cells[thread].equals(cells[header.place("PID")]);
    }

    private static boolean zero(Long value) {
        return value == null || value == 0;
    }

    private static String bare(String text) {
        return ToolProcess.isBracketed(text) ? text.substring(1, text.length() - 1) : text;
    }

    private String cell(String[] cells, String... names) {
        int place = header.place(names);
        return place < 0 ? "" : cells[place];
    }

    private Long bytes(String[] cells, String... names) {
        String text = cell(cells, names);
        return text.isEmpty() ? null : Amount.bytes(text, KILOBYTE);
    }

    private static LocalDateTime started(String text) {
        // Sun Nov 22 21:05:25 2026; the day of the week is not asked, and in other languages it is not known.
        String[] words = text.split("\\s+", -1);
        if (words.length != 5) {
            return null;
        }
        try {
            return LocalDateTime.parse(words[1] + " " + words[2] + " " + words[3] + " " + words[4], LSTART);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
