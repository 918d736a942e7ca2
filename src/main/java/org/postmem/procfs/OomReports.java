package org.postmem.procfs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.OomReport.OomMemory;
import org.postmem.procfs.OomReport.OomTask;
import org.postmem.procfs.OomReport.OomZone;
import org.postmem.units.PageSize;

// eat invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO), order=0, oom_score_adj=0
//  active_file:0 inactive_file:0 isolated_file:0
// Node 0 DMA32 free:2608kB boost:0kB min:2648kB low:3308kB high:3968kB … managed:464928kB mlocked:0kB …
// lowmem_reserve[]: 0 444 444 444 444
// Node 0 DMA32: 2*4kB (UE) 1*8kB (E) 0*16kB 1*32kB (M) 2*64kB (ME) … 0*4096kB = 2608kB
// [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
// [    132]     0   132    50360    50176   438272        0             0 eat
// Out of memory: Killed process 132 (eat) total-vm:201440kB, anon-rss:200052kB, file-rss:4kB, shmem-rss:648kB, …

/**
 * Finds the OOM reports in a kernel log, 2.6.32 … 6.x, by the names of their fields. Every line may be missing (logs
 * are rate-limited and cut) and other messages may stand between. A report ends with the victim, or where the next
 * begins.
 */
public final class OomReports {
    /** No name of a task is longer than 15 bytes; dmesg may write one as {@code \\xe4}. What is longer is no name alone. */
    private static final Pattern INVOKED = Pattern.compile(
            "((?:\\\\x[0-9a-f]{2}|.){1,15}) invoked oom-killer: (?:gfp_mask=([^,]*)(?:, nodemask=[^,]*)?)?"
                    + "(?:, order=(-?\\d{1,9}))?.*",
            Pattern.DOTALL);

    private static final Pattern CPU = Pattern.compile(
            "CPU: \\d+ (?:UID: \\d+ )?PID: (\\d{1,9}) Comm: (.*?) (?:Not tainted|Tainted:.*?) (\\S+) #.*",
            Pattern.DOTALL);
    /** Of 2.6.32: {@code Pid: 1234, comm: java Not tainted 2.6.32-358.el6.x86_64 #1}. */
    private static final Pattern OLD_CPU =
            Pattern.compile("Pid: (\\d{1,9}), comm: (.*?) (?:Not tainted|Tainted:.*?) (\\S+) #.*");

    /** {@code swap} of version 2, {@code memory+swap} of version 1. */
    private static final Pattern LIMIT = Pattern.compile(
            "(memory|swap|memory\\+swap): usage (\\d{1,18})kB, limit (\\d{1,18})kB, failcnt (\\d{1,18}).*");

    private static final Pattern OLD_CGROUP = Pattern.compile("Task in (\\S+) killed as a result of limit of (\\S+).*");
    private static final Pattern GROUP_KILL =
            Pattern.compile("Tasks in (\\S+) are going to be killed due to memory\\.oom\\.group set");
    /** {@code Node 0 DMA32 free:}, {@code DMA free:}: a kernel for one node names none. */
    private static final Pattern ZONE =
            Pattern.compile("(?:Node (\\d{1,5}) )?([A-Z][A-Za-z0-9]{1,15}) free:(\\d{1,15})kB (.*)");

    private static final Pattern RESERVE = Pattern.compile("lowmem_reserve\\[\\]:((?: \\d{1,15})+)");
    private static final Pattern FREE_LIST = Pattern.compile(
            "(?:Node (\\d{1,5}) )?([A-Z][A-Za-z0-9]{1,15}): ((?:\\d{1,15}\\*\\d{1,9}kB (?:\\([A-Z]{1,9}\\) )?)+)=.*");
    private static final Pattern BLOCKS = Pattern.compile("(\\d{1,15})\\*(\\d{1,9})kB");
    /** {@code active_anon:611} of the host is pages, {@code active_anon:8KB} of version 1 and {@code active_anon 8192}. */
    private static final Pattern COUNTER = Pattern.compile(
            "(?<![a-z_])(active_anon|inactive_anon|active_file|inactive_file|shmem|slab_reclaimable|slab_unreclaimable"
                    + "|pagetables|free)(:| )(\\d{1,18})(KB)?(?= |$)");

