package org.postmem.ingest;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.collector.archive.Json.MalformedJsonException;
import org.postmem.collector.archive.Snapshot;
import org.postmem.ingest.IssueLog.Severity;
import org.postmem.procfs.KernelMessage;
import org.postmem.sysstat.SystemActivity;
import org.postmem.sysstat.SystemActivityException;
import org.postmem.sysstat.SystemActivityReader;
import org.postmem.units.ClockTicks;
import org.postmem.units.PageSize;

/**
 * Loads one capture, member by member in the order of the archive. Rows that need no more than their own member are
 * written at once; processes, cgroups and slab caches, whose rows lie across members, when their snapshot is whole.
 */
final class CaptureLoader {
    /** pid/status.2: what was too large for one member goes on in the next. */
    private static final Pattern PART = Pattern.compile("((?:pid|cgroup|numa|slab)/.+)\\.\\d{1,4}");

    private static final long DEFAULT_PAGE_BYTES = 4096;
    private static final long DEFAULT_TICKS_PER_SECOND = 100;

    private record Pending(SnapshotFacts facts, Timeline.Place place) {}

    private final int captureId;
    private final String source;
    private final CaseTables tables;
    private final IssueLog issues;
    private final Timeline timeline = new Timeline();
    private final KernelLog kernelLog = new KernelLog();
    private final BootStarts bootStarts = new BootStarts();
    private final Set<String> historyDays = new HashSet<>();
    private final Map<String, byte[]> attached = new LinkedHashMap<>();
    private String kmemleakMember;
    private Instant firstSeen;
    private Instant lastSeen;
    private CaptureFacts capture;
    private byte[] captureText;
    private PageSize page = new PageSize(DEFAULT_PAGE_BYTES);
    private HostTables hostTables;
    private ProcessTables processTables;
    private FolderTables folderTables;
    private CollectedStacks stacks;
    private Integer collectorPid;
    private int boot;
    private Pending pending;
    private int snapshots;

    CaptureLoader(int captureId, String source, CaseTables tables) {
        this.captureId = captureId;
        this.source = source;
        this.tables = tables;
        this.issues = new IssueLog(captureId, tables);
    }

    IssueLog issues() {
        return issues;
    }

    /** Snapshots that were loaded. */
    int snapshots() {
        return snapshots;
    }

    /** Loads a snapshot that is whole. */
    void snapshot(Snapshot snapshot) {
        captureJson(snapshot.captureJson());
        begin();
        if (snapshot.forgetCarried()) {
            processTables.forget();
        }
        SnapshotFacts facts = SnapshotFacts.of(snapshot);
        if (facts.wallClock() == null) {
            issues.add(
                    snapshot.number(),
                    snapshot.memberName("snapshot.json"),
                    null,
                    Severity.ERROR,
                    "a snapshot without wall_clock has no place in time; it was not read",
                    null);
            processTables.forget();
            return;
        }
        place(facts);
        snapshot.members().forEach((name, text) -> entry(snapshot.number(), name, snapshot.memberName(name), text));
        snapshot.hostMembers().forEach(this::looseEntry);
        try {
            processTables.write(snapshot.number(), boot, collectorPid);
            folderTables.write(snapshot);
        } catch (ArithmeticException e) {
            issues.add(snapshot.number(), null, null, Severity.WARNING, e.getMessage(), null);
        }
        writeGaps(snapshot, facts);
        snapshots++;
    }

    /** {@code capture.json} opens every segment; the first one is the capture's. */
    private void captureJson(byte[] text) {
        if (text == null || Arrays.equals(text, captureText)) {
            return;
        }
        captureText = text;
        try {
            CaptureFacts facts = CaptureFacts.parse(text);
            collectorPid = facts.collectorPid();
            capture = capture == null ? facts : capture;
        } catch (MalformedJsonException e) {
            issues.add(
                    null, "capture.json", null, Severity.ERROR, "not the JSON it should be: " + e.getMessage(), null);
        }
    }

    /** Gives the snapshot its place on the axis of time. */
    private void place(SnapshotFacts facts) {
        Timeline.Place place = timeline.next(facts.bootId(), facts.monotonicNanos(), facts.wallClock());
        boot = place.boot();
        firstSeen = firstSeen == null ? facts.wallClock() : firstSeen;
        lastSeen = facts.wallClock();
        bootStarts.note(boot, facts.wallClock(), facts.uptimeSeconds());
        writePending(facts);
        pending = new Pending(facts, place);
    }

    /**
     * A member of a snapshot.
     *
     * @param name path within the snapshot: {@code proc/meminfo}
     * @param member path within the archive: {@code 000042/proc/meminfo}
     */
    private void entry(int snapshot, String name, String member, byte[] text) {
        Matcher part = PART.matcher(name);
        String whole = part.matches() ? part.group(1) : name;
        if (name.equals("proc/slabinfo")) {
            stacks.slabinfo(text);
        }
        try {
            if (!processTables.add(whole, member, text)
                    && !hostTables.load(snapshot, name, member, text)
                    && !folderTables.add(snapshot, whole, member, text)
                    && !stacks.add(snapshot, whole, member, lastSeen, text)
                    && !evidence(name, member, text)) {
                issues.add(
                        snapshot, member, null, Severity.INFO, "postmem knows no such member; it was not read", null);
            }
        } catch (ArithmeticException e) {
            // A number no table can hold: hostile, or from a kernel that is not one.
            issues.add(snapshot, member, null, Severity.WARNING, e.getMessage(), null);
        }
    }

