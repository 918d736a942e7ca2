package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Hosts as production has them, watched for hours and days: what is large there and healthy, and what leaks beside it. */
class LargeHostsTest {
    private static final Map<String, String> JAVA =
            Map.of("comm", "'java'", "command", "'java -Xms1g -Xmx8g -jar app.jar'", "vm", "12");
    private static final Map<String, String> GUEST = Map.of(
            "command",
            "'/usr/bin/qemu-system-x86_64 -name guest=vm' || j || ' -m size=8388608k,slots=16 -smp 4'",
            "vm",
            "9");

    /** 64 GiB that sixty processes map are 64 GiB, however much of it each of them has touched. */
    @Test
    void aSegmentThatManyProcessesMapIsCountedOnce() {
        assertThat(said(
                        new LargeHost(256, 64, 180, 3)
                                .processes(
                                        "postgres",
                                        60,
                                        "0.02 + 0.001 * n",
                                        Map.of("shmem", "40 * (1 - exp(-h / 2)) * (0.5 + 0.5 * j / 60.0)"))
                                .rows(
                                        "INSERT INTO shm_segment (capture_id, snapshot, shmid, key, creator_pid, attached, uid, size_bytes, rss_bytes)",
                                        "1, i, 7, 5432, 1001, 60, 26, 64 * 1073741824::BIGINT, "
                                                + LargeHost.bytes("64 * (1 - exp(-h / 2))"))
                                .line("shmem", "0.1 + 64 * (1 - exp(-h / 2))")
                                .line("cached", "62 + 64 * (1 - exp(-h / 2))"),
                        "R08",
                        "R20",
                        "R32"))
                .containsExactly(
                        "no leak",
                        "info R08 SysV shared memory of postgres fills up: +47.8 GiB, of 64.0 GiB that were made",
                        "info R20 Page tables grow, in proportion to what processes map: +2.64 GiB");
    }

    @Test
    void aHeapBelowItsLimitIsNoLeakForHoursEither() {
        assertThat(said(new LargeHost(256, 64, 120, 3).processes("app", 2, "1.5 + 1.2 * h + 0.01 * n", JAVA), "R05"))
                .hasSize(3)
                .startsWith("no leak")
                .allMatch(text ->
                        text.equals("no leak") || text.contains("grows inside its Java heap, which may take 8.00 GiB"));
        assertThat(said(new LargeHost(256, 64, 600, 24).processes("app", 1, "9 + 0.4 * h + 0.01 * n", JAVA), "R05"))
                .containsExactly("LEAK", "critical R05 app (pid 1001) leaks private anonymous memory: +9.15 GiB");
        // on a host that has no room for what the heap may still take it ends badly whether it is a leak or not
        assertThat(said(new LargeHost(10, 4, 120, 3).processes("app", 1, "1.5 + 0.8 * h + 0.01 * n", JAVA), "R05"))
                .startsWith("LEAK");
    }

    /** Watched for three hours, it is not told by watching it for longer: it is told once the heap is full. */
    @Test
    void aHeapThatFillsWhileMemoryIsShortIsToldWithTheShortage() {
        // what is left is worth a note, and a warning
        for (String database : List.of("53.2", "53.45")) {
            try (LargeHost host = new LargeHost(64, 16, 120, 3)
                    .processes("app", 1, "1.5 + 1.2 * h + 0.01 * n", JAVA)
                    .processes("database", 1, database)) {
                assertThat(host.analysed().verdict().headline())
                        .matches(
                                "No memory leak can be told, but memory runs low \\(Memory lasts for about [0-9.]+ h at this rate\\):"
                                        + " app \\(pid 1001\\) grows inside its Java heap, which may take 8.00 GiB: \\+[0-9.]+ GiB in [0-9.]+ (min|h)\\.");
            }
        }
    }

    @Test
    void aGuestTouchesTheMemoryThatItWasGiven() {
        assertThat(said(
                        new LargeHost(512, 128, 600, 24)
                                .processes("qemu-system-x86", 2, "3 + h / 6 + 0.005 * n", GUEST),
                        "R05"))
                .hasSize(3)
                .startsWith("no leak")
                .allMatch(text -> text.equals("no leak")
                        || text.contains("grows inside the 8.00 GiB that its command line grants"));
        assertThat(said(
                        new LargeHost(512, 128, 600, 24)
                                .processes("qemu-system-x86", 1, "9 + h / 6 + 0.005 * n", GUEST),
                        "R05"))
                .startsWith("LEAK");
    }

