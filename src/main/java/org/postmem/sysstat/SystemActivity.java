package org.postmem.sysstat;

import java.time.Instant;
import java.util.List;

/**
 * A {@code saDD} file as it was written: raw counters and gauges in the kernel's own units, no rates.
 *
 * @param host nodename of the writing host
 * @param kernel its release
 * @param machine its architecture
 * @param sysstatVersion of the writer, {@code 12.6.1}
 * @param created start of the file, UTC
 * @param records in the order of the file
 * @param truncatedAt offset at which the file ends in the middle of a record, {@code null} when it is whole
 * @param damage what was found where a record should begin, as after a power cut: nothing behind it was read; {@code null}
 *     when there is none
 */
public record SystemActivity(
        String host,
        String kernel,
        String machine,
        String sysstatVersion,
        Instant created,
        List<Sample> records,
        Long truncatedAt,
        String damage) {

    public SystemActivity {
        records = List.copyOf(records);
    }

    /**
     * One record.
     *
     * @param ts UTC
     * @param uptimeSeconds since boot
     * @param boot how many restarts were recorded before it
     * @param comment text of a comment, {@code null} otherwise
     * @param values empty for a restart and a comment
     * @param fileSystems those on a device; empty where the file tells of none
     */
    public record Sample(
            Instant ts,
            double uptimeSeconds,
            Kind kind,
            int boot,
            String comment,
            List<Value> values,
            List<FileSystem> fileSystems) {
        public Sample {
            values = List.copyOf(values);
            fileSystems = List.copyOf(fileSystems);
        }

        /** What a record is. */
        public enum Kind {
            STATISTICS,
            RESTART,
            COMMENT
        }
    }

    /**
     * One number.
     *
     * @param activity cpu, swap, page, memory, kernel_tables, queue, huge, pressure_cpu, pressure_io, pressure_memory
     * @param item which CPU ({@code -1} for all of them); 0 for activities of one item
     * @param name the kernel's name: MemFree, pswpin, some_avg10
     * @param value kB for memory and huge pages, clock ticks for cpu, microseconds for pressure totals, hundredths of a
     *     percent for its averages, hundredths for load averages, else counts
     */
    public record Value(String activity, int item, String name, long value) {}

    /** A mounted file system; sysstat names neither its type nor those without a device. */
    public record FileSystem(
            String device,
            String mountPoint,
            long totalBytes,
            long freeBytes,
            long availableBytes,
            long inodes,
            long freeInodes) {}
}
