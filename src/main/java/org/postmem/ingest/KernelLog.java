package org.postmem.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.postmem.procfs.KernelMessage;
import org.postmem.procfs.OomReport;
import org.postmem.procfs.OomReport.OomTask;
import org.postmem.procfs.OomReports;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.units.PageSize;

/**
 * The kernel log of a capture, from however many parts: each part may begin with what the last one held, so a record is
 * taken once by its sequence number. The OOM reports in it become rows of their own.
 */
final class KernelLog {
    private record Sequence(int boot, long sequence) {}

    private record Entry(String member, KernelMessage message) {}

    private final Set<Sequence> seen = new HashSet<>();
    private final TreeMap<Integer, List<Entry>> boots = new TreeMap<>();

    /** Takes what one member holds. A message without a sequence number, of a text, is always new. */
    void add(String member, int boot, List<KernelMessage> messages) {
        List<Entry> log = boots.computeIfAbsent(boot, b -> new ArrayList<>());
        for (KernelMessage message : messages) {
            if (message.sequence() == null || seen.add(new Sequence(boot, message.sequence()))) {
                log.add(new Entry(member, message));
            }
        }
    }

    /**
     * Writes {@code kernel_message}, {@code oom_kill} and {@code oom_task}.
     *
     * @param bootTime when a boot began, {@code null} when that is unknown
     */
    void write(int captureId, CaseTables tables, IssueLog issues, PageSize page, IntFunction<Instant> bootTime) {
        int oomId = 0;
        for (int boot : boots.keySet()) {
            List<Entry> log = boots.get(boot);
            // The place in the whole log stands in for the line: one report may lie in two members.
            List<KernelMessage> numbered = new ArrayList<>(log.size());
            for (Entry entry : log) {
                KernelMessage message = at(entry.message(), numbered.size() + 1, bootTime.apply(boot));
                numbered.add(message);
                writeMessage(captureId, tables.table("kernel_message"), entry, message);
            }
            Parsed<List<OomReport>> reports = OomReports.parse(numbered, page);
            for (ParseIssue issue : reports.issues()) {
                Entry entry = issue.line() == 0 ? null : log.get(issue.line() - 1);
                issues.add(
                        null,
                        entry == null ? null : entry.member(),
                        entry == null ? null : entry.message().line(),
                        IssueLog.Severity.WARNING,
                        issue.reason(),
                        issue.excerpt());
            }
            for (OomReport report : reports.value()) {
                oomId++;
                writeReport(captureId, oomId, tables.table("oom_kill"), log.get(report.line() - 1), report);
                writeTasks(captureId, oomId, tables.table("oom_task"), report);
            }
        }
    }

    private static KernelMessage at(KernelMessage message, int place, Instant bootTime) {
        Instant time = message.time();
        if (time == null && bootTime != null && message.uptimeSeconds() != null && message.uptimeSeconds() < 1e10) {
            time = bootTime.plusNanos(Math.round(message.uptimeSeconds() * 1e6) * 1000);
        }
        return new KernelMessage(
                place, message.sequence(), message.uptimeSeconds(), time, message.priority(), message.text());
    }

    private static void writeMessage(int captureId, TableWriter table, Entry entry, KernelMessage timed) {
        table.row()
                .set("capture_id", captureId)
                .set("member", entry.member())
                .set("line", entry.message().line())
                .set("sequence", timed.sequence())
                .set("uptime_seconds", timed.uptimeSeconds())
                .set("ts", timed.time())
                .set("priority", timed.priority())
                .set("message", timed.text())
                .end();
    }

    private static void writeReport(int captureId, int oomId, TableWriter table, Entry first, OomReport report) {
        RecordColumns.of(OomReport.class, table, "line", "time", "score", "tasks")
                .set(table.row(), report)
                .set("capture_id", captureId)
                .set("oom_id", oomId)
                .set("member", first.member())
                .set("line", first.message().line())
                .set("ts", report.time())
                .end();
    }

    private static void writeTasks(int captureId, int oomId, TableWriter table, OomReport report) {
        RecordColumns<OomTask> columns = RecordColumns.of(OomTask.class, table);
        for (OomTask task : report.tasks()) {
            columns.set(table.row(), task)
                    .set("capture_id", captureId)
                    .set("oom_id", oomId)
                    .end();
        }
    }
}