    @Test
    void workersThatAreReplacedBeforeTheyAreLargeAreNoLeak() {
        assertThat(said(recycled(), "R05", "R37"))
                .containsExactly(
                        "no leak",
                        "info R37 Workers of apache2 grow and are replaced: 119 ended, 20 live, none above 185 MiB");
        assertThat(said(recycled().processes("apache2", 1, "0.1 + 0.04 * h + 0.001 * n"), "R05"))
                .as("one that nobody replaces")
                .containsExactly("LEAK", "warning R05 apache2 (pid 1141) leaks private anonymous memory: +937 MiB");
    }

    @Test
    void aMasterIsNoneOfTheWorkersThatHaveWhatItHadWhenItForked() {
        assertThat(said(
                        new LargeHost(128, 32, 300, 24)
                                .processes("appmaster", 1, "0.1 + 0.04 * h + 0.001 * n")
                                .processes(
                                        "appmaster",
                                        96,
                                        "0.1 + 0.04 * j / 4.0 + 0.001 * n",
                                        Map.of("born", "j / 4.0", "died", "j / 4.0 + 1.1")),
                        "R05"))
                .startsWith("LEAK");
    }

    @Test
    void workersThatADeployEndedAllAtOnceAreNoPool() {
        assertThat(said(
                        new LargeHost(128, 32, 300, 24)
                                .processes("web", 20, "0.9 + 0.001 * n", Map.of("died", "10 + j * 0.01"))
                                .processes("web", 20, "0.1 + 0.02 * age + 0.001 * n", Map.of("born", "10 + j * 0.01")),
                        "R05"))
                .startsWith("LEAK");
    }

    /** Twenty workers: each grows from 100 to 180 MiB in four hours, ends, and another begins. */
    private static LargeHost recycled() {
        LargeHost host = new LargeHost(128, 32, 300, 24);
        for (int begin = -4; begin <= 20; begin += 4) {
            host.processes(
                    "apache2",
                    20,
                    "0.1 + 0.02 * age + 0.001 * n",
                    Map.of("born", begin + " + j * 0.2", "died", (begin + 4) + " + j * 0.2 - 0.001"));
        }
        return host;
    }

    @Test
    void filesThatAreMappedAreNoAddressSpaceThatLeaks() {
        UnaryOperator<LargeHost> search = host -> host.processes(
                "elasticsearch", 1, "31 + 0.01 * n", Map.of("file", "20 + 0.3 * n", "vm", "200 + 1.7 * h"));
        assertThat(said(search.apply(new LargeHost(256, 64, 600, 24).line("cached", "150")), "R13"))
                .containsExactly(
                        "no leak",
                        "info R13 elasticsearch (pid 1001) maps more and more: +39.4 GiB of VIRT, hardly any of it private memory");
        assertThat(said(
                        search.apply(new LargeHost(256, 64, 600, 24).line("cached", "150"))
                                .sql("UPDATE process_sample SET vm_data_bytes = vm_size_bytes"),
                        "R13"))
                .startsWith("LEAK");
    }

    /** A host that is nearly full has no time to wait. */
    @Test
    void whatALargeProcessGainsIsNoBreathWhereLittleIsLeft() {
        assertThat(said(new LargeHost(68, 8, 10, 1 / 6.0).processes("mysqld", 1, "60 + 4 * h + 0.0005 * n"), "R05"))
                .first()
                .isEqualTo("LEAK");
    }

    @Test
    void theBreathOfALargeProcessIsNoLeakAndGigabytesADayAreOneThatEndsInMonths() {
        assertThat(said(
                        new LargeHost(512, 128, 10, 1 / 6.0).processes("mysqld", 1, "20 + 0.5 * h + 0.0005 * n"),
                        "R05"))
                .containsExactly(
                        "no leak",
                        "info R05 mysqld (pid 1001) grows, by little beside what it has: +81.6 MiB in 9.5 min");
        try (LargeHost host = new LargeHost(512, 128, 600, 48)
                .processes("indexer", 1, "4 + 0.125 * h + 0.02 * n")
                .line("cached", "60")) {
            Finding leak = host.analysed().findings().get(0);
            assertThat(leak.rule() + " " + leak.severity().json() + " "
                            + leak.culprit().name())
                    .isEqualTo("R05 warning indexer");
            assertThat(Duration.between(Instant.parse("2026-11-04T00:00:00Z"), leak.exhaustedFrom())
                            .toDays())
                    .isBetween(150L, 170L);
        }
    }

