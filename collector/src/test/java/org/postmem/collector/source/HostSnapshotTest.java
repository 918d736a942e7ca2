package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.archive.CarriedKinds;
import org.postmem.collector.source.Schedule.Tier;

class HostSnapshotTest {
    @TempDir
    Path top;

    private FakeHost host;
    private HostSnapshot source;
    private int number;
    private long clockStepNanos = 1000;
    private final AtomicLong nanos = new AtomicLong();

    @BeforeEach
    void openHost() {
        host = new FakeHost(top);
        source = host.source(4096, new Clocks(this::step, nanos::get, this::step));
    }

    private long step() {
        return nanos.addAndGet(clockStepNanos);
    }

    private FakeHost.Entries read(boolean segmentStart, EnumSet<Tier> tiers) throws IOException, InterruptedException {
        FakeHost.Entries entries = new FakeHost.Entries();
        number++;
        source.read(new HostSnapshot.Plan(number, tiers, segmentStart, number == 1, 0), entries, entries);
        return entries;
    }

    private FakeHost.Entries readAll() throws IOException, InterruptedException {
        return read(number == 0, EnumSet.allOf(Tier.class));
    }

    @Test
    void countsTheDescriptorsOfAProcessByKind() throws Exception {
        host.process(42, "nginx", 795);
        descriptors(0, "/dev/null");
        descriptors(1, "socket:[4711]");
        descriptors(2, "pipe:[4712]");
        descriptors(3, "anon_inode:[eventfd]");
        descriptors(4, "anon_inode:inotify");
        descriptors(5, "anon_inode:kvm-vcpu:0");
        descriptors(6, "anon_inode:kvm-vcpu:1");
        descriptors(7, "/dev/pts/12");
        descriptors(8, "/dev/pts/7");
        descriptors(9, "/dev/dri/card0");
        assertThat(readAll().blocks("pid/fd"))
                .isEqualTo(Map.of(
                        "42",
                        "total 10 socket 1 pipe 1 anon_inode 4 file 4"
                                + " /dev/dri/card 1 /dev/pts/ 2 [eventfd] 1 inotify 1 kvm-vcpu 2\n"));
    }

    /** Each that is listed costs the kernel a name and an inode, which it keeps until memory is short. */
    @Test
    void doesNotListAllDescriptorsOfAProcessThatLeaksThem() throws Exception {
        host.process(42, "nginx", 795);
        for (int fd = 0; fd < 4100; fd++) {
            descriptors(fd, "anon_inode:[eventfd]");
        }
        assertThat(readAll().blocks("pid/fd"))
                .as("a number that nobody counted")
                .isEqualTo(Map.of("42", ""));
        assertThat(source.ledger().gaps())
                .contains(new Ledger.Gap("proc/*/fd", "TRUNCATED", 1, "pid 42: descriptors not looked behind"));
    }

    private void descriptors(int fd, String target) throws IOException {
        Files.createSymbolicLink(top.resolve("proc/42/fd/" + fd), Path.of(target));
    }

    /** Most hosts have no ZFS, and miss nothing. */
    @Test
    void readsTheCacheOfZfsAtSlowTicksWhereThereIsOne() throws Exception {
        String entry = "proc/spl/kstat/zfs/arcstats";
        assertThat(readAll().text(entry)).isNull();
        assertThat(source.ledger().gaps()).extracting(Ledger.Gap::path).doesNotContain(entry);

        String arc = """
                13 1 0x01 123 33456 7402060102 66478716886640
                name                            type data
                size                            4    33743421984
                """;
        host.write(entry, arc);
        assertThat(readAll().text(entry)).isEqualTo(arc);
        assertThat(read(false, EnumSet.noneOf(Tier.class)).text(entry)).isNull();
    }

