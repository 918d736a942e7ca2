package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

/**
 * Copies of files below {@code /proc} and {@code /sys}, told by what stands in them; only where that is not enough (PSI,
 * files of one number) by the name of the copy. Several in one text, as {@code head} and {@code tail} print them, too.
 */
final class HostFile {
    private static final Pattern HEAD_TITLE =
            Pattern.compile("==> (/?(?:[^<>]{0,200}/)?(?:proc|sys)/[^<>]{1,200}) <==");
    private static final Pattern VMALLOC = Pattern.compile("0x[0-9a-f]{8,16}-0x[0-9a-f]{8,16} +\\d{1,18} \\S.*");
    private static final Pattern SMAPS =
            Pattern.compile("[0-9a-f]{8,16}-[0-9a-f]{8,16} [rwxps-]{4} [0-9a-f]{8,16} [0-9a-f]{2,4}:[0-9a-f]{2,6} .*");
    private static final Pattern PID_OF_PATH =
            Pattern.compile("(?:.*[/_-])?(\\d{1,10})[/_-](?:smaps|smaps_rollup|status)(?:\\.txt)?");
    private static final Pattern COMMAND_LINE_PATH = Pattern.compile("(?:.*/)?(\\d{1,10})/cmdline");
    private static final Pattern STAT =
            Pattern.compile("\\d{1,10} \\(.*\\) [A-Za-z] -?\\d{1,10} -?\\d{1,10} -?\\d{1,10} -?\\d{1,10} .*");
    private static final PageSize PAGE = new PageSize(4096);
    private static final ClockTicks TICKS = new ClockTicks(100);
    private static final Pattern RESOURCE = Pattern.compile(".*(cpu|memory|io|irq)[^a-z]*(?:txt)?");
    private static final Pattern LOAD_AVERAGE =
            Pattern.compile("\\d{1,6}\\.\\d\\d \\d{1,6}\\.\\d\\d \\d{1,6}\\.\\d\\d \\d{1,9}/\\d{1,9} \\d{1,10}");

    static final String STATUS = "pid/status";
    static final String SMAPS_FILE = "pid/smaps";
    static final String SMAPS_ROLLUP = "pid/smaps_rollup";
    static final String STAT_FILE = "pid/stat";
    static final String COMMAND_LINE = "pid/cmdline";

    private HostFile() {}

    /**
     * The path on the host, {@code proc/meminfo}; {@code null} when the text is of none.
     *
     * @param line the first line that is not blank
     */
    static String path(String name, String line, String head) {
        if (line.startsWith("MemTotal:")) {
            return "proc/meminfo";
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
        if (line.startsWith("Name:\t") && head.contains("\nPid:\t")) {
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
        return HEAD_TITLE.matcher(line).matches();
    }

    /** Reads one text of several. */
    static Parsed<ToolText> parseTitled(byte[] text) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        String path = null;
        int from = 0;
        int at = 0;
        while (at <= text.length) {
            int end = at;
            while (end < text.length && text[end] != '\n') {
                end++;
            }
            Matcher title =
                    end - at > 420 ? null : HEAD_TITLE.matcher(new String(text, at, end - at, StandardCharsets.UTF_8));
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
                path = whole.substring(Math.max(0, root));
                from = Math.min(text.length, end + 1);
            }
            at = end + 1;
        }
        Reading.Draft draft = new Reading.Draft(Stamp.NONE);
        List<ParseIssue> issues = new ArrayList<>();
        files.forEach((name, bytes) -> add(name, name, bytes, draft, issues));
        return new Parsed<>(ToolText.of(List.of(draft)), issues);
    }

    /** Reads a copy of one file. */
    static Parsed<ToolText> parse(String path, String name, byte[] text) {
        Reading.Draft draft = new Reading.Draft(Stamp.NONE);
        List<ParseIssue> issues = new ArrayList<>();
        add(path, name, text, draft, issues);
        return new Parsed<>(ToolText.of(List.of(draft)), issues);
    }

