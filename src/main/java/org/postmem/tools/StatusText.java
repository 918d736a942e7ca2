package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.ProcessStatus;

// Name:	python3
// Pid:	2
// VmRSS:	  111848 kB

/**
 * {@code /proc/PID/status} of one process or of many, one below the other: whole, or those lines that a script took, under
 * a line of its own that says of which process they are.
 */
final class StatusText {
    private static final Pattern STATUS_LINE =
            Pattern.compile("(?:Vm(?:Peak|Size|HWM|RSS|Data|Swap)|Rss(?:Anon|File|Shmem)):\\t\\s{0,12}\\d{1,15} kB");
    private static final Pattern STATUS_FIELD = Pattern.compile("[A-Za-z_]{2,30}:\\t.*");
    /** proc/4711/status, 4711-status.txt; the numbers of a date are of no process. */
    private static final Pattern STATUS_PATH = Pattern.compile(
            "(?:(?:.{0,1000}/)?proc/(\\d{1,7})/status|(?:.{0,1000}/)?(\\d{1,7})[_.-]status(?:\\.[a-z]{1,9})?)");
    /** {@code PID 102 score=810 adj=0}: what a script prints above the lines it takes from a status. */
    private static final Pattern PROCESS_TITLE = Pattern.compile("(?i)[^\\w]{0,10}pid[ :=#]{1,4}(\\d{1,10})\\b.*");

    private static final Pattern OOM_SCORE = Pattern.compile("(?i)\\b(?:oom_)?score[=: ]{1,2}(\\d{1,5})\\b");
    private static final Pattern OOM_SCORE_ADJ = Pattern.compile("(?i)\\b(?:oom_score_)?adj[=: ]{1,2}(-?\\d{1,4})\\b");
    /** 25945 25822 163 120 0 25775 0: statm below a status, in pages: the status says the same in bytes. */
    private static final Pattern STATM = Pattern.compile("\\d{1,16}(?: \\d{1,16}){6}");

    private static final byte[] NAME = "Name:\t".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PID = "\nPid:\t".getBytes(StandardCharsets.US_ASCII);

    /** A line that a script put above the status of a process. */
    private record Title(Integer pid, Integer oomScore, Integer oomScoreAdj) {
        /** Nothing stood there. */
        static final Title NONE = new Title(null, null, null);

        static Title of(String line, Matcher pid) {
            Matcher score = OOM_SCORE.matcher(line);
            Matcher adj = OOM_SCORE_ADJ.matcher(line);
            return new Title(
                    Amount.small(pid.group(1)),
                    score.find() ? Amount.small(score.group(1)) : null,
                    adj.find() ? Integer.valueOf(adj.group(1)) : null);
        }
    }

    private StatusText() {}

    /** Does a status begin so, or what grep found in one? */
    static boolean begins(String line, String head) {
        if (line.startsWith("Name:\t")) {
            return head.contains("\nPid:\t") || head.contains("\nVm") || head.contains("\nRss");
        }
        return (line.startsWith("Vm") || line.startsWith("Rss"))
                && STATUS_LINE.matcher(line).matches();
    }

    /**
     * Reads a copy, or what a script took out of one or many.
     *
     * @param name of the copy, which tells the process where the text does not
     */
    static void add(String name, byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        Matcher of = STATUS_PATH.matcher(name);
        if (TextBytes.indexOf(text, PID) >= 0) {
            add(text, 0, draft, issues);
        } else if (of.matches()) {
            String pid = of.group(1) == null ? of.group(2) : of.group(1);
            status(text, 1, new Title(Amount.small(pid), null, null), draft, issues);
        } else if (isOne(text)) {
            issues.add(new ParseIssue(
                    0,
                    0,
                    "neither the text nor its name says of which process it is: name the file PID-status, or let"
                            + " grep look for Pid, too",
                    ""));
        } else {
            add(text, 0, draft, issues);
        }
    }