    @Test
    void storesEveryTextUnderItsOwnPath() throws Exception {
        host.process(42, "nginx", 795);
        FakeHost.Entries entries = readAll();
        assertThat(entries.text("proc/meminfo"))
                .isEqualTo("MemTotal:       24684096 kB\nMemFree:        23754000 kB\n");
        assertThat(entries.text("pid/stat"))
                .isEqualTo("==> 42 <== 110\n" + FakeHost.stat(42, "nginx", 4194560, 4200) + "\n");
        assertThat(entries.blocks("pid/status")).isEqualTo(Map.of("42", FakeHost.STATUS.formatted(42)));
        assertThat(entries.blocks("pid/cmdline")).isEqualTo(Map.of("42", "/usr/sbin/nginx\0-g\0daemon off;\0"));
        assertThat(entries.blocks("pid/exe")).isEqualTo(Map.of("42", "/usr/sbin/nginx"));
        assertThat(entries.blocks("pid/smaps")).containsOnlyKeys("42");
        assertThat(entries.blocks("pid/smaps_rollup")).containsOnlyKeys("42");
        assertThat(entries.text("proc/sys/vm/overcommit_memory")).isEqualTo("0\n");
        assertThat(source.uptimeSeconds()).isEqualTo(1234.56);
    }

    @Test
    void leavesOutWhatHasNotChangedAndSaysWhoLives() throws Exception {
        // the second is a kernel thread
        host.process(42, "nginx", 795);
        host.write("proc/2/stat", FakeHost.stat(2, "kthreadd", 0x00200040, 0));
        readAll();
        readAll();
        FakeHost.Entries third = readAll();
        assertThat(third.text("pid/unchanged").lines()).containsExactlyInAnyOrder("42 1", "2 1");
        assertThat(third.byName())
                .doesNotContainKeys("pid/stat", "pid/status", "pid/statm", "pid/cmdline", "pid/smaps");
        String fault = FakeHost.stat(42, "nginx", 4194560, 4200).replace(" 14210 ", " 14415 ");
        host.write("proc/42/status", "Name:\tnginx\nVmRSS:\t   4000 kB\n");
        host.write("proc/42/stat", fault);
        FakeHost.Entries fourth = readAll();
        assertThat(fourth.blocks("pid/status")).isEqualTo(Map.of("42", "Name:\tnginx\nVmRSS:\t   4000 kB\n"));
        assertThat(fourth.blocks("pid/stat")).isEqualTo(Map.of("42", fault));
        assertThat(fourth.text("pid/unchanged")).isEqualTo("2 1\n");
        assertThat(readAll().text("pid/unchanged").lines()).containsExactlyInAnyOrder("42 4", "2 1");
    }

    @Test
    void storesEverythingAnewAtTheStartOfASegment() throws Exception {
        host.process(42, "nginx", 795);
        FakeHost.Entries first = readAll();
        readAll();
        FakeHost.Entries segment = read(true, EnumSet.allOf(Tier.class));
        assertThat(segment.byName().keySet())
                .containsAll(first.byName().keySet())
                .doesNotContain("pid/unchanged");
    }

    @Test
    void aPidUsedAgainIsAnotherProcess() throws Exception {
        host.process(42, "nginx", 795);
        readAll();
        readAll();
        host.write("proc/42/stat", FakeHost.stat(42, "nginx", 4194560, 999_999));
        FakeHost.Entries entries = readAll();
        assertThat(entries.blocks("pid/status")).containsOnlyKeys("42");
        assertThat(entries.blocks("pid/cmdline")).containsOnlyKeys("42");
    }

    @Test
    void aProcessThatVanishesCostsOnlyItself() throws Exception {
        host.process(42, "nginx", 795).process(43, "redis", 10);
        Files.delete(host.path("proc/42/stat"));
        Files.delete(host.path("proc/43/status"));
        FakeHost.Entries entries = readAll();
        assertThat(entries.living()).containsExactlyInAnyOrder("43");
        assertThat(source.ledger().gaps())
                .contains(
                        new Ledger.Gap("proc/*/stat", "ENOENT", 1, ""),
                        new Ledger.Gap("proc/*/status", "ENOENT", 1, ""));
    }

    @Test
    void whatCannotBeReadStandsInTheLedger() throws Exception {
        host.process(42, "nginx", 795);
        Files.delete(host.path("proc/slabinfo"));
        Files.createDirectory(host.path("proc/slabinfo"));
        Files.delete(host.path("proc/42/smaps_rollup"));
        FakeHost.Entries entries = readAll();
        assertThat(entries.byName()).doesNotContainKey("proc/slabinfo").doesNotContainKey("pid/smaps_rollup");
        assertThat(source.ledger().gaps())
                .contains(
                        new Ledger.Gap("proc/slabinfo", "EISDIR", 1, ""),
                        new Ledger.Gap("proc/*/smaps_rollup", "ENOENT", 1, ""));
    }

