package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.EACH;
import static org.postmem.findings.SyntheticHost.MIB;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Finding.Severity;

/** Memory of the kernel that one process, or one kind of thing, holds without its showing: who is named for it. */
class HoldersTest {

    @Test
    void ringsChargedToAControlGroupAreOfTheProcessThereThatHoldsThem() {
        assertThat(pages("[io_uring]", "20 + 20 * i", true))
                .containsExactly("gateway (pid 1001) piles up [io_uring] descriptors, and the kernel a ring for each");
        assertThat(pages("[eventfd]", "20 + 20 * i", true))
                .as("no pages of its own behind an event")
                .containsExactly("Kernel memory charged to /apps/gateway grows");
    }

    @Test
    void manyDescriptorsThatNobodyLookedBehindAreToldAsSuch() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("gateway", t -> 20 * MIB)
                    .takes(null, t -> t * MIB)
                    .sql("UPDATE process_sample SET fd_size = 64 * 2 ** (snapshot // 8)")
                    // more than are listed: a number, and no kinds
                    .sql("INSERT INTO fd_count (capture_id, snapshot, process_id, total) SELECT 1, i, 1, 5000" + EACH);
            charged(host, "/apps/gateway", "kernel_bytes", 5242880);
            assertThat(titles("R22", host))
                    .containsExactly("Kernel memory behind descriptors of gateway (pid 1001) grows");
        }
    }

    @Test
    void ringsThatNobodyWasChargedForAreNamedWhereTheirNumberGrows() {
        assertThat(pages("[perf_event]", "20 + 20 * i", false))
                .containsExactly(
                        "gateway (pid 1001) piles up [perf_event] descriptors, and the kernel a ring for each");
        assertThat(pages("[perf_event]", "400", false))
                .as("a profiler with a ring a processor")
                .containsExactly("Kernel pages that nothing accounts for grow");
    }

    /** A MiB a second that nothing accounts for, beside a process that holds so many descriptors of one kind at snapshots 10 to 13. */
    private static List<String> pages(String kind, String descriptors, boolean charged) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("gateway", t -> 20 * MIB)
                    .takes(null, t -> t * MIB)
                    .sql("INSERT INTO fd_count SELECT 1, i, 1, " + descriptors + ", 0, 0, " + descriptors + ", 0" + EACH
                            + " WHERE i BETWEEN 10 AND 13")
                    .sql("INSERT INTO fd_kind SELECT 1, i, 1, '" + kind + "', " + descriptors + EACH
                            + " WHERE i BETWEEN 10 AND 13");
            if (charged) {
                charged(host, "/apps/gateway", "kernel_bytes", 5242880);
            }
            return titles("R22", host);
        }
    }

    @Test
    void buffersOfAGraphicsDeviceAreOfTheOneWhoHasItOpen() {
        assertThat(shared("(1, 20, 1, '/dev/dri/card', 1)"))
                .containsExactly("renderd (pid 1001) piles up buffers of a graphics device");
        assertThat(shared("(1, 20, 1, '/dev/pts/', 1)"))
                .containsExactly("Shared memory charged to /apps/renderd grew by 113 MiB");
    }

    @Test
    void sharedMemoryThatWorkersMapAPartOfEachIsTheirs() {
        assertThat(workers(5, 0.1)).containsExactly("Processes of statsd leak shared memory together");
        assertThat(workers(5, 0.4))
                .as("more than there is: they map the same")
                .containsExactly("statsd (pid 1001) leaks shared memory");
    }

    /** Half a MiB a second, and how much of it each of some workers maps. */
    private static List<String> workers(int processes, double mibPerSecond) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            for (int i = 0; i < processes; i++) {
                host.process("statsd", t -> 2 * MIB);
            }
            host.takes("shmem_bytes", t -> 0.5 * t * MIB)
                    .sql("UPDATE meminfo SET cached_bytes = cached_bytes + (snapshot * 5 * 0.5 * 1048576)::BIGINT")
                    .sql("UPDATE process_sample SET rss_shmem_bytes = (snapshot * 5 * " + mibPerSecond
                            + " * 1048576)::BIGINT");
            charged(host, "/apps/statsd", "shmem_bytes", 2621440);
            return titles("R07", host);
        }
    }

    private static List<String> shared(String kinds) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("renderd", t -> 20 * MIB)
                    .takes("shmem_bytes", t -> 0.5 * t * MIB)
                    .sql("UPDATE meminfo SET cached_bytes = cached_bytes + (snapshot * 5 * 0.5 * 1048576)::BIGINT")
                    .sql("INSERT INTO fd_kind VALUES " + kinds);
            charged(host, "/apps/renderd", "shmem_bytes", 2621440);
            return titles("R07", host);
        }
    }

    @Test
    void namespacesAreNamedWhereNoSingleCacheIs() {
        assertThat(namespaces(4)).containsExactly("Network namespaces pile up in the kernel");
        assertThat(namespaces(0)).containsExactly("Kernel slab grows by 45.0 MiB, cache unknown");
    }

    /** A fifth of it in each of five caches, and so many namespaces a snapshot. */
    private static List<String> namespaces(int made) {
        return slab(
                "('proc_dir_entry', 50, 209715), ('kernfs_node_cache', 80, 209715), ('fib6_nodes', 8, 209715), ('RAWv6', 4, 209715),"
                        + " ('secpath_cache', 2, 209715), ('net_namespace', " + made + ", 0)");
    }

    @Test
    void aThingThatLiesInSeveralCachesIsNamedByTheLargestOfThem() {
        assertThat(routes(1)).containsExactly("Kernel objects in ip_fib_alias and the caches beside it pile up");
        assertThat(routes(3))
                .as("as many more in one as in the other are two things")
                .containsExactly("Kernel slab grows by 45.0 MiB, cache unknown");
    }

    /** Two fifths of it in each of two caches, of which one gets so many times the objects. */
    private static List<String> routes(int times) {
        return slab("('ip_fib_alias', 1000, 419430), ('ip_fib_trie', 1001 * " + times + ", 419430)");
    }

    @Test
    void timersAreToldByTheSignalsTheyHoldWhateverTheirCacheIsCalled() {
        assertThat(timers(2950)).containsExactly("Timers pile up in the kernel");
        assertThat(timers(10)).as("what else is in that cache").containsExactly("Kernel slab cache filp leaks");
    }

    /** A cache into which that of timers is merged, and the queued signals of a user, so many more a snapshot. */
    private static List<String> timers(int signals) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("schedulerd", t -> 20 * MIB)
                    .sql("UPDATE process_sample SET queued_signals = snapshot * " + signals)
                    .sql("INSERT INTO slab_cache (capture_id, snapshot, cache, aliases) VALUES"
                            + " (1, 0, 'filp', 'io_kiocb posix_timers_cache')");
            return slab(host, "('filp', 3000, 770000), ('sigqueue', 3000, 240000)");
        }
    }

    @Test
    void whatWasPutIntoOpenFilesIsNamedByItsCacheAndByWhoIsChargedForIt() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("spooler", t -> 20 * MIB).sql("UPDATE process_sample SET fd_size = 64 * 2 ** (snapshot // 8)");
            charged(host, "/apps/spooler", "slab_unreclaimable_bytes", 1048576);
            // as many inodes of /proc by chance, and forty kilobytes of messages for each queue that is open
            assertThat(slab(
                            host,
                            "('kmalloc-cg-4k', 240, 983040), ('filp', 24, 6144), ('proc_inode_cache', 24, 15000)"))
                    .containsExactly("Kernel slab cache kmalloc-cg-4k leaks");
            assertThat(host.explanationOf("R16"))
                    .contains("45.0 MiB of it came into memory.stat of control group /apps/spooler")
                    .doesNotContain("ending processes does not give it back");
        }
    }

    /** Version 1 of control groups does not count slab by group. */
    @Test
    void whatIsChargedToAGroupThatNothingNamesIsNotSaidToBeLostForGood() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            assertThat(slab(host, "('kmalloc-cg-4k', 240, 983040)"))
                    .containsExactly("Kernel slab cache kmalloc-cg-4k leaks");
            assertThat(host.explanationOf("R16"))
                    .contains("the kernel allocated it on behalf of processes, as for messages in queues")
                    .doesNotContain("ending processes does not give it back");
        }
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            assertThat(slab(host, "('kmalloc-4k', 240, 983040)")).containsExactly("Kernel slab cache kmalloc-4k leaks");
            assertThat(host.explanationOf("R16")).contains("ending processes does not give it back");
        }
    }

    /** A queue and what waits in it outlive who made them; another queue waits all along. */
    @Test
    void messagesThatNobodyReceivesAreToldByTheirQueueAndWhoSentLast() {
        assertThat(queued("900000 * i, 250 * i")).isEqualTo("Messages pile up in System V queue 3");
        assertThat(queued("800 * i, 12000 * i"))
                .as("of few bytes each")
                .isEqualTo("Messages pile up in System V queue 3");
        assertThat(queued("42000000, 12000")).as("all along").isEqualTo("Kernel slab cache kmalloc-cg-4k leaks");
    }

    private static String queued(String bytesAndMessages) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("orderd", t -> 20 * MIB)
                    .sql("INSERT INTO message_queue SELECT 1, i, 0, 2, 30000000, 9000, 1001, 0, 0" + EACH)
                    .sql("INSERT INTO message_queue SELECT 1, i, 0, 3, " + bytesAndMessages + ", 1001, 900, 0" + EACH);
            String title = slab(host, "('kmalloc-cg-4k', 240, 983040)").get(0);
            boolean told = title.startsWith("Messages");
            assertThat(host.explanationOf("R16").contains("Last sent by orderd (1001)."))
                    .isEqualTo(told);
            assertThat(host.analysed().findings().get(0).evidence())
                    .as("read again by whoever doubts it")
                    .anySatisfy(evidence -> assertThat(evidence.members().contains("000047/proc/sysvipc/msg"))
                            .isEqualTo(told));
            return title;
        }
    }

    private static List<String> slab(String caches) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            return slab(host, caches);
        }
    }

    /** A MiB of slab in five seconds; of each cache its name, and the objects and bytes it gains a snapshot. */
    private static List<String> slab(SyntheticHost host, String caches) {
        host.takes("sunreclaim_bytes", t -> 0.2 * t * MIB)
                .sql("INSERT INTO slab (capture_id, snapshot, cache, objects, bytes) SELECT 1, i, c, i * n, i * b"
                        + " FROM range(0, 48, 6) AS r(i), (VALUES " + caches + ") AS gains(c, n, b)");
        return titles("R16", host);
    }

    @Test
    void aGroupNearItsLimitIsToldWithWhoFilledIt() {
        assertThat(limited("20971520 + i * 2306867"))
                .isEqualTo("96 % of its limit is memory that cannot simply be dropped. It held 20.0 MiB 3.9 min before."
                        + " Most of what came in went to ordersvc (1001): +82.3 MiB.");
        assertThat(limited("129394278"))
                .as("it lies high, and nothing moves")
                .isEqualTo("96 % of its limit is memory that cannot simply be dropped.");
    }

    /** What is said of a group of 128 MiB that holds so many bytes at each snapshot. */
    private static String limited(String bytes) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("ordersvc", t -> (20 + 0.35 * t) * MIB)
                    .sql("UPDATE process SET cgroup = '/apps/tenant/pod1'")
                    .sql(
                            "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, max_bytes, current_bytes, file_bytes)"
                                    + " SELECT 1, i, '/apps/tenant', 2, 134217728, " + bytes + ", 0" + EACH);
            return host.explanationOf("R28");
        }
    }

    @Test
    void programsOfOneUserThatGrowTogetherAreAccusedWhereNobodyElseTakesWhatTheHostLoses() {
        assertThat(programs(1001)).containsExactly("WARNING Programs of uid 1001 grow together");
        assertThat(programs(0))
                .as("services of a host that starts")
                .containsExactly("INFO Programs of uid 0 grow together");
    }

    private static List<String> programs(int uid) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            for (int i = 0; i < 12; i++) {
                host.process("program" + i, t -> 0.03 * t * MIB);
            }
            host.sql("UPDATE process SET uid = " + uid + ", cgroup = NULL")
                    .takes("anon_pages_bytes", t -> 12 * 0.03 * t * MIB);
            return host.analysed().findings().stream()
                    .filter(finding -> finding.rule().equals("R32"))
                    .map(finding -> finding.severity() + " " + withoutNumbers(finding.title()))
                    .toList();
        }
    }

    /** A control group is charged for so many bytes more a snapshot. */
    private static void charged(SyntheticHost host, String group, String column, long bytes) {
        host.sql("INSERT INTO cgroup_memory (capture_id, snapshot, path, version, " + column + ") SELECT 1, i, '"
                + group + "', 2, i * " + bytes + EACH);
    }

    private static List<String> titles(String rule, SyntheticHost host) {
        return host.analysed().findings().stream()
                .filter(finding -> finding.rule().equals(rule) && finding.severity() != Severity.OK)
                .map(finding -> withoutNumbers(finding.title()))
                .toList();
    }

    private static String withoutNumbers(String title) {
        return title.replaceFirst(": \\+.*", "");
    }
}