    @Test
    void manyWorkersThatGainLittleOfWhatTheyHaveAreAHint() {
        assertThat(said(
                        new LargeHost(512, 128, 10, 1 / 6.0).processes("worker", 200, "0.1 + 0.005 * h + 0.00005 * n"),
                        "R32"))
                .containsExactly(
                        "no leak", "info R32 Many processes of worker grow together: +162 MiB in 200 processes");
    }

    @Test
    void whatOneOfManyGainsWhileAsManyLoseItIsNoTrend() {
        LargeHost host = new LargeHost(512, 128, 300, 24).processes("walker", 200, "1");
        host.sql(
                "UPDATE process_sample SET rss_anon_bytes = x.bytes FROM (SELECT snapshot, process_id, (1073741824 + sum(((hash(snapshot,"
                        + " process_id) % 2001) / 1000.0 - 1) * 7000000) OVER (PARTITION BY process_id ORDER BY snapshot))::BIGINT AS bytes"
                        + " FROM process_sample) AS x WHERE process_sample.snapshot = x.snapshot AND process_sample.process_id = x.process_id");
        assertThat(said(host, "R05"))
                .startsWith("no leak")
                .hasSizeGreaterThan(1)
                .allMatch(text -> text.equals("no leak") || text.endsWith(", while as many of its name fell"));
    }

    @Test
    void theCacheOfZfsIsNoLeakOfTheKernel() {
        UnaryOperator<LargeHost> cache = host -> host.line("unaccounted", "2 + 120 * (1 - exp(-h / 2)) + 0.05 * n")
                .line("sunreclaim", "0.5 + 8 * (1 - exp(-h / 2))");
        assertThat(said(
                        cache.apply(new LargeHost(256, 64, 60, 1))
                                .sql("INSERT INTO kernel_module VALUES (1, 0, 'zfs', 4000000, 6, 'Live', 'PO')"),
                        "R16",
                        "R22"))
                .containsExactly("no leak", "info R22 Kernel pages grow where ZFS keeps its cache: +44.6 GiB");
        assertThat(said(cache.apply(new LargeHost(256, 64, 60, 1)), "R22"))
                .containsExactly("LEAK", "critical R22 Kernel pages that nothing accounts for grow: +44.6 GiB");
    }

    /** By its own count: then neither the module nor half of memory has to be guessed from. */
    @Test
    void theCacheOfZfsIsNamedByWhatItSaysOfItself() {
        UnaryOperator<LargeHost> leaking = host -> host.line("unaccounted", "2 + 120 * (1 - exp(-h / 2)) + 0.05 * n")
                .sql("INSERT INTO kernel_module VALUES (1, 0, 'zfs', 4000000, 6, 'Live', 'PO')");
        String columns = "INSERT INTO zfs_arc (capture_id, snapshot, size_bytes, most_bytes)";
        assertThat(said(
                        leaking.apply(new LargeHost(256, 64, 60, 1))
                                .rows(
                                        columns,
                                        "1, i, " + LargeHost.bytes("1 + 119 * (1 - exp(-h / 2))") + ", 137438953472"),
                        "R22"))
                .containsExactly("no leak", "info R22 The cache of ZFS (ARC) grew: +44.3 GiB, to 47.2 GiB");
        assertThat(said(
                        leaking.apply(new LargeHost(256, 64, 60, 1)).rows(columns, "1, i, 1073741824, 137438953472"),
                        "R22"))
                .as("the cache stood still, so it is not that")
                .containsExactly("LEAK", "critical R22 Kernel pages that nothing accounts for grow: +44.6 GiB");
    }

