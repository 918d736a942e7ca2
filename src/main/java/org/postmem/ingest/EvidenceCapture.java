package org.postmem.ingest;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.postmem.ingest.IssueLog.Severity;
import org.postmem.procfs.FileSystemUsage;
import org.postmem.procfs.ShmSegment;
import org.postmem.procfs.Slab;
import org.postmem.tools.Banner;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.FileSystemInodes;
import org.postmem.tools.MemoryArea;
import org.postmem.tools.Reading;
import org.postmem.tools.ToolText;
import org.postmem.tools.UpTime;
import org.postmem.units.ClockTicks;
import org.postmem.units.PageSize;

/**
 * One host's texts of other tools, as a capture of its own. First every file is {@linkplain #note noted}, so that restarts
 * and the span are known; then each is {@linkplain #load loaded}, those without a time of their own last.
 */
final class EvidenceCapture {
    private static final Duration LOG_FETCHED_LATER = Duration.ofDays(30);
    private static final long ALONE_SECONDS = 3600;
    private static final long DEFAULT_PAGE_BYTES = 4096;
    /** Architectures without pages of another size. */
    private static final Pattern SMALL_PAGES = Pattern.compile("x86_64|amd64|i[3-6]86|s390x?|riscv64");

    private static final long DEFAULT_TICKS_PER_SECOND = 100;

    private final int captureId;
    private final String name;
    private final CaseTables tables;
    private final HostZone zone;
    private final IssueLog issues;
    private final PageSize told;
    private final PageSize page;
    private final ClockTicks ticks = new ClockTicks(DEFAULT_TICKS_PER_SECOND);
    private final ReadingMoments moments = new ReadingMoments();
    private final ReaderNumbers readers = new ReaderNumbers();
    private final ListedProcesses processes;
    private final MemoryRows memory;
    private final ActivityRows activity;
    private final SharedRows shared;
    private final HostCopies copies;
    private final KernelLog kernelLog = new KernelLog();
    private final LogTexts logs;
    private final Restarts restarts = new Restarts();
    private final List<EvidenceSource> sources = new ArrayList<>();
    private final List<UndatedFile> undated = new ArrayList<>();
    private final Map<String, byte[]> stacks = new LinkedHashMap<>();
    private Instant noted;
    private Banner banner;

    /**
     * Of one host.
     *
     * @param name of the capture
     * @param host that its files name, {@code null} when none does
     * @param zone of the host, for clocks without one; {@code null} takes UTC and says so
     * @param told what its files tell of the size of a page; {@code null} takes 4 KiB
     */
    EvidenceCapture(int captureId, String name, String host, CaseTables tables, ZoneId zone, PageSize told) {
        this.told = told;
        this.page = told == null ? new PageSize(DEFAULT_PAGE_BYTES) : told;
        this.banner = new Banner(host, null, null, null, null);
        this.captureId = captureId;
        this.name = name;
        this.tables = tables;
        this.zone = new HostZone(zone);
        this.issues = new IssueLog(captureId, tables);
        this.memory = new MemoryRows(captureId, tables);
        this.processes = new ListedProcesses(captureId, tables, this.zone);
        this.activity = new ActivityRows(captureId, tables, page);
        this.logs = new LogTexts(kernelLog, this.zone, issues);
        FirstTold first = new FirstTold(issues);
        this.shared = new SharedRows(captureId, tables, first);
        HostTables hostTables = new HostTables(captureId, tables, issues, page, ticks);
        this.copies = new HostCopies(captureId, tables, issues, hostTables, memory, shared, first);
    }

    IssueLog issues() {
        return issues;
    }

    /** Notes the restarts that a history tells, and how far it goes. */
    void note(ParsedFile read) {
        if (read.text() != null) {
            for (Reading reading : read.text().value().readings()) {
                note(zone.time(reading.stamp()), reading.restart());
            }
        }
    }

    /** Notes for how long the host had been up: where that begins at 0 again it was started anew. */
    void note(List<UpTime> upTimes) {
        for (UpTime upTime : upTimes) {
            Instant time = zone.candidate(upTime.stamp());
            if (time != null && ReadingMoments.plausible(time)) {
                restarts.add(time, upTime.up());
            }
        }
    }

