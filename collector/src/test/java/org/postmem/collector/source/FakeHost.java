package org.postmem.collector.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postmem.collector.archive.GroupedText;
import org.postmem.collector.archive.UnchangedText;

/** A host made of files: {@code proc}, {@code sys} and {@code root} below one directory. */
final class FakeHost {
    static final String STATUS =
            "Name:\tnginx\nState:\tS (sleeping)\nPid:\t%d\nVmSize:\t  55188 kB\nVmRSS:\t   3180 kB\n";

    private final Path top;

    FakeHost(Path top) {
        this.top = top;
        write("proc/meminfo", "MemTotal:       24684096 kB\nMemFree:        23754000 kB\n");
        write("proc/vmstat", "nr_free_pages 5938500\n");
        write("proc/stat", "cpu  1 2 3 4\ncpu0 1 2 3 4\ncpu1 0 0 0 0\nbtime 1795398400\n");
        write("proc/loadavg", "0.00 0.01 0.05 1/123 4567\n");
        for (String name : new String[] {"memory", "io", "cpu"}) {
            write("proc/pressure/" + name, "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
        }
        write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
        write("proc/net/sockstat", "sockets: used 42\n");
        write("proc/net/sockstat6", "TCP6: inuse 3\n");
        write("proc/buddyinfo", "Node 0, zone   Normal      1      2\n");
        write("proc/zoneinfo", "Node 0, zone   Normal\n  pages free     1\n");
        write("proc/uptime", "1234.56 4321.00\n");
        write("proc/sysvipc/shm", "       key      shmid perms\n");
        write("proc/sysvipc/msg", "       key      msqid perms\n");
        write("proc/slabinfo", "slabinfo - version: 2.1\nkmalloc-64 1 64 64 64 1 : tunables 0 0 0 : slabdata 1 1 0\n");
        write("proc/vmallocinfo", "0x0-0x3000    8192 copy_process+0x1a5/0x1e10 pages=1 vmalloc N0=1\n");
        write("proc/modules", "");
        write("proc/sys/vm/overcommit_memory", "0\n");
        write("proc/sys/kernel/osrelease", "6.1.0-test\n");
        write("proc/sys/kernel/hostname", "fake host\n");
        write("proc/sys/kernel/random/boot_id", "3b1c7e0a-0000-4000-8000-000000000001\n");
        write("proc/self/mountinfo", "");
        write("proc/version", "Linux version 6.1.0-test\n");
        write("proc/cmdline", "root=/dev/vda\n");
        write("proc/cgroups", "#subsys_name\n");
        write("proc/filesystems", "nodev\ttmpfs\n");
    }

    Path path(String relative) {
        return top.resolve(relative);
    }

    Roots roots() {
        return Roots.of(path("proc"), path("sys"), path("root"));
    }

    /** What reads it, without the kernel's log. */
    HostSnapshot source(long pageBytes, Clocks clocks) {
        return new HostSnapshot(roots(), CommandLineMask.builtIn(), null, pageBytes, clocks);
    }

    FakeHost write(String relative, String text) {
        try {
            Files.createDirectories(path(relative).getParent());
            Files.writeString(path(relative), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** A process that sleeps; start time is its pid times a hundred. */
    FakeHost process(int pid, String comm, long residentPages) {
        String folder = "proc/" + pid + "/";
        write(folder + "stat", stat(pid, comm, 4194560, pid * 100L));
        write(folder + "statm", "13797 " + residentPages + " 100 200 0 500 0\n");
        write(folder + "status", STATUS.formatted(pid));
        write(folder + "oom_score", "666\n");
        write(folder + "oom_score_adj", "0\n");
        write(folder + "cgroup", "0::/system.slice/" + comm + ".service\n");
        write(folder + "cmdline", "/usr/sbin/" + comm + "\0-g\0daemon off;\0");
        write(folder + "limits", "Limit                     Soft Limit\n");
        write(folder + "smaps_rollup", "55d-7ff ---p 00000000 00:00 0 [rollup]\nRss: 3180 kB\n");
        write(folder + "smaps", "55d-55e rw-p 00000000 00:00 0 [heap]\nRss: 12 kB\nVmFlags: rd wr\n");
        try {
            Files.createDirectories(path(folder + "fd"));
            Files.createSymbolicLink(path(folder + "exe"), Path.of("/usr/sbin/" + comm));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    static String stat(int pid, String comm, long flags, long startTicks) {
        return pid + " (" + comm + ") S 1 1 1 0 -1 " + flags + " 14210 1187 15 88 31 103 5 5 20 0 1 0 " + startTicks
                + " 174108672 3180 18446744073709551615\n";
    }

    /** Remembers entries by name. */
    static final class Entries implements EntrySink {
        private final Map<String, byte[]> byName = new LinkedHashMap<>();

        @Override
        public void entry(String name, byte[] bytes, int offset, int length) {
            byte[] copy = new byte[length];
            System.arraycopy(bytes, offset, copy, 0, length);
            if (byName.put(name, copy) != null) {
                throw new IllegalStateException("twice in one snapshot: " + name);
            }
        }

        Map<String, byte[]> byName() {
            return byName;
        }

        String text(String name) {
            byte[] bytes = byName.get(name);
            return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
        }

        /** Who is said to live, in the order of the entries. */
        List<String> living() {
            List<String> living = new ArrayList<>(blocks("pid/stat").keySet());
            UnchangedText.forEach(
                    byName.getOrDefault(UnchangedText.ENTRY, new byte[0]),
                    (pid, statSnapshot) -> living.add(Integer.toString(pid)),
                    offset -> {
                        throw new IllegalStateException("no line at byte " + offset);
                    });
            return living;
        }

        Map<String, String> blocks(String name) {
            Map<String, String> blocks = new LinkedHashMap<>();
            if (byName.containsKey(name)) {
                try {
                    GroupedText.read(byName.get(name))
                            .forEach(
                                    block -> blocks.put(block.key(), new String(block.text(), StandardCharsets.UTF_8)));
                } catch (GroupedText.MalformedGroupException e) {
                    throw new IllegalStateException(e);
                }
            }
            return blocks;
        }
    }
}