    @Test
    void kernelMemoryThatCameToRestEverMoreSlowlyIsACacheAndWhatStoppedDeadIsLost() {
        assertThat(said(
                        new LargeHost(256, 64, 300, 24).line("unaccounted", "2 + 20 * (1 - exp(-h / 2)) + 0.02 * n"),
                        "R22"))
                .containsExactly("no leak");
        assertThat(said(
                        new LargeHost(256, 64, 300, 24).line("unaccounted", "2 + 20 * least(1, h / 16) + 0.02 * n"),
                        "R22"))
                .containsExactly(
                        "LEAK",
                        "warning R22 Kernel pages that nothing accounts for grew and never came back: +19.1 GiB");
    }

    @Test
    void aGroupAsLargeAsItWasMadeIsNoWarningAndItsPageCacheIsNoDanger() {
        assertThat(said(
                        new LargeHost(128, 32, 300, 6).cgroups("/kubepods/heap", "2", "1.945 + 0.001 * n", "0.02", "0"),
                        "R28"))
                .containsExactly(
                        "no leak", "info R28 Control group /kubepods/heap is close to its limit: 1.95 GiB of 2.00 GiB");
        assertThat(said(
                        new LargeHost(128, 32, 300, 6).cgroups("/kubepods/heap", "2", "1.945 + 0.001 * n", "0.02", "i"),
                        "R28"))
                .as("stopped at its limit")
                .contains("warning R28 Control group /kubepods/heap is close to its limit: 1.95 GiB of 2.00 GiB");
        assertThat(said(
                        new LargeHost(128, 32, 300, 6)
                                .processes("web", 1, "0.3", Map.of("cgroup", "'/kubepods/web'"))
                                .cgroups("/kubepods/web", "1", "0.3", "0.69", "i"),
                        "R28",
                        "R29"))
                .containsExactly("no leak", "info R29 First to be killed would be web (pid 1001)");
    }

    @Test
    void aHeapThatIsAShareOfItsContainerIsNoLeakUntilThatIsFull() {
        UnaryOperator<LargeHost> service = host -> host.processes(
                "app",
                1,
                "1 + 0.2 * h + 0.01 * n",
                Map.of(
                        "comm", "'java'",
                        "command", "'java -XX:MaxRAMPercentage=75.0 -jar app.jar'",
                        "cgroup", "'/kubepods/pod1/c1'"));
        assertThat(said(
                        service.apply(new LargeHost(64, 16, 120, 6))
                                .cgroups("/kubepods/pod1/c1", "4", "1 + 0.2 * h + 0.01 * n", "0.1", "0"),
                        "R05"))
                .containsExactly(
                        "no leak",
                        "info R05 app (pid 1001) grows inside its Java heap, which may take 3.00 GiB: +1.17 GiB in 5.8 h");
        assertThat(said(
                        service.apply(new LargeHost(64, 16, 120, 6))
                                .cgroups("/kubepods/pod1/c1", "2.4", "1 + 0.2 * h + 0.01 * n", "0.1", "0"),
                        "R05"))
                .as("larger than three quarters of its container")
                .startsWith("LEAK");
        assertThat(said(service.apply(new LargeHost(64, 16, 120, 6)), "R05"))
                .as("of a container whose limit nobody read")
                .startsWith("LEAK");
    }

    @Test
    void aHeapThatItsContainerHasNoRoomForIsNoExcuse() {
        assertThat(said(
                        new LargeHost(64, 16, 120, 6)
                                .processes(
                                        "app",
                                        1,
                                        "1 + 0.45 * h + 0.01 * n",
                                        Map.of(
                                                "comm", "'java'",
                                                "command", "'java -Xmx8g -jar app.jar'",
                                                "cgroup", "'/kubepods/pod1/c1'"))
                                .cgroups("/kubepods/pod1/c1", "4", "1 + 0.45 * h + 0.01 * n", "0.1", "0"),
                        "R05"))
                .startsWith("LEAK");
    }

