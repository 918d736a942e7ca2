package org.postmem.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.postmem.procfs.DaemonKill;
import org.postmem.procfs.KernelMessage;
import org.postmem.procfs.OomPrediction;
import org.postmem.procfs.OomReport;
import org.postmem.procfs.OomReport.OomMemory;
import org.postmem.procfs.OomReport.OomTask;
import org.postmem.procfs.OomReport.OomZone;
import org.postmem.procfs.OomReports;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.units.PageSize;

/**
 * The kernel log of a capture, from however many parts: each part may begin with what the last one held, so a record is
 * taken once by its sequence number. The OOM reports in it become rows of their own. Texts that somebody added tell much
 * of it again: their lines and reports are taken where the capture does not have them.
 */
final class KernelLog {
    private record Sequence(int boot, long sequence) {}

    private record Entry(String member, KernelMessage message) {}

    private record Killed(String member, DaemonKill kill) {}

    private final Set<Sequence> seen = new HashSet<>();
    private final TreeMap<Integer, List<Entry>> boots = new TreeMap<>();
    private final List<List<Entry>> texts = new ArrayList<>();
    private final Map<List<Object>, Killed> daemonKills = new LinkedHashMap<>();

    /** Takes a text that somebody added; which boot it is of, its lines must tell. */
    void addText(String member, List<KernelMessage> messages) {
        texts.add(messages.stream().map(message -> new Entry(member, message)).toList());
    }

    /** Takes the kills that a text tells of daemons; what another text told at the same moment is the same kill. */
    void addKills(String member, List<DaemonKill> kills) {
        for (DaemonKill kill : kills) {
            Object moment = kill.time() == null ? member + ':' + kill.line() : kill.time();
            daemonKills.putIfAbsent(
                    Arrays.asList(moment, kill.killer(), kill.victimCgroup(), kill.victimPid()),
                    new Killed(member, kill));
        }
    }

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
     * Writes {@code kernel_message}, {@code oom_kill}, {@code oom_task} and {@code daemon_kill}.
     *
     * @param lastBoot the boot of the last snapshot
     * @param bootTime when a boot began, {@code null} when that is unknown
     */
    void write(
            int captureId,
            CaseTables tables,
            IssueLog issues,
            PageSize page,
            int lastBoot,
            IntFunction<Instant> bootTime) {
        Told told = new Told();
        int oomId = 0;
        boolean unread = boots.values().stream().allMatch(List::isEmpty);
        List<Integer> bootOfText = texts.stream()
                .map(text -> unread ? Integer.valueOf(lastBoot) : bootOf(text))
                .toList();
        List<List<Entry>> logs = new ArrayList<>(boots.values());
        List<Integer> bootOfLog = new ArrayList<>(boots.keySet());
        logs.addAll(texts);
        bootOfLog.addAll(bootOfText);
        for (int i = 0; i < logs.size(); i++) {
            List<Entry> log = logs.get(i);
            Integer boot = bootOfLog.get(i);
            boolean added = i >= boots.size();
            // The place in the whole log stands in for the line: one report may lie in two members.
            List<KernelMessage> numbered = new ArrayList<>(log.size());
            for (Entry entry : log) {
                Instant began = boot == null ? null : bootTime.apply(boot);
                KernelMessage message = at(entry.message(), numbered.size() + 1, began);
                numbered.add(message);
                if (!added || !told.has(message)) {
                    writeMessage(captureId, tables.table("kernel_message"), entry, message);
                }
            }
            numbered.forEach(told::add);
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
                if (added && told.has(report)) {
                    continue;
                }
                oomId++;
                Entry first = log.get(report.line() - 1);
                // a log with clocks of its own may go over several boots: its times tell which
                Integer own = added && first.message().time() != null ? null : boot;
                writeReport(captureId, oomId, own, tables.table("oom_kill"), first, report);
                writeZones(captureId, oomId, tables.table("oom_zone"), report);
                writeTasks(captureId, oomId, tables.table("oom_task"), report);
            }
            reports.value().forEach(told::add);
        }
        writeKills(captureId, tables.table("daemon_kill"), lastBoot, bootTime);
    }

    private void writeKills(int captureId, TableWriter table, int lastBoot, IntFunction<Instant> bootTime) {
        RecordColumns<DaemonKill> columns = RecordColumns.of(DaemonKill.class, table, "time");
        int number = 0;
        for (Killed one : daemonKills.values()) {
            DaemonKill kill = one.kill();
            Instant time = kill.time();
            Instant began = bootTime.apply(lastBoot);
            if (time == null && began != null && kill.uptimeSeconds() != null) {
                time = began.plusMillis(Math.round(kill.uptimeSeconds() * 1000));
            }
            columns.set(table.row(), kill)
                    .set("capture_id", captureId)
                    .set("kill_id", ++number)
                    .set("member", one.member())
                    .set("ts", time)
                    .end();
        }
    }

    /** The boot whose own log has a line of this text; {@code null} when none has: another boot's times are not its. */
    private Integer bootOf(List<Entry> text) {
        for (Map.Entry<Integer, List<Entry>> boot : boots.entrySet()) {
            Told told = new Told();
            boot.getValue().forEach(entry -> told.add(entry.message()));
            if (text.stream().anyMatch(entry -> told.hasStamp(entry.message()))) {
                return boot.getKey();
            }
        }
        return null;
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

    private static void writeReport(
            int captureId, int oomId, Integer boot, TableWriter table, Entry first, OomReport report) {
        OomPrediction prediction = OomPrediction.of(report);
        TableWriter row = RecordColumns.of(OomReport.class, table, "line", "time", "memory", "zones", "tasks")
                .set(table.row(), report);
        RecordColumns.of(OomMemory.class, table)
                .set(row, report.memory())
                .set("prediction", prediction.outcome().name().toLowerCase(Locale.ROOT))
                .set("predicted_pid", prediction.pid())
                .set("predicted_name", prediction.name())
                .set("predicted_points", prediction.points())
                .set("predicted_tied", prediction.outcome().told() ? prediction.tied() : null)
                .set("capture_id", captureId)
                .set("oom_id", oomId)
                .set("member", first.member())
                .set("line", first.message().line())
                .set("ts", report.time())
                .set("boot", boot)
                .end();
    }

    private static void writeZones(int captureId, int oomId, TableWriter table, OomReport report) {
        RecordColumns<OomZone> columns = RecordColumns.of(OomZone.class, table, "freeBlocks");
        int order = report.pageOrder() == null ? 0 : report.pageOrder();
        for (OomZone zone : report.zones()) {
            columns.set(table.row(), zone)
                    .set("capture_id", captureId)
                    .set("oom_id", oomId)
                    .set("fitting_blocks", zone.blocksOf(order))
                    .set("largest_order", zone.largestOrder())
                    .end();
        }
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
