package org.postmem.collector.source;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The memory files of control groups, version 1, 2 and both side by side, found through mountinfo. A group that goes
 * away while it is read answers ENODEV or ENOENT; that is no fault.
 */
final class ControlGroups {
    private static final List<String> V2_EVERY_TICK =
            List.of("memory.current", "memory.swap.current", "memory.events", "memory.stat", "memory.pressure");
    private static final List<String> V2_SLOW = List.of(
            "memory.max",
            "memory.high",
            "memory.low",
            "memory.min",
            "memory.swap.max",
            "memory.zswap.current",
            "memory.peak",
            "memory.events.local",
            "cgroup.stat");
    private static final List<String> V1_EVERY_TICK = List.of(
            "memory.usage_in_bytes",
            "memory.memsw.usage_in_bytes",
            "memory.kmem.usage_in_bytes",
            "memory.failcnt",
            "memory.stat");
    private static final List<String> V1_SLOW = List.of(
            "memory.limit_in_bytes",
            "memory.soft_limit_in_bytes",
            "memory.memsw.limit_in_bytes",
            "memory.max_usage_in_bytes",
            "memory.kmem.limit_in_bytes",
            "memory.kmem.tcp.usage_in_bytes",
            "memory.oom_control");

    /** Interface files; a group's own name may hold dots (system.slice), so the rest is looked at. */
    private static final Pattern INTERFACE_FILE = Pattern.compile(
            "(?:cgroup|memory|cpu|cpuset|cpuacct|io|pids|hugetlb|rdma|misc|devices|blkio|freezer|net_cls|net_prio|perf_event|debug|dmem|irq)"
                    + "\\.(?!.*\\.(?:slice|scope|service|mount|socket|swap)$).*|tasks|notify_on_release|release_agent");

    private static final int MAX_GROUPS = 2000;
    private static final int FEWEST_LINKS = 2;

    /** Up to here the files that change are read at every tick. */
    private static final int FEW_GROUPS = 40;

    /** The root's memory.stat of version 1 has been seen to take seconds. */
    private static final long SLOW_STAT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Reading reading;
    private final GroupedEntries grouped;
    private List<Group> groups = List.of();
    private boolean rootStatTooSlow;

    private record Group(boolean unified, String key, String folder) {}

    ControlGroups(Reading reading, GroupedEntries grouped) {
        this.reading = reading;
        this.grouped = grouped;
    }

    /** Looks for the groups there are; the list stands until the next call. */
    void discover() {
        WholeFile file = reading.file();
        String proc = reading.roots().proc();
        // of a table that was cut the lines that are there
        if (!Outcome.hasBytes(file.read(proc + "/self/mountinfo"))) {
            String outcome = file.read(proc + "/1/mountinfo");
            if (!Outcome.hasBytes(outcome)) {
                reading.ledger().gap("cgroup", outcome, 1, "no mountinfo to find the groups with");
                return;
            }
        }
        List<Group> found = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (MountLine line : MountLine.parse(file.bytes(), file.length())) {
            boolean unified = line.fstype().equals("cgroup2");
            boolean memory = line.fstype().equals("cgroup")
                    && List.of(line.superOptions().split(",", -1)).contains("memory");
            if (!(unified || memory) || seen.contains(line.device())) {
                continue;
            }
            String folder = reading.roots().hostPath(line.mountPoint());
            if (unified && !hasMemoryController(folder)) {
                continue;
            }
            seen.add(line.device());
            walk(unified, folder, line.root(), found);
        }
        groups = found;
    }

    private boolean hasMemoryController(String folder) {
        WholeFile file = reading.file();
        if (file.read(folder + "/cgroup.controllers") != null) {
            return false;
        }
        String controllers = new String(file.bytes(), 0, file.length(), java.nio.charset.StandardCharsets.US_ASCII);
        return List.of(controllers.trim().split(" ", -1)).contains("memory");
    }