    /** Evidence that already lay on the host. */
    private boolean evidence(String name, String member, byte[] text) {
        if (name.equals("host/kmsg") || name.startsWith("host/kmsg.")) {
            List<KernelMessage> messages = issues.note(null, member, KernelMessage.parseKmsg(text));
            kernelLog.add(member, boot, messages);
            return true;
        }
        if (name.equals("sys/kernel/debug/kmemleak")) {
            // each text holds all that is lost up to then
            if (kmemleakMember != null) {
                attached.remove(kmemleakMember);
            }
            kmemleakMember = member;
            attached.put(member, text);
            return true;
        }
        if (name.startsWith("host/sa/")) {
            history(member, text);
            return true;
        }
        return false;
    }

    /** sysstat's own binary history of a day; a day that comes again was told already. */
    private void history(String member, byte[] file) {
        if (!historyDays.add(member.substring(member.lastIndexOf("host/")))) {
            return;
        }
        try {
            SystemActivity history = SystemActivityReader.read(file);
            new SystemActivityRows(tables, captureId).add(member, history);
            if (history.damage() != null) {
                issues.add(null, member, null, Severity.WARNING, history.damage(), null);
            }
        } catch (SystemActivityException e) {
            issues.add(null, member, null, Severity.WARNING, e.getMessage(), null);
        }
    }

    /** A member that belongs to no snapshot. */
    void looseEntry(String member, byte[] text) {
        begin();
        if (member.startsWith("attached/")) {
            // Its clocks are read against the whole capture, so it waits for the end.
            attached.put(member, text);
        } else if (!evidence(member, member, text)) {
            issues.add(null, member, null, Severity.INFO, "postmem knows no such member; it was not read", null);
        }
    }

    private void writeGaps(Snapshot snapshot, SnapshotFacts facts) {
        for (SnapshotFacts.Gap gap : facts.gaps()) {
            if (gap.path() == null || gap.outcome() == null || gap.count() == null) {
                issues.add(
                        facts.snapshot(),
                        snapshot.memberName("snapshot.json"),
                        null,
                        Severity.WARNING,
                        "a read that was not ok without path, outcome or count",
                        String.valueOf(gap.path()));
                continue;
            }
            tables.row("read_gap", captureId, facts.snapshot())
                    .set("path", gap.path())
                    .set("outcome", gap.outcome())
                    .set("count", gap.count())
                    .set("detail", gap.detail() == null || gap.detail().isEmpty() ? null : gap.detail())
                    .end();
        }
    }

    /** Writes the snapshot before, whose size in the archive only the next one tells. */
    private void writePending(SnapshotFacts next) {
        if (pending == null) {
            return;
        }
        SnapshotFacts facts = pending.facts();
        boolean follows = next != null && next.snapshot() == facts.snapshot() + 1;
        tables.row("snapshot", captureId, facts.snapshot())
                .set("segment", facts.segment())
                .set("ts", facts.wallClock())
                .set("t_seconds", pending.place().seconds())
                .set("uptime_seconds", facts.uptimeSeconds())
                .set("boot_id", facts.bootId())
                .set("boot", pending.place().boot())
                .set("duration_seconds", seconds(facts.durationNanos()))
                .set("collector_cpu_seconds", seconds(facts.cpuNanos()))
                .set("collector_rss_bytes", facts.rssBytes())
                .set("written_bytes", follows ? next.writtenBytes() : null)
                .set("missed_ticks", facts.missedTicks())
                .set("trigger", facts.trigger())
                .set("processes", facts.processes())
                .end();
        pending = null;
    }

    private static Double seconds(Long nanos) {
        return nanos == null ? null : (Double) (nanos / 1e9);
    }

    /** The capture is at its end: what only the whole of it tells. */
    void finish() {
        begin();
        writePending(null);
        processTables.finish(bootStarts);
        loadAttached();
        kernelLog.write(captureId, tables, issues, page, boot, bootStarts::of);
        writeCapture();
        issues.finish();
    }

    private void loadAttached() {
        Integer seconds = capture == null ? null : capture.utcOffsetSeconds();
        boolean sound = seconds != null && Math.abs(seconds) <= ZoneOffset.MAX.getTotalSeconds();
        AttachedEvidence evidence = new AttachedEvidence(
                captureId,
                tables,
                issues,
                kernelLog,
                page,
                sound ? ZoneOffset.ofTotalSeconds(seconds) : null,
                firstSeen,
                lastSeen);
        attached.forEach(evidence::load);
    }

    private void writeCapture() {
        TableWriter row = tables.table("capture")
                .row()
                .set("capture_id", captureId)
                .set("source", source)
                .set("origin", "collector");
        if (capture != null) {
            RecordColumns.of(CaptureFacts.class, tables.table("capture"), "json")
                    .set(row, capture)
                    .set("capture_json", capture.json());
        }
        row.end();
    }

    /** Page size and clock must be known before the first member is read. */
    private void begin() {
        if (hostTables != null) {
            return;
        }
        Long pageBytes = capture == null ? null : capture.pageBytes();
        Long ticksPerSecond = capture == null ? null : capture.ticksPerSecond();
        boolean known = pageBytes != null && pageBytes > 0 && ticksPerSecond != null && ticksPerSecond > 0;
        if (!known) {
            issues.add(
                    null,
                    "capture.json",
                    null,
                    Severity.WARNING,
                    "page_bytes and ticks_per_second are not told; 4096 and 100 are taken",
                    null);
        }
        page = new PageSize(known ? pageBytes : DEFAULT_PAGE_BYTES);
        ClockTicks ticks = new ClockTicks(known ? ticksPerSecond : DEFAULT_TICKS_PER_SECOND);
        hostTables = new HostTables(captureId, tables, issues, page, ticks);
        processTables = new ProcessTables(captureId, tables, issues, page, ticks);
        folderTables = new FolderTables(captureId, tables, issues);
        stacks = new CollectedStacks(captureId, tables, issues, page);
    }
}
