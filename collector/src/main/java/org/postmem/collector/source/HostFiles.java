package org.postmem.collector.source;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The files that tell of the host as a whole: some at every tick, the others once and when they have changed. */
final class HostFiles {
    private static final List<String> EVERY_TICK = List.of(
            "meminfo",
            "vmstat",
            "stat",
            "loadavg",
            "pressure/memory",
            "pressure/io",
            "pressure/cpu",
            "swaps",
            "net/sockstat",
            "net/sockstat6",
            "buddyinfo",
            "zoneinfo",
            "uptime");

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int LOCKED_CAP_BYTES = 1 << 20;

    private static final String UPTIME = "proc/uptime";
    private static final String LOADAVG = "proc/loadavg";
    private static final String SOCKSTAT = "proc/net/sockstat";
    private static final String COMMAND_LINE = "proc/cmdline";

    private static final List<String> KERNEL_SETTINGS = List.of(
            "osrelease",
            "hostname",
            "pid_max",
            "threads-max",
            "shmmax",
            "shmall",
            "shmmni",
            "shm_rmid_forced",
            "panic",
            "panic_on_oom",
            "kptr_restrict",
            "dmesg_restrict",
            "perf_event_paranoid",
            "randomize_va_space",
            "tainted",
            "numa_balancing",
            "sched_autogroup_enabled",
            "yama/ptrace_scope",
            "random/boot_id");

    /**
     * Not settings but orders. Reading stat_refresh already queues work on every processor and waits for it; the kernel
     * computes its reserves anew for every reader of lowmem_reserve_ratio, what they come to stands in zoneinfo; the
     * others are for writing: demote, of the pools of huge pages in /sys, splits them.
     */
    private static final Set<String> ACTING_SETTINGS =
            Set.of("stat_refresh", "lowmem_reserve_ratio", "compact_memory", "drop_caches", "demote");

    private final Reading reading;
    private final Reading kernel;
    private final OnChange onChange;
    private final HostTextMask mask;
    /** By the name of the entry. */
    private final Map<String, KeptFile> everyTick = new LinkedHashMap<>();

    private Double uptimeSeconds;
    private Integer newestPid;
    private final String network;
    private long tcpSockets;
    private long tcpBufferPages;

    /** @param kernel on the readers for what waits for locks of the kernel's */
    HostFiles(Reading reading, Reading kernel, OnChange onChange, HostTextMask mask) {
        this.reading = reading;
        this.kernel = kernel;
        this.mask = mask;
        this.onChange = onChange;
        String proc = reading.roots().proc();
        // /proc/net is that of whoever opens it, and the host's is that of its first process
        network = proc + (Files.isReadable(Path.of(proc, "1", "net", "sockstat")) ? "/1/" : "/");
        for (String name : EVERY_TICK) {
            everyTick.put("proc/" + name, new KeptFile((name.startsWith("net/") ? network : proc + "/") + name));
        }
    }

    void everyTick(EntrySink sink) throws IOException {
        uptimeSeconds = null;
        newestPid = null;
        tcpSockets = 0;
        tcpBufferPages = 0;
        for (Map.Entry<String, KeptFile> kept : everyTick.entrySet()) {
            boolean read = reading.copy(sink, kept.getValue(), kept.getKey());
            if (read && kept.getKey().equals(UPTIME)) {
                uptimeSeconds = firstNumber(reading.file());
            } else if (read && kept.getKey().equals(LOADAVG)) {
                newestPid = lastNumber(reading.file());
            } else if (read && kept.getKey().equals(SOCKSTAT)) {
                String sockstat = text(reading.file());
                tcpSockets = ofTcp(sockstat, " alloc ");
                tcpBufferPages = ofTcp(sockstat, " mem ");
            }
        }
    }

    Double uptimeSeconds() {
        return uptimeSeconds;
    }

    /** The number given out last to a process or a thread; null when nobody knows. */
    Integer newestPid() {
        return newestPid;
    }

    /** The folder of {@code net} that is the host's. */
    String network() {
        return network + "net";
    }

    /** Sockets of TCP that there are on the host; 0 where nobody knows. */
    long tcpSockets() {
        return tcpSockets;
    }

    /** Pages that TCP holds in buffers of its sockets; 0 where nobody knows. */
    long tcpBufferPages() {
        return tcpBufferPages;
    }