    private static final Pattern PAGES = Pattern.compile("(\\d{1,15}) pages (RAM|reserved)");
    private static final Pattern SWAP = Pattern.compile("(Total|Free) swap\\s*= (-?\\d{1,15})kB");
    private static final Pattern SUMMARY = Pattern.compile("oom-kill:constraint=CONSTRAINT_(\\w+),.*");
    private static final Pattern SUMMARY_VICTIM =
            Pattern.compile("(?:.*,)?task=(.*),pid=(\\d{1,9}),uid=(\\d{1,10}).*", Pattern.DOTALL);
    private static final Pattern OLD_KILL = Pattern.compile(
            "(Out of memory|Memory cgroup out of memory)[^:]*: Kill process (\\d{1,9}) \\((.*)\\)"
                    + " score (\\d{1,9}) or sacrifice child.*",
            Pattern.DOTALL);
    /** {@code Killed process 1, UID 0, (a) total-vm:} of EL 6, {@code Killed process 1 (a), UID 0, total-vm:} of EL 7.8. */
    private static final Pattern KILLED = Pattern.compile(
            "(?:(Out of memory|Memory cgroup out of memory)[^:]*: )?"
                    + "Killed process (\\d{1,9})(?:, UID (\\d{1,10}),)? \\((.*)\\)(?:, UID (\\d{1,10}))?,?"
                    + " total-vm:(\\d{1,15})kB(.*)",
            Pattern.DOTALL);

    private static final Pattern TASK = Pattern.compile("\\[\\s*(\\d{1,9})\\]\\s+(\\d.*)", Pattern.DOTALL);
    private static final Pattern TASK_HEADING = Pattern.compile("\\[\\s*pid\\s*\\]\\s+(.*\\bname)");
    /** Never longer than this, however hostile the log: the patterns above look at no more. */
    private static final int LONGEST_LINE = 1000;

    private final PageSize page;
    private final List<OomReport> reports = new ArrayList<>();
    private final List<ParseIssue> issues = new ArrayList<>();
    private Open open;
    /** The cgroup all of whose tasks are being killed: those kills have no report of their own. */
    private String killedGroup;

    private OomReports(PageSize page) {
        this.page = page;
    }

    /** The reports in the order of their first lines; kernel pages are of the size given. */
    public static Parsed<List<OomReport>> parse(List<KernelMessage> messages, PageSize page) {
        OomReports reader = new OomReports(page);
        for (KernelMessage message : messages) {
            reader.message(message);
        }
        reader.close();
        return new Parsed<>(List.copyOf(reader.reports), reader.issues);
    }

    private void message(KernelMessage message) {
        String text = message.text().strip();
        if (text.length() > LONGEST_LINE) {
            text = text.substring(0, LONGEST_LINE);
        }
        if (text.isEmpty()) {
            return;
        }
        try {
            if (text.contains(" invoked oom-killer: ")) {
                invoked(message, text);
            } else if (text.contains("Killed process ") || text.contains("Kill process ")) {
                killed(message, text);
            } else if (text.startsWith("Tasks in ")) {
                Matcher group = GROUP_KILL.matcher(text);
                killedGroup = group.matches() ? group.group(1) : killedGroup;
            } else if (open != null) {
                within(message, text);
            }
        } catch (ArithmeticException | NumberFormatException e) {
            issue(message, "a number does not fit");
        }
    }

    private void invoked(KernelMessage message, String text) {
        close();
        killedGroup = null;
        open = new Open(message, page);
        Matcher line = INVOKED.matcher(text);
        if (line.matches()) {
            open.invokerName = line.group(1);
            open.gfpMask = line.group(2);
            open.order = line.group(3) == null ? null : Integer.valueOf(line.group(3));
        } else {
            issue(message, "an OOM report that begins in an unknown way");
        }
    }