    private static void add(String path, String name, byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        if (path.equals(STATUS)) {
            status(text, draft, issues);
        } else if (path.equals(STAT_FILE)) {
            stat(text, draft, issues);
        } else if (path.equals(COMMAND_LINE)) {
            Matcher pid = COMMAND_LINE_PATH.matcher(name);
            String command = CommandLine.parse(text).text();
            if (pid.matches() && Amount.small(pid.group(1)) != null && command != null) {
                draft.processes.add(new ToolProcess(
                        Amount.small(pid.group(1)),
                        null,
                        null,
                        null,
                        command,
                        null,
                        null,
                        false,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
            }
        } else if (path.equals(SMAPS_FILE) || path.equals(SMAPS_ROLLUP)) {
            Matcher pid = PID_OF_PATH.matcher(name);
            if (!pid.matches() || Amount.small(pid.group(1)) == null) {
                issues.add(new ParseIssue(0, 0, "neither the text nor its name says of which process it is", ""));
            } else if (path.equals(SMAPS_FILE)) {
                Parsed<List<Mapping>> mappings = Mapping.parse(text);
                issues.addAll(mappings.issues());
                draft.mappings.add(new ProcessMappings(Amount.small(pid.group(1)), null, mappings.value()));
                draft.processes.add(summed(Amount.small(pid.group(1)), mappings.value()));
            } else {
                rollup(Amount.small(pid.group(1)), text, draft, issues);
            }
        } else {
            draft.files.put(path, text);
        }
    }

    /** What the mappings of a process come to, as smem sums them; {@code null} where one of them lacks the line. */
    private static ToolProcess summed(int pid, List<Mapping> mappings) {
        return new ToolProcess(
                pid,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                sum(mappings, Mapping::sizeBytes),
                sum(mappings, Mapping::rssBytes),
                sum(mappings, Mapping::anonymousBytes),
                null,
                sum(mappings, Mapping::swapBytes),
                sum(mappings, Mapping::pssBytes),
                null);
    }

    private static Long sum(List<Mapping> mappings, Function<Mapping, Long> part) {
        long sum = 0;
        for (Mapping mapping : mappings) {
            Long bytes = part.apply(mapping);
            if (bytes == null || bytes > Long.MAX_VALUE - sum) {
                return null;
            }
            sum += bytes;
        }
        return mappings.isEmpty() ? null : Long.valueOf(sum);
    }

    private static void stat(byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        Parsed<ProcessStat> parsed = ProcessStat.parse(text, TICKS, PAGE);
        issues.addAll(parsed.issues());
        ProcessStat stat = parsed.value();
        if (stat != null && stat.pid() != null) {
            boolean kernelThread = Boolean.TRUE.equals(stat.kernelThread());
            // Its pages are of a size that no text beside it tells, so only the address space, in bytes there, is
            // taken.
            draft.processes.add(new ToolProcess(
                    stat.pid(),
                    stat.ppid(),
                    null,
                    stat.comm(),
                    null,
                    stat.state(),
                    null,
                    kernelThread,
                    stat.threads(),
                    kernelThread ? null : stat.virtualBytes(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null));
        }
    }

    private static void rollup(int pid, byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        Parsed<ProcessMemory> parsed = ProcessMemory.parse(text);
        issues.addAll(parsed.issues());
        ProcessMemory memory = parsed.value();
        if (memory != null) {
            draft.processes.add(new ToolProcess(
                    pid,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    false,
                    null,
                    null,
                    memory.rssBytes(),
                    memory.anonymousBytes(),
                    null,
                    memory.swapBytes(),
                    memory.pssBytes(),
                    null));
        }
    }

    private static void status(byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        Parsed<ProcessStatus> parsed = ProcessStatus.parse(text);
        issues.addAll(parsed.issues());
        ProcessStatus status = parsed.value();
        if (status == null
                || status.pid() == null
                || (status.tgid() != null && !status.tgid().equals(status.pid()))) {
            return;
        }
        Long file = status.rssFileBytes();
        Long shmem = status.rssShmemBytes();
        draft.processes.add(new ToolProcess(
                status.pid(),
                status.ppid(),
                status.uid(),
                status.name(),
                null,
                status.state(),
                null,
                status.vmSizeBytes() == null && !"Z".equals(status.state()),
                status.threads(),
                status.vmSizeBytes(),
                status.rssBytes(),
                status.rssAnonBytes(),
                file == null || shmem == null ? null : file + shmem,
                status.swapBytes(),
                null,
                null));
    }
}
