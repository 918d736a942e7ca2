package org.postmem.collector.cli;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.postmem.collector.archive.ArchiveWriteException;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.Json;
import org.postmem.collector.source.AuxiliaryVector;
import org.postmem.collector.source.CommandLineMask;
import org.postmem.collector.source.EntrySink;
import org.postmem.collector.source.HostIdentity;
import org.postmem.collector.source.HostSnapshot;
import org.postmem.collector.source.KernelLog;
import org.postmem.collector.source.Ledger;
import org.postmem.collector.source.Schedule;
import org.postmem.collector.source.Schedule.Tier;
import org.postmem.collector.source.SelfCost;
import org.postmem.collector.source.SysstatHistory;

/**
 * One capture from its first to its last snapshot. Ticks lie on the monotonic clock, counted from the first; a tick
 * that comes while a snapshot is still being read is missed and counted, never made up for. The last snapshot reads all
 * tiers, also when the end was not foreseen.
 */
public final class Collection {
    /** Of the disk the archive lies on; a host must not fill up for our sake. */
    private static final long FREE_SPACE_FLOOR_BYTES = 64L << 20;

    /** Those in which most of what is read once is read. */
    private static final int OPENING_SNAPSHOTS = 3;

    private static final long DEFAULT_PAGE_BYTES = 4096;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String OWN_OOM_SCORE_ADJ = "-900";

    private final CollectSettings settings;
    private final Clock clock;
    private final LongSupplier nanoClock;
    private final Consumer<String> progress;
    private final Consumer<String> detail;

    private final SelfCost selfCost = SelfCost.ofThisProcess();
    private final AuxiliaryVector auxiliary = AuxiliaryVector.ofThisProcess();

    private HostIdentity host;
    private HostSnapshot source;
    private Schedule schedule;
    private ArchiveWriter writer;
    private final Ring ring;

    private int number;
    private long missedTicks;
    private boolean lastReadEverything;
    private long lastRawBytes;
    private boolean historyRead;
    private long lastWrittenBytes;
    private long largestWrittenBytes;
    private Long cpuAtLastSnapshot;
    private long budgetBegunNanos;
    private long cpuAtBudgetBegin;
    private long lost;
    private boolean failing;

    /**
     * What came of it.
     *
     * @param archive null when not one snapshot could be written
     * @param snapshots how many were written
     * @param lost how many could not be
     */
    public record Outcome(Path archive, int snapshots, long lost) {}

    /**
     * @param progress takes lines for the person who waits
     * @param detail takes a line a snapshot
     */
    public Collection(
            CollectSettings settings,
            Clock clock,
            LongSupplier nanoClock,
            Consumer<String> progress,
            Consumer<String> detail) {
        this.settings = settings;
        this.clock = clock;
        this.nanoClock = nanoClock;
        this.progress = progress;
        this.ring = new Ring(settings.maxBytes(), settings.keep(), progress);
        this.detail = detail;
    }

    /** On the clocks of this machine. */
    public static Collection ofThisHost(CollectSettings settings, Consumer<String> progress, Consumer<String> detail) {
        return new Collection(settings, Clock.systemUTC(), System::nanoTime, progress, detail);
    }

