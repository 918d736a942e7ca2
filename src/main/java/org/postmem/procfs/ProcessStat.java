package org.postmem.procfs;

import org.postmem.units.ClockTicks;
import org.postmem.units.PageSize;

// 2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 24 0 0 18446744073709551615 …

/**
 * {@code /proc/PID/stat} (proc_pid_stat(5)). Components are {@code null} where the field could not be read.
 *
 * @param comm what stands between the first parenthesis and the last: it may hold blanks and parentheses itself
 * @param kernelThread flag PF_KTHREAD
 * @param startTicks after boot: with pid and boot id it is the identity of the process
 * @param virtualBytes address space
 * @param rssBytes pages there; the sum that a statm has too
 */
public record ProcessStat(
        Integer pid,
        String comm,
        String state,
        Integer ppid,
        Long flags,
        Boolean kernelThread,
        Long minorFaults,
        Long majorFaults,
        Double userSeconds,
        Double systemSeconds,
        Long threads,
        Long startTicks,
        Long virtualBytes,
        Long rssBytes) {

    private static final long PF_KTHREAD = 0x0020_0000;

    /** {@code null} as value, and an issue, where the text is not that of a process at all. */
    public static Parsed<ProcessStat> parse(byte[] text, ClockTicks ticks, PageSize page) {
        Lines lines = Lines.of(text);
        // A name may hold a newline (prctl takes any byte), so the last parenthesis is looked for in the whole text.
        int open = 0;
        while (open < text.length && text[open] != '(') {
            open++;
        }
        int close = text.length - 1;
        while (close > open && text[close] != ')') {
            close--;
        }
        int last = text.length - 1;
        if (open == 0 || open >= close || text[last] != '\n') {
            lines.next();
            lines.issue(open > 0 && open < close ? "the text is cut off" : "no pid and no name in parentheses");
            return lines.parsed(null);
        }
        lines.over(0, last);
        Integer pid = Lines.intOrNull(lines.count("the pid"));
        String comm = lines.string(open + 1, close);
        lines.moveTo(close + 1);
        String state = lines.field() ? lines.string() : null;
        Integer ppid = Lines.intOrNull(lines.number("the parent's pid"));
        lines.skip(4);
        Long flags = Lines.orNull(lines.count("the flags"));
        Long minor = Lines.orNull(lines.count("the minor faults"));
        lines.skip(1);
        Long major = Lines.orNull(lines.count("the major faults"));
        lines.skip(1);
        long user = lines.count("the user time");
        long system = lines.count("the system time");
        lines.skip(4);
        Long threads = Lines.orNull(lines.count("the number of threads"));
        lines.skip(1);
        Long start = Lines.orNull(lines.count("the start time"));
        Long virtual = Lines.orNull(lines.count("the address space"));
        Long rss = Lines.orNull(lines.pages("the resident pages", page));
        return lines.parsed(new ProcessStat(
                pid,
                comm,
                state,
                ppid,
                flags,
                flags == null ? null : (flags & PF_KTHREAD) != 0,
                minor,
                major,
                user == Lines.NONE ? null : ticks.toSeconds(user),
                system == Lines.NONE ? null : ticks.toSeconds(system),
                threads,
                start,
                virtual,
                rss));
    }
}
