package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.CgroupMembership;
import org.postmem.procfs.CommandLine;
import org.postmem.procfs.Mapping;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.ProcessMemory;
import org.postmem.procfs.ProcessStat;
import org.postmem.units.ClockTicks;
import org.postmem.units.PageSize;

// 55b112757000-55b112758000 r--p 00000000 fe:00 26723                      /opt/pythons/versions/3.11.7/bin/python3.11

/** Copies of the files of one process below {@code /proc}: which of them a text is, and what it tells of the process. */
final class ProcessFile {
    static final String STATUS = "pid/status";
    static final String SMAPS_FILE = "pid/smaps";
    static final String SMAPS_ROLLUP = "pid/smaps_rollup";
    static final String STAT_FILE = "pid/stat";
    static final String COMMAND_LINE = "pid/cmdline";
    private static final String OOM_SCORE_FILE = "pid/oom_score";
    private static final String OOM_SCORE_ADJ_FILE = "pid/oom_score_adj";
    private static final String CGROUP_FILE = "pid/cgroup";

    private static final Pattern SMAPS =
            Pattern.compile("[0-9a-f]{8,16}-[0-9a-f]{8,16} [rwxps-]{4} [0-9a-f]{8,16} [0-9a-f]{2,4}:[0-9a-f]{2,6} .*");
    private static final Pattern PID_OF_PATH = Pattern.compile(
            "(?:.*[/_.-])?(?:(\\d{1,10})[/_.-](?:smaps|smaps_rollup)|(?:smaps|smaps_rollup)[_.-](\\d{1,10}))(?:\\.[a-z]{1,9})?");
    private static final Pattern PROCESS_PATH =
            Pattern.compile("proc/\\d{1,10}/(status|smaps|smaps_rollup|stat|cmdline|oom_score|oom_score_adj|cgroup)");
    /** Of a process, not of one of its threads: 4711/oom_score_adj. */
    private static final Pattern SMALL_PROCESS_FILE =
            Pattern.compile("(?:.{0,1000}(?<!/task)/)?(\\d{1,10})/(oom_score|oom_score_adj|cgroup)");

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,4}");
    private static final Pattern MEMBERSHIP = Pattern.compile("\\d{1,3}:[^:/]{0,200}:/.*");
    private static final Pattern COMMAND_LINE_PATH = Pattern.compile("(?:.*/)?(\\d{1,10})/cmdline");
    private static final Pattern STAT =
            Pattern.compile("\\d{1,10} \\(.*\\) [A-Za-z] -?\\d{1,10} -?\\d{1,10} -?\\d{1,10} -?\\d{1,10} .*");
    private static final PageSize PAGE = new PageSize(4096);
    private static final ClockTicks TICKS = new ClockTicks(100);

    private ProcessFile() {}

    /**
     * Which of the files of one line, by its name, since their text could be of many; {@code null} when it is none.
     *
     * @param line of the text, the first one
     */
    static String ofName(String name, String line) {
        if (name.endsWith("/oom_score") || name.endsWith("/oom_score_adj") || name.endsWith("/cgroup")) {
            Matcher small = SMALL_PROCESS_FILE.matcher(name);
            if (small.matches()
                    && (small.group(2).equals("cgroup") ? MEMBERSHIP : NUMBER)
                            .matcher(line)
                            .matches()) {
                return "pid/" + small.group(2);
            }
        }
        return null;
    }

    /** Which file of a process, by what stands in it; {@code null} when it is none. */
    static String ofText(String line, String head) {
        if (STAT.matcher(line).matches()) {
            return STAT_FILE;
        }
        if (StatusText.begins(line, head)) {
            return STATUS;
        }
        if (SMAPS.matcher(line).matches()) {
            return head.contains("[rollup]") ? SMAPS_ROLLUP : head.contains("\nSize:") ? SMAPS_FILE : null;
        }
        return null;
    }

    /** Which file of a process, by its path on the host, {@code proc/4711/smaps}; {@code null} when it is of no process. */
    static String ofTitle(String title) {
        Matcher process = PROCESS_PATH.matcher(title);
        return process.matches() ? "pid/" + process.group(1) : null;
    }

    /** NULs are no text, so only its name tells a command line. */
    static boolean isCommandLine(String name) {
        return COMMAND_LINE_PATH.matcher(name).matches();
    }

    /**
     * Reads a copy.
     *
     * @param path {@code pid/smaps}
     * @param name of the copy, which tells the process where the text does not
     * @return false when it is of no process
     */
    static boolean add(String path, String name, byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        switch (path) {
            case STATUS -> StatusText.add(name, text, draft, issues);
            case STAT_FILE -> stat(text, draft, issues);
            case COMMAND_LINE -> commandLine(name, text, draft);
            case OOM_SCORE_FILE, OOM_SCORE_ADJ_FILE, CGROUP_FILE -> small(path, name, text, draft, issues);
            case SMAPS_FILE, SMAPS_ROLLUP -> mappings(path, name, text, draft, issues);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void commandLine(String name, byte[] text, Reading.Draft draft) {
        Matcher pid = COMMAND_LINE_PATH.matcher(name);
        String command = CommandLine.parse(text).text();
        if (pid.matches() && Amount.small(pid.group(1)) != null && command != null) {
            draft.processes.add(
                    ToolProcess.of(Amount.small(pid.group(1))).command(command).told());
        }
    }

    private static void mappings(String path, String name, byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        Integer pid = pidOfPath(name);
        if (pid == null) {
            issues.add(new ParseIssue(
                    0, 0, "neither the text nor its name says of which process it is: name the file PID-smaps", ""));
        }
        if (path.equals(SMAPS_ROLLUP)) {
            rollup(pid, text, draft, issues);
            return;
        }
        Parsed<List<Mapping>> mappings = Mapping.parse(text);
        issues.addAll(mappings.issues());
        ProcessMappings all = new ProcessMappings(pid, null, mappings.value());
        draft.mappings.add(all);
        draft.processes.add(summed(all));
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
                issues.add(new ParseIssue(
                        1, 0, "not a number of the OOM killer", TextBytes.printable(TextBytes.line(text, 0))));
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
}