    @Test
    void aCacheFillsToWhatItsCommandLineGrants() {
        assertThat(said(
                        new LargeHost(128, 32, 300, 12)
                                .processes(
                                        "varnishd",
                                        1,
                                        "0.5 + 1.2 * h + 0.02 * n",
                                        Map.of("command", "'/usr/sbin/varnishd -a :6081 -s malloc,24G'"))
                                .processes(
                                        "mysqld",
                                        1,
                                        "2 + 1.1 * h + 0.02 * n",
                                        Map.of("command", "'mysqld --user=mysql --innodb-buffer-pool-size=32G'")),
                        "R05"))
                .hasSize(3)
                .startsWith("no leak")
                .allMatch(text -> text.equals("no leak") || text.contains(" GiB that its command line grants: "));
        assertThat(said(
                        new LargeHost(128, 32, 300, 12)
                                .processes(
                                        "mysqld",
                                        1,
                                        "2 + 1.1 * h + 0.02 * n",
                                        Map.of("command", "'mysqld --user=mysql --innodb-buffer-pool-size=8G'")),
                        "R05"))
                .startsWith("LEAK");
    }

    @Test
    void hugePagesThatADatabaseSetsAsideWhenItStartsAreNoLeak() {
        assertThat(said(
                        new LargeHost(128, 32, 60, 2)
                                .line("hugetlb", "CASE WHEN h < 1 THEN 0 ELSE 48 END")
                                .processes("mysqld", 1, "2", Map.of("born", "1")),
                        "R24"))
                .containsExactly("no leak", "info R24 48.0 GiB were set aside as huge pages, and are in use");
        assertThat(said(
                        new LargeHost(128, 32, 60, 0.5)
                                .line("hugetlb", "CASE WHEN h < 0.35 THEN 0 ELSE 48 END")
                                .processes("mysqld", 1, "2", Map.of("born", "0.35")),
                        "R24"))
                .as("eight minutes ago: whether it takes more nobody knows")
                .startsWith("LEAK");
    }

    /** Each job of a batch system has a control group of its own; what it took it gives back. */
    @Test
    void jobsThatComeAndGoAreAPoolThoughEachHasAGroupOfItsOwn() {
        assertThat(said(
                        new LargeHost(512, 64, 600, 48)
                                .processes(
                                        "python3",
                                        40,
                                        "(4 + 30 * (hash(j, 2) % 1000) / 1000.0) * least(1, age / 3) * (1 + 0.02 * n)",
                                        Map.of(
                                                "born", "j * 1.15",
                                                "died", "j * 1.15 + 5 + (hash(j, 6) % 1000) / 500.0",
                                                "cgroup", "'/system.slice/slurmstepd.scope/job_' || j")),
                        "R05"))
                .containsExactly("no leak");
    }

    /** Redis forks to write a snapshot; the child copies what its parent writes to meanwhile, and ends. */
    @Test
    void aChildThatCopiesAndEndsIsNotAccusedBesideItsParent() {
        assertThat(said(
                        new LargeHost(64, 16, 54, 6)
                                .processes("redis-server", 1, "8 + h + 0.01 * n")
                                .processes(
                                        "redis-server",
                                        24,
                                        "0.02 + 4 * least(1, age * 20) * (0.7 + 0.3 * (hash(j, 2) % 1000) / 1000.0)",
                                        Map.of("born", "j * 0.25 - 0.1", "died", "j * 0.25 - 0.04")),
                        "R05"))
                .containsExactly(
                        "LEAK", "critical R05 redis-server (pid 1001) leaks private anonymous memory: +5.74 GiB");
    }

    @Test
    void aContainerThatIsStartedAgainUnderAnotherNumberIsOneLeak() {
        LargeHost host = new LargeHost(64, 16, 60, 6);
        for (int life = 0; life < 4; life++) {
            host.processes(
                    "checkout",
                    1,
                    "0.1 + 0.88 * age / 1.48 + 0.003 * n",
                    Map.of(
                            "born", "0.02 + 1.5 * " + life,
                            "died", "1.46 + 1.5 * " + life,
                            "cgroup",
                                    "'/kubepods/pod7/cri-containerd-"
                                            + Integer.toHexString(life).repeat(64) + ".scope'"));
        }
        assertThat(said(host, "R05", "R37"))
                .containsExactly(
                        "LEAK",
                        "critical R05 checkout (pid 1004) leaks private anonymous memory: +743 MiB",
                        "warning R37 checkout is started again and again and leaks each time: +865 MiB in a life");
    }