    /** {@code TCP: inuse 16574 orphan 0 tw 971 alloc 17018 mem 33832} */
    private static long ofTcp(String text, String name) {
        int line = text.indexOf("TCP:");
        int at = line < 0 ? -1 : text.indexOf(name, line);
        if (at < 0) {
            return 0;
        }
        int begin = at + name.length();
        int end = begin;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        try {
            return Long.parseLong(text.substring(begin, end));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String text(WholeFile file) {
        return new String(file.bytes(), 0, file.length(), StandardCharsets.US_ASCII);
    }

    /** {@code 0.20 0.18 0.12 1/80 11206} */
    private static Integer lastNumber(WholeFile file) {
        String text = text(file).stripTrailing();
        try {
            return Integer.valueOf(text.substring(text.lastIndexOf(' ') + 1));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** {@code 1234.56 4321.00} */
    private static Double firstNumber(WholeFile file) {
        String text = text(file);
        int blank = text.indexOf(' ');
        try {
            return blank < 0 ? null : Double.valueOf(text.substring(0, blank));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Which modules there are: one that was loaded a moment before memory began to go is the first to look at. */
    void slow(EntrySink sink) throws IOException {
        locked(sink, reading.roots().proc() + "/modules", "proc/modules");
    }

    /** Facts that seldom change: read at slow ticks, stored at the start of a segment and when another than before. */
    void onChange(EntrySink sink, boolean segmentStart) throws IOException {
        String proc = reading.roots().proc();
        if (segmentStart) {
            changed(sink, proc + "/version", "proc/version");
            changed(sink, proc + "/cmdline", COMMAND_LINE);
            locked(sink, proc + "/cgroups", "proc/cgroups");
            changed(sink, proc + "/filesystems", "proc/filesystems");
            changed(sink, reading.roots().root() + "/etc/os-release", "etc/os-release");
        }
        for (String name : reading.names(proc + "/sys/vm", "proc/sys/vm")) {
            if (!ACTING_SETTINGS.contains(name)) {
                changed(sink, proc + "/sys/vm/" + name, "proc/sys/vm/" + name);
            }
        }
        for (String name : KERNEL_SETTINGS) {
            changed(sink, proc + "/sys/kernel/" + name, "proc/sys/kernel/" + name);
        }
        changed(sink, proc + "/sys/fs/file-nr", "proc/sys/fs/file-nr");
        changed(sink, proc + "/sys/net/ipv4/tcp_mem", "proc/sys/net/ipv4/tcp_mem");
        String sys = reading.roots().sys();
        folder(sink, sys + "/kernel/mm/transparent_hugepage", "sys/kernel/mm/transparent_hugepage", 1);
        folder(sink, sys + "/kernel/mm/hugepages", "sys/kernel/mm/hugepages", 1);
        folder(sink, sys + "/kernel/mm/lru_gen", "sys/kernel/mm/lru_gen", 0);
        folder(sink, sys + "/kernel/mm/ksm", "sys/kernel/mm/ksm", 0);
        folder(sink, sys + "/kernel/mm/swap", "sys/kernel/mm/swap", 0);
        folder(sink, sys + "/module/zswap/parameters", "sys/module/zswap/parameters", 0);
        // not below /sys/kernel/debug: looking there would mount it
        locked(sink, sys + "/kernel/tracing/buffer_total_size_kb", "sys/kernel/tracing/buffer_total_size_kb");
        for (String device : reading.names(sys + "/block", "sys/block")) {
            if (device.startsWith("zram")) {
                locked(sink, sys + "/block/" + device + "/mm_stat", "sys/block/" + device + "/mm_stat");
            }
        }
    }

    /** The small text files of a folder of /sys, and of the folders {@code depth} levels below. */
    private void folder(EntrySink sink, String path, String entry, int depth) throws IOException {
        for (String name : reading.names(path, entry)) {
            File file = new File(path, name);
            if (ACTING_SETTINGS.contains(name)) {
                continue;
            }
            if (!file.isDirectory()) {
                changed(sink, file.getPath(), entry + "/" + name);
            } else if (depth > 0) {
                folder(sink, file.getPath(), entry + "/" + name, depth - 1);
            }
        }
    }

    private void changed(EntrySink sink, String path, String entry) throws IOException {
        String outcome = reading.file().read(path);
        if (Outcome.ENOENT.equals(outcome)) {
            return;
        }
        if (!Outcome.hasBytes(outcome)) {
            if (new File(path).isDirectory()) {
                return;
            }
        }
        if (!reading.ledger().note(pattern(entry), outcome)) {
            return;
        }
        WholeFile file = reading.file();
        if (onChange.changed(entry, file.bytes(), file.length())) {
            byte[] safe = entry.equals(COMMAND_LINE) ? mask.commandLine(file.bytes(), file.length()) : file.bytes();
            sink.entry(entry, safe, 0, entry.equals(COMMAND_LINE) ? safe.length : file.length());
        }
    }

    /**
     * Like {@link #changed}, of a file that waits for a lock: that of the modules, before 5.16 that of the groups, those of the
     * trace buffer and of a zram device, which are held for as long as their memory is asked for.
     */
    private void locked(EntrySink sink, String path, String entry) throws IOException {
        Reading.Text text = kernel.within(DEADLINE_NANOS, path, LOCKED_CAP_BYTES, entry, true);
        if (text != null && onChange.changed(entry, text.bytes(), text.length())) {
            sink.entry(entry, text.bytes(), 0, text.length());
        }
    }

    private static String pattern(String entry) {
        return entry.startsWith("proc/sys/vm/") ? "proc/sys/vm/*" : entry;
    }
}
