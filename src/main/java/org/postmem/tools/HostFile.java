package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.CgroupMembership;
import org.postmem.procfs.CommandLine;
import org.postmem.procfs.Mapping;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.ProcessMemory;
import org.postmem.procfs.ProcessStat;
import org.postmem.procfs.ProcessStatus;
import org.postmem.units.ClockTicks;
import org.postmem.units.PageSize;

// ==> /proc/pressure/cpu <==
// some avg10=32.39 avg60=58.88 avg300=42.78 total=297838311
// == memory.current
// 21254144

/**
 * Copies of files below {@code /proc} and {@code /sys}, told by what stands in them; only where that is not enough (PSI,
 * files of one number) by the name of the copy. Several in one text, as {@code head} and {@code tail} print them, too.
 */
final class HostFile {
    /** Above a file of several: what head prints, or what a script puts there; of a cgroup its name alone will do. */
    private static final Pattern TITLE = Pattern.compile("={2,5}>? ("
            + "/?(?:[^<>=]{0,200}/)?(?:proc|sys)/[^<>=]{1,200}?"
            + "|" + CgroupFile.NAME
            + ")(?: <?={2,5})?");

    private static final Pattern VMALLOC = Pattern.compile("0x[0-9a-f]{8,16}-0x[0-9a-f]{8,16} +\\d{1,18} \\S.*");
    private static final Pattern SMAPS =
            Pattern.compile("[0-9a-f]{8,16}-[0-9a-f]{8,16} [rwxps-]{4} [0-9a-f]{8,16} [0-9a-f]{2,4}:[0-9a-f]{2,6} .*");
    private static final Pattern PID_OF_PATH = Pattern.compile(
            "(?:.*[/_.-])?(?:(\\d{1,10})[/_.-](?:smaps|smaps_rollup)|(?:smaps|smaps_rollup)[_.-](\\d{1,10}))(?:\\.[a-z]{1,9})?");
    private static final Pattern PROCESS_PATH =
            Pattern.compile("proc/\\d{1,10}/(status|smaps|smaps_rollup|stat|cmdline|oom_score|oom_score_adj|cgroup)");
    /** Of a process, not of one of its threads: 4711/oom_score_adj. */
    private static final Pattern SMALL_PROCESS_FILE =
            Pattern.compile("(?:.{0,1000}(?<!/task)/)?(\\d{1,10})/(oom_score|oom_score_adj|cgroup)");
    /** What the host is set to, one value a file. */
    private static final Pattern SETTING = Pattern.compile("(?:.{0,1000}/)?(proc/sys/(?:vm|fs)/[a-z0-9_/-]{1,80}"
            + "|proc/sys/kernel/(?:shm[a-z]{3}|pid_max|threads-max|panic|numa_balancing)"
            + "|sys/kernel/mm/(?:transparent_hugepage|ksm|lru_gen)/[a-z0-9_/]{1,80})");

