package org.postmem.ingest;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.postmem.ingest.IssueLog.Severity;
import org.postmem.procfs.CgroupMemory;
import org.postmem.procfs.DaemonKill;
import org.postmem.procfs.DaemonKills;
import org.postmem.procfs.FileSystemUsage;
import org.postmem.procfs.KernelMessage;
import org.postmem.procfs.MemInfo;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.Pressure;
import org.postmem.procfs.ShmSegment;
import org.postmem.procfs.Slab;
import org.postmem.procfs.VmStat;
import org.postmem.sysstat.SystemActivity;
import org.postmem.sysstat.SystemActivityException;
import org.postmem.sysstat.SystemActivityReader;
import org.postmem.tools.CgroupFile;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.FileSystemInodes;
import org.postmem.tools.MemoryArea;
import org.postmem.tools.Reading;
import org.postmem.tools.SaFile;
import org.postmem.tools.SlashDates;
import org.postmem.tools.StructuredLog;
import org.postmem.tools.ToolReaders;
import org.postmem.tools.ToolText;
import org.postmem.tools.UpTime;
import org.postmem.units.ClockTicks;
import org.postmem.units.PageSize;

/**
 * One host's texts of other tools, as a capture of its own. First every file is {@linkplain #note noted}, so that restarts
 * and the span are known; then each is {@linkplain #load loaded}, those without a time of their own last.
 */
final class EvidenceCapture {
    private static final Set<EvidenceKind> HISTORIES = Set.of(
            EvidenceKind.SA_FILE, EvidenceKind.SAR, EvidenceKind.SADF, EvidenceKind.SADF_JSON, EvidenceKind.SADF_XML);

    /** snap/00002.tar.gz/proc/4711/status */
    private static final Pattern COPY_OF_PROC = Pattern.compile("(|.{0,2000}?/)(?:proc|sys)/.*");

    private static final Pattern DIGITS = Pattern.compile("[\\d_.:-]+");
    private static final Pattern BOOT_TIME = Pattern.compile("(?m)^btime (\\d{1,11})$");
    private static final Duration LOG_FETCHED_LATER = Duration.ofDays(30);
    private static final long ALONE_SECONDS = 3600;
    private static final long DEFAULT_PAGE_BYTES = 4096;
    /** Architectures without pages of another size. */
    private static final Pattern SMALL_PAGES = Pattern.compile("x86_64|amd64|i[3-6]86|s390x?|riscv64");

    private static final String PRESSURE = "proc/pressure/";
    private static final Set<String> COUNTED_IN_PAGES = Set.of(
            "proc/zoneinfo",
            "proc/slabinfo",
            "proc/vmallocinfo",
            "proc/buddyinfo",
            "proc/pagetypeinfo",
            "proc/net/sockstat");
    private static final long DEFAULT_TICKS_PER_SECOND = 100;

    /**
     * What the parser of a file made of it.
     *
     * @param history of sysstat's binary files, {@code null} for others
     * @param text {@code null} when it could not be read, and for the kinds that {@link #load} keeps or reads itself
     * @param refusal why it could not be read, {@code null} when it could
     */
    record Read(SystemActivity history, Parsed<ToolText> text, String refusal) {
        /** Of a kind that is not parsed ahead. */
        static final Read LATER = new Read(null, null, null);
    }

    private final int captureId;
    private final String name;
    private final CaseTables tables;
    private final HostZone zone;
    private final IssueLog issues;
    private final PageSize told;
    private final PageSize page;
    private final ClockTicks ticks = new ClockTicks(DEFAULT_TICKS_PER_SECOND);
    private final ReadingMoments moments = new ReadingMoments();
    private final ListedProcesses processes;
    private final MemoryRows memory;
    private final HostTables hostTables;
    private final KernelLog kernelLog = new KernelLog();
    private final Restarts restarts = new Restarts();
    private final List<EvidenceSource> sources = new ArrayList<>();
    private final List<UndatedFile> undated = new ArrayList<>();
    private final CgroupCopies cgroups = new CgroupCopies();
    private final Map<String, byte[]> stacks = new LinkedHashMap<>();
    private final Map<String, RecordColumns<?>> recordColumns = new HashMap<>();
    /** The file that tells of a subject at a moment, by its number. */
    private final Map<String, Integer> claimed = new HashMap<>();
    /** Names of those of vmstat that sar, vmstat and the like printed, by snapshot. */
    private final Map<Integer, Set<String>> countersOfTools = new HashMap<>();

