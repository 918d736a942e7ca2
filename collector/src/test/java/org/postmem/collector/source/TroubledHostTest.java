package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.source.Schedule.Tier;

/** What has broken other collectors on hosts in trouble, each by what is survived here. */
class TroubledHostTest {
    private static final String HIDDEN = "process 1 is hidden, and with it those of other users";

    @TempDir
    Path top;

    private final AtomicLong nanos = new AtomicLong();
    private HostSnapshot source;
    private int number;

    private FakeHost.Entries readAll(FakeHost host) throws IOException, InterruptedException {
        return readAll(host, 4096);
    }

    private FakeHost.Entries readAll(FakeHost host, long pageBytes) throws IOException, InterruptedException {
        if (source == null) {
            source = host.source(
                    pageBytes, new Clocks(() -> nanos.addAndGet(1000), nanos::get, () -> nanos.addAndGet(1000)));
        }
        FakeHost.Entries entries = new FakeHost.Entries();
        number++;
        source.read(
                new HostSnapshot.Plan(number, EnumSet.allOf(Tier.class), number == 1, number == 1, 0),
                entries,
                entries);
        return entries;
    }

    private static void fifo(Path path) throws IOException, InterruptedException {
        Files.deleteIfExists(path);
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
    }

    /** Opens like any file, and the first read of it fails: nothing is mapped at address zero. */
    private static void failsWhileItIsRead(Path path) throws IOException {
        Files.deleteIfExists(path);
        link(path, "/proc/self/mem");
    }

    @Test
    void aProcessOfTwoHundredGigabytesIsNotTouchedUnasked() throws Exception {
        FakeHost host = new FakeHost(top).process(42, "postgres", 50_000_000);
        // whoever opened one of them would hang
        fifo(host.path("proc/42/smaps"));
        fifo(host.path("proc/42/smaps_rollup"));
        FakeHost.Entries entries = readAll(host);
        assertThat(entries.blocks("pid/status")).containsOnlyKeys("42");
        assertThat(entries.byName()).doesNotContainKeys("pid/smaps", "pid/smaps_rollup");
        assertThat(source.hangingReaders()).isZero();
        assertThat(source.ledger().gaps())
                .contains(new Ledger.Gap(
                        "proc/*/smaps_rollup", "SKIPPED_SIZE", 1, "pid 42 resident pages 50000000 expected ms 1700"));
    }

    @Test
    void aMapThatComesLateIsLeftOutAndReadWhenItsReaderIsBack() throws Exception {
        FakeHost host = new FakeHost(top).process(42, "late", 100).process(43, "well", 100);
        host.write("proc/42/wchan", "fuse_wait_answer");
        Path map = host.path("proc/42/smaps");
        fifo(map);
        FakeHost.Entries first = readAll(host);
        assertThat(first.blocks("pid/smaps")).containsOnlyKeys("43");
        assertThat(first.blocks("pid/smaps_rollup")).containsOnlyKeys("43");
        assertThat(source.ledger().gaps())
                .contains(
                        new Ledger.Gap("proc/*/smaps", "TIMEOUT", 1, "pid 42 state S wchan fuse_wait_answer"),
                        new Ledger.Gap("proc/*/smaps_rollup", "QUARANTINED", 1, ""));

        Files.writeString(map, "55d-55e rw-p 00000000 00:00 0 [heap]\nVmFlags: rd wr\n");
        while (source.hangingReaders() > 0) {
            Thread.sleep(5);
        }
        Files.delete(map);
        Files.writeString(map, "55d-55f rw-p 00000000 00:00 0 [heap]\nVmFlags: rd wr\n");
        assertThat(readAll(host).blocks("pid/smaps"))
                .isEqualTo(Map.of("42", "55d-55f rw-p 00000000 00:00 0 [heap]\nVmFlags: rd wr\n"));
    }

    @Test
    void aFileOfTheKernelThatNeverAnswersCostsOneReaderAndStopsNoTick() throws Exception {
        FakeHost host = new FakeHost(top).process(42, "well", 100);
        fifo(host.path("proc/slabinfo"));
        readAll(host);
        assertThat(source.ledger().gaps()).contains(new Ledger.Gap("proc/slabinfo", "TIMEOUT", 1, ""));
        for (int i = 0; i < 100; i++) {
            assertThat(readAll(host).living()).containsExactlyInAnyOrder("42");
        }
        assertThat(source.ledger().gaps()).contains(new Ledger.Gap("proc/slabinfo", "QUARANTINED", 1, ""));
        assertThat(source.hangingReaders()).isEqualTo(1);
        Files.writeString(host.path("proc/slabinfo"), "");
    }