    /** Lines of the status of one process: no name of a second one, no number that a script put above. */
    private static boolean isOne(byte[] text) {
        Set<String> seen = new HashSet<>();
        for (int at = 0; at < text.length; at = TextBytes.nextLine(text, at)) {
            String line = TextBytes.line(text, at);
            if (!line.isBlank()
                    && (!STATUS_FIELD.matcher(line).matches() || !seen.add(line.substring(0, line.indexOf(':'))))) {
                return false;
            }
        }
        return !seen.isEmpty();
    }

    /**
     * The status of one process or of many, one below the other, each whole or a few of its lines.
     *
     * @param start where they begin in the text
     */
    static void add(byte[] text, int start, Reading.Draft draft, List<ParseIssue> issues) {
        boolean whole = TextBytes.indexOf(text, PID) >= 0;
        Title told = Title.NONE;
        Title ofBlock = Title.NONE;
        int from = -1;
        int fromLine = 0;
        int number = 1;
        for (int at = 0; at < start; at = TextBytes.nextLine(text, at)) {
            number++;
        }
        for (int at = start; at < text.length; at = TextBytes.nextLine(text, at), number++) {
            boolean begins = TextBytes.startsWith(text, at, NAME);
            Matcher title = whole || begins ? null : PROCESS_TITLE.matcher(TextBytes.line(text, at));
            boolean titled = title != null && title.matches();
            // no line of a status begins with a digit: only such a one is looked at
            boolean pages = from >= 0
                    && text[at] >= '0'
                    && text[at] <= '9'
                    && STATM.matcher(TextBytes.line(text, at)).matches();
            if ((begins || titled || pages) && from >= 0) {
                status(Arrays.copyOfRange(text, from, at), fromLine, ofBlock, draft, issues);
                from = -1;
            }
            if (titled) {
                told = Title.of(TextBytes.line(text, at), title);
            } else if (begins) {
                from = at;
                fromLine = number;
                ofBlock = told;
                told = Title.NONE;
            } else if (from < 0 && !pages && !TextBytes.line(text, at).isBlank()) {
                issues.add(new ParseIssue(
                        number, 0, "not a line of a process's status", TextBytes.printable(TextBytes.line(text, at))));
            }
        }
        if (from >= 0) {
            status(Arrays.copyOfRange(text, from, text.length), fromLine, ofBlock, draft, issues);
        }
    }

    /**
     * The status of one process.
     *
     * @param line at which it begins
     * @param told what stood above the text
     */
    private static void status(byte[] text, int line, Title told, Reading.Draft draft, List<ParseIssue> issues) {
        Parsed<ProcessStatus> parsed = ProcessStatus.parse(text);
        parsed.issues()
                .forEach(issue -> issues.add(new ParseIssue(
                        issue.line() == 0 ? 0 : issue.line() + line - 1,
                        issue.column(),
                        issue.reason(),
                        issue.excerpt())));
        ProcessStatus status = parsed.value();
        if (status == null || (status.tgid() != null && !status.tgid().equals(status.pid()))) {
            return;
        }
        Integer pid = status.pid() == null ? told.pid() : status.pid();
        if (pid == null) {
            issues.add(new ParseIssue(line, 0, "neither the text nor a line above it says of which process it is", ""));
            return;
        }
        Long file = status.rssFileBytes();
        Long shmem = status.rssShmemBytes();
        boolean withoutMemory = status.vmSizeBytes() == null && status.rssBytes() == null;
        draft.processes.add(ToolProcess.of(pid)
                .ppid(status.ppid())
                .uid(status.uid())
                .comm(status.name())
                .state(status.state())
                .kernelThread(withoutMemory
                        && status.state() != null
                        && !status.state().equals("Z"))
                .threads(status.threads())
                .vmSizeBytes(status.vmSizeBytes())
                .rssBytes(status.rssBytes())
                .rssAnonBytes(status.rssAnonBytes())
                .rssSharedBytes(file == null || shmem == null ? null : file + shmem)
                .swapBytes(status.swapBytes())
                .copied(new ToolProcess.Copied(status, null, told.oomScore(), told.oomScoreAdj(), null, null))
                .told());
    }
}
