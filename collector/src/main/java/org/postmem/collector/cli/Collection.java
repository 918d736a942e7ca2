package org.postmem.collector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.postmem.collector.archive.ArchiveWriteException;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.privacy.PseudonymSink;
import org.postmem.collector.privacy.Pseudonyms;
import org.postmem.collector.source.Clocks;
import org.postmem.collector.source.CommandLineMask;
import org.postmem.collector.source.CpuBudget;
import org.postmem.collector.source.EntrySink;
import org.postmem.collector.source.HostIdentity;
import org.postmem.collector.source.HostSnapshot;
import org.postmem.collector.source.KernelLog;
import org.postmem.collector.source.Ledger;
import org.postmem.collector.source.Schedule.Tier;
import org.postmem.collector.source.SelfCost;
import org.postmem.collector.source.SysstatHistory;
import org.postmem.collector.watch.ClockWatch;
import org.postmem.collector.watch.TriggerWatch;

/**
 * One capture from its first to its last snapshot. Ticks lie on the monotonic clock, counted from the first; a tick
 * that comes while a snapshot is still being read is missed and counted, never made up for. The last snapshot reads all
 * tiers, also when the end was not foreseen.
 */
public final class Collection {
    /** Those in which most of what is read once is read. */
    private static final int OPENING_SNAPSHOTS = 3;

    /** What is read later than that after the first file may tell of another state of the host. */
    private static final long LONG_SNAPSHOT_NANOS = 500_000_000;

    private final CollectSettings settings;
    private final Clock clock;
    private final LongSupplier nanoClock;
    private final Disk disk;
    private final OutputDirectory output;
    private final Consumer<String> progress;
    private final Consumer<String> detail;
    private final Notices notices;

    private final OwnProcess own = new OwnProcess();

    private HostIdentity host;
    private CurrentArchive archive;
    private HostSnapshot source;
    private TriggerWatch triggers;
    /** Null when names stay what they are. */
    private Pseudonyms pseudonyms;

    private final Pace pace;
    private final ClockWatch clocks = new ClockWatch();
    private boolean segmentStart;

    private int number;
    private int kept;
    private long missedTicks;
    private long pausedTicks;
    private boolean freezeAsked;
    private final CpuBudget budget;
    private long lost;

    /**
     * What came of it.
     *
     * @param archive null when not one snapshot could be written, or the archive was moved away and no other followed
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
        this(settings, clock, nanoClock, Disk.ofThisHost(), progress, detail);
    }

    Collection(
            CollectSettings settings,
            Clock clock,
            LongSupplier nanoClock,
            Disk disk,
            Consumer<String> progress,
            Consumer<String> detail) {
        this.settings = settings;
        this.clock = clock;
        this.nanoClock = nanoClock;
        this.disk = disk;
        this.output = new OutputDirectory(settings.output(), disk, settings.force());
        this.progress = progress;
        this.notices = new Notices(progress);
        this.pace = new Pace(settings.interval().toNanos());
        this.budget = new CpuBudget(settings.interval().toNanos(), settings.plannedNanos(), settings.cpuShare());
        this.detail = detail;
    }

    /** On the clocks of this machine. */
    public static Collection ofThisHost(CollectSettings settings, Consumer<String> progress, Consumer<String> detail) {
        return new Collection(settings, Clock.systemUTC(), System::nanoTime, progress, detail);
    }

    public Outcome run(StopSignal stop) throws CollectException, IOException, InterruptedException {
        output.checkOrCanMake();
        checkProc();
        host = HostIdentity.read(settings.roots());
        if (settings.pseudonymKey() != null) {
            pseudonyms = Pseudonyms.of(
                    settings.pseudonymKey(),
                    host.host(),
                    Path.of(settings.roots().root() + "/etc/passwd"));
        }
        OlderArchives.Removed removed = tidy();
        output.checkRoom();
        output.make();
        if (settings.roots().proc().equals("/proc")) {
            own.protect();
        }
        Compression.Choice compression = Compression.choose(settings.compression());
        if (compression.fallbackReason() != null) {
            progress.accept("postmem: writes gzip: " + compression.fallbackReason());
        }
        triggers = new TriggerWatch(settings.triggers(), own.pageBytes());
        source = new HostSnapshot(
                settings.roots(),
                new CommandLineMask(settings.redactRules()),
                settings.kernelLog() ? new KernelLog(settings.roots().root() + "/dev/kmsg") : null,
                own.pageBytes(),
                new Clocks(nanoClock, this::cpuNanos, SelfCost::threadNanos));
        archive = new CurrentArchive(
                settings,
                new NewArchive(settings, host, hostName(), this::safe, compression, own, clock, disk, removed),
                output,
                new Ring(settings.maxBytes(), settings.keep(), settings.thinAfter(), progress),
                this::segmentStarted,
                notices,
                nanoClock);
        archive.open();
        progress.accept("postmem: collecting into " + archive.writer().path() + " every "
                + settings.interval().toMillis() / 1000.0 + " s"
                + (settings.plannedNanos() == Long.MAX_VALUE ? " until stopped" : ""));
        try {
            loop(stop);
        } finally {
            archive.close();
        }
        return new Outcome(archive.finished(), kept, lost);
    }