    private void answers(Path... hanging) throws Exception {
        for (Path path : hanging) {
            Files.writeString(path, "");
        }
        while (source.hangingReaders() > 0) {
            Thread.sleep(5);
        }
    }

    /** Before Linux 6.8 each of these reads takes the mutex of all groups. */
    @Test
    void aMutexOfTheControlGroupsThatNobodyGivesBackCostsOneReaderAndStopsNoTick() throws Exception {
        FakeHost host = new FakeHost(top);
        Path asked = host.path("lock");
        fifo(asked);
        for (int pid = 42; pid < 52; pid++) {
            host.process(pid, "well", 100);
            Files.delete(host.path("proc/" + pid + "/cgroup"));
            link(host.path("proc/" + pid + "/cgroup"), asked.toString());
        }
        FakeHost.Entries entries = readAll(host);
        assertThat(entries.living()).hasSize(10);
        assertThat(entries.blocks("pid/oom_score_adj")).hasSize(10);
        assertThat(entries.byName())
                .containsKeys("proc/slabinfo", "proc/sysvipc/shm")
                .doesNotContainKey("pid/cgroup");
        assertThat(source.ledger().gaps())
                .contains(
                        new Ledger.Gap("proc/*/cgroup", "TIMEOUT", 1, ""),
                        new Ledger.Gap("proc/*/cgroup", "QUARANTINED", 9, ""));
        assertThat(source.hangingReaders()).isEqualTo(1);
        answers(asked);
    }