    public Outcome run(StopSignal stop) throws CollectException, IOException, InterruptedException {
        checkOutput();
        checkProc();
        String oomScoreAdj = protectSelf();
        host = HostIdentity.read(settings.roots());
        Compression.Choice compression = Compression.choose(settings.compression());
        if (compression.fallbackReason() != null) {
            progress.accept("postmem: writes gzip: " + compression.fallbackReason());
        }
        Instant startedAt = clock.instant();
        byte[] capture = captureJson(startedAt, oomScoreAdj, compression);
        long pageBytes = auxiliary.pageBytes() == null ? DEFAULT_PAGE_BYTES : auxiliary.pageBytes();
        source = new HostSnapshot(
                settings.roots(),
                new CommandLineMask(settings.redactRules()),
                settings.kernelLog() ? new KernelLog(settings.roots().root() + "/dev/kmsg") : null,
                settings.cpuShare(),
                pageBytes,
                nanoClock);
        schedule = new Schedule(settings.interval().toNanos(), settings.plannedNanos(), settings.cpuShare());
        boolean[] segmentStart = new boolean[1];
        writer = create(startedAt, compression.compression(), capture, segmentStart);
        progress.accept("postmem: collecting into " + writer.path() + " every "
                + settings.interval().toMillis() / 1000.0 + " s"
                + (settings.plannedNanos() == Long.MAX_VALUE ? " until stopped" : ""));
        try {
            try {
                loop(stop, segmentStart);
            } finally {
                writer.close();
            }
        } catch (ArchiveWriteException e) {
            // the trailer: what was written before stands without it
            progress.accept("postmem: " + e.getMessage());
        }
        if (number - lost <= 0) {
            Files.deleteIfExists(writer.path());
            return new Outcome(null, 0, lost);
        }
        return new Outcome(writer.path(), (int) (number - lost), lost);
    }

    private void loop(StopSignal stop, boolean[] segmentStart) throws IOException, InterruptedException {
        long interval = settings.interval().toNanos();
        long start = nanoClock.getAsLong();
        long tick = 0;
        while (true) {
            boolean last = stop.isStopped() || isLast(tick, interval);
            snapshot(last, segmentStart);
            String full = full();
            if (full != null) {
                progress.accept(full);
                return;
            }
            if (last) {
                break;
            }
            long next = (nanoClock.getAsLong() - start) / interval + 1;
            missedTicks = next - tick - 1;
            tick = next;
            if (isAfterEnd(tick, interval) || stop.awaitUntil(start + tick * interval, nanoClock.getAsLong())) {
                break;
            }
        }
        if (!lastReadEverything) {
            missedTicks = 0;
            snapshot(true, segmentStart);
        }
    }

    private boolean isLast(long tick, long interval) {
        return (settings.count() != null && number + 1 >= settings.count()) || isAfterEnd(tick + 1, interval);
    }

    private boolean isAfterEnd(long tick, long interval) {
        return settings.duration() != null
                && tick * interval > settings.duration().toNanos();
    }

    private void snapshot(boolean last, boolean[] segmentStart) throws IOException, InterruptedException {
        number++;
        Instant wallClock = clock.instant();
        long begun = nanoClock.getAsLong();
        writer.beginSnapshot(number, wallClock);
        Set<Tier> tiers = schedule.tiers(begun, last);
        lastReadEverything = tiers.contains(Tier.SLOW) && last;
        EntrySink sink = writer::entry;
        HostSnapshot.Plan plan = new HostSnapshot.Plan(number, tiers, segmentStart[0], last, savedCpuNanos(begun));
        segmentStart[0] = false;
        HostSnapshot.Result result = source.read(plan, sink, sink);
        Ledger ledger = source.ledger();
        if (settings.sysstatHistory() && !historyRead && (number > OPENING_SNAPSHOTS || last)) {
            historyRead = true;
            new SysstatHistory(settings.roots()).read(sink, ledger);
        }
        if (result.slowTierNanos() > 0 && schedule.slowTierCost(result.slowTierNanos())) {
            ledger.gap(
                    "tier/slow",
                    "STRETCHED",
                    1,
                    "read every " + schedule.periodNanos() / 1_000_000 + " ms to keep within the CPU budget");
        }
        Map<String, Object> summary = summary(wallClock, begun, tiers, result, ledger);
        try {
            ArchiveWriter.Written written = writer.endSnapshot(summary);
            lastRawBytes = written.rawBytes();
            lastWrittenBytes = written.writtenBytes();
            if (failing) {
                failing = false;
                progress.accept("postmem: writing again, with snapshot " + number);
            }
            detail.accept("postmem: snapshot " + number + " " + tiers + " processes " + result.processes() + " raw "
                    + written.rawBytes() + " written " + written.writtenBytes() + " ns "
                    + (nanoClock.getAsLong() - begun) + " cpu " + summary.get("cost"));
        } catch (ArchiveWriteException e) {
            lost++;
            if (!failing) {
                failing = true;
                progress.accept("postmem: " + e.getMessage());
            }
        }
        if (number <= OPENING_SNAPSHOTS) {
            budgetBegunNanos = nanoClock.getAsLong();
            Long cpu = selfCost.cpuNanos();
            cpuAtBudgetBegin = cpu == null ? 0 : cpu;
        }
    }

