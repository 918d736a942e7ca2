package org.postmem.collector.source;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * One search for the control groups of a host, through mountinfo. Touches nothing but its own: it runs on a reader that may be
 * left behind, for mountinfo waits for the lock of the mounts and each folder for those of the groups.
 */
final class ControlGroupTree {
    /** Interface files; a group's own name may hold dots (system.slice), so the rest is looked at. */
    private static final Pattern INTERFACE_FILE = Pattern.compile(
            "(?:cgroup|memory|cpu|cpuset|cpuacct|io|pids|hugetlb|rdma|misc|devices|blkio|freezer|net_cls|net_prio|perf_event|debug|dmem|irq)"
                    + "\\.(?!.*\\.(?:slice|scope|service|mount|socket|swap)$).*|tasks|notify_on_release|release_agent");

    private static final int MAX_GROUPS = 2000;
    private static final int FEWEST_LINKS = 2;

    private final Roots roots;
    private final WholeFile file;
    private final List<Group> found = new ArrayList<>();
    private final List<Ledger.Gap> gaps = new ArrayList<>();

    /**
     * A control group.
     *
     * @param unified of version 2?
     * @param key its path
     */
    record Group(boolean unified, String key, String folder) {}

    /**
     * What came of a search.
     *
     * @param groups null when nobody could tell
     * @param gaps for the ledger
     */
    record Found(List<Group> groups, List<Ledger.Gap> gaps) {}

    ControlGroupTree(Roots roots, WholeFile file) {
        this.roots = roots;
        this.file = file;
    }

    Found search() {
        // of a table that was cut the lines that are there
        if (!Outcome.hasBytes(file.read(roots.proc() + "/self/mountinfo"))) {
            String outcome = file.read(roots.proc() + "/1/mountinfo");
            if (!Outcome.hasBytes(outcome)) {
                return new Found(
                        null, List.of(new Ledger.Gap("cgroup", outcome, 1, "no mountinfo to find the groups with")));
            }
        }
        List<String> seen = new ArrayList<>();
        for (MountLine line : MountLine.parse(file.bytes(), file.length())) {
            boolean unified = line.fstype().equals("cgroup2");
            boolean memory = line.fstype().equals("cgroup")
                    && List.of(line.superOptions().split(",", -1)).contains("memory");
            if (!(unified || memory) || seen.contains(line.device())) {
                continue;
            }
            String folder = roots.hostPath(line.mountPoint());
            if (unified && !hasMemoryController(folder)) {
                continue;
            }
            seen.add(line.device());
            walk(unified, folder, line.root());
        }
        return new Found(found, gaps);
    }

    private boolean hasMemoryController(String folder) {
        if (file.read(folder + "/cgroup.controllers") != null) {
            return false;
        }
        String controllers = new String(file.bytes(), 0, file.length(), StandardCharsets.US_ASCII);
        return List.of(controllers.trim().split(" ", -1)).contains("memory");
    }

    private void walk(boolean unified, String top, String root) {
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
            gaps.add(new Ledger.Gap("cgroup", Outcome.SKIPPED_BUDGET, beyond, "more than " + MAX_GROUPS + " groups"));
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
            for (String name : names(folder)) {
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

    private List<String> names(String folder) {
        String[] names = new File(folder).list();
        if (names != null) {
            Arrays.sort(names);
            return Arrays.asList(names);
        }
        String outcome = Reading.whyNotListed(folder);
        if (!outcome.equals(Outcome.ENOENT) && !outcome.equals("ENOTDIR")) {
            gaps.add(new Ledger.Gap("cgroup", outcome, 1, "the folder could not be listed"));
        }
        return List.of();
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
}