    @Test
    void aGroupThatNeverAnswersHidesNothingButTheGroups() throws Exception {
        FakeHost host = new FakeHost(top).process(42, "well", 100);
        host.write("proc/self/mountinfo", "31 20 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        host.write("sys/fs/cgroup/cgroup.controllers", "memory\n");
        host.write("sys/fs/cgroup/a/memory.current", "1\n").write("sys/fs/cgroup/b/memory.current", "2\n");
        Path stat = host.path("sys/fs/cgroup/a/memory.stat");
        fifo(stat);
        FakeHost.Entries entries = readAll(host);
        assertThat(entries.blocks("cgroup/memory.current")).isEqualTo(Map.of("/a", "1\n"));
        assertThat(entries.byName()).containsKeys("proc/slabinfo", "pid/cgroup");
        assertThat(source.ledger().gaps())
                .contains(
                        new Ledger.Gap("cgroup/memory.stat", "TIMEOUT", 1, ""),
                        new Ledger.Gap("cgroup/memory.current", "QUARANTINED", 1, ""));
        answers(stat);
        Files.delete(stat);
        assertThat(readAll(host).blocks("cgroup/memory.current")).isEqualTo(Map.of("/a", "1\n", "/b", "2\n"));
    }

    @Test
    void aTableOfMountsThatNeverAnswersLeavesTheMountsThatAreKnown() throws Exception {
        FakeHost host = new FakeHost(top).process(42, "well", 100);
        Path table = host.path("proc/self/mountinfo");
        String device = device(host.path("root"));
        host.write("proc/self/mountinfo", "25 20 " + device + " / / rw - tmpfs tmpfs rw\n")
                .write("root/file", "");
        String mounts = readAll(host).text("fs/statvfs");
        assertThat(mounts).contains(" " + device + " tmpfs ");
        fifo(table);
        FakeHost.Entries entries = readAll(host);
        assertThat(entries.text("fs/statvfs")).contains(" " + device + " tmpfs ");
        assertThat(entries.living()).containsExactly("42");
        assertThat(entries.byName()).containsKeys("proc/slabinfo");
        assertThat(source.ledger().gaps())
                .contains(
                        new Ledger.Gap("proc/self/mountinfo", "TIMEOUT", 1, ""),
                        new Ledger.Gap("cgroup", "TIMEOUT", 1, "the groups could not be looked for"));
        answers(table);
    }

    private static String device(Path path) throws IOException {
        Files.createDirectories(path);
        long dev = ((Number) Files.getAttribute(path, "unix:dev")).longValue();
        return MemoryFileSystems.major(dev) + ":" + MemoryFileSystems.minor(dev);
    }

    @Test
    void segmentsModulesAndTheTraceBufferThatNeverAnswerStopNoTick() throws Exception {
        FakeHost host = new FakeHost(top).process(42, "well", 100);
        Path segments = host.path("proc/sysvipc/shm");
        Path modules = host.path("proc/modules");
        Path trace = host.write("sys/kernel/tracing/buffer_total_size_kb", "")
                .path("sys/kernel/tracing/buffer_total_size_kb");
        fifo(segments);
        fifo(modules);
        fifo(trace);
        FakeHost.Entries entries = readAll(host);
        assertThat(entries.living()).containsExactly("42");
        assertThat(entries.byName()).containsKeys("proc/slabinfo", "pid/cgroup");
        assertThat(source.ledger().gaps())
                .contains(
                        new Ledger.Gap("proc/sysvipc/shm", "TIMEOUT", 1, ""),
                        new Ledger.Gap("proc/modules", "TIMEOUT", 1, ""),
                        new Ledger.Gap("sys/kernel/tracing/buffer_total_size_kb", "TIMEOUT", 1, ""));
        answers(segments, modules, trace);
    }

    /** Memory of theirs that a program serves, by FUSE or userfaultfd, is all it takes. */
    @Test
    void processesThatNeverAnswerHideNoFileOfTheKernel() throws Exception {
        FakeHost host = new FakeHost(top);
        for (int pid = 42; pid < 47; pid++) {
            host.process(pid, "stuck", 100);
            fifo(host.path("proc/" + pid + "/cmdline"));
        }
        readAll(host);
        assertThat(source.hangingReaders()).isEqualTo(4);
        assertThat(readAll(host).byName()).containsKeys("proc/slabinfo", "proc/vmallocinfo");
        for (int pid = 42; pid < 46; pid++) {
            Files.writeString(host.path("proc/" + pid + "/cmdline"), "");
        }
    }

    @Test
    void aFileThatFailsInTheMiddleOfAReadCostsOnlyItself() throws Exception {
        FakeHost host = new FakeHost(top).process(42, "dying", 100).process(43, "well", 100);
        failsWhileItIsRead(host.path("proc/42/status"));
        failsWhileItIsRead(host.path("proc/42/smaps_rollup"));
        failsWhileItIsRead(host.path("proc/vmstat"));
        FakeHost.Entries entries = readAll(host);
        assertThat(entries.living()).containsExactlyInAnyOrder("42", "43");
        assertThat(entries.blocks("pid/oom_score")).containsOnlyKeys("42", "43");
        assertThat(entries.blocks("pid/status")).containsOnlyKeys("43");
        assertThat(entries.blocks("pid/smaps_rollup")).containsOnlyKeys("43");
        assertThat(entries.byName()).containsKey("proc/meminfo").doesNotContainKey("proc/vmstat");
        assertThat(source.ledger().gaps())
                .contains(
                        new Ledger.Gap("proc/*/status", "EIO", 1, ""),
                        new Ledger.Gap("proc/*/smaps_rollup", "EIO", 1, ""),
                        new Ledger.Gap("proc/vmstat", "EIO", 1, ""));
    }

    @Test
    void nodesAndProcessorsThatComeAndGoAreStoredAsTheKernelTellsThem() throws Exception {
        FakeHost host = new FakeHost(top);
        host.write("sys/devices/system/node/node0/meminfo", "Node 0 MemFree: 1 kB\n");
        assertThat(readAll(host).blocks("numa/meminfo")).isEqualTo(Map.of("0", "Node 0 MemFree: 1 kB\n"));
        host.write("sys/devices/system/node/node1/meminfo", "Node 1 MemFree: 2 kB\n");
        host.write("proc/stat", "cpu  1 2 3 4\ncpu0 1 2 3 4\nbtime 1795398400\n");
        FakeHost.Entries two = readAll(host);
        assertThat(two.blocks("numa/meminfo"))
                .isEqualTo(Map.of("0", "Node 0 MemFree: 1 kB\n", "1", "Node 1 MemFree: 2 kB\n"));
        assertThat(two.text("proc/stat")).isEqualTo("cpu  1 2 3 4\ncpu0 1 2 3 4\nbtime 1795398400\n");
        Files.delete(host.path("sys/devices/system/node/node0/meminfo"));
        Files.delete(host.path("sys/devices/system/node/node0"));
        assertThat(readAll(host).blocks("numa/meminfo")).isEqualTo(Map.of("1", "Node 1 MemFree: 2 kB\n"));
    }

    @Test
    void theFirstProcessesOfTwoNamespacesAreTwoProcesses() throws Exception {
        FakeHost host = new FakeHost(top).process(4242, "init", 100).process(4343, "init", 100);
        for (int pid : new int[] {4242, 4343}) {
            // both began at the same tick and are pid 1 where they live
            host.write("proc/" + pid + "/stat", FakeHost.stat(pid, "init", 4194560, 777));
            host.write("proc/" + pid + "/status", "Name:\tinit\nPid:\t" + pid + "\nNSpid:\t" + pid + "\t1\n");
        }
        readAll(host);
        host.write("proc/4343/status", "Name:\tinit\nPid:\t4343\nNSpid:\t4343\t1\nVmRSS:\t9 kB\n");
        FakeHost.Entries second = readAll(host);
        assertThat(second.living()).containsExactlyInAnyOrder("4242", "4343");
        assertThat(second.blocks("pid/status"))
                .isEqualTo(Map.of("4343", "Name:\tinit\nPid:\t4343\nNSpid:\t4343\t1\nVmRSS:\t9 kB\n"));
    }

    @Test
    void aControlGroupThatGoesAwayWhileItIsReadCostsOnlyItself() throws Exception {
        FakeHost host = new FakeHost(top);
        host.write("proc/self/mountinfo", "31 20 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        host.write("sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
        host.write("sys/fs/cgroup/gone.slice/memory.current", "1\n");
        host.write("sys/fs/cgroup/gone.slice/memory.max", "max\n");
        failsWhileItIsRead(host.path("sys/fs/cgroup/gone.slice/memory.stat"));
        host.write("sys/fs/cgroup/well.slice/memory.current", "2\n");
        host.write("sys/fs/cgroup/well.slice/memory.stat", "anon 2\n");
        host.write("sys/fs/cgroup/well.slice/cgroup.stat", "nr_descendants 0\nnr_dying_descendants 1500\n");
        FakeHost.Entries entries = readAll(host);
        assertThat(entries.blocks("cgroup/memory.current"))
                .isEqualTo(Map.of("/gone.slice", "1\n", "/well.slice", "2\n"));
        assertThat(entries.blocks("cgroup/memory.stat")).isEqualTo(Map.of("/well.slice", "anon 2\n"));
        assertThat(entries.blocks("cgroup/cgroup.stat"))
                .isEqualTo(Map.of("/well.slice", "nr_descendants 0\nnr_dying_descendants 1500\n"));
        assertThat(source.ledger().gaps()).contains(new Ledger.Gap("cgroup/memory.stat", "EIO", 1, ""));
    }

    @Test
    void nestedControlGroupsWithOddNamesKeepTheirOwn() throws Exception {
        FakeHost host = new FakeHost(top);
        // inside a container: the top of what it sees is a group of the host; version 1 for memory beside version 2
        host.write("proc/self/mountinfo", """
                30 20 0:26 /docker/4f5e /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                31 20 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                """);
        host.write("sys/fs/cgroup/unified/cgroup.controllers", "cpu io\n");
        host.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1\n");
        host.write("sys/fs/cgroup/memory/a:b\nc d\\x2de/memory.usage_in_bytes", "2\n");
        FakeHost.Entries entries = readAll(host);
        assertThat(entries.blocks("cgroup/v1/memory.usage_in_bytes"))
                .isEqualTo(Map.of("/docker/4f5e", "1\n", "/docker/4f5e/a:b\nc d\\x2de", "2\n"));
        assertThat(entries.byName()).doesNotContainKey("cgroup/memory.current");
    }

    @Test
    void whereTheProcessesOfOthersAreHiddenItIsSaid() throws Exception {
        FakeHost host = new FakeHost(top).process(42, "mine", 100);
        readAll(host);
        assertThat(source.ledger().gaps()).contains(new Ledger.Gap("proc", "EACCES", 1, HIDDEN));
        host.process(1, "systemd", 100);
        readAll(host);
        assertThat(source.ledger().gaps()).doesNotContain(new Ledger.Gap("proc", "EACCES", 1, HIDDEN));
    }

    @Test
    void addressesThatAreHiddenChangeNoSum() throws Exception {
        String line = "0x0000000000000000-0x0000000000000000   20480 copy_process+0x1a5/0x1e10 pages=4 vmalloc N0=4\n";
        FakeHost host = new FakeHost(top).write("proc/vmallocinfo", line.repeat(5000));
        assertThat(readAll(host).text("proc/vmallocinfo.by_caller"))
                .isEqualTo("81920000 102400000 5000 copy_process\n");
    }

    @Test
    void pagesOfSixtyFourKilobytesCountAsSuch() throws Exception {
        String line = "0x0000000000000000-0x0000000000000000   327680 copy_process+0x1a5/0x1e10 pages=4 vmalloc N0=4\n";
        FakeHost host = new FakeHost(top).write("proc/vmallocinfo", line.repeat(5000));
        for (int pid = 100; pid < 104; pid++) {
            host.process(pid, "idle", 900);
        }
        host.process(900, "leaky", 200);
        assertThat(readAll(host, 65536).text("proc/vmallocinfo.by_caller"))
                .isEqualTo("1310720000 1638400000 5000 copy_process\n");
        // 20 pages more are 1.25 MiB here
        host.write("proc/900/statm", "13797 220 100 200 0 500 0\n");
        host.write("proc/900/smaps", "55d-560 rw-p 00000000 00:00 0 [heap]\nVmFlags: rd wr\n");
        assertThat(readAll(host, 65536).blocks("pid/smaps")).containsKey("900");
    }

    @Test
    void whatADebugKernelTellsOfItsAllocationsIsTakenAlong() throws Exception {
        FakeHost host = new FakeHost(top);
        host.write("proc/slabinfo", """
                slabinfo - version: 2.1
                # name <active_objs> <num_objs> <objsize>
                kmalloc-64 1 640 64 64 1 : tunables 0 0 0 : slabdata 10 10 0
                """);
        host.write("sys/kernel/debug/kmemleak", "unreferenced object 0xffff888105a65340 (size 64):\n");
        host.write("sys/kernel/debug/page_owner", "Page allocated via order 0\n");
        host.write("sys/kernel/debug/slab/kmalloc-64/alloc_traces", "1 leak_init+0x33/0x1b0 age=1 pid=7\n");
        FakeHost.Entries entries = readAll(host);
        assertThat(entries.text("sys/kernel/debug/kmemleak"))
                .isEqualTo("unreferenced object 0xffff888105a65340 (size 64):\n");
        assertThat(entries.blocks("slab/alloc_traces"))
                .isEqualTo(Map.of("kmalloc-64", "1 leak_init+0x33/0x1b0 age=1 pid=7\n"));
        assertThat(entries.byName()).doesNotContainKey("sys/kernel/debug/page_owner");
        assertThat(source.ledger().gaps())
                .extracting(Ledger.Gap::path, Ledger.Gap::outcome)
                .contains(org.assertj.core.groups.Tuple.tuple("sys/kernel/debug/page_owner", "SKIPPED_SIZE"));
        assertThat(readAll(host).byName()).doesNotContainKeys("sys/kernel/debug/kmemleak", "slab/alloc_traces");
    }

    @Test
    void allocationSitesThatAreTooManyOrForbiddenStandInTheLedger() throws Exception {
        FakeHost host = new FakeHost(top).write("proc/allocinfo", "x".repeat((4 << 20) + 1));
        assertThat(readAll(host).byName().get("proc/allocinfo")).hasSize(4 << 20);
        assertThat(source.ledger().gaps()).contains(new Ledger.Gap("proc/allocinfo", "TRUNCATED", 1, ""));
        failsWhileItIsRead(host.path("proc/allocinfo"));
        readAll(host);
        assertThat(source.ledger().gaps()).contains(new Ledger.Gap("proc/allocinfo", "EIO", 1, ""));
    }

    @Test
    void aCollectorInAContainerDoesNotTakeItsOwnSocketsAndSegmentsForTheHosts() throws Exception {
        FakeHost host = new FakeHost(top);
        host.write("proc/net/sockstat", "sockets: used 2\n");
        host.write("proc/1/net/sockstat", "sockets: used 5076\n");
        host.write("proc/sysvipc/shm", "none of the host's\n");
        link(host.path("proc/1/ns/ipc"), "ipc:[4026531839]");
        link(host.path("proc/self/ns/ipc"), "ipc:[4026532201]");
        FakeHost.Entries entries = readAll(host);
        assertThat(entries.text("proc/net/sockstat")).isEqualTo("sockets: used 5076\n");
        assertThat(entries.byName()).doesNotContainKeys("proc/sysvipc/shm", "proc/sysvipc/msg");
        assertThat(source.ledger().gaps())
                .contains(new Ledger.Gap(
                        "proc/sysvipc/shm",
                        "OTHER_NAMESPACE",
                        1,
                        "the collector is in another IPC namespace than the host; start it in the host's"));
    }

    private static void link(Path path, String target) throws IOException {
        Files.createDirectories(path.getParent());
        Files.createSymbolicLink(path, Path.of(target));
    }

    /** Whoever was given a group can make any number below it. */
    @Test
    void ofControlGroupsBeyondThoseThatAreReadThereIsOnlyTheNumber() throws Exception {
        FakeHost host = new FakeHost(top);
        host.write("proc/self/mountinfo", "31 20 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        host.write("sys/fs/cgroup/cgroup.controllers", "memory\n").write("sys/fs/cgroup/memory.stat", "anon 1\n");
        for (int i = 0; i < 2500; i++) {
            Files.createDirectories(host.path("sys/fs/cgroup/user.slice/g" + i));
        }
        host.write("sys/fs/cgroup/user.slice/g7/memory.current", "7\n");
        Reading reading = new Reading(
                host.roots(),
                new WholeFile(1 << 20),
                new Ledger(),
                new DeadlineReaders(1, 1 << 20, System::nanoTime),
                new Clocks(System::nanoTime, () -> 0L, () -> 0L));
        new ControlGroups(reading, new GroupedEntries()).discover();
        // the root and user.slice are read, too
        assertThat(reading.ledger().gaps())
                .containsExactly(new Ledger.Gap("cgroup", Outcome.SKIPPED_BUDGET, 502, "more than 2000 groups"));
    }

    @Test
    void aTableOfMountsThatWasCutStillTellsWhereTheControlGroupsAre() throws Exception {
        FakeHost host = new FakeHost(top);
        String line = "40 20 0:40 / /var/lib/some/rather/long/path/to/a/mount/point rw - ext4 /dev/sda1 rw\n";
        host.write(
                "proc/self/mountinfo", "31 20 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n" + line.repeat(60_000));
        host.write("sys/fs/cgroup/cgroup.controllers", "memory\n").write("sys/fs/cgroup/memory.stat", "anon 1\n");
        Reading reading = new Reading(
                host.roots(),
                new WholeFile(4 << 20),
                new Ledger(),
                new DeadlineReaders(1, 4 << 20, System::nanoTime),
                new Clocks(System::nanoTime, () -> 0L, () -> 0L));
        ControlGroups groups = new ControlGroups(reading, new GroupedEntries());
        groups.discover();
        groups.everyTick((name, bytes, offset, length) -> {}, true);
        assertThat(reading.ledger().gaps()).isEmpty();
        assertThat(reading.ledger().okReads()).isEqualTo(1);
    }

    @Test
    void ofMountsInMemoryBeyondThoseThatAreAskedThereIsOnlyTheNumber() throws Exception {
        FakeHost host = new FakeHost(top);
        StringBuilder table = new StringBuilder();
        for (int i = 0; i < 4200; i++) {
            table.append("40 20 0:").append(i).append(" / /m").append(i).append(" rw - tmpfs tmpfs rw\n");
        }
        host.write("proc/self/mountinfo", table.toString());
        Ledger ledger = new Ledger();
        Clocks clocks = new Clocks(System::nanoTime, () -> 0L, () -> 0L);
        Reading reading = new Reading(
                host.roots(),
                new WholeFile(1 << 20),
                ledger,
                new DeadlineReaders(1, 1 << 20, clocks.monotonic()),
                clocks);
        GroupedEntries grouped = new GroupedEntries();
        CommandLineMask mask = CommandLineMask.builtIn();
        new MemoryFileSystems(
                        reading,
                        reading,
                        grouped,
                        new ProcessSource(reading, reading, grouped, 4096),
                        new OnChange(),
                        new HostTextMask(mask, ledger))
                .discover((name, bytes, offset, length) -> {});
        assertThat(ledger.gaps())
                .containsExactly(new Ledger.Gap("fs/statvfs", Outcome.SKIPPED_BUDGET, 200, "more than 4000 mounts"));
    }
}
