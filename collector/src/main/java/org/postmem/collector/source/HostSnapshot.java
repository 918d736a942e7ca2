package org.postmem.collector.source;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.postmem.collector.source.Schedule.Tier;

/**
 * Reads a host once: the cheap files of the whole host first, then the processes, then what the slow tiers add. Keeps
 * between snapshots only what it takes to leave out what has not changed and to see who grows.
 *
 * <p>A host that is dying needs its first snapshot at once, so the first one is nothing but what every tick reads. The
 * second adds who the processes are, the third the kernel's settings, and the slab caches follow a few a tick. A capture
 * that ends sooner reads it all in its last snapshot.
 */
public final class HostSnapshot {
    private static final int READERS = 4;
    /** For files of the kernel alone: a few processes that never answer, which anybody can make, must not hide these. */
    private static final int KERNEL_READERS = 4;

    private static final int CHEAP_CAP_BYTES = 4 << 20;
    private static final int MAP_CAP_BYTES = 4 << 20;

    /** A pass over the suspects is never so poor that the first of them are not read. */
    private static final long LEAST_ALLOWANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private static final long FIRST_AND_LAST_ALLOWANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** The snapshots that have enough to read as it is. */
    private static final int QUICK_READS = 2;

    private final Ledger ledger = new Ledger();
    private final GroupedEntries grouped = new GroupedEntries();
    private final OnChange onChange = new OnChange();
    private final Clocks clocks;
    private final HostTextMask textMask;
    private final HostFiles hostFiles;
    private final ProcessSource processes;
    private final ProcessIdentities identities;
    private final WatchedProcesses watched;
    private final TcpQueues tcpQueues;
    private final long pageBytes;
    private final SuspectSource suspects;
    private final KernelMemory kernelMemory;
    private final SlabCaches slabCaches;
    private final MemoryFileSystems fileSystems;
    private final ControlGroups controlGroups;
    private final KernelLog kernelLog;
    private final DeadlineReaders readers;
    private final DeadlineReaders kernelReaders;

    private boolean kernelLogBroken;
    private boolean kernelLogTaken;
    /** Of the snapshot read last, until it is known to be stored; null when it had none. */
    private KernelLog.Part unstoredLog;

    private boolean unstoredLogIsFirst;
    private boolean settingsRead;
    private boolean budgetSpent;
    private boolean segmentStartDue;
    /** As the last pass found them; null when there was one since. */
    private Set<ProcessState> toWatch;

    private int reads;

    /**
     * What to read.
     *
     * @param segmentStart nothing stored before may be relied on: store everything anew
     * @param last the last snapshot of the capture: what was put off comes now
     * @param savedCpuNanos CPU time the budget has left over for what costs by size; may be negative
     */
    public record Plan(int number, Set<Tier> tiers, boolean segmentStart, boolean last, long savedCpuNanos) {}

    /**
     * What came of it.
     *
     * @param processes -1 when the list was not or could not be read
     * @param slowTierNanos CPU time the slow tier took, 0 when it was not read
     * @param scanNanos CPU time of what costs by size, 0 when none of it was read
     */
    public record Result(int processes, long slowTierNanos, long scanNanos) {}

    /**
     * @param kernelLog null when the kernel's log is not wanted
     * @param pageBytes of the host
     */
    public HostSnapshot(Roots roots, CommandLineMask mask, KernelLog kernelLog, long pageBytes, Clocks clocks) {
        this.clocks = clocks;
        this.kernelLog = kernelLog;
        this.readers = new DeadlineReaders(READERS, MAP_CAP_BYTES, clocks.monotonic());
        this.kernelReaders = new DeadlineReaders(KERNEL_READERS, MAP_CAP_BYTES, clocks.monotonic());
        Reading reading = new Reading(roots, new WholeFile(CHEAP_CAP_BYTES), ledger, readers, clocks);
        Reading kernel = reading.on(kernelReaders);
        this.textMask = new HostTextMask(mask, ledger);
        this.hostFiles = new HostFiles(reading, kernel, onChange, textMask);
        this.pageBytes = pageBytes;
        this.tcpQueues = new TcpQueues(kernel, hostFiles.network());
        this.processes = new ProcessSource(reading, kernel, grouped, pageBytes);
        this.identities = new ProcessIdentities(reading, grouped, mask);
        this.watched = new WatchedProcesses(reading, grouped, pageBytes);
        this.suspects = new SuspectSource(reading, grouped, processes, tcpQueues, pageBytes);
        this.kernelMemory = new KernelMemory(kernel, grouped, onChange, pageBytes);
        this.slabCaches = new SlabCaches(reading, grouped);
        this.fileSystems = new MemoryFileSystems(reading, kernel, grouped, processes, onChange, textMask);
        this.controlGroups = new ControlGroups(kernel, grouped);
        if (kernelLog != null) {
            kernelLog.start();
        }
    }

    /** The reads of the snapshot read last. */
    public Ledger ledger() {
        return ledger;
    }

    /** {@code /proc/uptime} as read in the last snapshot; null when it was not. */
    public Double uptimeSeconds() {
        return hostFiles.uptimeSeconds();
    }