    @Test
    void neverOpensASettingThatActsWhenItIsRead() throws Exception {
        for (String name : new String[] {"stat_refresh", "lowmem_reserve_ratio", "compact_memory", "drop_caches"}) {
            // opening a link to itself fails, and what fails stands in the ledger
            Files.createSymbolicLink(host.path("proc/sys/vm/" + name), host.path("proc/sys/vm/" + name));
        }
        String pool = "sys/kernel/mm/hugepages/hugepages-2048kB/";
        host.write(pool + "nr_hugepages", "0\n");
        Files.createSymbolicLink(host.path(pool + "demote"), host.path(pool + "demote"));
        readAll();
        assertThat(source.ledger().gaps())
                .extracting(Ledger.Gap::path)
                .doesNotContain("proc/sys/vm/*", pool + "demote");
        Files.createSymbolicLink(host.path("proc/sys/vm/swappiness"), host.path("proc/sys/vm/swappiness"));
        readAll();
        assertThat(source.ledger().gaps()).extracting(Ledger.Gap::path).contains("proc/sys/vm/*");
    }

    @Test
    void keepsNamesWithBlanksAndParentheses() throws Exception {
        host.process(42, "a) S 1 (b", 795);
        host.write("proc/42/cgroup", "0::/system.slice/odd\\x2dname with blank:colon\nand newline.scope\n");
        FakeHost.Entries entries = readAll();
        assertThat(entries.blocks("pid/stat")).isEqualTo(Map.of("42", FakeHost.stat(42, "a) S 1 (b", 4194560, 4200)));
        assertThat(entries.blocks("pid/cgroup"))
                .isEqualTo(Map.of("42", "0::/system.slice/odd\\x2dname with blank:colon\nand newline.scope\n"));
    }

    @Test
    void readsOfAKernelThreadWhoItIsOnceAndThatItLives() throws Exception {
        host.process(2, "kthreadd", 0);
        host.write("proc/2/stat", FakeHost.stat(2, "kthreadd", 0x208040, 2));
        FakeHost.Entries first = readAll();
        assertThat(first.blocks("pid/status")).containsOnlyKeys("2");
        assertThat(first.byName()).doesNotContainKeys("pid/statm", "pid/cmdline", "pid/smaps_rollup");
        assertThat(readAll().living()).containsExactlyInAnyOrder("2");
    }

    @Test
    void masksSecretsBeforeTheyAreStoredAndSaysHowMany() throws Exception {
        host.process(42, "app", 795);
        host.write("proc/42/cmdline", "/usr/bin/app\0--password=hunter2\0--verbose\0");
        FakeHost.Entries entries = readAll();
        assertThat(entries.blocks("pid/cmdline")).isEqualTo(Map.of("42", "/usr/bin/app\0--password=***\0--verbose\0"));
        assertThat(source.ledger().gaps())
                .contains(new Ledger.Gap("proc/*/cmdline", "MASKED", 1, "secrets in arguments"));
    }

