package org.postmem.collector.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the kernel itself holds: slab, vmalloc areas, allocation sites, NUMA nodes, System V segments. */
final class KernelMemory {
    /** Above this the areas are summed by caller here: their addresses hardly compress. */
    private static final int RAW_VMALLOC_BYTES = 256 << 10;

    private static final int VMALLOC_CAP_BYTES = 64 << 20;

    private final Reading reading;
    private final GroupedEntries grouped;
    private final WholeFile large = new WholeFile(4 << 20);

    private final long pageBytes;

    KernelMemory(Reading reading, GroupedEntries grouped, long pageBytes) {
        this.pageBytes = pageBytes;
        this.reading = reading;
        this.grouped = grouped;
    }

    /** System V segments cost as much as loadavg: a trend needs the points. */
    void everyTick(EntrySink sink) throws IOException {
        reading.copy(sink, reading.roots().proc() + "/sysvipc/shm", "proc/sysvipc/shm");
    }

    void slow(EntrySink sink) throws IOException {
        String proc = reading.roots().proc();
        reading.copy(sink, proc + "/slabinfo", "proc/slabinfo");
        vmallocinfo(sink);
        if (Outcome.hasBytes(large.read(proc + "/allocinfo"))) {
            reading.ledger().ok();
            sink.entry("proc/allocinfo", large.bytes(), 0, large.length());
        }
        numa(sink);
    }

    private void vmallocinfo(EntrySink sink) throws IOException {
        String path = reading.roots().proc() + "/vmallocinfo";
        String outcome = large.read(path, RAW_VMALLOC_BYTES);
        if (outcome == null) {
            reading.ledger().ok();
            sink.entry("proc/vmallocinfo", large.bytes(), 0, large.length());
            return;
        }
        if (!outcome.equals(Outcome.TRUNCATED)) {
            reading.ledger().note("proc/vmallocinfo", outcome);
            return;
        }
        VmallocCallers callers = new VmallocCallers();
        try {
            callers.read(path, VMALLOC_CAP_BYTES);
        } catch (IOException e) {
            reading.ledger().note("proc/vmallocinfo", Outcome.of(e));
            return;
        }
        reading.ledger().ok();
        if (callers.truncated()) {
            reading.ledger().gap("proc/vmallocinfo", Outcome.TRUNCATED);
        }
        byte[] text = callers.text(pageBytes).getBytes(StandardCharsets.UTF_8);
        sink.entry("proc/vmallocinfo.by_caller", text, 0, text.length);
    }

    private void numa(EntrySink sink) throws IOException {
        String folder = reading.roots().sys() + "/devices/system/node";
        WholeFile file = reading.file();
        for (String name : HostFiles.names(folder)) {
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