    /** Before anything is written, as it may be what makes room for it; null when no archive had to go. */
    private OlderArchives.Removed tidy() {
        OlderArchives older = new OlderArchives(settings.output(), hostName(), progress);
        older.removeUnfinishedCopies();
        return settings.maxTotalBytes() == null
                ? null
                : older.keepWithin(settings.maxTotalBytes() - settings.maxBytes());
    }

    private void loop(StopSignal stop) throws IOException, InterruptedException {
        long start = nanoClock.getAsLong();
        long tick = start;
        while (true) {
            boolean last = stop.isStopped() || isLast(tick - start);
            tick(last);
            String full = archive.full();
            if (full != null) {
                progress.accept(full);
                return;
            }
            if (last) {
                return;
            }
            long now = nanoClock.getAsLong();
            long step = stepNanos(now);
            missedTicks = Math.max(0, (now - tick) / step);
            tick += (missedTicks + 1) * step;
            if (isAfterEnd(tick - start) || stop.awaitUntil(tick, now)) {
                break;
            }
            if (stop.takeFreeze()) {
                freezeAsked = true;
                tick = Math.min(tick, nanoClock.getAsLong());
            }
        }
        missedTicks = 0;
        tick(true);
    }

    private boolean isLast(long sinceStart) {
        return (settings.count() != null && number + 1 >= settings.count())
                || isAfterEnd(sinceStart + stepNanos(nanoClock.getAsLong()));
    }

    private long stepNanos(long now) {
        return pace.faster(now) ? pace.stepNanos(now) : budget.stretch(now) * pace.stepNanos(now);
    }

    private boolean isAfterEnd(long sinceStart) {
        return settings.duration() != null && sinceStart > settings.duration().toNanos();
    }

    /** A snapshot, unless there is nowhere to write it: then it is not read either. */
    private void tick(boolean last) throws IOException, InterruptedException {
        if (!archive.mayWrite(number == 0)) {
            pausedTicks++;
            lost++;
            return;
        }
        try {
            snapshot(last);
        } catch (IOException | OutOfMemoryError e) {
            // the collector's own memory, for a limit of its group or because the host promises no more
            // (overcommit_memory 2)
            unfinished(e);
        }
    }

    /** A snapshot that was begun and could not be ended: the next one may be. */
    private void unfinished(Throwable cause) {
        lost++;
        source.lost();
        notices.trouble(
                "snapshot",
                "snapshot " + number + " could not be made (" + cause.getMessage() + "); goes on with the next",
                nanoClock.getAsLong());
        archive.writer().abandonSnapshot();
    }

