package org.postmem.ingest;

import java.time.Instant;
import java.util.Map;
import org.postmem.procfs.Mapping;
import org.postmem.procfs.ProcessMemory;
import org.postmem.tools.ProcessMappings;
import org.postmem.tools.Reading;
import org.postmem.tools.Stamp;
import org.postmem.tools.ToolProcess;
import org.postmem.units.ClockTicks;

/** The processes that the texts of one host list: who they are, and what each text tells of their memory. */
final class ListedProcesses {
    private final int captureId;
    private final CaseTables tables;
    private final HostZone zone;
    private final SeenProcesses seen = new SeenProcesses();
    private final SampledProcesses samples;
    private final RecordColumns<ProcessMemory> memory;
    private final RecordColumns<Mapping> mapping;

    ListedProcesses(int captureId, CaseTables tables, HostZone zone) {
        this.captureId = captureId;
        this.tables = tables;
        this.zone = zone;
        this.samples = new SampledProcesses(captureId, tables);
        this.memory = RecordColumns.of(ProcessMemory.class, tables.table("process_memory"));
        this.mapping = RecordColumns.of(Mapping.class, tables.table("mapping"));
    }

    /** Writes what one text lists at a moment. */
    void add(EvidenceSource source, Reading reading, int snapshot, int boot) {
        if (!reading.processes().isEmpty()) {
            source.tells("process_sample");
            samples.reading(snapshot, reading.processes());
        }
        for (ToolProcess row : reading.processes()) {
            Instant started = row.started() == null ? null : zone.time(new Stamp(null, row.started(), null));
            SeenProcesses.Known known = seen.seen(boot, snapshot, source.kind(), source.member(), row, started);
            samples.add(known.id, row);
            if (row.copied() != null && row.copied().memory() != null) {
                source.tells("process_memory");
                memory.set(row("process_memory", snapshot, known), row.copied().memory())
                        .end();
            } else if (row.pssBytes() != null || row.ussBytes() != null) {
                source.tells("process_memory");
                row("process_memory", snapshot, known)
                        .set("rss_bytes", row.rssBytes())
                        .set("pss_bytes", row.pssBytes())
                        .set("swap_bytes", row.swapBytes())
                        .end();
            }
        }
        for (ProcessMappings of : reading.mappings()) {
            source.tells("mapping");
            ToolProcess stand = ToolProcess.of(of.pid()).command(of.command()).told();
            SeenProcesses.Known known = seen.seen(boot, snapshot, source.kind(), source.member(), stand, null);
            for (Mapping one : of.mappings()) {
                mapping.set(row("mapping", snapshot, known), one).end();
            }
        }
    }

    private TableWriter row(String table, int snapshot, SeenProcesses.Known process) {
        return tables.table(table)
                .row()
                .set("capture_id", captureId)
                .set("snapshot", snapshot)
                .set("process_id", process.id);
    }

    /**
     * All is read: writes who they are, and makes one row of what several texts tell of one at a moment.
     *
     * @param numbers the final number of each snapshot
     * @param bootTimes when the host came up, by the number of the boot; those that are unknown are not there
     */
    void finish(Map<Integer, Integer> numbers, Map<Integer, Instant> bootTimes, ClockTicks ticks) {
        seen.write(captureId, tables.table("process"), numbers, bootTimes, ticks);
        samples.merge();
    }
}
