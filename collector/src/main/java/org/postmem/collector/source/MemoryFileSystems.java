package org.postmem.collector.source;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What lies in memory-backed file systems, in every mount namespace of the host: one process of each namespace lends
 * its {@code mountinfo} and its {@code root}, through which statvfs sees what that process sees. A device is counted in
 * the first namespace that shows it, the collector's own before the others.
 */
final class MemoryFileSystems {
    private static final long DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** The table of mounts waits for a lock of all mounts, and for file systems that look their options up on a disk. */
    private static final long MOUNTINFO_DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final String MOUNTINFO = "mountinfo";
    private static final int MOUNTINFO_CAP_BYTES = 2 << 20;
    private static final int MAX_NAMESPACES = 500;
    /** Each is asked at every tick, and anybody with a namespace of his own can make as many as he likes. */
    private static final int MAX_MOUNTS = 4000;

    private static final int MOST_LOOKS = 3;
    private static final long REFUSED = -1;
    private static final long GONE = -2;

    private final Reading reading;
    private final Reading kernel;
    private final GroupedEntries grouped;
    private final ProcessSource processes;
    private final OnChange onChange;
    private final HostTextMask mask;
    private List<Mount> mounts = List.of();
    private long mountsBeyond;

    /** A memory-backed mount, the path it is seen through, the number of the namespace. */
    private record Mount(long namespace, MountLine line, String path) {}

    /** @param kernel on the readers for what waits for locks of the kernel's */
    MemoryFileSystems(
            Reading reading,
            Reading kernel,
            GroupedEntries grouped,
            ProcessSource processes,
            OnChange onChange,
            HostTextMask mask) {
        this.mask = mask;
        this.reading = reading;
        this.kernel = kernel;
        this.grouped = grouped;
        this.processes = processes;
        this.onChange = onChange;
    }

    /** Looks for namespaces and their mounts; the list stands until the next call. */
    void discover(EntrySink sink) throws IOException {
        Map<Long, String> namespaces = new LinkedHashMap<>();
        String proc = reading.roots().proc();
        long own = namespace(proc + "/self/ns/mnt");
        namespaces.put(own, "self");
        long refused = 0;
        long beyond = 0;
        for (ProcessState process : processes.living()) {
            if (process.kernelThread()) {
                continue;
            }
            // a container's first process enters its namespace soon after its birth, and hardly anyone later
            if (process.mountNamespace() <= 0 || process.namespaceLooks() < MOST_LOOKS) {
                process.mountNamespace(namespace(proc + "/" + process.pid() + "/ns/mnt"));
            }
            long namespace = process.mountNamespace();
            if (namespace == REFUSED) {
                refused++;
            } else if (namespace > 0 && !namespaces.containsKey(namespace)) {
                if (namespaces.size() < MAX_NAMESPACES) {
                    namespaces.put(namespace, Integer.toString(process.pid()));
                } else {
                    beyond++;
                }
            }
        }
        if (refused > 0) {
            reading.ledger().gap("proc/*/ns/mnt", Outcome.EACCES, refused, "mounts in their namespaces are not seen");
        }
        if (beyond > 0) {
            reading.ledger()
                    .gap(
                            "proc/*/ns/mnt",
                            Outcome.SKIPPED_BUDGET,
                            beyond,
                            "processes in more than " + MAX_NAMESPACES + " namespaces");
        }
        List<Mount> found = new ArrayList<>();
        Set<String> devices = new HashSet<>();
        mountsBeyond = 0;
        for (Map.Entry<Long, String> namespace : namespaces.entrySet()) {
            if (!mountsOf(sink, namespace.getKey(), namespace.getValue(), devices, found)) {
                // the mounts that are known can be asked all the same
                return;
            }
        }
        if (mountsBeyond > 0) {
            reading.ledger()
                    .gap("fs/statvfs", Outcome.SKIPPED_BUDGET, mountsBeyond, "more than " + MAX_MOUNTS + " mounts");
        }
        mounts = found;
    }

    /** Returns whether its table could be asked for: when one hangs, all do. */
    private boolean mountsOf(EntrySink sink, long namespace, String pid, Set<String> devices, List<Mount> found)
            throws IOException {
        boolean own = pid.equals("self");
        String folder = reading.roots().proc() + "/" + pid;
        String pattern = own ? "proc/self/mountinfo" : Kind.MOUNTINFO.pattern();
        DeadlineReaders.Answer<Reading.Text> answer = kernel.readers()
                .read(MOUNTINFO, MOUNTINFO_DEADLINE_NANOS, file -> {
                    String outcome = file.read(folder + "/mountinfo", MOUNTINFO_CAP_BYTES);
                    return new Reading.Text(outcome, file.bytes(), file.length());
                });
        if (answer.outcome() != null) {
            reading.ledger().gap(pattern, answer.outcome());
            return false;
        }
        Reading.Text file = answer.value();
        if (!reading.ledger().note(pattern, file.outcome())) {
            return true;
        }
        if (own) {
            if (onChange.changed("mountinfo", file.bytes(), file.length())) {
                byte[] safe = mask.mounts(file.bytes(), file.length(), "proc/self/mountinfo");
                sink.entry("proc/self/mountinfo", safe, 0, safe.length);
            }
        } else if (onChange.changed("mountinfo " + namespace, file.bytes(), file.length())) {
            byte[] safe = mask.mounts(file.bytes(), file.length(), Kind.MOUNTINFO.pattern());
            grouped.add(sink, Kind.MOUNTINFO.entry(), pid, safe, 0, safe.length);
        }
        List<MountLine> lines = MountLine.parse(file.bytes(), file.length());
        List<MountLine> remote = lines.stream().filter(MountLine::remote).toList();
        Set<String> seenHere = new HashSet<>();
        for (MountLine line : lines) {
            if (!line.memoryBacked() || devices.contains(line.device())) {
                continue;
            }
            if (found.size() >= MAX_MOUNTS) {
                mountsBeyond++;
                continue;
            }
            if (remote.stream().anyMatch(other -> other.contains(line.mountPoint()))) {
                reading.ledger().gap("fs/statvfs", Outcome.SKIPPED_NETWORK);
                continue;
            }
            seenHere.add(line.device());
            String path = own ? reading.roots().hostPath(line.mountPoint()) : folder + "/root" + line.mountPoint();
            found.add(new Mount(namespace, line, path));
        }
        devices.addAll(seenHere);
        return true;
    }