    private void within(KernelMessage message, String text) {
        char first = text.charAt(0);
        if (first == '[') {
            task(message, text);
        } else if (text.startsWith("CPU: ") || text.startsWith("Pid: ")) {
            Matcher cpu = (first == 'C' ? CPU : OLD_CPU).matcher(text);
            if (cpu.matches() && open.invokerPid == null) {
                open.invokerPid = Integer.valueOf(cpu.group(1));
                open.kernel = cpu.group(3);
            }
        } else if (text.startsWith("memory") || text.startsWith("swap: ")) {
            limit(text);
        } else if (text.startsWith("Task in ")) {
            Matcher cgroup = OLD_CGROUP.matcher(text);
            if (cgroup.matches()) {
                open.cgroup = cgroup.group(2);
                open.memcg = true;
            }
        } else if (text.startsWith("Memory cgroup stats for ") && open.cgroup == null) {
            // A path may hold colons; the numbers of 3.10 follow on the same line after one and a blank.
            int colon = text.endsWith(":") ? text.length() - 1 : text.indexOf(": ");
            open.cgroup = colon < 0 ? null : text.substring("Memory cgroup stats for ".length(), colon);
            open.memcg = true;
            open.counters = Counters.BYTES;
            counters(text.substring(Math.max(colon, 0)));
        } else if (text.startsWith("Memory cgroup stats for ")) {
            // Of a cgroup below the one that hit its limit, whose numbers stand first and hold these.
            open.counters = Counters.NONE;
        } else if (text.startsWith("Mem-Info:")) {
            open.memInfo = true;
            open.counters = Counters.PAGES;
        } else if (text.startsWith("Node ") || text.contains(" free:") || text.contains("kB = ")) {
            zone(text);
        } else if (text.startsWith("lowmem_reserve[]:")) {
            reserve(text);
        } else if (text.startsWith("oom-kill:")) {
            summary(text);
        } else if (Character.isDigit(first)) {
            Matcher pages = PAGES.matcher(text);
            if (pages.matches()) {
                long count = Long.parseLong(pages.group(1));
                if (pages.group(2).equals("RAM")) {
                    open.ramPages = count;
                } else {
                    open.reservedPages = count;
                }
            }
        } else if (text.startsWith("Total swap") || text.startsWith("Free swap")) {
            Matcher swap = SWAP.matcher(text);
            if (swap.matches() && swap.group(1).equals("Total")) {
                open.swapBytes = kilobytes(swap.group(2));
            } else if (swap.matches() && !swap.group(2).startsWith("-")) {
                // Below zero on some kernels of 2.6: then it is not known.
                open.swapFreeBytes = kilobytes(swap.group(2));
            }
        } else {
            counters(text);
        }
    }

    private void limit(String text) {
        Matcher limit = LIMIT.matcher(text);
        if (!limit.matches()) {
            return;
        }
        open.memcg = true;
        long bytes = kilobytes(limit.group(3));
        switch (limit.group(1)) {
            case "memory" -> {
                open.limitBytes = bytes;
                open.usageBytes = kilobytes(limit.group(2));
                open.failures = Long.valueOf(limit.group(4));
            }
            case "swap" -> open.swapLimitBytes = bytes;
            default ->
                open.swapLimitBytes = open.limitBytes == null ? null : (Long) Math.max(0, bytes - open.limitBytes);
        }
    }

    /** Counters stand several on a line before 5.3 and on the host, else one a line; the first of a name counts. */
    private void counters(String text) {
        if (open.counters == Counters.NONE) {
            return;
        }
        Matcher counter = COUNTER.matcher(text);
        while (counter.find()) {
            boolean pages = open.counters == Counters.PAGES;
            if (pages != (counter.group(2).equals(":") && counter.group(4) == null)) {
                continue;
            }
            long value = Long.parseLong(counter.group(3));
            long bytes = pages
                    ? open.page.toBytes(value)
                    : counter.group(4) == null ? value : Math.multiplyExact(value, 1024L);
            open.memory.putIfAbsent(counter.group(1), bytes);
        }
    }

