package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.postmem.procfs.OomCounters.Unit;
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

    /** Never longer than this, however hostile the log: the patterns above look at no more. */
    private static final int LONGEST_LINE = 1000;

    private final List<OomReportDraft> reports = new ArrayList<>();
    private final List<ParseIssue> issues = new ArrayList<>();
    private OomReportDraft open;
    /** The cgroup all of whose tasks are being killed: those kills have no report of their own. */
    private String killedGroup;

    private OomReports() {}

    /**
     * The reports in the order of their first lines. Pages are of the size that the free lists of a report tell, else of
     * the one size that those of all reports tell, as a kill in a cgroup lists none; else of the size given.
     */
    public static Parsed<List<OomReport>> parse(List<KernelMessage> messages, PageSize page) {
        OomReports reader = new OomReports();
        for (KernelMessage message : messages) {
            reader.message(message);
        }
        reader.close();
        Set<PageSize> told = reader.reports.stream()
                .map(draft -> draft.zones.page())
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        PageSize others = told.size() == 1 ? told.iterator().next() : page;
        List<OomReport> reports = reader.reports.stream()
                .map(draft -> draft.report(draft.zones.page() == null ? others : draft.zones.page()))
                .toList();
        return new Parsed<>(reports, reader.issues);
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
        open = new OomReportDraft(message);
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
            String wrong = open.tasks.read(text);
            if (wrong != null) {
                issue(message, wrong);
            }
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
            open.counters.next(Unit.BYTES);
            open.counters.read(text.substring(Math.max(colon, 0)));
        } else if (text.startsWith("Memory cgroup stats for ")) {
            // Of a cgroup below the one that hit its limit, whose numbers stand first and hold these.
            open.counters.next(Unit.NONE);
        } else if (text.startsWith("Mem-Info:")) {
            open.memInfo = true;
            open.counters.next(Unit.PAGES);
        } else if (text.startsWith("Node ") || text.contains(" free:") || text.contains("kB = ")) {
            zone(text);
        } else if (text.startsWith("lowmem_reserve[]:")) {
            open.zones.reserve(text);
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
                open.swapBytes = OomField.kilobytes(swap.group(2));
            } else if (swap.matches() && !swap.group(2).startsWith("-")) {
                // Below zero on some kernels of 2.6: then it is not known.
                open.swapFreeBytes = OomField.kilobytes(swap.group(2));
            }
        } else {
            open.counters.read(text);
        }
    }

    private void limit(String text) {
        Matcher limit = LIMIT.matcher(text);
        if (!limit.matches()) {
            return;
        }
        open.memcg = true;
        long bytes = OomField.kilobytes(limit.group(3));
        switch (limit.group(1)) {
            case "memory" -> {
                open.limitBytes = bytes;
                open.usageBytes = OomField.kilobytes(limit.group(2));
                open.failures = Long.valueOf(limit.group(4));
            }
            case "swap" -> open.swapLimitBytes = bytes;
            default ->
                open.swapLimitBytes = open.limitBytes == null ? null : (Long) Math.max(0, bytes - open.limitBytes);
        }
    }

    private void zone(String text) {
        // A zone ends the counters of Mem-Info; the sums of a node, "Node 0 active_anon:2444kB", tell the same in kB.
        if (open.zones.read(text)) {
            if (text.contains(" min:")) {
                open.counters.next(Unit.NONE);
            }
        } else if (text.startsWith("Node ")) {
            open.counters.next(Unit.NONE);
        } else {
            open.counters.read(text);
        }
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
        OomReportDraft last = reports.isEmpty() ? null : reports.get(reports.size() - 1);
        if (killedGroup != null && killedGroup.equals(open.cgroup) && last != null && pid.equals(last.victimPid)) {
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
        open.victimTotalVm = OomField.kilobytes(killed.group(6));
        String rest = killed.group(7);
        open.victimAnon = OomField.kilobytesBehind(rest, "anon-rss:");
        open.victimFile = OomField.kilobytesBehind(rest, "file-rss:");
        open.victimShmem = OomField.kilobytesBehind(rest, "shmem-rss:");
        Long uid = OomField.numberBehind(rest, "UID:");
        open.victimUid = uid == null ? open.victimUid : uid;
        open.victimAdj = OomField.toInt(OomField.numberBehind(rest, "oom_score_adj:"));
        close();
    }

    private void openFor(KernelMessage message) {
        if (open == null) {
            open = new OomReportDraft(message);
            open.cgroup = killedGroup;
        }
    }

    private void close() {
        if (open != null) {
            reports.add(open);
            open = null;
        }
    }

    private void issue(KernelMessage message, String reason) {
        if (issues.size() < Issues.KEPT) {
            issues.add(new ParseIssue(message.line(), 0, reason, ParseIssue.excerpt(message.text())));
        }
    }
}
