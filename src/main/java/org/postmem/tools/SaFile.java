package org.postmem.tools;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.postmem.procfs.FileSystemUsage;
import org.postmem.procfs.Pressure;
import org.postmem.sysstat.SystemActivity;
import org.postmem.units.Kilobytes;

/** sysstat's binary history as readings: its gauges are lines of meminfo, of PSI and of df. */
public final class SaFile {
    private static final Map<String, String> COLUMNS = Map.ofEntries(
            Map.entry("MemFree", "mem_free_bytes"),
            Map.entry("Buffers", "buffers_bytes"),
            Map.entry("Cached", "cached_bytes"),
            Map.entry("MemTotal", "mem_total_bytes"),
            Map.entry("SwapFree", "swap_free_bytes"),
            Map.entry("SwapTotal", "swap_total_bytes"),
            Map.entry("SwapCached", "swap_cached_bytes"),
            Map.entry("Committed_AS", "committed_as_bytes"),
            Map.entry("Active", "active_bytes"),
            Map.entry("Inactive", "inactive_bytes"),
            Map.entry("Dirty", "dirty_bytes"),
            Map.entry("AnonPages", "anon_pages_bytes"),
            Map.entry("Slab", "slab_bytes"),
            Map.entry("KernelStack", "kernel_stack_bytes"),
            Map.entry("PageTables", "page_tables_bytes"),
            Map.entry("VmallocUsed", "vmalloc_used_bytes"),
            Map.entry("MemAvailable", "mem_available_bytes"),
            Map.entry("Shmem", "shmem_bytes"));

    private static final double HUNDREDTHS = 100.0;
    private static final double MICROSECONDS = 1e6;

    private SaFile() {}

    public static ToolText of(SystemActivity history) {
        List<Reading> readings = new ArrayList<>(history.records().size());
        for (SystemActivity.Sample sample : history.records()) {
            Reading.Draft draft = new Reading.Draft(Stamp.of(sample.ts()));
            draft.restart = sample.kind() == SystemActivity.Sample.Kind.RESTART;
            draft.comment = sample.comment();
            Map<String, Map<String, Long>> pressures = new HashMap<>();
            for (SystemActivity.Value value : sample.values()) {
                if (value.activity().equals("memory") && value.value() >= 0 && value.value() < 1L << 50) {
                    draft.memory(COLUMNS.get(value.name()), Kilobytes.toBytes(value.value()));
                } else if (value.activity().startsWith("pressure_")) {
                    pressures
                            .computeIfAbsent(value.activity().substring("pressure_".length()), r -> new HashMap<>())
                            .put(value.name(), value.value());
                }
            }
            draft.memory.remove(null);
            sample.fileSystems().forEach(of -> fileSystem(of, draft));
            pressures.forEach((resource, values) -> {
                for (String scope : List.of("some", "full")) {
                    if (values.containsKey(scope + "_avg10")) {
                        draft.pressures.add(new Pressure(
                                resource.toLowerCase(Locale.ROOT),
                                scope,
                                scaled(values.get(scope + "_avg10"), HUNDREDTHS),
                                scaled(values.get(scope + "_avg60"), HUNDREDTHS),
                                scaled(values.get(scope + "_avg300"), HUNDREDTHS),
                                scaled(values.get(scope + "_total"), MICROSECONDS)));
                    }
                }
            });
            readings.add(draft.done());
        }
        return new ToolText(
                new Banner(history.host(), history.kernel(), history.machine(), null, history.sysstatVersion()),
                readings);
    }

    /** As df tells one: the mount point stands for the device number, and without its type it is of an unknown one. */
    private static void fileSystem(SystemActivity.FileSystem of, Reading.Draft draft) {
        if (!of.mountPoint().startsWith("/")) {
            return;
        }
        if (of.freeBytes() >= 0 && of.availableBytes() >= 0 && of.totalBytes() >= of.freeBytes()) {
            draft.fileSystems.add(new FileSystemUsage(
                    null,
                    of.mountPoint(),
                    "unknown",
                    of.mountPoint(),
                    of.totalBytes(),
                    of.totalBytes() - of.freeBytes(),
                    of.availableBytes()));
        }
        if (of.freeInodes() >= 0 && of.inodes() >= of.freeInodes()) {
            draft.inodes.add(new FileSystemInodes(
                    of.device(), null, of.mountPoint(), of.inodes(), of.inodes() - of.freeInodes(), of.freeInodes()));
        }
    }

    private static Double scaled(Long value, double scale) {
        return value == null ? null : Double.valueOf(value / scale);
    }
}
