package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.KernelMessage;
import org.postmem.sysstat.SystemActivityReader;

/** What a file that somebody added is, by what stands in it. */
public enum EvidenceKind {
    /** {@link Memleak} reads it. */
    MEMLEAK,
    /** {@link Kmemleak} reads it. */
    KMEMLEAK,
    /** {@link Strace} reads it. */
    STRACE,
    /** {@link PageOwner} reads it. */
    PAGE_OWNER,
    /** {@link AllocTraces} reads it. */
    ALLOC_TRACES,
    /** {@link AllocInfo} reads it. */
    ALLOCINFO,
    /** Records of {@code /dev/kmsg}. */
    KERNEL_RECORDS,
    /** {@code dmesg}, syslog, {@code journalctl} or a serial console. */
    KERNEL_LOG,
    /** sysstat's binary history; {@link SystemActivityReader} and {@link SaFile} read it. */
    SA_FILE,
    /** {@link SarText} reads it. */
    SAR,
    /** {@link SadfText} reads it. */
    SADF,
    /** {@link SadfJson} reads it. */
    SADF_JSON,
    /** {@link SadfXml} reads it. */
    SADF_XML,
    /** {@link PidstatText} reads it. */
    PIDSTAT,
    /** {@link TopText} reads it. */
    TOP,
    /** {@link PsText} reads it. */
    PS,
    /** {@link PmapText} reads it. */
    PMAP,
    /** {@link FreeText} reads it. */
    FREE,
    /** {@link VmstatText} reads it. */
    VMSTAT,
    /** {@code vmstat -s}; {@link VmstatText} reads it. */
    VMSTAT_TOTALS,
    /** {@code vmstat -m}; {@link SlabtopText} reads it. */
    VMSTAT_SLABS,
    /** {@link SlabtopText} reads it. */
    SLABTOP,
    /** {@link DfText} reads it. */
    DF,
    /** {@link IpcsText} reads it. */
    IPCS,
    /** {@link SmemText} reads it. */
    SMEM,
    /** {@code smem -w}; {@link SmemText} reads it. */
    SMEM_SYSTEM,
    /** {@link AtopText} reads it. */
    ATOP,
    /** A copy of a file below {@code /proc}; {@link HostFile} reads it. */
    HOST_FILE,
    /** Several of them in one text, under the titles of head or tail. */
    HOST_FILES,
    /** Texts of any of these kinds, each under a line with its time; {@code Frames} takes them apart. */
    FRAMES,
    /** Holds the name of its host and nothing else. */
    HOST_NAME,
    /** Nothing postmem knows. */
    UNKNOWN;

    /** So much of a file is enough to tell what it is. */
    public static final int HEAD_BYTES = 64 << 10;

    private static final int LONGEST_LINE = 1000;
    /** A heading stands at the begin of a text, behind a few lines of a shell at most. */
    private static final int HEADING_LINES = 60;

    private static final Pattern MEMLEAK_START =
            Pattern.compile("Attaching to (?:pid \\d+|kernel allocators), Ctrl\\+C to quit\\.");
    private static final Pattern ALLOCINFO_START = Pattern.compile(
            "allocinfo - version: .*|\\s*\\d{1,18}\\s+\\d{1,18} \\S+\\.[chS]:\\d+ (?:\\[\\S+\\] )?func:\\S+.*");
    private static final Pattern STRACE_EVENT = Pattern.compile(
            "[a-z][a-z0-9_]{1,40}\\(.*<unfinished \\.\\.\\.>|<\\.\\.\\. [a-z0-9_]{2,40} resumed>.*|\\+\\+\\+ .*"
                    + " \\+\\+\\+|--- SIG.* ---");
    private static final Pattern RECORD = Pattern.compile("\\d{1,5},\\d{1,18},\\d{1,18},[^;]{0,200};.*");
    /** What earlyoom prints where it stands in no log. */
    private static final Pattern EARLYOOM = Pattern.compile(
            "mem avail: .* MiB \\(.*|(?:sending SIG|low memory! at or below SIG|process exited after ).*");
    /** Of no other text: the first line of the report that is looked for. */
    private static final String OOM = " invoked oom-killer: gfp_mask=";