    private void walk(boolean unified, String top, String root, List<Group> found) {
        String prefix = root.equals("/") ? "" : root;
        Deque<String> todo = new ArrayDeque<>();
        todo.add("");
        long beyond = 0;
        while (!todo.isEmpty()) {
            String relative = todo.removeFirst();
            String key = prefix + relative;
            found.add(new Group(unified, key.isEmpty() ? "/" : key, top + relative));
            int room = MAX_GROUPS - found.size() - todo.size();
            beyond += below(top + relative, room, name -> todo.add(relative + "/" + name));
        }
        if (beyond > 0) {
            reading.ledger().gap("cgroup", Outcome.SKIPPED_BUDGET, beyond, "more than " + MAX_GROUPS + " groups");
        }
    }

    /**
     * Hands on the groups right below one, {@code room} at most, and returns how many more there are. A folder has two links
     * and one for each folder in it, where the file system counts them: so most groups need not be listed, and of one with
     * hundreds of thousands below it, which whoever owns a group can make, there is never a list.
     */
    private long below(String folder, int room, Consumer<String> each) {
        int links = links(folder);
        if (links == FEWEST_LINKS) {
            return 0;
        }
        if (links - FEWEST_LINKS <= room || links == 0) {
            long beyond = 0;
            int left = room;
            for (String name : reading.names(folder, "cgroup")) {
                if (isGroup(folder, name)) {
                    beyond += left > 0 ? 0 : 1;
                    if (left-- > 0) {
                        each.accept(name);
                    }
                }
            }
            return beyond;
        }
        int left = Math.max(0, room);
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(Path.of(folder))) {
            Iterator<Path> entries = stream.iterator();
            while (left > 0 && entries.hasNext()) {
                String name = entries.next().getFileName().toString();
                if (isGroup(folder, name)) {
                    each.accept(name);
                    left--;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // removed meanwhile
        }
        return links - FEWEST_LINKS - Math.max(0, room) + (long) left;
    }

    private static boolean isGroup(String folder, String name) {
        return !INTERFACE_FILE.matcher(name).matches() && new File(folder, name).isDirectory();
    }

    /** 0 where nobody counts them. */
    private static int links(String folder) {
        try {
            int links = ((Number) Files.getAttribute(Path.of(folder), "unix:nlink")).intValue();
            return links < FEWEST_LINKS ? 0 : links;
        } catch (IOException | UnsupportedOperationException | InvalidPathException e) {
            return 0;
        }
    }

    /** With few groups what changes is read at every tick: a trend needs the points. */
    void everyTick(EntrySink sink, boolean slow) throws IOException {
        if (slow || groups.size() <= FEW_GROUPS) {
            for (Group group : groups) {
                read(sink, group, group.unified() ? V2_EVERY_TICK : V1_EVERY_TICK);
                if (slow) {
                    read(sink, group, group.unified() ? V2_SLOW : V1_SLOW);
                }
            }
        }
    }

    private void read(EntrySink sink, Group group, List<String> names) throws IOException {
        WholeFile file = reading.file();
        for (String name : names) {
            boolean rootStat = group.key().equals("/") && name.equals("memory.stat");
            String pattern = (group.unified() ? "cgroup/" : "cgroup/v1/") + name;
            if (rootStat && rootStatTooSlow) {
                reading.ledger().gap(pattern, Outcome.SKIPPED_BUDGET, 1, "/");
                continue;
            }
            long begun = rootStat ? reading.nanos() : 0;
            String outcome = file.read(group.folder() + "/" + name);
            if (rootStat && reading.nanos() - begun > SLOW_STAT_NANOS) {
                rootStatTooSlow = true;
            }
            if (Outcome.ENOENT.equals(outcome)) {
                // the root has few of these files, an older kernel fewer, and a group that was removed none
                if (name.equals("memory.current") && !group.key().equals("/")) {
                    return;
                }
                continue;
            }
            if (reading.ledger().note(pattern, outcome)) {
                grouped.add(sink, pattern, group.key(), file.bytes(), 0, file.length());
            }
        }
    }
}
