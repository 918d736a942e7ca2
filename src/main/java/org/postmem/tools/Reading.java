package org.postmem.tools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postmem.procfs.FileSystemUsage;
import org.postmem.procfs.Pressure;
import org.postmem.procfs.ShmSegment;
import org.postmem.procfs.Slab;
import org.postmem.procfs.VmStat;

/**
 * What a text says about one moment. Each part is empty where the tool tells nothing of it.
 *
 * @param restart the host came up here: counters begin again, processes are others
 * @param comment of the person who ran the tool, {@code null} mostly
 * @param memory bytes by the column of the table meminfo: {@code mem_free_bytes}
 * @param exactBytes a value of {@code memory} is off by no more than this: tools round
 * @param files texts of the kernel as they are, by their path on the host: {@code proc/meminfo}
 */
public record Reading(
        Stamp stamp,
        boolean restart,
        String comment,
        Map<String, Long> memory,
        long exactBytes,
        List<ToolProcess> processes,
        List<ProcessMappings> mappings,
        List<FileSystemUsage> fileSystems,
        List<FileSystemInodes> inodes,
        List<MemoryArea> areas,
        List<Slab> slabs,
        List<ShmSegment> segments,
        List<Pressure> pressures,
        List<VmStat> counters,
        List<Rate> rates,
        Map<String, byte[]> files) {

    /** Collects the parts of one moment; a part is kept as it is given. */
    static final class Draft {
        final Map<String, Long> memory = new LinkedHashMap<>();
        final List<ToolProcess> processes = new ArrayList<>();
        final List<ProcessMappings> mappings = new ArrayList<>();
        final List<FileSystemUsage> fileSystems = new ArrayList<>();
        final List<FileSystemInodes> inodes = new ArrayList<>();
        final List<MemoryArea> areas = new ArrayList<>();
        final List<Slab> slabs = new ArrayList<>();
        final List<ShmSegment> segments = new ArrayList<>();
        final List<Pressure> pressures = new ArrayList<>();
        final List<VmStat> counters = new ArrayList<>();
        final List<Rate> rates = new ArrayList<>();
        final Map<String, byte[]> files = new LinkedHashMap<>();
        Stamp stamp;
        boolean restart;
        String comment;
        long exactBytes = 1024;

        Draft(Stamp stamp) {
            this.stamp = stamp;
        }

        /** Keeps a value that is known; absent is no zero. */
        void memory(String column, Long bytes) {
            if (bytes != null) {
                memory.put(column, bytes);
            }
        }

        Reading done() {
            return new Reading(
                    stamp,
                    restart,
                    comment,
                    memory,
                    exactBytes,
                    processes,
                    mappings,
                    fileSystems,
                    inodes,
                    areas,
                    slabs,
                    segments,
                    pressures,
                    counters,
                    rates,
                    files);
        }
    }

    /** The same, at another moment. */
    Reading at(Stamp other) {
        return new Reading(
                other,
                restart,
                comment,
                memory,
                exactBytes,
                processes,
                mappings,
                fileSystems,
                inodes,
                areas,
                slabs,
                segments,
                pressures,
                counters,
                rates,
                files);
    }
}
