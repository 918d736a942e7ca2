package org.postmem.collector.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * What the kernel itself holds: slab, vmalloc areas, allocation sites, the cache of ZFS, NUMA nodes, System V segments and queues. The large ones wait
 * for locks that a kernel in trouble may never give back, so they are read with a deadline.
 */
final class KernelMemory {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** With tens of thousands of threads it is megabytes. */
    private static final long VMALLOC_DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final int CAP_BYTES = 4 << 20;

    /** Above this the areas are summed by caller here: their addresses hardly compress. */
    private static final int RAW_VMALLOC_BYTES = 256 << 10;

    private static final int VMALLOC_CAP_BYTES = 64 << 20;

    /** The cache of ZFS: a hundred and some lines, where its module is loaded. */
    private static final String ARC = "proc/spl/kstat/zfs/arcstats";

    private static final int ARC_CAP_BYTES = 64 << 10;

    private static final String SEGMENTS = "proc/sysvipc/shm";
    private static final String QUEUES = "proc/sysvipc/msg";

    private final Reading reading;
    private final GroupedEntries grouped;
    private final KernelDebug debug;
    /** Null in an IPC namespace that is not the host's: the segments to be seen there are not the host's either. */
    private final KeptFile segments;

    private final long pageBytes;

    KernelMemory(Reading reading, GroupedEntries grouped, OnChange onChange, long pageBytes) {
        this.pageBytes = pageBytes;
        this.reading = reading;
        String proc = reading.roots().proc();
        this.segments = new Namespaces(proc).otherThanTheHosts("ipc") ? null : new KeptFile(proc + "/sysvipc/shm");
        this.grouped = grouped;
        this.debug = new KernelDebug(reading, grouped, onChange);
    }

    /** System V segments cost as much as loadavg: a trend needs the points. */
    void everyTick(EntrySink sink) throws IOException {
        if (segments == null) {
            reading.ledger()
                    .gap(
                            SEGMENTS,
                            Outcome.OTHER_NAMESPACE,
                            1,
                            "the collector is in another IPC namespace than the host; start it in the host's");
            return;
        }
        // whoever makes a segment holds their lock while it waits for memory
        Reading.Text text = reading.within(DEADLINE_NANOS, segments, SEGMENTS);
        if (text != null) {
            sink.entry(SEGMENTS, text.bytes(), 0, text.length());
        }
    }

    void slow(EntrySink sink, boolean last) throws IOException {
        String proc = reading.roots().proc();
        Reading.Text slabinfo = reading.within(DEADLINE_NANOS, proc + "/slabinfo", CAP_BYTES, "proc/slabinfo", false);
        if (slabinfo != null) {
            sink.entry("proc/slabinfo", slabinfo.bytes(), 0, slabinfo.length());
            debug.slabinfo(slabinfo.bytes(), slabinfo.length());
        }
        vmallocinfo(sink);
        Reading.Text sites = reading.within(DEADLINE_NANOS, proc + "/allocinfo", CAP_BYTES, "proc/allocinfo", true);
        if (sites != null) {
            sink.entry("proc/allocinfo", sites.bytes(), 0, sites.length());
        }
        Reading.Text arc = reading.within(DEADLINE_NANOS, proc + ARC.substring(4), ARC_CAP_BYTES, ARC, true);
        if (arc != null) {
            sink.entry(ARC, arc.bytes(), 0, arc.length());
        }
        queues(sink);
        numa(sink);
        debug.slow(sink, last);
    }

    /** Messages that nobody receives lie in slab, and no process has them. A kernel may be built without queues. */
    private void queues(EntrySink sink) throws IOException {
        if (segments == null) {
            return;
        }
        Reading.Text queues =
                reading.within(DEADLINE_NANOS, reading.roots().proc() + "/sysvipc/msg", CAP_BYTES, QUEUES, true);
        if (queues != null) {
            sink.entry(QUEUES, queues.bytes(), 0, queues.length());
        }
    }

    /** The areas as they are, or summed by caller; cut says that there were more. */
    private record Areas(boolean summed, Reading.Text text, boolean cut) {}

    private void vmallocinfo(EntrySink sink) throws IOException {
        String path = reading.roots().proc() + "/vmallocinfo";
        DeadlineReaders.Answer<Areas> answer =
                reading.readers().read(path, VMALLOC_DEADLINE_NANOS, own -> areas(own, path));
        if (answer.outcome() != null) {
            reading.ledger().gap("proc/vmallocinfo", answer.outcome());
            return;
        }
        Areas areas = answer.value();
        if (!reading.ledger().note("proc/vmallocinfo", areas.text().outcome())) {
            return;
        }
        if (areas.cut()) {
            reading.ledger().gap("proc/vmallocinfo", Outcome.TRUNCATED);
        }
        sink.entry(
                areas.summed() ? "proc/vmallocinfo.by_caller" : "proc/vmallocinfo",
                areas.text().bytes(),
                0,
                areas.text().length());
    }

    private Areas areas(WholeFile own, String path) throws IOException {
        String outcome = own.read(path, RAW_VMALLOC_BYTES);
        if (!Outcome.TRUNCATED.equals(outcome)) {
            return new Areas(false, new Reading.Text(outcome, own.bytes(), own.length()), false);
        }
        VmallocCallers callers = new VmallocCallers();
        callers.read(path, VMALLOC_CAP_BYTES);
        byte[] text = callers.text(pageBytes).getBytes(StandardCharsets.UTF_8);
        return new Areas(true, new Reading.Text(null, text, text.length), callers.truncated());
    }

    private void numa(EntrySink sink) throws IOException {
        String folder = reading.roots().sys() + "/devices/system/node";
        WholeFile file = reading.file();
        for (String name : reading.names(folder, "sys/devices/system/node")) {
            if (!name.matches("node[0-9]+")) {
                continue;
            }
            if (reading.ledger()
                    .note("sys/devices/system/node/*/meminfo", file.read(folder + "/" + name + "/meminfo"))) {
                grouped.add(sink, "numa/meminfo", name.substring(4), file.bytes(), 0, file.length());
            }
        }
    }
}