    private void zone(String text) {
        Matcher zone = ZONE.matcher(text);
        Matcher list = FREE_LIST.matcher(text);
        if (zone.matches() && text.contains(" min:")) {
            open.counters = Counters.NONE;
            String rest = " " + zone.group(4);
            open.zones.put(
                    zoneKey(zone.group(1), zone.group(2)),
                    new OomZone(
                            zone.group(1) == null ? null : Integer.valueOf(zone.group(1)),
                            zone.group(2),
                            kilobytes(zone.group(3)),
                            field(rest, " min:"),
                            field(rest, " low:"),
                            field(rest, " high:"),
                            field(rest, " managed:"),
                            null,
                            List.of()));
            open.lastZone = zoneKey(zone.group(1), zone.group(2));
        } else if (list.matches()) {
            List<Long> blocks = new ArrayList<>();
            Matcher block = BLOCKS.matcher(list.group(3));
            long pageKilobytes = 0;
            while (block.find()) {
                pageKilobytes = pageKilobytes == 0 ? Long.parseLong(block.group(2)) : pageKilobytes;
                blocks.add(Long.valueOf(block.group(1)));
            }
            // The smallest block is one page, which no other line of the report tells.
            if (pageKilobytes >= 4 && pageKilobytes <= 256 && Long.bitCount(pageKilobytes) == 1) {
                open.page = new PageSize(pageKilobytes * 1024);
            }
            open.zones.computeIfPresent(
                    zoneKey(list.group(1), list.group(2)), (key, z) -> z.with(z.reserveBytes(), blocks));
        } else if (text.startsWith("Node ")) {
            // The sums of a node, "Node 0 active_anon:2444kB": Mem-Info has told them already, in pages.
            open.counters = Counters.NONE;
        } else {
            counters(text);
        }
    }

    private static String zoneKey(String node, String zone) {
        return (node == null ? "" : node) + " " + zone;
    }

    private void reserve(String text) {
        Matcher reserve = RESERVE.matcher(text);
        OomZone z = open.lastZone == null ? null : open.zones.get(open.lastZone);
        if (z == null || !reserve.matches()) {
            return;
        }
        long pages = 0;
        for (String value : reserve.group(1).strip().split(" ", -1)) {
            pages = Math.max(pages, Long.parseLong(value));
        }
        open.zones.put(open.lastZone, z.with(bytes(pages), z.freeBlocks()));
        open.lastZone = null;
    }

    /** By the names in the heading of the dump; the name of the task stands last and may hold blanks. */
    private void task(KernelMessage message, String text) {
        Matcher heading = TASK_HEADING.matcher(text);
        if (heading.matches()) {
            open.columns = List.of(heading.group(1).split("\\s+"));
            return;
        }
        Matcher task = TASK.matcher(text);
        if (open.columns.isEmpty() || !task.matches()) {
            // A frame of the stack ("[<ffffffff816861ac>] dump_stack"), or the dump of a report whose heading is lost.
            return;
        }
        String[] fields = task.group(2).split("\\s+", open.columns.size());
        if (fields.length < open.columns.size()) {
            issue(message, "a task with fewer fields than the heading of the task dump");
            return;
        }
        Map<String, Long> values = new HashMap<>();
        for (int i = 0; i < fields.length - 1; i++) {
            if (!fields[i].matches("-?\\d{1,18}")) {
                issue(message, open.columns.get(i) + " of a task is not a number");
                return;
            }
            values.put(open.columns.get(i), Long.valueOf(fields[i]));
        }
        open.tasks.add(new OomTask(
                Integer.parseInt(task.group(1)),
                toInt(values.get("tgid")),
                values.get("uid"),
                bytes(values.get("total_vm")),
                bytes(values.get("rss")),
                bytes(values.get("rss_anon")),
                bytes(values.get("rss_file")),
                bytes(values.get("rss_shmem")),
                pageTables(values),
                bytes(values.get("swapents")),
                toInt(values.get("oom_score_adj")),
                fields[fields.length - 1]));
    }

    private Long pageTables(Map<String, Long> values) {
        Long bytes = values.get("pgtables_bytes");
        if (bytes != null) {
            return bytes;
        }
        Long ptes = values.get("nr_ptes");
        return ptes == null
                ? null
                : bytes(ptes + values.getOrDefault("nr_pmds", 0L) + values.getOrDefault("nr_puds", 0L));
    }