    /** Of a sosreport, of pt-stalk, of a copy of /etc. */
    private static final Pattern HOST_NAME_FILE = Pattern.compile("(?:.*/)?(?:hostname|\\d{4}(?:_\\d\\d){5}-hostname)");

    private static final Pattern NAME_OF_HOST = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}\\s*");
    private static final int LONGEST_HOST_NAME = 260;

    private static final Pattern LOG_NAME =
            Pattern.compile(".*(?:dmesg|kern\\.log|kernel\\.log|journal|messages|syslog).*");

    /** Is it a history of the whole host, as sysstat keeps one? It knows when the host restarted. */
    public boolean isHistory() {
        return switch (this) {
            case SA_FILE, SAR, SADF, SADF_JSON, SADF_XML -> true;
            default -> false;
        };
    }

    /**
     * Tells the kind of a file.
     *
     * @param name decides only over a kernel log without time stamps, which looks like any prose, over files of PSI,
     *     over command lines and over the name of a host
     * @param head the first {@value #HEAD_BYTES} bytes, or all there are
     */
    public static EvidenceKind of(String name, byte[] head) {
        if (SystemActivityReader.matches(head)) {
            return SA_FILE;
        }
        if (ProcessFile.isCommandLine(name)) {
            return HOST_FILE;
        }
        String text = new String(head, 0, Math.min(head.length, HEAD_BYTES), StandardCharsets.UTF_8);
        if (text.indexOf('\0') >= 0) {
            return UNKNOWN;
        }
        if (HOST_NAME_FILE.matcher(name).matches()) {
            return text.length() < LONGEST_HOST_NAME
                            && NAME_OF_HOST.matcher(text).matches()
                    ? HOST_NAME
                    : UNKNOWN;
        }
        if (StructuredLog.matches(text)) {
            return log(name, new String(StructuredLog.lines(head), StandardCharsets.UTF_8));
        }
        EvidenceKind tool = tool(name, text);
        return tool == null ? log(name, text) : tool;
    }

    /** Memory calls, stacks and kernel logs, which have no heading: most of the lines decide. */
    private static EvidenceKind log(String name, String text) {
        int lines = 0;
        int calls = 0;
        int records = 0;
        int logged = 0;
        boolean oom = false;
        for (String whole : (Iterable<String>) text.lines()::iterator) {
            String line = whole.substring(0, Math.min(whole.length(), LONGEST_LINE));
            if (Memleak.HEADING.matcher(line.strip()).matches()
                    || MEMLEAK_START.matcher(line.strip()).matches()) {
                return MEMLEAK;
            }
            if (Kmemleak.OBJECT.matcher(line).matches()) {
                return KMEMLEAK;
            }
            if (Strace.SUMMARY.matcher(line).matches()) {
                return STRACE;
            }
            if (PageOwner.PAGE.matcher(line).matches()
                    || PageOwner.BASE_PAGES.matcher(line).matches()
                    || PageOwner.SORTED.matcher(line).matches()) {
                return PAGE_OWNER;
            }
            if (AllocTraces.COUNT.matcher(line).matches()) {
                return ALLOC_TRACES;
            }
            if (ALLOCINFO_START.matcher(line).matches()) {
                return ALLOCINFO;
            }
            if (line.isBlank() || line.startsWith(" > ")) {
                continue;
            }
            lines++;
            calls += traced(line) ? 1 : 0;
            records += RECORD.matcher(line).matches() || line.startsWith(" ") ? 1 : 0;
            oom |= line.contains(OOM);
            logged += KernelMessage.isLogged(line) || EARLYOOM.matcher(line).matches() ? 1 : 0;
        }
        // Most of it, not all: a log has torn lines, a trace what the program itself wrote.
        if (calls > lines / 2) {
            return STRACE;
        }
        if (records > lines / 2
                && RECORD.matcher(text.lines().findFirst().orElse("")).matches()) {
            return KERNEL_RECORDS;
        }
        // of the file, not of its folder: there is a slab cache jbd2_journal_head
        String file = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        boolean named = LOG_NAME.matcher(file).matches();
        return oom || logged > lines / 2 || (named && lines > 0) ? KERNEL_LOG : UNKNOWN;
    }

    private static boolean traced(String line) {
        Matcher prefix = StraceReader.PREFIX.matcher(line);
        String event = prefix.lookingAt() ? line.substring(prefix.end()) : line;
        return StraceReader.isCall(event) || STRACE_EVENT.matcher(event).matches();
    }

    /** What a heading at the begin says; {@code null} when there is none. */
    private static EvidenceKind tool(String name, String text) {
        if (text.startsWith("{")) {
            return text.contains("\"sysstat\"") ? SADF_JSON : null;
        }
        if (text.startsWith("<?xml")) {
            return text.contains("<sysstat") ? SADF_XML : null;
        }
        boolean stamped = false;
        boolean banner = false;
        boolean firstLine = true;
        String before = "";
        int lines = 0;
        for (String whole : (Iterable<String>) text.lines()::iterator) {
            String line =
                    whole.substring(0, Math.min(whole.length(), LONGEST_LINE)).stripTrailing();
            if (line.isBlank()) {
                continue;
            }
            if (++lines > HEADING_LINES) {
                break;
            }
            if (line.startsWith("Linux OSWbb") || line.startsWith("zzz ")) {
                return FRAMES;
            }
            // memory.current of a control group may look like seconds since 1970
            boolean bare =
                    lines == 1 && Frames.bareStamp(line.strip()) != null && HostPath.of(name, line, text) == null;
            if (bare || Frames.stamp(line.strip()) != null) {
                stamped = true;
                continue;
            }
            if (line.startsWith("Linux ") && SysstatLine.BANNER.matcher(line).matches()) {
                banner = true;
                continue;
            }
            EvidenceKind kind = banner ? sysstat(line) : heading(name, line, before, text, firstLine);
            if (kind != null) {
                return stamped ? FRAMES : kind;
            }
            firstLine = stamped && lines < 3;
            before = line;
        }
        return banner ? SAR : null;
    }

    private static EvidenceKind sysstat(String line) {
        if (line.startsWith("#")) {
            return PidstatText.isHeading(ColumnHeader.words(line, 1)) ? PIDSTAT : null;
        }
        SysstatLine.Clock clock = SysstatLine.clock(line);
        List<String> words = clock == null ? List.of() : ColumnHeader.words(line, clock.end());
        if (words.isEmpty() || words.get(0).equals("LINUX") || words.get(0).equals("COM")) {
            return null;
        }
        return PidstatText.isHeading(words) ? PIDSTAT : SAR;
    }

    private static EvidenceKind heading(String name, String line, String before, String text, boolean firstLine) {
        if (SadfText.matches(line)) {
            return SADF;
        }
        if (line.equals("RESET") || line.equals("SEP")) {
            return null;
        }
        if (TopText.FIRST.matcher(line).matches()) {
            return TOP;
        }
        if (TitledFiles.isTitle(line) || (firstLine && GrepText.matches(line))) {
            return HOST_FILES;
        }
        if (firstLine && HostPath.of(name, line, text) != null) {
            return HOST_FILE;
        }
        List<String> words = ColumnHeader.words(line, 0);
        if (AtopText.matches(line)) {
            return ATOP;
        }
        if (SlabtopText.isHeading(words)) {
            return SLABTOP;
        }
        if (SlabtopText.isVmstatHeading(words)) {
            return VMSTAT_SLABS;
        }
        if (VmstatText.isHeading(words)) {
            return VMSTAT;
        }
        if (FreeText.isHeading(words)) {
            return FREE;
        }
        if (DfText.isHeading(words)) {
            return DF;
        }
        if (IpcsText.isHeading(words)) {
            return IPCS;
        }
        if (SmemText.isHeading(words)) {
            return SMEM;
        }
        if (SmemText.isSystemHeading(words)) {
            return SMEM_SYSTEM;
        }
        if (PmapText.PROCESS.matcher(before).matches() && (PmapText.isHeading(words) || PmapText.isPlain(line))) {
            return PMAP;
        }
        if (PsText.isHeading(words)) {
            return PS;
        }
        if (firstLine && line.strip().matches("\\d{1,15} K total memory")) {
            return VMSTAT_TOTALS;
        }
        return null;
    }
}
