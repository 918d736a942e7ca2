package org.postmem.ingest;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.ingest.IssueLog.Severity;
import org.postmem.procfs.DaemonKills;
import org.postmem.procfs.KernelMessage;
import org.postmem.procfs.WallClock;
import org.postmem.tools.AllocInfo;
import org.postmem.tools.AllocTraces;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.Kmemleak;
import org.postmem.tools.Memleak;
import org.postmem.tools.PageOwner;
import org.postmem.tools.PlainText;
import org.postmem.tools.StackAllocation;
import org.postmem.tools.Strace;
import org.postmem.tools.StraceStacks;
import org.postmem.tools.StructuredLog;
import org.postmem.tools.SyscallSum;
import org.postmem.units.PageSize;

/**
 * Loads what a person added to an archive, told apart by content: the texts of tools into {@code stack_allocation} and
 * {@code syscall_memory}, a kernel log into the log of the capture. What nobody knows is named and left alone.
 */
final class AttachedEvidence {
    /** Tools are started a little before the collector, and stopped a little after it. */
    private static final Duration BESIDE_THE_CAPTURE = Duration.ofMinutes(15);

    private static final Pattern CACHE_PATH = Pattern.compile("(?:.*/)?slab/([^/]{1,100})/alloc_(?:traces|calls)");

    /** A log without years is taken to be no younger than that, which leaves room to fetch it after the incident. */
    private static final Duration FETCHED_LATER = Duration.ofDays(30);

    private final int captureId;
    private final CaseTables tables;
    private final IssueLog issues;
    private final KernelLog kernelLog;
    private final PageSize page;
    private final ZoneOffset utcOffset;
    private final Instant from;
    private final Instant to;

    /**
     * Of one capture.
     *
     * @param utcOffset of the host; {@code null} when it is unknown: then clocks without a zone stay unread
     * @param from first snapshot; {@code null} when there is none, likewise {@code to}
     */
    AttachedEvidence(
            int captureId,
            CaseTables tables,
            IssueLog issues,
            KernelLog kernelLog,
            PageSize page,
            ZoneOffset utcOffset,
            Instant from,
            Instant to) {
        this.captureId = captureId;
        this.tables = tables;
        this.issues = issues;
        this.kernelLog = kernelLog;
        this.page = page;
        this.utcOffset = utcOffset;
        this.from = from;
        this.to = to;
    }

    /** Loads one member. */
    void load(String member, byte[] file) {
        byte[] text = PlainText.of(file);
        EvidenceKind kind =
                EvidenceKind.of(member, Arrays.copyOf(text, Math.min(text.length, EvidenceKind.HEAD_BYTES)));
        switch (kind) {
            case MEMLEAK -> stacks(member, kind, issues.note(null, member, Memleak.parse(text)));
            case KMEMLEAK -> stacks(member, kind, issues.note(null, member, Kmemleak.parse(text)));
            case PAGE_OWNER -> stacks(member, kind, issues.note(null, member, PageOwner.parse(text, page)));
            case ALLOC_TRACES ->
                stacks(member, kind, ofCache(member, issues.note(null, member, AllocTraces.parse(text))));
            case ALLOCINFO -> stacks(member, kind, issues.note(null, member, AllocInfo.parse(text)));
            case STRACE -> {
                calls(member, issues.note(null, member, Strace.parse(text, page)));
                List<StackAllocation> stacks = StraceStacks.parse(text, page);
                if (!stacks.isEmpty()) {
                    stacks(member, kind, stacks);
                }
            }
            case KERNEL_RECORDS -> kernelLog.addText(member, issues.note(null, member, KernelMessage.parseKmsg(text)));
            case KERNEL_LOG -> {
                WallClock clock = utcOffset == null ? null : WallClock.of(utcOffset);
                byte[] lines = StructuredLog.lines(text);
                Instant latest = to == null ? null : to.plus(FETCHED_LATER);
                kernelLog.addText(member, issues.note(null, member, KernelMessage.parseText(lines, clock, latest)));
                kernelLog.addKills(member, DaemonKills.of(KernelMessage.parseDaemons(lines, clock, latest)));
            }
            default ->
                issues.add(
                        null,
                        member,
                        null,
                        Severity.INFO,
                        "not the text of a tool that postmem knows; it was not read",
                        null);
        }
    }

    /** What a file of sysfs or debugfs tells of its own cache only: one stack may ask for objects of several. */
    private static List<StackAllocation> ofCache(String member, List<StackAllocation> rows) {
        Matcher path = CACHE_PATH.matcher(member);
        return path.matches()
                ? rows.stream()
                        .map(row -> row.under(CollectedStacks.cacheFrame(path.group(1))))
                        .toList()
                : rows;
    }

    private void stacks(String member, EvidenceKind kind, List<StackAllocation> rows) {
        Integer first = rows.isEmpty() ? null : rows.get(0).clockSecond();
        Instant midnight = midnight(member, first);
        TableWriter table = tables.table("stack_allocation");
        RecordColumns<StackAllocation> columns = RecordColumns.of(StackAllocation.class, table, "time", "clockSecond");
        for (StackAllocation row : rows) {
            columns.set(table.row(), row)
                    .set("capture_id", captureId)
                    .set("member", member)
                    .set("tool", kind.name().toLowerCase(Locale.ROOT))
                    .set("ts", row.time() == null ? at(midnight, row.clockSecond()) : row.time())
                    .end();
        }
    }

    private void calls(String member, List<SyscallSum> rows) {
        Integer first = rows.isEmpty() ? null : rows.get(0).clockSecond();
        Instant midnight = midnight(member, first);
        TableWriter table = tables.table("syscall_memory");
        RecordColumns<SyscallSum> columns = RecordColumns.of(SyscallSum.class, table, "time", "clockSecond");
        for (SyscallSum row : rows) {
            columns.set(table.row(), row)
                    .set("capture_id", captureId)
                    .set("member", member)
                    .set("ts", row.time() == null ? at(midnight, row.clockSecond()) : row.time())
                    .end();
        }
    }

    private static Instant at(Instant midnight, Integer clockSecond) {
        return midnight == null || clockSecond == null ? null : midnight.plusSeconds(clockSecond);
    }

    /** The midnight a clock without a date counts from: that of the only day that lays its begin beside the capture. */
    private Instant midnight(String member, Integer firstSecond) {
        if (firstSecond == null) {
            return null;
        }
        Instant found = null;
        int days = 0;
        if (utcOffset != null && from != null) {
            LocalDate last = to.atOffset(utcOffset).toLocalDate().plusDays(1);
            LocalDate day = from.atOffset(utcOffset).toLocalDate().minusDays(1);
            for (; !day.isAfter(last) && days < 2; day = day.plusDays(1)) {
                Instant midnight = day.atStartOfDay(utcOffset).toInstant();
                Instant begin = midnight.plusSeconds(firstSecond);
                if (!begin.isBefore(from.minus(BESIDE_THE_CAPTURE)) && !begin.isAfter(to.plus(BESIDE_THE_CAPTURE))) {
                    found = midnight;
                    days++;
                }
            }
        }
        if (days != 1) {
            issues.add(
                    null,
                    member,
                    null,
                    Severity.INFO,
                    "its clock has no date, and no single day lays it beside the capture; its times are left out",
                    null);
            return null;
        }
        return found;
    }
}
