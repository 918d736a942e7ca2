package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
    /** Nothing postmem knows. */
    UNKNOWN;

    /** So much of a file is enough to tell what it is. */
    public static final int HEAD_BYTES = 64 << 10;

    private static final int LONGEST_LINE = 1000;
    private static final Pattern MEMLEAK_START =
            Pattern.compile("Attaching to (?:pid \\d+|kernel allocators), Ctrl\\+C to quit\\.");
    private static final Pattern ALLOCINFO_START = Pattern.compile(
            "allocinfo - version: .*|\\s*\\d{1,18}\\s+\\d{1,18} \\S+\\.[chS]:\\d+ (?:\\[\\S+\\] )?func:\\S+.*");
    private static final Pattern STRACE_EVENT = Pattern.compile(
            "[a-z][a-z0-9_]{1,40}\\(.*<unfinished \\.\\.\\.>|<\\.\\.\\. [a-z0-9_]{2,40} resumed>.*|\\+\\+\\+ .*"
                    + " \\+\\+\\+|--- SIG.* ---");
    private static final Pattern RECORD = Pattern.compile("\\d{1,5},\\d{1,18},\\d{1,18},[^;]{0,200};.*");
    private static final Pattern LOG = Pattern.compile("(?:<\\d{1,3}>)?\\[\\s*\\d{1,9}\\.\\d{1,9}\\] .*"
            + "|[A-Z][a-z]{2} [ 0-3]\\d \\d\\d:\\d\\d:\\d\\d \\S+ \\S+: .*"
            + "|\\d{4}-\\d\\d-\\d\\dT\\S+ \\S+ \\S+: .*"
            + "|\\[[^\\]]{2,9} [^\\]]{2,9} [ 0-3]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}\\] .*");
    /** Of no other text: the first line of the report that is looked for. */
    private static final String OOM = " invoked oom-killer: gfp_mask=";

    private static final Pattern LOG_NAME =
            Pattern.compile(".*(?:dmesg|kern\\.log|kernel\\.log|journal|messages|syslog).*");

    /**
     * Tells the kind of a file.
     *
     * @param name decides only over a kernel log without time stamps, which looks like any prose
     * @param head the first {@value #HEAD_BYTES} bytes, or all there are
     */
    public static EvidenceKind of(String name, byte[] head) {
        int lines = 0;
        int calls = 0;
        int records = 0;
        int logged = 0;
        boolean oom = false;
        String text = new String(head, 0, Math.min(head.length, HEAD_BYTES), StandardCharsets.UTF_8);
        if (text.indexOf('\0') >= 0) {
            return UNKNOWN;
        }
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
                    || PageOwner.BASE_PAGES.matcher(line).matches()) {
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
            logged += LOG.matcher(line).matches() ? 1 : 0;
        }
        // Most of it, not all: a log has torn lines, a trace what the program itself wrote.
        if (calls > lines / 2) {
            return STRACE;
        }
        if (records > lines / 2
                && RECORD.matcher(text.lines().findFirst().orElse("")).matches()) {
            return KERNEL_RECORDS;
        }
        boolean named = LOG_NAME.matcher(name.toLowerCase(Locale.ROOT)).matches();
        return oom || logged > lines / 2 || (named && lines > 0) ? KERNEL_LOG : UNKNOWN;
    }

    private static boolean traced(String line) {
        Matcher prefix = Strace.PREFIX.matcher(line);
        String event = prefix.lookingAt() ? line.substring(prefix.end()) : line;
        return Strace.CALL.matcher(event).matches()
                || STRACE_EVENT.matcher(event).matches();
    }
}
