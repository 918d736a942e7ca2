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

    private final boolean top;
    // which column is which, -1 for none: asked once a heading, used a million times
    private final int pidAt;
    private final int sizeAt;
    private final int rssAt;
    private final int sharedAt;
    private final int anonAt;
    private final int textAt;
    private final int nameAt;
    private final int stateAt;
    private final int ppidAt;
    private final int uidAt;
    private final int startedAt;
    private final int threadsAt;
    private final int swapAt;
    private final int pssAt;
    private final int ussAt;
    private final int threadAt;
    private final int processOfThreadAt;

    /**
     * Of one heading.
     *
     * @param top has its sizes in KiB with suffixes, and a SHR to take from RES
     */
    ProcessTable(ColumnHeader header, boolean top) {
        this.top = top;
        this.pidAt = header.place("PID", "TGID");
        this.sizeAt = header.place("VIRT", "VSZ", "VSIZE");
        this.rssAt = header.place("RES", "RSS", "RSZ", "RSSIZE");
        this.sharedAt = header.place("SHR");
        this.anonAt = header.place("RSan");
        int command = header.place("COMMAND", "CMD", "ARGS", "Command");
        this.textAt = command < 0 ? -1 : header.textPlace();
        // ps -o comm,args calls both COMMAND
        this.nameAt = command < textAt ? command : header.place("COMM", "UCMD");
        this.stateAt = header.place("STAT", "S");
        this.ppidAt = header.place("PPID");
        this.uidAt = header.place("UID", "EUID", "RUID", "USER");
        this.startedAt = header.place("STARTED");
        this.threadsAt = header.place("NLWP", "THCNT", "nTH");
        this.swapAt = header.place("SWAP");
        this.pssAt = header.place("PSS", "Pss");
        this.ussAt = header.place("USS");
        this.threadAt = header.place("LWP", "TID", "SPID");
        this.processOfThreadAt = header.place("PID");
    }

    /** A process, or {@code null} for the row of a thread; see {@link #isThread}. */
    ToolProcess row(Cells cells) {
        Integer pid = cells.small(pidAt);
        if (pid == null || pid == 0) {
            return null;
        }
        Long size = cells.bytes(sizeAt, KILOBYTE);
        Long rss = cells.bytes(rssAt, KILOBYTE);
        Long shared = cells.bytes(sharedAt, KILOBYTE);
        Long anon = cells.bytes(anonAt, KILOBYTE);
        if (anon == null && rss != null && shared != null && shared <= rss) {
            // RES is anonymous, file and shared memory together, SHR the last two of them.
            anon = rss - shared;
        }
        String text = cells.string(textAt);
        String name = cells.string(nameAt);
        boolean without = zero(rss) && zero(size);
        String state = cells.letter(stateAt);
        // ps -elf tells no size of anybody: there only the brackets tell
        boolean sized = sizeAt >= 0 || rssAt >= 0;
        boolean kernelThread = (sized ? without : ToolProcess.isBracketed(text)) && !state.equals("Z");
        boolean commandLine =
                !text.isEmpty() && !kernelThread && (ToolProcess.isCommandLine(text) || (!top && name.isEmpty()));
        String comm = !name.isEmpty() ? name : commandLine || text.isEmpty() ? null : bare(text);
        // all that ps and top print, and there are millions of rows
        return new ToolProcess(
                pid,
                cells.small(ppidAt),
                cells.whole(uidAt),
                comm,
                commandLine || (!name.isEmpty() && !text.isEmpty()) ? text : null,
                state.isEmpty() || state.equals("-") ? null : state,
                started(cells.string(startedAt)),
                kernelThread,
                cells.whole(threadsAt),
                without ? null : size,
                without ? null : rss,
                without ? null : anon,
                without ? null : shared,
                without ? null : cells.bytes(swapAt, KILOBYTE),
                without ? null : cells.bytes(pssAt, KILOBYTE),
                without ? null : cells.bytes(ussAt, KILOBYTE),
                null);
    }

    /** Rows that ps adds for threads ({@code -m}, {@code -L}). */
    boolean isThread(Cells cells) {
        if (processOfThreadAt < 0) {
            return false;
        }
        return cells.isDash(processOfThreadAt)
                || (threadAt >= 0 && !cells.isDash(threadAt) && !cells.same(threadAt, processOfThreadAt));
    }

    private static boolean zero(Long value) {
        return value == null || value == 0;
    }

    private static String bare(String text) {
        return ToolProcess.isBracketed(text) ? text.substring(1, text.length() - 1) : text;
    }

    private static LocalDateTime started(String text) {
        if (text.isEmpty()) {
            return null;
        }
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