    private void summary(String text) {
        Matcher constraint = SUMMARY.matcher(text);
        if (constraint.matches()) {
            open.constraint = constraint.group(1);
        }
        int memcg = text.indexOf(",oom_memcg=");
        if (memcg >= 0) {
            int from = memcg + ",oom_memcg=".length();
            int to = text.indexOf(",task_memcg=", from);
            open.cgroup = text.substring(from, to < 0 ? text.length() : to);
            open.memcg = true;
        }
        Matcher victim = SUMMARY_VICTIM.matcher(text);
        if (victim.matches()) {
            open.victimName = victim.group(1);
            open.victimPid = Integer.valueOf(victim.group(2));
            open.victimUid = Long.valueOf(victim.group(3));
        }
    }

    private void killed(KernelMessage message, String text) {
        Matcher announced = OLD_KILL.matcher(text);
        if (announced.matches()) {
            openFor(message);
            open.memcg |= announced.group(1).startsWith("Memory");
            open.allocatingTask |= text.contains("(oom_kill_allocating_task)");
            open.chosenPid = Integer.valueOf(announced.group(2));
            open.victimPid = Integer.valueOf(announced.group(2));
            open.victimName = announced.group(3);
            open.score = Integer.valueOf(announced.group(4));
            return;
        }
        Matcher killed = KILLED.matcher(text);
        if (!killed.matches()) {
            if (text.startsWith("Out of memory") || text.startsWith("Memory cgroup") || text.startsWith("Killed ")) {
                issue(message, "an OOM kill that is told in an unknown way");
            }
            return;
        }
        openFor(message);
        open.allocatingTask |= text.contains("(oom_kill_allocating_task)");
        open.memcg |= killed.group(1) != null && killed.group(1).startsWith("Memory");
        Integer pid = Integer.valueOf(killed.group(2));
        OomReport last = reports.isEmpty() ? null : reports.get(reports.size() - 1);
        if (killedGroup != null && killedGroup.equals(open.cgroup) && last != null && pid.equals(last.victimPid())) {
            // Of a group that is killed as a whole the chosen one is named twice.
            open = null;
            return;
        }
        if (open.victimPid != null && !open.victimPid.equals(pid)) {
            // A child sacrificed for the one announced (before 5.1): what was said of that one is not true of this one.
            open.victimUid = null;
            open.score = null;
        }
        open.chosenPid = open.chosenPid == null ? pid : open.chosenPid;
        open.victimPid = pid;
        open.victimName = killed.group(4);
        String uidBefore = killed.group(3) == null ? killed.group(5) : killed.group(3);
        open.victimUid = uidBefore == null ? open.victimUid : Long.valueOf(uidBefore);
        open.victimTotalVm = kilobytes(killed.group(6));
        String rest = killed.group(7);
        open.victimAnon = field(rest, "anon-rss:");
        open.victimFile = field(rest, "file-rss:");
        open.victimShmem = field(rest, "shmem-rss:");
        Long uid = number(rest, "UID:");
        open.victimUid = uid == null ? open.victimUid : uid;
        open.victimAdj = toInt(number(rest, "oom_score_adj:"));
        close();
    }

    private void openFor(KernelMessage message) {
        if (open == null) {
            open = new Open(message, page);
            open.cgroup = killedGroup;
        }
    }

    private void close() {
        if (open != null) {
            reports.add(open.report());
            open = null;
        }
    }

    private static Long field(String text, String name) {
        Long kilobytes = number(text, name);
        return kilobytes == null ? null : Math.multiplyExact(kilobytes, 1024L);
    }

    private static Long number(String text, String name) {
        int at = text.indexOf(name);
        if (at < 0) {
            return null;
        }
        int from = at + name.length();
        int to = from;
        while (to < text.length() && (Character.isDigit(text.charAt(to)) || (to == from && text.charAt(to) == '-'))) {
            to++;
        }
        String digits = text.substring(from, to);
        return digits.matches("-?[0-9]{1,18}") ? Long.valueOf(digits) : null;
    }

    private static Long kilobytes(String digits) {
        return Math.multiplyExact(Long.parseLong(digits), 1024L);
    }

    private Long bytes(Long pages) {
        return pages == null ? null : (Long) open.page.toBytes(pages);
    }