    private static final Pattern MODULE = Pattern.compile(
            "\\w{1,64} \\d{1,12} (?:\\d{1,6}|-) \\S{1,2000} (?:Live|Loading|Unloading) 0x[0-9a-f]{1,16}(?: \\(\\w{1,10}\\))?");
    private static final Pattern STATUS_LINE =
            Pattern.compile("(?:Vm(?:Peak|Size|HWM|RSS|Data|Swap)|Rss(?:Anon|File|Shmem)):\\t\\s{0,12}\\d{1,15} kB");
    private static final Pattern STATUS_FIELD = Pattern.compile("[A-Za-z_]{2,30}:\\t.*");
    /** proc/4711/status, 4711-status.txt; the numbers of a date are of no process. */
    private static final Pattern STATUS_PATH = Pattern.compile(
            "(?:(?:.{0,1000}/)?proc/(\\d{1,7})/status|(?:.{0,1000}/)?(\\d{1,7})[_.-]status(?:\\.[a-z]{1,9})?)");

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,4}");
    private static final Pattern MEMBERSHIP = Pattern.compile("\\d{1,3}:[^:/]{0,200}:/.*");
    /** {@code PID 102 score=810 adj=0}: what a script prints above the lines it takes from a status. */
    private static final Pattern PROCESS_TITLE = Pattern.compile("(?i)[^\\w]{0,10}pid[ :=#]{1,4}(\\d{1,10})\\b.*");

    private static final Pattern OOM_SCORE = Pattern.compile("(?i)\\b(?:oom_)?score[=: ]{1,2}(\\d{1,5})\\b");
    private static final Pattern OOM_SCORE_ADJ = Pattern.compile("(?i)\\b(?:oom_score_)?adj[=: ]{1,2}(-?\\d{1,4})\\b");
    /** 25945 25822 163 120 0 25775 0: statm below a status, in pages: the status says the same in bytes. */
    private static final Pattern STATM = Pattern.compile("\\d{1,16}(?: \\d{1,16}){6}");

    private static final Pattern MEMINFO_LINE = Pattern.compile("[A-Z][A-Za-z0-9_()]{1,40}:\\s+\\d{1,19}(?: kB)?\\s*");
    private static final Pattern COMMAND_LINE_PATH = Pattern.compile("(?:.*/)?(\\d{1,10})/cmdline");
    private static final Pattern STAT =
            Pattern.compile("\\d{1,10} \\(.*\\) [A-Za-z] -?\\d{1,10} -?\\d{1,10} -?\\d{1,10} -?\\d{1,10} .*");
    private static final PageSize PAGE = new PageSize(4096);
    private static final ClockTicks TICKS = new ClockTicks(100);
    private static final Pattern RESOURCE = Pattern.compile(".*(cpu|memory|io|irq)[^a-z]*(?:txt)?");
    private static final Pattern LOAD_AVERAGE =
            Pattern.compile("\\d{1,6}\\.\\d\\d \\d{1,6}\\.\\d\\d \\d{1,6}\\.\\d\\d \\d{1,9}/\\d{1,9} \\d{1,10}");

    private static final int LONGEST_LINE = 200;
    /** With what a file begins, and no further line of it. */
    private static final Map<String, byte[]> BEGINS = begins();

    private static final byte[] NAME = "Name:\t".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NEXT_PROCESS = "\nName:\t".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PID = "\nPid:\t".getBytes(StandardCharsets.US_ASCII);

    static final String STATUS = "pid/status";
    static final String SMAPS_FILE = "pid/smaps";
    static final String SMAPS_ROLLUP = "pid/smaps_rollup";
    static final String STAT_FILE = "pid/stat";
    static final String COMMAND_LINE = "pid/cmdline";
    private static final String OOM_SCORE_FILE = "pid/oom_score";
    private static final String OOM_SCORE_ADJ_FILE = "pid/oom_score_adj";
    private static final String CGROUP_FILE = "pid/cgroup";
    private static final int LONGEST_SETTING = 1000;

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

    private HostFile() {}

    /**
     * The path on the host, {@code proc/meminfo}; {@code null} when the text is of none.
     *
     * @param line the first line that is not blank
     */
    static String path(String name, String line, String head) {
        if (CgroupFile.isPath(name)) {
            return CgroupFile.path(name);
        }
        // asked of every print-out in a file of OSWatcher: most names are none of these
        if (head.length() <= LONGEST_SETTING && (name.contains("proc/sys/") || name.contains("sys/kernel/mm/"))) {
            Matcher setting = SETTING.matcher(name);
            if (setting.matches()) {
                return setting.group(1);
            }
        }
        if (name.endsWith("/oom_score") || name.endsWith("/oom_score_adj") || name.endsWith("/cgroup")) {
            Matcher small = SMALL_PROCESS_FILE.matcher(name);
            if (small.matches()
                    && (small.group(2).equals("cgroup") ? MEMBERSHIP : NUMBER)
                            .matcher(line)
                            .matches()) {
                return "pid/" + small.group(2);
            }
        }
        if (line.startsWith("MemTotal:")) {
            return "proc/meminfo";
        }
        if (line.contains(" 0x") && MODULE.matcher(line).matches()) {
            return "proc/modules";
        }
        if (line.startsWith("slabinfo - version:")) {
            return "proc/slabinfo";
        }
        if (line.matches("nr_free_pages \\d{1,19}")) {
            return "proc/vmstat";
        }
        if (line.startsWith("Page block order:")) {
            return "proc/pagetypeinfo";
        }
        if (line.startsWith("Node 0, zone")) {
            return head.contains("\n  pages free ") ? "proc/zoneinfo" : "proc/buddyinfo";
        }
        if (VMALLOC.matcher(line).matches()) {
            return "proc/vmallocinfo";
        }
        if (line.matches("Filename\\s+Type\\s+Size\\s+Used\\s+Priority\\s*")) {
            return "proc/swaps";
        }
        if (line.matches("\\s*key\\s+shmid\\s+perms\\s+size\\s+cpid.*")) {
            return "proc/sysvipc/shm";
        }
        if (line.matches("sockets: used \\d{1,10}")) {
            return "proc/net/sockstat";
        }
        if (line.matches("TCP6: inuse \\d{1,10}")) {
            return "proc/net/sockstat6";
        }
        if (line.matches("cpu  ?\\d[\\d ]+")) {
            return "proc/stat";
        }
        if (LOAD_AVERAGE.matcher(line).matches()) {
            return "proc/loadavg";
        }
        if (line.startsWith("some avg10=")) {
            Matcher resource = RESOURCE.matcher(name.substring(name.lastIndexOf('/') + 1));
            return resource.matches() ? "proc/pressure/" + resource.group(1) : null;
        }
        if (STAT.matcher(line).matches()) {
            return STAT_FILE;
        }
        if (line.startsWith("Name:\t")
                && (head.contains("\nPid:\t") || head.contains("\nVm") || head.contains("\nRss"))) {
            return STATUS;
        }
        // what grep found in a status
        if ((line.startsWith("Vm") || line.startsWith("Rss"))
                && STATUS_LINE.matcher(line).matches()) {
            return STATUS;
        }
        if (SMAPS.matcher(line).matches()) {
            return head.contains("[rollup]") ? SMAPS_ROLLUP : head.contains("\nSize:") ? SMAPS_FILE : null;
        }
        return null;
    }

    /** NULs are no text, so only its name tells a command line. */
    static boolean isCommandLine(String name) {
        return COMMAND_LINE_PATH.matcher(name).matches();
    }

    /** Is it a title that head and tail put above each file of several? */
    static boolean isTitle(String line) {
        return TITLE.matcher(line).matches();
    }

    private static Map<String, byte[]> begins() {
        Map<String, byte[]> begins = new HashMap<>();
        begins.put("proc/meminfo", ascii("MemTotal:"));
        begins.put("proc/vmstat", ascii("nr_free_pages "));
        begins.put("proc/slabinfo", ascii("slabinfo - version"));
        begins.put("proc/buddyinfo", ascii("Node 0, zone      DMA "));
        begins.put("proc/zoneinfo", ascii("Node 0, zone      DMA"));
        begins.put("proc/pagetypeinfo", ascii("Page block order:"));
        return begins;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads one text of several. */
    static Parsed<ToolText> parseTitled(byte[] text) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        String path = null;
        int from = 0;
        int at = 0;
        while (at <= text.length) {
            int end = TextBytes.lineEnd(text, at);
            Matcher title =
                    end - at > 420 ? null : TITLE.matcher(new String(text, at, end - at, StandardCharsets.UTF_8));
            boolean found = title != null && title.matches();
            if (found || end >= text.length) {
                int to = found ? at : text.length;
                // a blank line stands above each title but the first
                while (found && to > from + 1 && text[to - 1] == '\n' && text[to - 2] == '\n') {
                    to--;
                }
                if (path != null && to > from) {
                    files.put(path, Arrays.copyOfRange(text, from, to));
                }
            }
            if (found) {
                String whole = title.group(1);
                int root = Math.max(whole.lastIndexOf("proc/"), whole.startsWith("/sys/") ? 1 : -1);
                path = CgroupFile.isPath(whole) ? CgroupFile.path(whole) : whole.substring(Math.max(0, root));
                from = Math.min(text.length, end + 1);
            }
            at = end + 1;
        }
        Reading.Draft draft = new Reading.Draft(Stamp.NONE);
        List<ParseIssue> issues = new ArrayList<>();
        files.forEach((name, bytes) -> {
            Matcher process = PROCESS_PATH.matcher(name);
            add(process.matches() ? "pid/" + process.group(1) : name, name, bytes, draft, issues);
        });
        return new Parsed<>(ToolText.of(List.of(draft)), issues);
    }

    /** Reads a copy of one file. */
    static Parsed<ToolText> parse(String path, String name, byte[] text) {
        List<ParseIssue> issues = new ArrayList<>();
        List<Reading.Draft> drafts = new ArrayList<>();
        byte[] begin = BEGINS.get(path);
        List<Integer> starts = begin == null ? List.of(0) : copies(text, begin);
        for (int i = 0; i < starts.size(); i++) {
            int to = i + 1 < starts.size() ? starts.get(i + 1) : text.length;
            Reading.Draft draft = new Reading.Draft(Stamp.NONE);
            byte[] copy = starts.size() == 1 ? text : Arrays.copyOfRange(text, starts.get(i), to);
            add(path, name, copy, draft, issues);
            drafts.add(draft);
        }
        return new Parsed<>(ToolText.of(drafts), issues);
    }

    /** Where each copy begins in a text to which one after the other was appended. */
    private static List<Integer> copies(byte[] text, byte[] begin) {
        List<Integer> starts = new ArrayList<>(List.of(0));
        int first = -1;
        for (int at = 0; at + begin.length <= text.length; at = next(text, at)) {
            if (Arrays.equals(text, at, at + begin.length, begin, 0, begin.length)) {
                if (first >= 0) {
                    starts.add(at);
                }
                first = at;
            }
        }
        return starts;
    }

    private static void add(String path, String name, byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        if (path.equals(STATUS)) {
            Matcher of = STATUS_PATH.matcher(name);
            if (TextBytes.indexOf(text, PID) >= 0) {
                status(text, 0, draft, issues);
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
                status(text, 0, draft, issues);
            }
        } else if (path.equals(STAT_FILE)) {
            stat(text, draft, issues);
        } else if (path.equals(COMMAND_LINE)) {
            Matcher pid = COMMAND_LINE_PATH.matcher(name);
            String command = CommandLine.parse(text).text();
            if (pid.matches() && Amount.small(pid.group(1)) != null && command != null) {
                draft.processes.add(ToolProcess.of(Amount.small(pid.group(1)))
                        .command(command)
                        .told());
            }
        } else if (path.equals(OOM_SCORE_FILE) || path.equals(OOM_SCORE_ADJ_FILE) || path.equals(CGROUP_FILE)) {
            small(path, name, text, draft, issues);
        } else if (path.equals(SMAPS_FILE) || path.equals(SMAPS_ROLLUP)) {
            Integer pid = pidOfPath(name);
            if (pid == null) {
                issues.add(new ParseIssue(
                        0,
                        0,
                        "neither the text nor its name says of which process it is: name the file PID-smaps",
                        ""));
            }
            if (path.equals(SMAPS_FILE)) {
                Parsed<List<Mapping>> mappings = Mapping.parse(text);
                issues.addAll(mappings.issues());
                ProcessMappings all = new ProcessMappings(pid, null, mappings.value());
                draft.mappings.add(all);
                draft.processes.add(summed(all));
            } else {
                rollup(pid, text, draft, issues);
            }
        } else if (path.equals("proc/meminfo") && TextBytes.indexOf(text, NEXT_PROCESS) >= 0) {
            int end = endOfMeminfo(text);
            draft.files.put(path, Arrays.copyOf(text, end));
            status(text, end, draft, issues);
        } else {
            draft.files.put(path, text);
        }
    }

    /** Lines of the status of one process: no name of a second one, no number that a script put above. */
    private static boolean isOne(byte[] text) {
        Set<String> seen = new HashSet<>();
        for (int at = 0; at < text.length; at = next(text, at)) {
            String line = line(text, at);
            if (!line.isBlank()
                    && (!STATUS_FIELD.matcher(line).matches() || !seen.add(line.substring(0, line.indexOf(':'))))) {
                return false;
            }
        }
        return !seen.isEmpty();
    }

    private static void small(String path, String name, byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        Matcher file = SMALL_PROCESS_FILE.matcher(name);
        Integer pid = file.matches() ? Amount.small(file.group(1)) : null;
        if (pid == null) {
            return;
        }
        ToolProcess.Copied copied;
        if (path.equals(CGROUP_FILE)) {
            Parsed<List<CgroupMembership>> memberships = CgroupMembership.parse(text);
            issues.addAll(memberships.issues());
            String cgroup = CgroupMembership.memoryPath(memberships.value()).orElse(null);
            copied = ToolProcess.Copied.ofCgroup(cgroup);
        } else {
            String number = new String(text, StandardCharsets.US_ASCII).strip();
            if (!NUMBER.matcher(number).matches()) {
                issues.add(new ParseIssue(1, 0, "not a number of the OOM killer", printable(line(text, 0))));
                return;
            }
            int value = Integer.parseInt(number);
            copied = path.equals(OOM_SCORE_FILE)
                    ? ToolProcess.Copied.ofOomScore(value)
                    : ToolProcess.Copied.ofOomScoreAdj(value);
        }
        draft.processes.add(ToolProcess.of(pid).copied(copied).told());
    }

    /** What the mappings of a process come to, as smem sums them; {@code null} where one of them lacks the line. */
    private static ToolProcess summed(ProcessMappings all) {
        return ToolProcess.of(all.pid())
                .vmSizeBytes(all.sum(Mapping::sizeBytes))
                .rssBytes(all.sum(Mapping::rssBytes))
                .rssAnonBytes(all.sum(Mapping::anonymousBytes))
                .swapBytes(all.sum(Mapping::swapBytes))
                .pssBytes(all.sum(Mapping::pssBytes))
                .told();
    }

    private static void stat(byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        Parsed<ProcessStat> parsed = ProcessStat.parse(text, TICKS, PAGE);
        issues.addAll(parsed.issues());
        ProcessStat stat = parsed.value();
        if (stat != null && stat.pid() != null) {
            boolean kernelThread = Boolean.TRUE.equals(stat.kernelThread());
            // Its pages are of a size that no text beside it tells, so only the address space, in bytes there, is
            // taken.
            draft.processes.add(ToolProcess.of(stat.pid())
                    .ppid(stat.ppid())
                    .comm(stat.comm())
                    .state(stat.state())
                    .kernelThread(kernelThread)
                    .threads(stat.threads())
                    .vmSizeBytes(kernelThread ? null : stat.virtualBytes())
                    .copied(ToolProcess.Copied.ofStart(stat.startTicks()))
                    .told());
        }
    }

    private static void rollup(Integer pid, byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        Parsed<ProcessMemory> parsed = ProcessMemory.parse(text);
        issues.addAll(parsed.issues());
        ProcessMemory memory = parsed.value();
        if (memory != null) {
            draft.processes.add(ToolProcess.of(pid)
                    .rssBytes(memory.rssBytes())
                    .rssAnonBytes(memory.anonymousBytes())
                    .swapBytes(memory.swapBytes())
                    .pssBytes(memory.pssBytes())
                    .copied(ToolProcess.Copied.ofMemory(memory))
                    .told());
        }
    }

    private static Integer pidOfPath(String name) {
        Matcher pid = PID_OF_PATH.matcher(name);
        return !pid.matches() ? null : Amount.small(pid.group(1) == null ? pid.group(2) : pid.group(1));
    }

    /** Where something else than lines of meminfo begins: the script went on to something else. */
    private static int endOfMeminfo(byte[] text) {
        int at = 0;
        while (at < text.length && MEMINFO_LINE.matcher(line(text, at)).matches()) {
            at = next(text, at);
        }
        return at;
    }

    /**
     * The status of one process or of many, one below the other, each whole or a few of its lines.
     *
     * @param start where they begin in the text
     */
    private static void status(byte[] text, int start, Reading.Draft draft, List<ParseIssue> issues) {
        boolean whole = TextBytes.indexOf(text, PID) >= 0;
        Title told = Title.NONE;
        Title ofBlock = Title.NONE;
        int from = -1;
        int fromLine = 0;
        int number = 1;
        for (int at = 0; at < start; at = next(text, at)) {
            number++;
        }
        for (int at = start; at < text.length; at = next(text, at), number++) {
            boolean begins = TextBytes.startsWith(text, at, NAME);
            Matcher title = whole || begins ? null : PROCESS_TITLE.matcher(line(text, at));
            boolean titled = title != null && title.matches();
            // no line of a status begins with a digit: only such a one is looked at
            boolean pages = from >= 0
                    && text[at] >= '0'
                    && text[at] <= '9'
                    && STATM.matcher(line(text, at)).matches();
            if ((begins || titled || pages) && from >= 0) {
                status(Arrays.copyOfRange(text, from, at), fromLine, ofBlock, draft, issues);
                from = -1;
            }
            if (titled) {
                told = Title.of(line(text, at), title);
            } else if (begins) {
                from = at;
                fromLine = number;
                ofBlock = told;
                told = Title.NONE;
            } else if (from < 0 && !pages && !line(text, at).isBlank()) {
                issues.add(new ParseIssue(number, 0, "not a line of a process's status", printable(line(text, at))));
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

    private static String line(byte[] text, int at) {
        int end = at;
        while (end < text.length && text[end] != '\n' && end - at < LONGEST_LINE) {
            end++;
        }
        return new String(text, at, end - at, StandardCharsets.UTF_8);
    }

    private static String printable(String line) {
        return line.replaceAll("\\p{Cntrl}", ".");
    }

    private static int next(byte[] text, int at) {
        return TextBytes.lineEnd(text, at) + 1;
    }
}