    @Test
    void neverReadsTheEnvironment() throws Exception {
        host.process(42, "app", 795);
        host.write("proc/42/environ", "SECRET=hunter2\0");
        for (byte[] entry : readAll().byName().values()) {
            assertThat(new String(entry, java.nio.charset.StandardCharsets.UTF_8))
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void readsTheGrowingProcessWhenTheBudgetIsSpentOnTheBiggest() throws Exception {
        for (int pid = 100; pid < 400; pid++) {
            host.process(pid, "idle", 20_000);
        }
        host.process(900, "leaky", 500);
        clockStepNanos = 200_000;
        readAll();
        host.write("proc/900/statm", "20000 2500 100 200 0 500 0\n");
        host.write("proc/900/smaps_rollup", "55d-7ff ---p 00000000 00:00 0 [rollup]\nRss: 10000 kB\n");
        FakeHost.Entries entries = readAll();
        assertThat(entries.blocks("pid/smaps_rollup")).containsKey("900");
        assertThat(source.ledger().gaps())
                .extracting(Ledger.Gap::path, Ledger.Gap::outcome)
                .contains(org.assertj.core.groups.Tuple.tuple("proc/*/smaps_rollup", "SKIPPED_BUDGET"));
    }

    @Test
    void storesSlabAliasesByTheNameTheyPointTo() throws Exception {
        host.write("sys/kernel/slab/:0000064/reclaim_account", "0\n");
        host.write("sys/kernel/slab/:0000064/ctor", "");
        Files.createSymbolicLink(host.path("sys/kernel/slab/kmalloc-64"), Path.of(":0000064"));
        FakeHost.Entries entries = readAll();
        assertThat(entries.blocks("slab/aliases")).isEqualTo(Map.of("kmalloc-64", ":0000064"));
        assertThat(entries.blocks("slab/reclaim_account")).isEqualTo(Map.of(":0000064", "0\n"));
        assertThat(readAll().byName()).doesNotContainKeys("slab/aliases", "slab/reclaim_account");
    }

    /** A kind that is stored on change and not known as one would be lost with the snapshots that thinning leaves out. */
    @Test
    void whatIsStoredOnChangeIsWhatThinningCarries() throws Exception {
        host.write("root/etc/os-release", "ID=debian\n");
        host.write("proc/sys/fs/file-nr", "992 0 9223372036854775807\n");
        host.write("proc/sys/net/ipv4/tcp_mem", "8172 10897 16344\n");
        host.write("proc/modules", "xfs 1900544 1 - Live 0x0000000000000000\n");
        host.write("proc/spl/kstat/zfs/arcstats", "13 1 0x01\nname type data\nsize 4 33743421984\n");
        host.write("proc/self/mountinfo", "30 20 0:26 / /dev/shm rw - tmpfs tmpfs rw\n");
        host.write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        host.write("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0\n");
        host.write("sys/kernel/mm/lru_gen/enabled", "0x0007\n");
        host.write("sys/kernel/mm/ksm/run", "0\n");
        host.write("sys/kernel/mm/swap/vma_ra_enabled", "true\n");
        host.write("sys/module/zswap/parameters/enabled", "N\n");
        host.write("sys/kernel/tracing/buffer_total_size_kb", "2817\n");
        host.write("sys/block/zram0/mm_stat", "4096 64 4096 0 4096 0 0 0 0\n");
        host.write("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal: 24684096 kB\n");
        host.write("sys/kernel/slab/:0000064/reclaim_account", "0\n");
        host.write("sys/kernel/slab/:0000064/ctor", "");
        Files.createSymbolicLink(host.path("sys/kernel/slab/kmalloc-64"), Path.of(":0000064"));
        host.process(42, "nginx", 795);
        Set<String> onChange = new HashSet<>();
        Set<String> again = new HashSet<>();
        for (int snapshot = 1; snapshot <= 6; snapshot++) {
            (snapshot <= 3 ? onChange : again).addAll(readAll().byName().keySet());
        }
        onChange.removeAll(again);
        onChange.removeIf(entry -> entry.startsWith("pid/"));
        again.removeIf(entry -> entry.startsWith("pid/"));

        assertThat(onChange).allMatch(CarriedKinds::isOnChange);
        assertThat(again).contains("proc/meminfo", "proc/slabinfo").noneMatch(CarriedKinds::isOnChange);
        assertThat(CarriedKinds.onChange())
                .allSatisfy(kind -> assertThat(onChange).anyMatch(entry -> entry.startsWith(kind)));
    }

    /** The snapshots after which a tick reads no more than it has to. */
    private void open() throws Exception {
        tick();
        tick(Tier.SLOW);
        tick(Tier.BUDGET);
    }

    private FakeHost.Entries tick(Tier... further) throws IOException, InterruptedException {
        FakeHost.Entries entries = new FakeHost.Entries();
        EnumSet<Tier> tiers = EnumSet.of(Tier.TICK, Tier.PROCESSES);
        tiers.addAll(List.of(further));
        number++;
        source.read(new HostSnapshot.Plan(number, tiers, number == 1, false, 0), entries, entries);
        return entries;
    }

    @Test
    void theFirstSnapshotIsWhatEveryTickReadsAndTheRestFollows() throws Exception {
        host.process(42, "nginx", 795);
        host.write("sys/kernel/slab/:0000064/reclaim_account", "0\n");
        host.write("proc/self/mountinfo", "30 20 0:26 / /dev/shm rw - tmpfs tmpfs rw\n");
        FakeHost.Entries first = tick();
        assertThat(first.byName())
                .containsOnlyKeys(
                        "proc/meminfo",
                        "proc/vmstat",
                        "proc/stat",
                        "proc/loadavg",
                        "proc/pressure/memory",
                        "proc/pressure/io",
                        "proc/pressure/cpu",
                        "proc/swaps",
                        "proc/net/sockstat",
                        "proc/net/sockstat6",
                        "proc/buddyinfo",
                        "proc/zoneinfo",
                        "proc/uptime",
                        "proc/sysvipc/shm",
                        "pid/stat",
                        "pid/statm",
                        "pid/status",
                        "pid/oom_score",
                        "pid/oom_score_adj",
                        "pid/cgroup");
        FakeHost.Entries second = tick(Tier.SLOW);
        assertThat(second.byName())
                .containsKeys(
                        "proc/slabinfo",
                        "proc/vmallocinfo",
                        "proc/sysvipc/msg",
                        "proc/self/mountinfo",
                        "pid/cmdline",
                        "pid/exe",
                        "pid/limits")
                .doesNotContainKeys("pid/smaps", "slab/reclaim_account", "proc/version");
        FakeHost.Entries third = tick(Tier.BUDGET);
        assertThat(third.byName())
                .containsKeys(
                        "pid/smaps",
                        "pid/smaps_rollup",
                        "slab/reclaim_account",
                        "proc/version",
                        "proc/sys/vm/overcommit_memory");
        assertThat(tick().byName()).doesNotContainKeys("pid/cmdline", "slab/reclaim_account", "proc/version");
    }

    @Test
    void aTickWithoutThePassOverTheProcessesWatchesWhoIsLargestOrGrows() throws Exception {
        host.process(42, "nginx", 795);
        host.process(43, "sh", 1);
        open();
        FakeHost.Entries light = read(false, EnumSet.of(Tier.TICK));
        assertThat(light.byName()).doesNotContainKeys("pid/stat", "pid/status");
        assertThat(light.blocks("pid/watched/stat"))
                .isEqualTo(Map.of(
                        "42", FakeHost.stat(42, "nginx", 4194560, 4200), "43", FakeHost.stat(43, "sh", 4194560, 4300)));
        assertThat(light.blocks("pid/watched/status"))
                .isEqualTo(Map.of("42", FakeHost.STATUS.formatted(42), "43", FakeHost.STATUS.formatted(43)));
        // the same text once more, as no segment and no pass is needed to read it
        assertThat(read(false, EnumSet.of(Tier.TICK)).blocks("pid/watched/status"))
                .containsOnlyKeys("42", "43");
    }

    @Test
    void aNumberThatAnotherProcessHasByNowIsNotWatched() throws Exception {
        host.process(42, "nginx", 795);
        host.process(43, "sh", 1);
        tick();
        tick(Tier.SLOW);
        host.write("proc/42/stat", FakeHost.stat(42, "cc1", 4194560, 990_000));
        Files.delete(host.path("proc/43/stat"));
        FakeHost.Entries light = read(false, EnumSet.of(Tier.TICK));
        assertThat(light.byName()).doesNotContainKeys("pid/watched/stat", "pid/watched/status");
    }

    @Test
    void aProcessBornSinceTheLastPassIsWatchedWithoutAListOfAll() throws Exception {
        host.write("proc/loadavg", "0.00 0.01 0.05 1/123 4567\n");
        host.process(42, "nginx", 795);
        open();
        host.process(4600, "ordersvc", 9000);
        host.write("proc/4600/status", userStatus(4600, 4600));
        host.process(4601, "ordersvc", 9000);
        host.write("proc/4601/status", userStatus(4601, 4600));
        host.process(4602, "kworker/0:1", 0);
        host.write("proc/4602/status", "Name:\tkworker/0:1\nTgid:\t4602\nPid:\t4602\n");
        assertThat(read(false, EnumSet.of(Tier.TICK)).blocks("pid/watched/stat"))
                .as("a number that nobody has told of")
                .containsOnlyKeys("42");
        host.write("proc/loadavg", "0.00 0.01 0.05 1/123 4603\n");
        FakeHost.Entries light = read(false, EnumSet.of(Tier.TICK));
        assertThat(light.blocks("pid/watched/stat")).containsOnlyKeys("42", "4600");
        assertThat(light.blocks("pid/watched/status")).containsEntry("4600", userStatus(4600, 4600));
        assertThat(source.ledger().gaps())
                .as("that a number is nobody's is no gap")
                .extracting(Ledger.Gap::path)
                .doesNotContain("proc/*/stat", "proc/*/status");
        assertThat(read(false, EnumSet.of(Tier.TICK)).blocks("pid/watched/stat"))
                .as("as long as no pass has told of it")
                .containsOnlyKeys("42", "4600");
        host.write(
                "proc/4600/status",
                userStatus(4600, 4600).replace("2000 kB", "9999 kB").replace("3180 kB", "11180 kB"));
        host.process(43, "httpd", 20_000);
        host.process(44, "httpd", 20_000);
        host.process(45, "httpd", 20_000);
        assertThat(tick().living()).containsExactlyInAnyOrder("42", "43", "44", "45", "4600", "4601", "4602");
        assertThat(read(false, EnumSet.of(Tier.TICK)).blocks("pid/watched/stat"))
                .as("it has grown since it was born, and is watched for that")
                .containsOnlyKeys("43", "44", "45", "4600");
    }

    @Test
    void numbersBeginAnewBehindTheHighest() throws Exception {
        host.write("proc/loadavg", "0.00 0.01 0.05 1/123 32760\n");
        host.process(42, "nginx", 795);
        open();
        host.process(301, "ordersvc", 9000);
        host.write("proc/301/status", userStatus(301, 301));
        host.write("proc/loadavg", "0.00 0.01 0.05 1/123 310\n");
        assertThat(read(false, EnumSet.of(Tier.TICK)).blocks("pid/watched/stat"))
                .containsOnlyKeys("42", "301");
    }

    @Test
    void ofManyBornTheLargestAreWatched() throws Exception {
        host.process(42, "nginx", 795);
        open();
        Set<String> largest = new HashSet<>(Set.of("42"));
        for (int pid = 5001; pid <= 5020; pid++) {
            host.process(pid, "worker", 100);
            host.write(
                    "proc/" + pid + "/status", userStatus(pid, pid).replace("3180 kB", (pid % 10 + 1) * 1000 + " kB"));
            if (pid % 10 > 5) {
                largest.add(Integer.toString(pid));
            }
        }
        host.write("proc/loadavg", "0.00 0.01 0.05 1/123 5020\n");
        assertThat(read(false, EnumSet.of(Tier.TICK)).blocks("pid/watched/stat").keySet())
                .isEqualTo(largest);
    }

    private static String userStatus(int pid, int leader) {
        return "Name:\tordersvc\nTgid:\t" + leader + "\nPid:\t" + pid
                + "\nVmSize:\t   55188 kB\nVmRSS:\t    3180 kB\nRssAnon:\t    2000 kB\n"
                + "RssFile:\t    1180 kB\nRssShmem:\t       0 kB\n";
    }

    @Test
    void aTickWithoutThePassOverTheProcessesForgetsNothingAndStoresItAllInTheNextSegment() throws Exception {
        host.process(42, "nginx", 795);
        open();
        FakeHost.Entries light = read(false, EnumSet.of(Tier.TICK));
        assertThat(light.byName()).containsKey("proc/meminfo").doesNotContainKey("pid/stat");
        FakeHost.Entries next = tick();
        assertThat(next.living()).containsExactlyInAnyOrder("42");
        assertThat(next.byName()).doesNotContainKey("pid/status");
        read(true, EnumSet.of(Tier.TICK));
        assertThat(tick().blocks("pid/status")).containsOnlyKeys("42");
    }

    @Test
    void theLastSnapshotReadsWhatWasPutOff() throws Exception {
        host.process(42, "nginx", 795);
        host.write("sys/kernel/slab/:0000064/reclaim_account", "0\n");
        tick();
        FakeHost.Entries last = new FakeHost.Entries();
        source.read(new HostSnapshot.Plan(2, EnumSet.allOf(Tier.class), false, true, 0), last, last);
        assertThat(last.byName())
                .containsKeys(
                        "proc/slabinfo",
                        "pid/cmdline",
                        "pid/smaps",
                        "slab/reclaim_account",
                        "proc/version",
                        "proc/sys/vm/overcommit_memory");
    }

    @Test
    void readsManySlabCachesAFewATickAndStoresThemInOnePiece() throws Exception {
        for (int cache = 1000; cache < 1150; cache++) {
            host.write("sys/kernel/slab/cache-" + cache + "/reclaim_account", "1\n");
            host.write("sys/kernel/slab/cache-" + cache + "/ctor", "");
        }
        tick();
        tick(Tier.SLOW);
        assertThat(tick(Tier.BUDGET).byName()).doesNotContainKey("slab/reclaim_account");
        assertThat(tick().byName()).doesNotContainKey("slab/reclaim_account");
        assertThat(tick().blocks("slab/reclaim_account")).hasSize(150);
        host.write("sys/kernel/slab/new-cache/reclaim_account", "0\n");
        assertThat(tick(Tier.SLOW).blocks("slab/reclaim_account")).hasSize(151).containsEntry("new-cache", "0\n");
        assertThat(read(true, EnumSet.of(Tier.TICK, Tier.PROCESSES)).blocks("slab/reclaim_account"))
                .hasSize(151);
    }

    @Test
    void readsControlGroupsOfBothVersionsSideBySide() throws Exception {
        host.write("proc/self/mountinfo", """
            30 20 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            31 20 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            """);
        host.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1\n");
        host.write("sys/fs/cgroup/memory/docker/a b\nc/memory.usage_in_bytes", "2\n");
        host.write("sys/fs/cgroup/unified/cgroup.controllers", "cpu memory\n");
        host.write("sys/fs/cgroup/unified/memory.stat", "anon 0\n");
        host.write("sys/fs/cgroup/unified/odd\\x2dname.slice/memory.current", "3\n");
        host.write("sys/fs/cgroup/unified/odd\\x2dname.slice/memory.max", "max\n");
        host.write("sys/fs/cgroup/unified/gone.slice/cgroup.procs", "");
        FakeHost.Entries entries = readAll();
        assertThat(entries.blocks("cgroup/v1/memory.usage_in_bytes"))
                .isEqualTo(Map.of("/", "1\n", "/docker/a b\nc", "2\n"));
        assertThat(entries.blocks("cgroup/memory.current")).isEqualTo(Map.of("/odd\\x2dname.slice", "3\n"));
        assertThat(entries.blocks("cgroup/memory.max")).isEqualTo(Map.of("/odd\\x2dname.slice", "max\n"));
        assertThat(entries.blocks("cgroup/memory.stat")).isEqualTo(Map.of("/", "anon 0\n"));
    }

    @Test
    void sumsVmallocinfoByCallerWhenItIsLarge() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            text.append(
                    "0xffffc90000005000-0xffffc9000000a000   20480 copy_process+0x1a5/0x1e10 pages=4 vmalloc N0=4\n");
        }
        text.append(
                "0xffffc90000a01000-0xffffc90000a03000    8192 leak_init+0x33/0x1b0 [leaky] pages=1 vmalloc N0=1\n");
        host.write("proc/vmallocinfo", text.toString());
        FakeHost.Entries entries = readAll();
        assertThat(entries.byName()).doesNotContainKey("proc/vmallocinfo");
        assertThat(entries.text("proc/vmallocinfo.by_caller"))
                .isEqualTo("81920000 102400000 5000 copy_process\n4096 8192 1 leak_init [leaky]\n");
    }

    @Test
    void splitsAKindThatOutgrowsTheBuffer() throws Exception {
        String large = "x".repeat(900_000);
        for (int pid = 100; pid < 110; pid++) {
            host.process(pid, "big", 100);
            host.write("proc/" + pid + "/status", large);
        }
        FakeHost.Entries entries = readAll();
        int parts = 0;
        for (String name : entries.byName().keySet()) {
            parts += name.startsWith("pid/status") ? entries.blocks(name).size() : 0;
        }
        assertThat(parts).isEqualTo(10);
        assertThat(entries.byName()).containsKeys("pid/status", "pid/status.2");
    }
}