    private static Integer toInt(Long value) {
        return value == null ? null : (Integer) Math.toIntExact(value);
    }

    private void issue(KernelMessage message, String reason) {
        if (issues.size() < Issues.KEPT) {
            issues.add(new ParseIssue(message.line(), 0, reason, ParseIssue.excerpt(message.text())));
        }
    }

    /** What the counters that come next are counted in; of none of them is anything known. */
    private enum Counters {
        NONE,
        PAGES,
        BYTES
    }

    /** The report being read. */
    private static final class Open {
        private final int line;
        private final Instant time;
        private final Double uptimeSeconds;
        private final List<OomTask> tasks = new ArrayList<>();
        private final Map<String, Long> memory = new HashMap<>();
        private final Map<String, OomZone> zones = new LinkedHashMap<>();
        private PageSize page;
        private Counters counters = Counters.NONE;
        private String lastZone;
        private List<String> columns = List.of();
        private boolean allocatingTask;
        private boolean memcg;
        private boolean memInfo;
        private String constraint;
        private String invokerName;
        private Integer invokerPid;
        private String gfpMask;
        private Integer order;
        private String cgroup;
        private Long limitBytes;
        private Long usageBytes;
        private Long swapLimitBytes;
        private Long failures;
        private Integer chosenPid;
        private Integer victimPid;
        private String victimName;
        private Long victimUid;
        private Long victimTotalVm;
        private Long victimAnon;
        private Long victimFile;
        private Long victimShmem;
        private Integer victimAdj;
        private Long ramPages;
        private Long reservedPages;
        private Long swapBytes;
        private Long swapFreeBytes;
        private String kernel;
        private Integer score;

        Open(KernelMessage first, PageSize page) {
            this.page = page;
            this.line = first.line();
            this.time = first.time();
            this.uptimeSeconds = first.uptimeSeconds();
        }

        OomReport report() {
            Long total = totalPages();
            return new OomReport(
                    line,
                    time,
                    uptimeSeconds,
                    scope(),
                    invokerName,
                    invokerPid,
                    gfpMask,
                    order,
                    memcg ? cgroup : null,
                    memcg ? limitBytes : null,
                    memcg ? usageBytes : null,
                    memcg ? swapLimitBytes : null,
                    memcg ? failures : null,
                    chosenPid,
                    allocatingTask,
                    victimPid,
                    victimName,
                    victimUid,
                    victimTotalVm,
                    victimAnon,
                    victimFile,
                    victimShmem,
                    victimAdj,
                    total,
                    total == null || total > Long.MAX_VALUE / page.bytes() ? null : (Long) page.toBytes(total),
                    page.bytes(),
                    swapBytes,
                    swapFreeBytes,
                    kernel,
                    score,
                    new OomMemory(
                            sum("active_anon", "inactive_anon"),
                            sum("active_file", "inactive_file"),
                            memory.get("shmem"),
                            memory.get("slab_reclaimable"),
                            memory.get("slab_unreclaimable"),
                            memory.get("pagetables"),
                            memory.get("free")),
                    List.copyOf(zones.values()),
                    tasks);
        }

        private Long sum(String one, String other) {
            Long a = memory.get(one);
            Long b = memory.get(other);
            return a == null || b == null || a > Long.MAX_VALUE - b ? null : (Long) (a + b);
        }

        private String scope() {
            if (order != null && order == -1) {
                return "sysrq";
            }
            if (memcg) {
                return "cgroup";
            }
            if (constraint != null) {
                return switch (constraint) {
                    case "MEMCG" -> "cgroup";
                    case "CPUSET", "MEMORY_POLICY" -> "cpuset";
                    default -> "host";
                };
            }
            return memInfo || ramPages != null ? "host" : null;
        }

        private Long totalPages() {
            if (memcg) {
                return limitBytes == null ? null : (Long) (limitBytes / page.bytes());
            }
            // Without the swap line or the reserved pages the sum would be wrong, not only rough.
            if (ramPages == null || reservedPages == null || swapBytes == null) {
                return null;
            }
            return ramPages - reservedPages + swapBytes / page.bytes();
        }
    }
}