    /** One line a mount: {@code namespace device fstype total free available mount_point}, bytes. */
    void everyTick(EntrySink sink) throws IOException {
        Map<String, Space> spaces = new HashMap<>();
        Set<Mount> failed = Collections.newSetFromMap(new IdentityHashMap<>());
        while (ask(spaces, failed)) {
            // instead of a mount that did not answer the next one of the same device
        }
        StringBuilder text = new StringBuilder();
        for (Mount mount : mounts) {
            if (!failed.contains(mount)) {
                line(text, mount, spaces.get(mount.line().device()));
            }
        }
        if (text.length() > 0) {
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            sink.entry("fs/statvfs", bytes, 0, bytes.length);
        }
    }

    /** Asks one mount of each device of which nothing is known; returns whether there was one. */
    private boolean ask(Map<String, Space> spaces, Set<Mount> failed) {
        Map<String, Mount> asked = new LinkedHashMap<>();
        for (Mount mount : mounts) {
            if (!spaces.containsKey(mount.line().device()) && !failed.contains(mount)) {
                asked.putIfAbsent(mount.line().device(), mount);
            }
        }
        List<DeadlineReaders.Request<Space>> requests = new ArrayList<>(asked.size());
        for (Mount mount : asked.values()) {
            requests.add(new DeadlineReaders.Request<>(mount.path(), file -> space(mount)));
        }
        List<DeadlineReaders.Answer<Space>> answers = reading.readers().readAll(requests, DEADLINE_NANOS);
        int next = 0;
        for (Mount mount : asked.values()) {
            DeadlineReaders.Answer<Space> answer = answers.get(next++);
            if (answer.outcome() == null && answer.value() != null) {
                reading.ledger().ok();
                spaces.put(mount.line().device(), answer.value());
            } else {
                failed.add(mount);
                String outcome = answer.outcome() == null ? Outcome.HIDDEN_MOUNT : answer.outcome();
                reading.ledger().gap("fs/statvfs", outcome, 1, mount.line().escapedMountPoint());
            }
        }
        return !asked.isEmpty();
    }

    private static void line(StringBuilder text, Mount mount, Space space) {
        text.append(mount.namespace())
                .append(' ')
                .append(mount.line().device())
                .append(' ')
                .append(mount.line().fstype())
                .append(' ')
                .append(space.total())
                .append(' ')
                .append(space.free())
                .append(' ')
                .append(space.available())
                .append(' ')
                .append(mount.line().escapedMountPoint())
                .append('\n');
    }

    private record Space(long total, long free, long available) {}

    /** Returns null when another mount lies on top: then the path leads to that one. */
    private static Space space(Mount mount) throws IOException {
        Path path = Path.of(mount.path());
        long dev = ((Number) Files.getAttribute(path, "unix:dev")).longValue();
        if (!mount.line().device().equals(major(dev) + ":" + minor(dev))) {
            return null;
        }
        File file = path.toFile();
        return new Space(file.getTotalSpace(), file.getFreeSpace(), file.getUsableSpace());
    }

    /** As gnu_dev_major of sys/sysmacros.h. */
    static long major(long dev) {
        return ((dev >>> 8) & 0xfff) | ((dev >>> 32) & ~0xfffL);
    }

    static long minor(long dev) {
        return (dev & 0xff) | ((dev >>> 12) & 0xffffff00L);
    }

    /** {@code mnt:[4026531841]}; {@link #REFUSED} when it may not be read, {@link #GONE} with its process. */
    private static long namespace(String link) {
        try {
            String target = Files.readSymbolicLink(Path.of(link)).toString();
            return Long.parseLong(target.substring(target.indexOf('[') + 1, target.indexOf(']')));
        } catch (IOException e) {
            String outcome = Outcome.of(e);
            return outcome.equals(Outcome.ENOENT) || outcome.equals(Outcome.ESRCH) ? GONE : REFUSED;
        } catch (RuntimeException e) {
            // no link of a namespace
            return REFUSED;
        }
    }
}
