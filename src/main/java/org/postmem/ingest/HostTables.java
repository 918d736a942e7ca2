package org.postmem.ingest;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.postmem.procfs.ArcStats;
import org.postmem.procfs.Buddy;
import org.postmem.procfs.CpuTime;
import org.postmem.procfs.FileSystemUsage;
import org.postmem.procfs.KernelAllocation;
import org.postmem.procfs.KernelModule;
import org.postmem.procfs.ListeningSocket;
import org.postmem.procfs.LoadAverage;
import org.postmem.procfs.MemInfo;
import org.postmem.procfs.MessageQueue;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.Pressure;
import org.postmem.procfs.QueuedSocket;
import org.postmem.procfs.ShmSegment;
import org.postmem.procfs.Slab;
import org.postmem.procfs.SockStat;
import org.postmem.procfs.SwapArea;
import org.postmem.procfs.VmStat;
import org.postmem.procfs.VmallocCaller;
import org.postmem.procfs.Zone;
import org.postmem.units.ClockTicks;
import org.postmem.units.PageSize;

/** The members of a snapshot that are one file of the host each: which parser reads it, which table takes its rows. */
final class HostTables {
    /** A fact is a setting or a line; a file that is longer is no fact. */
    private static final int LONGEST_FACT_BYTES = 64 << 10;

    /** Facts by themselves: read once and on change, one value a file. */
    private static final List<String> FACT_FOLDERS = List.of(
            "proc/sys/", "sys/kernel/mm/", "sys/kernel/tracing/", "sys/module/", "sys/block/", "sys/fs/", "etc/");

    private static final List<String> FACT_FILES =
            List.of("proc/version", "proc/cmdline", "proc/cgroups", "proc/filesystems");

    /** Stored as evidence and read by no table: what is in them stands elsewhere. */
    private static final List<String> WITHOUT_TABLE = List.of("proc/uptime", "proc/mounts", "proc/self/mountinfo");

    private interface Loader {
        void load(int snapshot, String member, byte[] text);
    }

    private final int captureId;
    private final CaseTables tables;
    private final IssueLog issues;
    private final Map<String, Loader> loaders = new HashMap<>();

    HostTables(int captureId, CaseTables tables, IssueLog issues, PageSize page, ClockTicks ticks) {
        this.captureId = captureId;
        this.tables = tables;
        this.issues = issues;
        one("proc/meminfo", "meminfo", MemInfo.class, MemInfo::parse, "others");
        one("proc/stat", "cpu_time", CpuTime.class, text -> CpuTime.parse(text, ticks));
        one("proc/loadavg", "load_average", LoadAverage.class, LoadAverage::parse);
        many("proc/vmstat", "vmstat", VmStat.class, VmStat::parse);
        many("proc/swaps", "swap_area", SwapArea.class, SwapArea::parse);
        many("proc/net/sockstat", "sockstat", SockStat.class, SockStat::parse);
        many("proc/net/sockstat6", "sockstat", SockStat.class, SockStat::parse);
        many("net/listen", "listening_socket", ListeningSocket.class, ListeningSocket::parse);
        many("net/queued", "queued_socket", QueuedSocket.class, QueuedSocket::parse);
        many("proc/buddyinfo", "buddy", Buddy.class, Buddy::parse);
        many("proc/pagetypeinfo", "buddy", Buddy.class, Buddy::parseTypes);
        many("proc/zoneinfo", "zone", Zone.class, text -> Zone.parse(text, page), "protection");
        for (String resource : List.of("cpu", "memory", "io", "irq")) {
            many("proc/pressure/" + resource, "pressure", Pressure.class, text -> Pressure.parse(text, resource));
        }
        many("proc/slabinfo", "slab", Slab.class, text -> Slab.parse(text, page));
        many("proc/vmallocinfo", "vmalloc_caller", VmallocCaller.class, text -> VmallocCaller.parse(text, page));
        many("proc/vmallocinfo.by_caller", "vmalloc_caller", VmallocCaller.class, VmallocCaller::parseByCaller);
        many("proc/allocinfo", "kernel_allocation", KernelAllocation.class, KernelAllocation::parse);
        many("proc/modules", "kernel_module", KernelModule.class, KernelModule::parse);
        one("proc/spl/kstat/zfs/arcstats", "zfs_arc", ArcStats.class, ArcStats::parse);
        many("proc/sysvipc/msg", "message_queue", MessageQueue.class, MessageQueue::parse);
        many("proc/sysvipc/shm", "shm_segment", ShmSegment.class, ShmSegment::parse);
        many("fs/statvfs", "filesystem", FileSystemUsage.class, FileSystemUsage::parse);
        WITHOUT_TABLE.forEach(name -> loaders.put(name, (snapshot, member, text) -> {}));
    }

    private <R extends Record> void one(
            String name, String table, Class<R> type, Function<byte[], Parsed<R>> parser, String... without) {
        TableWriter writer = tables.table(table);
        RecordColumns<R> columns = RecordColumns.of(type, writer, without);
        loaders.put(name, (snapshot, member, text) -> {
            R row = issues.note(snapshot, member, parser.apply(text));
            if (row != null) {
                write(writer, columns, snapshot, row);
            }
        });
    }

    private <R extends Record> void many(
            String name, String table, Class<R> type, Function<byte[], Parsed<List<R>>> parser, String... without) {
        TableWriter writer = tables.table(table);
        RecordColumns<R> columns = RecordColumns.of(type, writer, without);
        loaders.put(name, (snapshot, member, text) -> {
            for (R row : issues.note(snapshot, member, parser.apply(text))) {
                write(writer, columns, snapshot, row);
            }
        });
    }

    private <R extends Record> void write(TableWriter writer, RecordColumns<R> columns, int snapshot, R row) {
        columns.set(writer.row(), row)
                .set("capture_id", captureId)
                .set("snapshot", snapshot)
                .end();
    }

    /**
     * Loads a file of the host.
     *
     * @param name path within the snapshot
     * @param member path within the archive
     * @return false when nobody knows the name
     */
    boolean load(int snapshot, String name, String member, byte[] text) {
        Loader loader = loaders.get(name);
        if (loader != null) {
            loader.load(snapshot, member, text);
            return true;
        }
        if (!isFact(name)) {
            return false;
        }
        if (text.length > LONGEST_FACT_BYTES) {
            issues.add(snapshot, member, null, IssueLog.Severity.INFO, "too long for a setting of the host", null);
        } else if ("etc/os-release".equals(name)) {
            loadOsRelease(snapshot, text);
        } else {
            fact(snapshot, name, new String(text, StandardCharsets.UTF_8));
        }
        return true;
    }

    private static boolean isFact(String name) {
        return FACT_FILES.contains(name) || FACT_FOLDERS.stream().anyMatch(name::startsWith);
    }

    // PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
    private void loadOsRelease(int snapshot, byte[] text) {
        new String(text, StandardCharsets.UTF_8).lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                String value = line.substring(equals + 1).strip();
                boolean quoted = value.length() > 1 && (value.startsWith("\"") || value.startsWith("'"));
                fact(
                        snapshot,
                        "etc/os-release:" + line.substring(0, equals).strip(),
                        quoted ? value.substring(1, value.length() - 1) : value);
            }
        });
    }

    private void fact(int snapshot, String name, String text) {
        tables.table("host_fact")
                .row()
                .set("capture_id", captureId)
                .set("snapshot", snapshot)
                .set("name", name)
                .set("value", text.endsWith("\n") ? text.substring(0, text.length() - 1) : text)
                .end();
    }
}
