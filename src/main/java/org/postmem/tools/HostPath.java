package org.postmem.tools;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

// MemTotal:       24684084 kB

/**
 * Which file below {@code /proc} or {@code /sys} a text is a copy of, by what stands in it; only where that is not enough
 * (PSI, files of one number) by the name of the copy.
 */
final class HostPath {
    private static final Pattern VMALLOC = Pattern.compile("0x[0-9a-f]{8,16}-0x[0-9a-f]{8,16} +\\d{1,18} \\S.*");
    /** What the host is set to, one value a file. */
    private static final Pattern SETTING = Pattern.compile("(?:.{0,1000}/)?(proc/sys/(?:vm|fs)/[a-z0-9_/-]{1,80}"
            + "|proc/sys/kernel/(?:shm[a-z]{3}|pid_max|threads-max|panic|numa_balancing)"
            + "|sys/kernel/mm/(?:transparent_hugepage|ksm|lru_gen)/[a-z0-9_/]{1,80})");

    private static final Pattern MODULE = Pattern.compile(
            "\\w{1,64} \\d{1,12} (?:\\d{1,6}|-) \\S{1,2000} (?:Live|Loading|Unloading) 0x[0-9a-f]{1,16}(?: \\(\\w{1,10}\\))?");
    private static final Pattern RESOURCE = Pattern.compile(".*(cpu|memory|io|irq)[^a-z]*(?:txt)?");
    private static final Pattern LOAD_AVERAGE =
            Pattern.compile("\\d{1,6}\\.\\d\\d \\d{1,6}\\.\\d\\d \\d{1,6}\\.\\d\\d \\d{1,9}/\\d{1,9} \\d{1,10}");
    private static final int LONGEST_SETTING = 1000;

    private HostPath() {}

    /**
     * The path on the host, {@code proc/meminfo}; {@code null} when the text is of none.
     *
     * @param line the first line that is not blank
     */
    static String of(String name, String line, String head) {
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
        String small = ProcessFile.ofName(name, line);
        if (small != null) {
            return small;
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
        return ProcessFile.ofText(line, head);
    }
}