    private void note(Instant time, boolean restart) {
        if (time != null && ReadingMoments.plausible(time)) {
            noted = noted == null || time.isAfter(noted) ? time : noted;
            if (restart) {
                restarts.add(time);
            }
        }
    }

    /**
     * Loads one file.
     *
     * @param bytes of the file as it lies there
     * @param read what its parser made of it
     */
    void load(EvidenceKind kind, String member, Instant modified, int bytes, byte[] text, ParsedFile read) {
        EvidenceSource source = new EvidenceSource(sources.size() + 1, member, kind, modified, bytes);
        sources.add(source);
        switch (kind) {
            case MEMLEAK, KMEMLEAK, STRACE, PAGE_OWNER, ALLOC_TRACES, ALLOCINFO -> stacks.put(member, text);
            case KERNEL_RECORDS -> logs.records(source, text);
            case KERNEL_LOG -> logs.lines(source, text, noted != null ? noted.plus(LOG_FETCHED_LATER) : modified);
            default -> readings(source, read);
        }
    }

    private void readings(EvidenceSource source, ParsedFile parsed) {
        if (parsed.refusal() != null) {
            issues.add(null, source.member(), null, Severity.WARNING, parsed.refusal(), null);
            return;
        }
        if (parsed.history() != null) {
            new SystemActivityRows(tables, captureId).add(source.member(), parsed.history());
            source.tells("activity");
        }
        ToolText read = issues.note(null, source.member(), parsed.text());
        source.banner(read.banner());
        banner = banner.or(read.banner());
        source.readings(read.readings().size());
        List<Reading> without = new ArrayList<>();
        List<Reading> dated = new ArrayList<>();
        List<Instant> times = new ArrayList<>();
        for (Reading reading : read.readings()) {
            Instant time = zone.time(reading.stamp());
            if (time == null) {
                without.add(reading);
            } else {
                dated.add(reading);
                times.add(time);
            }
        }
        place(source, dated, times);
        if (!without.isEmpty()) {
            undated.add(new UndatedFile(source, without));
        }
    }

    private void place(EvidenceSource source, List<Reading> readings, List<Instant> times) {
        for (int i = 0; i < readings.size(); i++) {
            Instant time = times.get(i);
            if (!ReadingMoments.plausible(time)) {
                issues.add(
                        null,
                        source.member(),
                        null,
                        Severity.WARNING,
                        "a reading of " + time + " has no place in time; it was not read",
                        null);
                continue;
            }
            long step = ALONE_SECONDS;
            if (i > 0) {
                step = Math.min(
                        step, Duration.between(times.get(i - 1), time).abs().toSeconds());
            }
            if (i + 1 < times.size()) {
                step = Math.min(
                        step, Duration.between(time, times.get(i + 1)).abs().toSeconds());
            }
            source.spans(time);
            write(source, readings.get(i), time, step);
        }
    }

    private int boot(Instant time) {
        return restarts.before(time);
    }

    private void write(EvidenceSource source, Reading reading, Instant time, long step) {
        int boot = boot(time);
        if (source.kind().isHistory() || !reading.rates().isEmpty()) {
            activity.add(source, reading, time, boot);
        }
        boolean says = !reading.memory().isEmpty()
                || !reading.processes().isEmpty()
                || !reading.mappings().isEmpty()
                || !reading.fileSystems().isEmpty()
                || !reading.inodes().isEmpty()
                || !reading.areas().isEmpty()
                || !reading.slabs().isEmpty()
                || !reading.segments().isEmpty()
                || !reading.pressures().isEmpty()
                || !reading.counters().isEmpty()
                || !reading.files().isEmpty();
        if (!says) {
            return;
        }
        int snapshot = moments.place(time, readers.of(source, reading, step >= ALONE_SECONDS), step);
        if (!reading.memory().isEmpty()) {
            source.tells("meminfo");
            memory.add(snapshot, time, source.member(), reading.memory(), reading.exactBytes());
        }
        processes.add(source, reading, snapshot, boot);
        shared.mounts(
                source,
                "filesystem",
                snapshot,
                FileSystemUsage.class,
                reading.fileSystems(),
                FileSystemUsage::mountPoint);
        shared.mounts(
                source,
                "filesystem_inode",
                snapshot,
                FileSystemInodes.class,
                reading.inodes(),
                FileSystemInodes::mountPoint);
        shared.whole(source, "memory_area", snapshot, MemoryArea.class, reading.areas());
        shared.whole(source, "slab", snapshot, Slab.class, reading.slabs());
        shared.whole(source, "shm_segment", snapshot, ShmSegment.class, reading.segments());
        shared.pressures(source, snapshot, reading.pressures());
        shared.countersOfTool(source, snapshot, reading.counters());
        reading.files().forEach((path, bytes) -> copies.add(source, snapshot, time, boot, path, bytes));
    }