    private final ActivityRows activity;
    private final Map<Integer, Instant> bootTimes = new HashMap<>();
    private String countedInPages;
    private Instant noted;
    private String host;
    private String kernel;
    private String machine;
    private Integer cpus;

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
        this.host = host;
        this.captureId = captureId;
        this.name = name;
        this.tables = tables;
        this.zone = new HostZone(zone);
        this.issues = new IssueLog(captureId, tables);
        this.memory = new MemoryRows(captureId, tables);
        this.processes = new ListedProcesses(captureId, tables, this.zone);
        this.activity = new ActivityRows(captureId, tables, page);
        this.hostTables = new HostTables(captureId, tables, issues, page, ticks);
    }

    IssueLog issues() {
        return issues;
    }

    static boolean isHistory(EvidenceKind kind) {
        return HISTORIES.contains(kind);
    }

    /**
     * Parses a file; asks nothing but its bytes, so that any thread may do it.
     *
     * @param beside what is known of the order of its dates
     */
    static Read read(EvidenceKind kind, String member, byte[] text, SlashDates.Beside beside) {
        try {
            return switch (kind) {
                case MEMLEAK, KMEMLEAK, STRACE, PAGE_OWNER, ALLOC_TRACES, ALLOCINFO, KERNEL_RECORDS, KERNEL_LOG ->
                    Read.LATER;
                case SA_FILE -> {
                    SystemActivity history = SystemActivityReader.read(text);
                    List<ParseIssue> damage =
                            history.damage() == null ? List.of() : List.of(new ParseIssue(0, 0, history.damage(), ""));
                    yield new Read(history, new Parsed<>(SaFile.of(history), damage), null);
                }
                default -> new Read(null, ToolReaders.read(kind, member, text, beside), null);
            };
        } catch (SystemActivityException e) {
            return new Read(null, null, e.getMessage());
        }
    }

    /** Notes the restarts that a history tells, and how far it goes. */
    void note(Read read) {
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
     * @param read what {@link #read} made of it
     */
    void load(EvidenceKind kind, String member, Instant modified, int bytes, byte[] text, Read read) {
        EvidenceSource source = new EvidenceSource(sources.size() + 1, member, kind, modified, bytes);
        sources.add(source);
        switch (kind) {
            case MEMLEAK, KMEMLEAK, STRACE, PAGE_OWNER, ALLOC_TRACES, ALLOCINFO -> stacks.put(member, text);
            case KERNEL_RECORDS -> log(source, KernelMessage.parseKmsg(text));
            case KERNEL_LOG -> {
                Instant latest = noted != null ? noted.plus(LOG_FETCHED_LATER) : modified;
                byte[] lines = StructuredLog.lines(text);
                log(source, KernelMessage.parseText(lines, zone::instant, latest));
                List<KernelMessage> daemons = KernelMessage.parseDaemons(lines, zone::instant, latest);
                List<DaemonKill> kills = DaemonKills.of(daemons);
                if (!kills.isEmpty()) {
                    kernelLog.addKills(member, kills);
                    source.tells("daemon_kill");
                }
                source.readings(daemons.size());
                daemons.forEach(source::spans);
            }
            default -> readings(source, read);
        }
    }

    private void log(EvidenceSource source, Parsed<List<KernelMessage>> parsed) {
        List<KernelMessage> messages = issues.note(null, source.member(), parsed);
        kernelLog.addText(source.member(), messages);
        source.readings(messages.size());
        source.tells("kernel_message");
        messages.forEach(source::spans);
    }

    private void readings(EvidenceSource source, Read parsed) {
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
        host = host == null ? read.banner().host() : host;
        kernel = kernel == null ? read.banner().kernel() : kernel;
        machine = machine == null ? read.banner().machine() : machine;
        cpus = cpus == null ? read.banner().cpus() : cpus;
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
        if (HISTORIES.contains(source.kind()) || !reading.rates().isEmpty()) {
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
        int snapshot = moments.place(time, reader(source, reading, step), step);
        if (!reading.memory().isEmpty()) {
            source.tells("meminfo");
            memory.add(snapshot, time, source.member(), reading.memory(), reading.exactBytes());
        }
        processes.add(source, reading, snapshot, boot);
        mounts(
                source,
                "filesystem",
                snapshot,
                FileSystemUsage.class,
                reading.fileSystems(),
                FileSystemUsage::mountPoint);
        mounts(
                source,
                "filesystem_inode",
                snapshot,
                FileSystemInodes.class,
                reading.inodes(),
                FileSystemInodes::mountPoint);
        rows(source, "memory_area", snapshot, MemoryArea.class, reading.areas());
        rows(source, "slab", snapshot, Slab.class, reading.slabs());
        rows(source, "shm_segment", snapshot, ShmSegment.class, reading.segments());
        pressures(source, snapshot, reading.pressures());
        counters(source, snapshot, reading.counters(), false);
        reading.files().forEach((path, bytes) -> file(source, snapshot, time, path, bytes));
    }

    private int reader(EvidenceSource source, Reading reading, long step) {
        Matcher copied = source.kind() == EvidenceKind.HOST_FILE ? COPY_OF_PROC.matcher(source.member()) : null;
        if (copied != null && copied.matches()) {
            return moments.copy(copied.group(1));
        }
        // there is a file of mappings for each process
        if (step < ALONE_SECONDS || !reading.mappings().isEmpty()) {
            return source.number();
        }
        if (!reading.files().isEmpty()) {
            return moments.named(String.join(" ", reading.files().keySet()));
        }
        String name = source.member().substring(source.member().lastIndexOf('/') + 1);
        return moments.named(source.kind() + " " + DIGITS.matcher(name).replaceAll(""));
    }

    /** Rows of a table whose snapshot one file fills: a second one tells the same again. */
    private <R extends Record> void rows(
            EvidenceSource source, String table, int snapshot, Class<R> type, List<R> rows) {
        if (rows.isEmpty()) {
            return;
        }
        Integer teller = claimed.putIfAbsent(table + ' ' + snapshot, source.number());
        if (teller == null) {
            write(source, table, snapshot, type, rows);
        } else {
            toldAlready(source, table, teller);
        }
    }

    /** Rows of file systems: a history tells of those on a device, df beside it of those in memory too. */
    private <R extends Record> void mounts(
            EvidenceSource source,
            String table,
            int snapshot,
            Class<R> type,
            List<R> rows,
            Function<R, String> mountPoint) {
        Set<String> toldElsewhere = new HashSet<>();
        for (String mount : rows.stream().map(mountPoint).collect(Collectors.toSet())) {
            Integer teller = claimed.putIfAbsent(table + ' ' + snapshot + ' ' + mount, source.number());
            if (teller != null) {
                toldElsewhere.add(mount);
                toldAlready(source, table, teller);
            }
        }
        write(
                source,
                table,
                snapshot,
                type,
                rows.stream()
                        .filter(row -> !toldElsewhere.contains(mountPoint.apply(row)))
                        .toList());
    }

    /** Rows of resources of which nothing was told yet at this moment: sysstat has all of them, a copy is of one. */
    private void pressures(EvidenceSource source, int snapshot, List<Pressure> rows) {
        Map<String, List<Pressure>> byResource =
                rows.stream().collect(Collectors.groupingBy(Pressure::resource, TreeMap::new, Collectors.toList()));
        byResource.forEach((resource, told) -> {
            source.tells("pressure");
            Integer teller = claimed.putIfAbsent("pressure " + resource + ' ' + snapshot, source.number());
            if (teller == null) {
                write(source, "pressure", snapshot, Pressure.class, told);
            }
        });
    }

    /**
     * Rows of counters that were not told yet at this moment.
     *
     * @param all is it a copy of the file of the kernel? A tool prints some of them
     */
    private void counters(EvidenceSource source, int snapshot, List<VmStat> rows, boolean all) {
        if (rows.isEmpty()) {
            return;
        }
        source.tells("vmstat");
        String claim = "vmstat " + snapshot;
        Integer teller = all ? claimed.putIfAbsent(claim, source.number()) : claimed.get(claim);
        if (teller != null) {
            return;
        }
        Set<String> told = countersOfTools.computeIfAbsent(snapshot, s -> new HashSet<>());
        write(
                source,
                "vmstat",
                snapshot,
                VmStat.class,
                rows.stream().filter(row -> !told.contains(row.name())).toList());
        if (!all) {
            rows.forEach(row -> told.add(row.name()));
        }
    }

    /** Of two readings of one file at one moment nobody need hear. */
    private void toldAlready(EvidenceSource source, String table, int teller) {
        source.tells(table);
        if (teller != source.number()) {
            issues.add(
                    null,
                    source.member(),
                    null,
                    Severity.INFO,
                    "another file tells the same at the same moment; that one was kept",
                    null);
        }
    }

    private <R extends Record> void write(
            EvidenceSource source, String table, int snapshot, Class<R> type, List<R> rows) {
        if (rows.isEmpty()) {
            return;
        }
        source.tells(table);
        RecordColumns<R> columns = columns(type, table);
        for (R row : rows) {
            columns.set(row(table, snapshot), row).end();
        }
    }

    @SuppressWarnings("unchecked") // of one table and one type, always
    private <R extends Record> RecordColumns<R> columns(Class<R> type, String table) {
        return (RecordColumns<R>)
                recordColumns.computeIfAbsent(table, name -> RecordColumns.of(type, tables.table(name)));
    }

    private void file(EvidenceSource source, int snapshot, Instant time, String path, byte[] bytes) {
        if (path.equals("proc/meminfo")) {
            source.tells("meminfo");
            memory.add(snapshot, time, source.member(), issues.note(null, source.member(), MemInfo.parse(bytes)));
            return;
        }
        CgroupFile.Place place = CgroupFile.Place.of(path);
        if (place != null) {
            source.tells("cgroup_memory");
            EvidenceSource teller = cgroups.add(snapshot, place, source, bytes);
            if (teller != source) {
                toldAlready(source, "cgroup_memory", teller.number());
            }
            return;
        }
        if (path.equals("proc/vmstat")) {
            counters(source, snapshot, issues.note(null, source.member(), VmStat.parse(bytes)), true);
            return;
        }
        if (path.startsWith(PRESSURE)) {
            String resource = path.substring(PRESSURE.length());
            pressures(source, snapshot, issues.note(null, source.member(), Pressure.parse(bytes, resource)));
            return;
        }
        // what a tool prints of it, and the same by type and in all
        String subject = switch (path) {
            case "proc/pagetypeinfo" -> "proc/buddyinfo";
            case "proc/slabinfo" -> "slab";
            case "proc/sysvipc/shm" -> "shm_segment";
            default -> path;
        };
        Integer teller = claimed.putIfAbsent(subject + ' ' + snapshot, source.number());
        if (teller != null) {
            toldAlready(source, path.substring(path.lastIndexOf('/') + 1), teller);
            return;
        }
        if (path.equals("proc/stat")) {
            Matcher began = BOOT_TIME.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
            if (began.find()) {
                bootTimes.put(boot(time), Instant.ofEpochSecond(Long.parseLong(began.group(1))));
            }
        }
        if (countedInPages == null && COUNTED_IN_PAGES.contains(path)) {
            countedInPages = source.member();
        }
        try {
            if (hostTables.load(snapshot, path, source.member(), bytes)) {
                source.tells(path.substring(path.lastIndexOf('/') + 1));
            }
        } catch (ArithmeticException e) {
            issues.add(null, source.member(), null, Severity.WARNING, e.getMessage(), null);
        }
    }

    private TableWriter row(String table, int snapshot) {
        return tables.table(table).row().set("capture_id", captureId).set("snapshot", snapshot);
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
        RecordColumns<CgroupMemory> cgroupColumns = columns(CgroupMemory.class, "cgroup_memory");
        cgroups.parse(
                issues,
                (group, snapshot) ->
                        cgroupColumns.set(row("cgroup_memory", snapshot), group).end());
        writeSnapshots();
        loadStacks();
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
        if (countedInPages != null && pageBytes() == null) {
            issues.add(
                    null,
                    countedInPages,
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
        boolean small = machine != null && SMALL_PAGES.matcher(machine).matches();
        return told != null ? Long.valueOf(told.bytes()) : small ? Long.valueOf(DEFAULT_PAGE_BYTES) : null;
    }

    private void writeSnapshots() {
        Instant first = moments.first();
        for (int moment : moments.all()) {
            Instant time = moments.time(moment);
            row("snapshot", moment)
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
                .set("host", host)
                .set("kernel", kernel)
                .set("machine", machine)
                .set("cpu_count", cpus)
                .set("page_bytes", pageBytes())
                .set(
                        "utc_offset_seconds",
                        zone.isTold() && moments.last() != null
                                ? (Integer) zone.offset(moments.last()).getTotalSeconds()
                                : null)
                .end();
    }
}