    public int hangingReaders() {
        return readers.hanging() + kernelReaders.hanging();
    }

    /**
     * The snapshot read last could not be stored: what is read but once comes again. That the rest does, the start of a
     * segment sees to.
     */
    public void lost() {
        if (unstoredLog != null) {
            kernelLog.putBack(unstoredLog);
            kernelLogTaken = !unstoredLogIsFirst;
            unstoredLog = null;
        }
        kernelLogBroken = false;
    }

    /**
     * Reads one snapshot.
     *
     * @param sink takes entries that belong to the snapshot, by their names inside it
     * @param hostSink takes what lay on the host before: {@code host/kmsg}
     */
    public Result read(Plan plan, EntrySink sink, EntrySink hostSink) throws IOException, InterruptedException {
        ledger.clear();
        grouped.begin();
        unstoredLog = null;
        reads++;
        if (plan.segmentStart()) {
            onChange.forget();
            slabCaches.forgetStored();
        }
        boolean slow = plan.tiers().contains(Tier.SLOW);
        boolean budget = plan.tiers().contains(Tier.BUDGET);
        hostFiles.everyTick(sink);
        kernelMemory.everyTick(sink);
        segmentStartDue |= plan.segmentStart();
        boolean pass = plan.tiers().contains(Tier.PROCESSES);
        int living = -1;
        if (pass) {
            processes.adopt(watched.newborn());
            living = processes.everyTick(sink, plan.number(), segmentStartDue, plan.last());
            segmentStartDue = false;
            watched.passed(hostFiles.newestPid());
            toWatch = null;
        } else {
            if (toWatch == null) {
                toWatch = suspects.watched();
            }
            watched.read(sink, toWatch, processes::knows, hostFiles.newestPid(), plan.number());
        }
        long begun = slow ? clocks.process().getAsLong() : 0;
        if (slow) {
            hostFiles.slow(sink);
            tcpQueues.read(sink, hostFiles.tcpSockets(), hostFiles.tcpBufferPages() * pageBytes);
            kernelMemory.slow(sink, plan.last());
            controlGroups.discover();
            fileSystems.discover(sink);
        }
        controlGroups.everyTick(sink, slow);
        fileSystems.everyTick(sink);
        long ended = slow || budget ? clocks.process().getAsLong() : 0;
        long slowNanos = slow ? Math.max(1, ended - begun) : 0;
        long scanNanos = budget ? suspects(plan, sink, ended) : 0;
        if (reads > 1 || plan.last()) {
            if (pass) {
                identities.read(sink, processes.living(), plan.last());
            }
            if (kernelLog != null && slow) {
                kernelLog(sink, hostSink);
            }
        }
        boolean settingsDue = settingsRead ? plan.segmentStart() : reads > QUICK_READS;
        if (budget || plan.last() || settingsDue) {
            hostFiles.onChange(sink, plan.segmentStart() || !settingsRead);
            settingsRead = true;
        }
        slabCaches(plan, sink, slow);
        grouped.end(sink);
        return new Result(living, slowNanos, scanNanos);
    }

    /** Returns the CPU time it took, of all threads; {@code begun} is their sum before it. */
    private long suspects(Plan plan, EntrySink sink, long begun) throws IOException {
        boolean edge = !budgetSpent || plan.last();
        budgetSpent = true;
        long least = edge ? FIRST_AND_LAST_ALLOWANCE_NANOS : LEAST_ALLOWANCE_NANOS;
        suspects.read(sink, Math.max(plan.savedCpuNanos(), least), edge);
        return Math.max(1, clocks.process().getAsLong() - begun);
    }

    private void slabCaches(Plan plan, EntrySink sink, boolean slow) throws IOException {
        if (slow) {
            slabCaches.look();
        }
        if (reads > QUICK_READS || plan.last()) {
            slabCaches.read(sink, plan.last());
        }
    }

    private void kernelLog(EntrySink sink, EntrySink hostSink) throws IOException, InterruptedException {
        boolean first = !kernelLogTaken;
        kernelLogTaken = true;
        if (first && reads == 1) {
            // later on the log since boot has long been read
            kernelLog.awaitQuiet();
        }
        KernelLog.Part part = kernelLog.take();
        unstoredLog = part;
        unstoredLogIsFirst = first;
        if (part.outcome() != null && !kernelLogBroken) {
            kernelLogBroken = true;
            ledger.gap("dev/kmsg", part.outcome());
        }
        if (part.dropped() > 0) {
            ledger.gap("dev/kmsg", Outcome.TRUNCATED, part.dropped(), "records that did not fit");
        }
        if (part.overwritten() > 0) {
            ledger.gap(
                    "dev/kmsg", "EPIPE", part.overwritten(), "records overwritten by the kernel before they were read");
        }
        if (part.bytes().length > 0) {
            ledger.ok();
            byte[] safe = textMask.log(part.bytes());
            (first ? hostSink : sink).entry("host/kmsg", safe, 0, safe.length);
        }
    }
}