    private Map<String, Object> summary(
            Instant wallClock, long begun, Set<Tier> tiers, HostSnapshot.Result result, Ledger ledger) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("wall_clock", wallClock.toString());
        json.put("monotonic_ns", begun);
        json.put("boot_id", host.bootId());
        json.put("uptime_seconds", source.uptimeSeconds());
        json.put("duration_ns", nanoClock.getAsLong() - begun);
        List<String> names = new ArrayList<>();
        tiers.forEach(tier -> names.add(tier.name().toLowerCase(Locale.ROOT)));
        json.put("tiers", names);
        json.put("trigger", null);
        json.put("missed_ticks", missedTicks);
        json.put("processes", result.processes() < 0 ? null : result.processes());
        json.put("cost", cost());
        List<Map<String, Object>> gaps = new ArrayList<>();
        for (Ledger.Gap gap : ledger.gaps()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("path", gap.path());
            row.put("outcome", gap.outcome());
            row.put("count", gap.count());
            row.put("detail", gap.detail());
            gaps.add(row);
        }
        Map<String, Object> reads = new LinkedHashMap<>();
        reads.put("ok", ledger.okReads());
        reads.put("carried", ledger.carried());
        reads.put("not_ok", gaps);
        json.put("reads", reads);
        return json;
    }

    /** CPU time since the last snapshot said the same, so that compressing and writing are in it. */
    private Map<String, Object> cost() {
        Map<String, Object> cost = new LinkedHashMap<>();
        Long cpu = selfCost.cpuNanos();
        if (cpu != null) {
            cost.put("cpu_ns", cpuAtLastSnapshot == null ? cpu : cpu - cpuAtLastSnapshot);
            cpuAtLastSnapshot = cpu;
        }
        Long pages = selfCost.residentPages();
        if (pages != null && auxiliary.pageBytes() != null) {
            cost.put("rss_bytes", pages * auxiliary.pageBytes());
        }
        cost.put("raw_bytes", lastRawBytes);
        cost.put("written_bytes", lastWrittenBytes);
        cost.put("hanging_readers", source.hangingReaders());
        return cost;
    }

    /** What the budget would have allowed up to now, less what was used; start-up and what is read once are not held against it. */
    private long savedCpuNanos(long now) {
        Long cpu = selfCost.cpuNanos();
        if (number <= OPENING_SNAPSHOTS || cpu == null) {
            return 0;
        }
        return (long) (settings.cpuShare() * (now - budgetBegunNanos)) - (cpu - cpuAtBudgetBegin);
    }

    /** Why collecting has to end now, null when it need not. */
    private String full() {
        // the first snapshot of a segment is several times larger than the others
        largestWrittenBytes = Math.max(largestWrittenBytes, lastWrittenBytes);
        long expected = Math.max(2 * lastWrittenBytes, largestWrittenBytes);
        long free = settings.output().toFile().getUsableSpace();
        boolean room = ring.makeRoom(writer, expected, free - FREE_SPACE_FLOOR_BYTES, nanoClock.getAsLong());
        if (!room) {
            return "postmem: stopped, the archive has reached --max-size " + settings.maxBytes() + " bytes";
        }
        if (free > 0 && free < FREE_SPACE_FLOOR_BYTES + expected) {
            return "postmem: stopped, only " + (free >> 20) + " MiB are free in " + settings.output();
        }
        return null;
    }

    private void checkOutput() throws CollectException {
        Path output = settings.output();
        if (!Files.exists(output)) {
            throw new CollectException("output directory does not exist: " + output);
        }
        if (!Files.isDirectory(output)) {
            throw new CollectException("output is not a directory: " + output);
        }
        if (!Files.isWritable(output)) {
            throw new CollectException("output directory is not writable: " + output);
        }
        String type = "";
        try {
            type = Files.getFileStore(output).type();
        } catch (IOException e) {
            // a mount table without it, as in some containers: then nobody can tell
        }
        if ((type.equals("tmpfs") || type.equals("ramfs")) && !settings.force()) {
            throw new CollectException("output directory lies in memory (" + type
                    + "), which would add to what is measured: " + output + "; name another --output, or give --force");
        }
        File folder = output.toFile();
        if (folder.getUsableSpace() < FREE_SPACE_FLOOR_BYTES) {
            throw new CollectException("only " + (folder.getUsableSpace() >> 20) + " MiB are free in " + output
                    + "; at least " + (FREE_SPACE_FLOOR_BYTES >> 20) + " MiB are needed");
        }
    }

    private void checkProc() throws CollectException {
        if (!Files.isReadable(Path.of(settings.roots().proc(), "meminfo"))) {
            throw new CollectException("no readable meminfo in "
                    + settings.roots().proc() + "; collecting needs a Linux /proc, or --proc DIR");
        }
    }

    /** Lets the kernel kill others first; what it says, null when it did not let us. */
    private String protectSelf() {
        if (!settings.roots().proc().equals("/proc")) {
            return null;
        }
        try (FileOutputStream out = new FileOutputStream("/proc/self/oom_score_adj")) {
            out.write(OWN_OOM_SCORE_ADJ.getBytes(StandardCharsets.US_ASCII));
            return OWN_OOM_SCORE_ADJ;
        } catch (IOException e) {
            return null;
        }
    }

    private ArchiveWriter create(Instant startedAt, Compression compression, byte[] capture, boolean[] segmentStart)
            throws CollectException {
        String name = (host.host() == null ? "host" : host.host()).replaceAll("[^A-Za-z0-9._-]", "_");
        String stem = name + "-" + STAMP.format(startedAt);
        ArchiveWriter.Options options =
                ArchiveWriter.Options.standard(compression).withSegmentBytes(Ring.segmentBytes(settings.maxBytes()));
        for (int i = 1; i < 100; i++) {
            Path path = settings.output().resolve(stem + (i == 1 ? "" : "-" + i) + "." + compression.suffix());
            try {
                return ArchiveWriter.create(path, options, capture, clock, segment -> segmentStart[0] = true);
            } catch (FileAlreadyExistsException e) {
                // another collector began in the same second: both keep their own
            } catch (IOException e) {
                throw new CollectException("cannot write " + path + ": " + e.getMessage(), e);
            }
        }
        throw new CollectException("too many archives named " + stem + " in " + settings.output());
    }

    private byte[] captureJson(Instant startedAt, String oomScoreAdj, Compression.Choice compression) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", 1);
        json.put("collector_version", CollectorVersion.text());
        json.put("collector_pid", ProcessHandle.current().pid());
        json.put("host", host.host());
        json.put("kernel", host.kernel());
        json.put("machine", host.machine());
        json.put("page_bytes", auxiliary.pageBytes());
        json.put("ticks_per_second", auxiliary.ticksPerSecond());
        json.put("cpu_count", host.cpuCount() == 0 ? null : host.cpuCount());
        json.put("boot_id", host.bootId());
        json.put("started_at", startedAt.toString());
        json.put(
                "utc_offset_seconds",
                ZoneId.systemDefault().getRules().getOffset(startedAt).getTotalSeconds());
        json.put("interval_seconds", settings.interval().toNanos() / 1e9);
        json.put("privileged", host.privileged());
        json.put("options", settings.json());
        json.put("clock_source", host.clockSource());
        json.put("oom_score_adj", oomScoreAdj == null ? null : Integer.valueOf(oomScoreAdj));
        json.put("compression_fallback", compression.fallbackReason());
        json.put("java", System.getProperty("java.version"));
        return Json.write(json).getBytes(StandardCharsets.UTF_8);
    }
}
