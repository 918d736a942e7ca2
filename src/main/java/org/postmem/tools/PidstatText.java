package org.postmem.tools;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;

// 21:05:22      UID       PID  minflt/s  majflt/s     VSZ     RSS   %MEM  Command
// 21:05:23        0         2      0.00      0.00  114908  111768   0.45  python3
// # Time        UID       PID  minflt/s  majflt/s     VSZ     RSS   %MEM  Command
// 21:05:21        0         1      0.00      0.00    4360    3116   0.01  bash

/**
 * What {@code pidstat} prints, with {@code -r} among its options: a heading above each list, or one a line of {@code #}
 * ({@code -h}, in old versions with epoch seconds); {@code --human} sizes; with {@code -l} command lines, which may hold
 * newlines. Rows of threads are passed over: their process has a row of its own.
 */
public final class PidstatText {
    private static final long KILOBYTE = 1024;
    private static final int LONGEST_COMMAND = 4096;

    private final Lines lines;
    private final Supplier<SlashDates> dates;
    private final SlashDates.Beside beside;
    private final Map<Stamp, Reading.Draft> drafts = new LinkedHashMap<>();
    private Banner banner = Banner.NONE;
    private RollingDay day;
    private ColumnHeader header;
    private Reading.Draft draft;
    private boolean inCommand;

    private PidstatText(byte[] text, SlashDates.Beside beside) {
        this.lines = Lines.ofAnyText(text);
        this.dates = SlashDates.later(text);
        this.beside = beside;
    }

    /** Reads a text; what it cannot place is an issue. */
    public static Parsed<ToolText> parse(byte[] text, SlashDates.Beside beside) {
        PidstatText pidstat = new PidstatText(text, beside);
        while (pidstat.lines.next()) {
            if (pidstat.lines.isBlank()) {
                pidstat.inCommand = false;
            } else {
                pidstat.line(pidstat.lines.line());
            }
        }
        List<Reading> readings = new ArrayList<>();
        pidstat.drafts.values().stream()
                .filter(draft -> !draft.processes.isEmpty())
                .forEach(draft -> readings.add(draft.done()));
        return pidstat.lines.parsed(new ToolText(pidstat.banner, readings));
    }

    /** Is it a heading of pidstat, after its clock or its {@code # Time}? */
    static boolean isHeading(List<String> words) {
        return words.contains("PID") && words.contains("Command");
    }

    private void line(String line) {
        Matcher heading = SysstatLine.BANNER.matcher(line);
        if (line.startsWith("Linux ") && heading.matches()) {
            SysstatLine.Date date = SysstatLine.date(heading.group(3), dates, beside);
            if (date == null) {
                lines.issue("the date is in no order that is known; the times below it are left out");
            } else if (date.doubt() != null) {
                lines.issue(date.doubt());
            }
            banner = SysstatLine.banner(heading).or(banner);
            day = date == null ? null : new RollingDay(date.day());
            header = null;
            inCommand = false;
            return;
        }
        if (line.startsWith("#")) {
            List<String> words = ColumnHeader.words(line, 1);
            header = isHeading(words) ? ColumnHeader.of(words.subList(1, words.size())) : null;
            inCommand = false;
            return;
        }
        SysstatLine.Clock clock = SysstatLine.clock(line);
        int epochEnd = clock == null ? epochEnd(line) : -1;
        if (clock == null && epochEnd < 0) {
            continuation(line);
            return;
        }
        int from = clock == null ? epochEnd : clock.end();
        List<String> words = ColumnHeader.words(line, from);
        if (isHeading(words)) {
            header = ColumnHeader.of(words);
            inCommand = false;
            if (clock != null && day != null && day.last() == null) {
                // The clock of a heading is that of the list before; of the first it is the start, which may be
                // yesterday's.
                day.next(clock.time());
            }
            return;
        }
        Stamp stamp = clock == null ? epoch(line) : day == null ? Stamp.NONE : Stamp.of(day.next(clock.time()));
        if (header != null && stamp != null) {
            row(line, from, stamp);
        }
    }

    private void row(String line, int from, Stamp stamp) {
        inCommand = false;
        String[] cells = header.cells(line, from);
        int pidPlace = header.place("PID", "TGID");
        if (cells == null || pidPlace < 0) {
            lines.issue("not the fields that the heading has");
            return;
        }
        if (header.has("TGID") && cells[header.place("TGID")].equals("-")) {
            return;
        }
        Integer pid = Amount.small(cells[header.has("TGID") ? header.place("TGID") : pidPlace]);
        if (pid == null) {
            lines.issue("the pid is not a number");
            return;
        }
        if (header.place("VSZ", "RSS") < 0) {
            return;
        }
        Long size = bytes(cells, "VSZ");
        Long rss = bytes(cells, "RSS");
        String text = cells[header.place("Command")].replaceFirst("^(?:\\|__|__)", "");
        boolean commandLine = ToolProcess.isCommandLine(text);
        // pidstat prints 0 for a process without memory of its own, which has no size at all.
        boolean kernelThread = Long.valueOf(0).equals(size) && Long.valueOf(0).equals(rss);
        draft = drafts.computeIfAbsent(stamp, Reading.Draft::new);
        draft.processes.add(ToolProcess.of(pid)
                .uid(header.has("UID") ? Amount.whole(cells[header.place("UID")]) : null)
                .comm(commandLine ? null : text)
                .command(commandLine ? text : null)
                .kernelThread(kernelThread)
                .threads(header.has("threads") ? Amount.whole(cells[header.place("threads")]) : null)
                .vmSizeBytes(kernelThread ? null : size)
                .rssBytes(kernelThread ? null : rss)
                .told());
        inCommand = true;
    }

    /** A command line goes on behind a newline of its own. */
    private void continuation(String line) {
        if (!inCommand || draft == null || line.matches("\\S+:\\s.*")) {
            inCommand = false;
            return;
        }
        int last = draft.processes.size() - 1;
        ToolProcess process = draft.processes.get(last);
        String command = process.command() == null ? process.comm() : process.command();
        if (command.length() + line.length() > LONGEST_COMMAND) {
            return;
        }
        draft.processes.set(last, process.withCommand(command + " " + line.strip()));
    }

    private Long bytes(String[] cells, String column) {
        return header.has(column) ? Amount.bytes(cells[header.place(column)], KILOBYTE) : null;
    }

    private static int epochEnd(String line) {
        int at = 0;
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
        int end = at;
        while (end < line.length() && Character.isDigit(line.charAt(end))) {
            end++;
        }
        boolean alone = end < line.length() && Character.isWhitespace(line.charAt(end));
        return alone && end - at == 10 ? end : -1;
    }

    private static Stamp epoch(String line) {
        return Stamp.of(Instant.ofEpochSecond(
                Long.parseLong(line.substring(0, epochEnd(line)).strip())));
    }
}