    /** All files are loaded: what has no time gets one, and the rows their final numbers. */
    int finish() {
        Instant from = moments.first();
        Instant to = moments.last();
        for (UndatedFile file : undated) {
            UndatedFile.Dated dated = file.dated(zone, from, to, issues);
            place(file.source(), dated.readings(), dated.times());
        }
        Map<Integer, Integer> numbers = new LinkedHashMap<>();
        for (int moment : moments.all()) {
            numbers.put(moment, numbers.size() + 1);
        }
        memory.write();
        copies.finish();
        writeSnapshots();
        loadStacks();
        Map<Integer, Instant> bootTimes = copies.bootTimes();
        int lastBoot = moments.size() == 0 ? 0 : boot(moments.last());
        kernelLog.write(captureId, tables, issues, page, lastBoot, bootTimes::get);
        if (zone.isGuessed()) {
            issues.add(
                    null,
                    null,
                    null,
                    Severity.INFO,
                    "clocks without a zone were read as UTC; --zone tells the zone of the host",
                    null);
        }
        if (copies.countedInPages() != null && pageBytes() == null) {
            issues.add(
                    null,
                    copies.countedInPages(),
                    null,
                    Severity.INFO,
                    "it counts in pages, and no file tells how large they are, or two disagree: 4 KiB were taken;"
                            + " kernels of arm64 and ppc64le may have 64 KiB",
                    null);
        }
        sources.forEach(source -> source.write(captureId, tables.table("evidence_source")));
        writeCapture();
        issues.finish();
        processes.finish(numbers, bootTimes, ticks);
        tables.renumber(captureId);
        return moments.size();
    }

    /** {@code null} where it is only assumed. */
    private Long pageBytes() {
        boolean small = banner.machine() != null
                && SMALL_PAGES.matcher(banner.machine()).matches();
        return told != null ? Long.valueOf(told.bytes()) : small ? Long.valueOf(DEFAULT_PAGE_BYTES) : null;
    }

    private void writeSnapshots() {
        Instant first = moments.first();
        for (int moment : moments.all()) {
            Instant time = moments.time(moment);
            tables.table("snapshot")
                    .row()
                    .set("capture_id", captureId)
                    .set("snapshot", moment)
                    .set("ts", time)
                    .set("t_seconds", (double) Duration.between(first, time).toSeconds())
                    .set("boot", boot(time))
                    .end();
        }
    }

    private void loadStacks() {
        AttachedEvidence attached = new AttachedEvidence(
                captureId,
                tables,
                issues,
                kernelLog,
                page,
                moments.last() == null ? null : zone.offset(moments.last()),
                moments.first(),
                moments.last());
        stacks.forEach(attached::load);
    }

    private void writeCapture() {
        tables.table("capture")
                .row()
                .set("capture_id", captureId)
                .set("source", name)
                .set("origin", "evidence")
                .set("host", banner.host())
                .set("kernel", banner.kernel())
                .set("machine", banner.machine())
                .set("cpu_count", banner.cpus())
                .set("page_bytes", pageBytes())
                .set(
                        "utc_offset_seconds",
                        zone.isTold() && moments.last() != null
                                ? (Integer) zone.offset(moments.last()).getTotalSeconds()
                                : null)
                .end();
    }
}