    private void snapshot(boolean last) throws IOException, InterruptedException {
        number++;
        ArchiveWriter writer = archive.writer();
        Instant wallClock = clock.instant();
        long begun = nanoClock.getAsLong();
        writer.beginSnapshot(number, wallClock);
        // from one snapshot's end to the next all that was used is this one's: asking once costs as much as ten files
        Set<Tier> tiers = budget.begin(begun, cpuAtLastSnapshot(), last);
        triggers.begin();
        EntrySink stored = writer::entry;
        PseudonymSink renaming = pseudonyms == null ? null : new PseudonymSink(pseudonyms, host.host(), stored);
        EntrySink sink = (name, bytes, offset, length) -> {
            triggers.entry(name, bytes, offset, length, begun);
            (renaming == null ? stored : renaming).entry(name, bytes, offset, length);
        };
        HostSnapshot.Plan plan = new HostSnapshot.Plan(number, tiers, segmentStart, last, budget.forScansNanos());
        segmentStart = false;
        HostSnapshot.Result result = source.read(plan, sink, sink);
        Ledger ledger = source.ledger();
        boolean historyNow =
                settings.sysstatHistory() && !archive.hasHistory() && (archive.kept() >= OPENING_SNAPSHOTS || last);
        if (historyNow) {
            new SysstatHistory(settings.roots()).read(sink, ledger);
        }
        budget.tell(begun, tiers, ledger);
        long nanos = nanoClock.getAsLong() - begun;
        if (nanos > LONG_SNAPSHOT_NANOS) {
            ledger.gap(
                    "snapshot",
                    "SLOW",
                    1,
                    "read within " + nanos / 1_000_000 + " ms: its files do not tell of one moment");
        }
        if (missedTicks > 0) {
            ledger.gap("tick", "MISSED", missedTicks, "the snapshot before was still being read");
        }
        if (pausedTicks > 0) {
            ledger.gap("archive", "PAUSED", pausedTicks, "ticks for which there was nowhere to write");
        }
        clocks.look(wallClock, begun, source.uptimeSeconds(), nanoClock.getAsLong() - begun, ledger);
        String trigger = trigger(begun);
        if (renaming != null) {
            renamed(renaming, ledger);
        }
        Map<String, Object> cost = cost();
        budget.end(nanoClock.getAsLong(), tiers, cpuAtLastSnapshot(), result);
        Map<String, Object> summary = new SnapshotSummary(
                        wallClock,
                        begun,
                        nanoClock.getAsLong() - begun,
                        host.bootId(),
                        source.uptimeSeconds(),
                        tiers,
                        trigger,
                        missedTicks,
                        result.processes() < 0 ? null : result.processes(),
                        cost,
                        ledger)
                .json(this::safe);
        try {
            ArchiveWriter.Written written = writer.endSnapshot(summary);
            archive.keep(written, historyNow);
            kept++;
            pausedTicks = 0;
            notices.over("snapshot", "complete again, with snapshot " + number);
            notices.over("write", "writing again, with snapshot " + number);
            detail.accept("postmem: snapshot " + number + " " + tiers + " processes " + result.processes() + " raw "
                    + written.rawBytes() + " written " + written.writtenBytes() + " ns "
                    + (nanoClock.getAsLong() - begun) + " cpu " + summary.get("cost"));
        } catch (ArchiveWriteException e) {
            lost++;
            source.lost();
            notices.trouble("write", e.getMessage(), nanoClock.getAsLong());
        }
    }

    /** CPU time of the collector when it was last asked for. */
    private long cpuAtLastSnapshot() {
        return own.cpuAtLastSnapshot() == null ? cpuNanos() : own.cpuAtLastSnapshot();
    }

    /** CPU time of the collector; where the kernel does not tell, the time that went by, which is never less. */
    private long cpuNanos() {
        Long cpu = own.cpuNanos();
        return cpu == null ? nanoClock.getAsLong() : cpu;
    }

    private void renamed(PseudonymSink renaming, Ledger ledger) {
        if (renaming.leftOut() > 0) {
            ledger.gap("host/sa/*", "LEFT_OUT", renaming.leftOut(), "binary, and names could not be replaced in it");
        }
        long replaced = pseudonyms.takeReplaced();
        if (replaced > 0) {
            ledger.gap("*", "PSEUDONYMIZED", replaced, "names of hosts and users, addresses");
        }
    }

    /** A text of our own that may hold a name. */
    private String safe(String text) {
        return pseudonyms == null || text == null ? text : pseudonyms.replace(text);
    }

    private String hostName() {
        return pseudonyms == null ? host.host() : pseudonyms.host();
    }

    /** What makes this snapshot a special one, null when nothing does. */
    private String trigger(long nowNanos) {
        List<String> fired = new ArrayList<>(triggers.fired(nowNanos));
        boolean byHand = freezeAsked;
        freezeAsked = false;
        if (byHand) {
            fired.add("by hand");
        }
        boolean escalates = !fired.isEmpty() && pace.triggered(nowNanos);
        if (escalates || byHand) {
            archive.freeze(nowNanos);
            budget.soon();
        } else if (pace.faster(nowNanos)) {
            archive.freezeOn();
        }
        if (fired.isEmpty()) {
            return null;
        }
        String name = String.join("; ", fired);
        if (escalates || byHand) {
            progress.accept("postmem: snapshot " + number + " triggered: " + name);
        }
        return name;
    }

    private Map<String, Object> cost() {
        Map<String, Object> cost = own.cost();
        cost.put("raw_bytes", archive.last().rawBytes());
        cost.put("written_bytes", archive.last().writtenBytes());
        cost.put("hanging_readers", source.hangingReaders());
        return cost;
    }

    private void checkProc() throws CollectException {
        if (!Files.isReadable(Path.of(settings.roots().proc(), "meminfo"))) {
            throw new CollectException("no readable meminfo in "
                    + settings.roots().proc() + "; collecting needs a Linux /proc, or --proc DIR");
        }
    }

    private void segmentStarted(int segment) {
        segmentStart = true;
        budget.segmentStarts();
    }
}