    @Test
    void sharedMemoryThatWasMappedBeforeOnlyFills() {
        assertThat(said(guests("0.25 * h", "18 - 0.25 * h").line("shmem", "40 + 2 * h"), "R07"))
                .containsExactly(
                        "no leak", "info R07 Shared memory that qemu-kvm had mapped before fills up: +45.8 GiB");
        assertThat(said(guests("0.25 * h", "18").line("shmem", "40 + 2 * h"), "R07"))
                .as("address space that grows with it")
                .startsWith("LEAK");
        UnaryOperator<LargeHost> buffers = host -> host.processes(
                        "postgres",
                        20,
                        "0.02",
                        Map.of("shmem", "2.5 * h * (0.5 + j / 40.0)", "vm", "25 - 2.5 * h * (0.5 + j / 40.0)"))
                .line("shmem", "0.2 + 2.5 * h")
                .line("cached", "20 + 2.5 * h");
        assertThat(said(buffers.apply(new LargeHost(128, 32, 120, 6)), "R07"))
                .containsExactly(
                        "no leak", "info R07 Shared memory that postgres had mapped before fills up: +14.3 GiB");
        assertThat(said(buffers.apply(new LargeHost(128, 32, 15, 0.5)), "R07"))
                .as("half an hour of what is no guest")
                .startsWith("LEAK");
        assertThat(said(
                        buffers.apply(new LargeHost(40, 32, 120, 6))
                                .sql("UPDATE process_sample SET vm_size_bytes = vm_size_bytes + 34359738368"),
                        "R07"))
                .as("no room for all that is mapped")
                .startsWith("LEAK");
    }

    /** Eight guests whose memory is a memfd, as virtiofs wants it. */
    private static LargeHost guests(String grown, String rest) {
        return new LargeHost(256, 64, 300, 24)
                .processes(
                        "qemu-kvm",
                        8,
                        "0.3 + 0.004 * n",
                        Map.of(
                                "command",
                                "'/usr/libexec/qemu-kvm -m size=16777216k -object memory-backend-memfd,id=m'",
                                "shmem",
                                "5 + " + grown,
                                "vm",
                                rest))
                .line("cached", "60 + 2 * h");
    }

    @Test
    void memoryOfProcessesThatACollectorInAContainerDoesNotSeeIsToldAsTheirs() {
        assertThat(said(
                        new LargeHost(64, 16, 60, 2)
                                .processes("app", 2, "0.3 + 0.004 * n")
                                .line("anon_pages", "8 + 3 * h + 0.05 * n"),
                        "R05",
                        "R43"))
                .containsExactly(
                        "no leak",
                        "info R43 Anonymous memory of the host grows by 5.73 GiB, in processes that were not listed");
        assertThat(said(new LargeHost(64, 16, 60, 2).processes("app", 2, "0.3 + 1.5 * h + 0.004 * n"), "R43"))
                .containsExactly("LEAK");
    }

    @Test
    void whatGrowsEverMoreSlowlyForHoursIsNoLeakAndWhatGoesOnAfterAStartUpIs() {
        assertThat(said(
                        new LargeHost(128, 32, 300, 24).processes("svc", 8, "0.2 + 0.02 * j * sqrt(h) + 0.003 * n"),
                        "R05",
                        "R06"))
                .hasSize(6)
                .startsWith("no leak")
                .allMatch(text -> text.equals("no leak") || text.endsWith(", ever more slowly: no leak"));
        assertThat(said(
                        new LargeHost(128, 32, 300, 24)
                                .processes("svc", 1, "0.2 + 0.15 * (1 - exp(-2 * h)) + 0.012 * h + 0.003 * n"),
                        "R05"))
                .startsWith("LEAK");
    }

    /** The verdict, and what these rules say, worst first. */
    private static List<String> said(LargeHost made, String... rules) {
        try (LargeHost host = made) {
            Analysis analysis = host.analysed();
            return Stream.concat(
                            Stream.of(analysis.verdict().leak() ? "LEAK" : "no leak"),
                            analysis.findings().stream()
                                    .filter(finding -> List.of(rules).contains(finding.rule()))
                                    .filter(finding -> finding.severity().compareTo(Finding.Severity.INFO) <= 0)
                                    .map(finding ->
                                            finding.severity().json() + " " + finding.rule() + " " + finding.title()))
                    .toList();
        }
    }
}
