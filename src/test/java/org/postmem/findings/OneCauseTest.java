package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.findings.SyntheticHost.EACH;
import static org.postmem.findings.SyntheticHost.MIB;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Finding.Severity;

/** Where one cause moves several buckets, it is told once; where a cause only looks like another, both are told. */
class OneCauseTest {
    private static final String SLOW = " FROM range(0, 48, 6) AS r(i)";

    @Test
    void removedCgroupsThatAreStillHeldAreOneCauseAndNotThree() {
        try (SyntheticHost host = dying("kmalloc-4k", 16384)) {
            Analysis analysis = host.analysed();
            assertThat(loud(analysis)).hasSize(1).allSatisfy(first -> {
                assertThat(first.kind()).isEqualTo("percpu");
                assertThat(first.culprit().type()).isEqualTo("kernel");
                assertThat(first.culprit().name()).isEqualTo("dying cgroups below /apps/jobs");
                assertThat(first.title())
                        .isEqualTo("Removed cgroups pile up below /apps/jobs: +2250, +52.1 MiB of kernel memory");
            });
            assertThat(of("R16", analysis)).extracting(Finding::severity).containsExactly(Severity.OK);
            assertThat(of("R19", analysis)).extracting(Finding::severity).containsExactly(Severity.OK);
        }
    }

    @Test
    void removedCgroupsAreToldByTheirCountThoughItWasReadThreeTimesOnly() {
        try (SyntheticHost host = dying("kmalloc-4k", 16384)) {
            host.sql("DELETE FROM cgroup_memory WHERE snapshot NOT IN (0, 20, 40)");
            assertThat(accused(host)).containsExactly("percpu dying cgroups below /apps/jobs");
        }
    }

    @Test
    void aCacheOfItsOwnIsAccusedThoughCgroupsDieBesides() {
        try (SyntheticHost host = dying("frob_request", 16384)) {
            assertThat(accused(host)).contains("slab_cache frob_request", "percpu dying cgroups below /apps/jobs");
        }
    }

    @Test
    void pagesOfAFileAreToldThoughItsMappingsWereReadForAFifthOfTheTime() {
        assertThat(mapped("/var/tmp/table.dat", "(36, 180), (44, 220)"))
                .containsExactly("private_file_mapping tablesvc");
        assertThat(mapped("[heap]", "(36, 180), (44, 220)")).containsExactly("private_anonymous tablesvc");
        assertThat(mapped("/var/tmp/table.dat", "(44, 60)"))
                .as("one reading tells what there is, and not what grew")
                .containsExactly("private_anonymous tablesvc");
    }

    /** A process takes 1 MiB/s; its private mappings of that name held so many MiB at these snapshots. */
    private static List<String> mapped(String name, String readings) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("tablesvc", t -> (20 + t) * MIB)
                    .takes("anon_pages_bytes", t -> t * MIB)
                    .sql(
                            "INSERT INTO mapping (capture_id, snapshot, process_id, name, perms, mappings, size_bytes, rss_bytes, anonymous_bytes)"
                                    + " SELECT 1, s, 1, '" + name
                                    + "', 'rw-p', 1, 671088640, mib * 1048576, mib * 1048576 FROM (VALUES " + readings
                                    + ") AS r(s, mib)");
            return accused(host);
        }
    }

    @Test
    void connectionsThatNobodyAcceptsAreHisAtWhoseSocketTheyWait() {
        try (SyntheticHost host = unaccepted("3 + 100 * i")) {
            assertThat(ofPagesOrSockets(host))
                    .containsExactly("CRITICAL R23 reportapi (pid 1001) leaves connections unaccepted: +4500 sockets,"
                            + " +225 MiB of kernel memory");
            assertThat(host.explanationOf("R23"))
                    .contains(
                            "At the last reading 4703 connections waited on TCP port 8080 for this process to accept");
        }
    }

    /** A queue that is full all along took none of what was gained. */
    @Test
    void connectionsThatWaitedAllAlongAreNotThoseThatCame() {
        try (SyntheticHost host = unaccepted("4096")) {
            assertThat(ofPagesOrSockets(host)).containsExactly("CRITICAL R23 Sockets pile up: +4500, owner unknown");
        }
    }

    /** A slow peer: as many sockets as before, and more and more in them. */
    @Test
    void whatConnectionsHoldThatNobodyReadsIsToldByTheBuffersAndOfWhomItIs() {
        try (SyntheticHost host = buffered("2097152 * i, 16")) {
            assertThat(ofPagesOrSockets(host))
                    .containsExactly("CRITICAL R23 pushd (pid 1001) sends what its peers do not read:"
                            + " +180 MiB in socket buffers");
            assertThat(host.explanationOf("R23"))
                    .contains("At the last reading 2 connections of this process held 188 MiB that it had written");
        }
        try (SyntheticHost host = buffered("16, 2097152 * i")) {
            assertThat(ofPagesOrSockets(host))
                    .containsExactly("CRITICAL R23 pushd (pid 1001) does not read what it receives:"
                            + " +180 MiB in socket buffers");
        }
        try (SyntheticHost host = buffered("2097152 * i, 16", 0.1)) {
            assertThat(ofPagesOrSockets(host))
                    .as("granted to sockets, and not used: the kernel holds an eighth of it")
                    .containsExactly(
                            "INFO R23 pushd (pid 1001) sends what its peers do not read: +180 MiB in socket buffers");
        }
        try (SyntheticHost host = buffered("16, 65536")) {
            assertThat(ofPagesOrSockets(host))
                    .as("what waits in its connections is no part of it")
                    .containsExactly("CRITICAL R23 Socket buffers grow: +180 MiB, owner unknown");
        }
    }

    /** Buffers of 4 MiB more at each snapshot, as pages that no line counts and as objects of a cache; two connections of a process. */
    private static SyntheticHost buffered(String queues) {
        return buffered(queues, 1);
    }

    private static SyntheticHost buffered(String queues, double borneOut) {
        return new SyntheticHost(5, 48)
                .process("pushd", t -> 20 * MIB)
                .takes(null, t -> 0.5 * borneOut * t * MIB)
                .takes("sunreclaim_bytes", t -> 0.3 * borneOut * t * MIB)
                .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'kmalloc-1k', i * 1572864"
                        + EACH)
                .sql("INSERT INTO sockstat SELECT 1, i, 'sockets', 'used', 340" + EACH)
                .sql("INSERT INTO sockstat SELECT 1, i, 'TCP', 'inuse', 41" + EACH)
                .sql("INSERT INTO sockstat SELECT 1, i, 'TCP', 'mem', 1024 * i" + EACH)
                .sql("INSERT INTO queued_socket SELECT 1, i, 'tcp', 8080, 45000 + n, " + queues + ", 24200 + n"
                        + " FROM range(48) AS r(i), range(2) AS c(n)")
                .sql(
                        "INSERT INTO open_file SELECT 1, i, 1, 9 + n, 'socket', 'socket:[' || (24200 + n) || ']', 0, 0, 24200 + n"
                                + " FROM range(48) AS r(i), range(2) AS c(n)");
    }

    private static SyntheticHost unaccepted(String waiting) {
        return new SyntheticHost(5, 48)
                .process("reportapi", t -> 20 * MIB)
                .takes("sunreclaim_bytes", t -> t * MIB)
                .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'kmalloc-4k', i * 5242880"
                        + EACH)
                .sql("INSERT INTO sockstat SELECT 1, i, 'sockets', 'used', 120 + 100 * i" + EACH)
                .sql("INSERT INTO listening_socket SELECT 1, i, 'tcp', 8080, " + waiting + ", 23114" + EACH)
                .sql("INSERT INTO fd_count SELECT 1, i, 1, 5, 1, 0, 0, 4" + EACH)
                .sql("INSERT INTO open_file SELECT 1, i, 1, 4, 'socket', 'socket:[23114]', 0, 0, 23114" + EACH);
    }

    /** Each job has a mount namespace and a tmpfs of its own, which stay: one more a snapshot, and none of them grows. */
    @Test
    void fileSystemsAtOnePlaceInManyNamespacesAreToldTogether() {
        try (SyntheticHost host = new SyntheticHost(5, 48)
                .takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                .sql(
                        "INSERT INTO filesystem SELECT 1, i, 4026532000 + d, '0:' || (100 + d), 'tmpfs', '/srv/scratch', 67108864,"
                                + " 5242880, 61865984 FROM range(48) AS r(i), range(48) AS n(d) WHERE d <= i")) {
            Finding first = host.analysed().findings().get(0);
            assertThat(first.title()).isEqualTo("Files in 48 tmpfs at /srv/scratch grow together: +225 MiB");
            assertThat(first.culprit().type() + " " + first.culprit().name()).isEqualTo("mount /srv/scratch");
        }
    }

    /** On the host /srv/data is another file system, or none. */
    @Test
    void aFileSystemOfAnotherNamespaceIsLookedForThere() {
        assertThat(mountedIn(4026532187L))
                .containsExactly(
                        "Files in the tmpfs /srv/data of mount namespace 4026532187 grow: +225 MiB",
                        "lsns -t mnt -o NS,NPROCS,PID,COMMAND | grep 4026532187",
                        "du -ax \"/proc/$(lsns -n -t mnt -o NS,PID | grep 4026532187 | tr -s ' ' | cut -d' ' -f2)/root\"/srv/data | sort -n | tail");
        assertThat(mountedIn(4026531841L))
                .startsWith("Files in the tmpfs /srv/data grow: +225 MiB", "du -ax /srv/data | sort -n | tail");
    }

    private static List<String> mountedIn(long namespace) {
        try (SyntheticHost host = new SyntheticHost(5, 48)
                .takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                .sql("INSERT INTO filesystem SELECT 1, i, 4026531841, '0:22', 'tmpfs', '/run', 67108864, 0, 67108864"
                        + EACH)
                .sql("INSERT INTO filesystem SELECT 1, i, " + namespace
                        + ", '0:31', 'tmpfs', '/srv/data', 503316480, i * 5242880, 503316480 - i * 5242880" + EACH)) {
            Finding first = host.analysed().findings().get(0);
            List<String> told = new ArrayList<>(List.of(first.title()));
            told.addAll(first.nextCommands());
            return told;
        }
    }

    @Test
    void aCacheThatTakesMoreThanTheCgroupsCanIsAccused() {
        try (SyntheticHost host = dying("kmalloc-4k", 131072)) {
            assertThat(accused(host)).contains("slab_cache kmalloc-4k");
        }
    }

    @Test
    void perCpuMemoryWithoutDyingCgroupsIsToldWithoutThem() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes("percpu_bytes", t -> 0.1 * t * MIB);
            Finding first = host.analysed().findings().get(0);
            assertThat(first.title()).isEqualTo("Per-CPU memory of the kernel grows: +22.5 MiB");
            assertThat(first.culprit().name()).isEqualTo("percpu");
        }
    }

    @Test
    void theCacheOfTasksIsNotAccusedWhereTasksPileUp() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes("kernel_stack_bytes", t -> 0.1 * t * MIB)
                    .takes("sunreclaim_bytes", t -> 0.08 * t * MIB)
                    .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'task_struct', i * 419430"
                            + SLOW);
            assertThat(of("R16", host.analysed())).extracting(Finding::severity).containsExactly(Severity.OK);
        }
    }

    @Test
    void theCacheOfTasksIsAccusedWhereNoTaskIsAdded() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes("sunreclaim_bytes", t -> 0.08 * t * MIB)
                    .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'task_struct', i * 419430"
                            + SLOW);
            assertThat(accused(host)).containsExactly("slab_cache task_struct");
        }
    }

    /** 235 more sockets of TCP in four minutes, as a busy server has them, and pages of nobody. */
    private static SyntheticHost connecting(double mebibytesPerSecond, int bufferPagesASnapshot) {
        return new SyntheticHost(5, 48)
                .process("gateway", t -> 20 * MIB)
                .takes(null, t -> mebibytesPerSecond * t * MIB)
                .sql("INSERT INTO sockstat SELECT 1, i, 'sockets', 'used', 120 + 5 * i FROM range(48) AS r(i)")
                .sql("INSERT INTO sockstat SELECT 1, i, 'TCP', 'inuse', 20 + 5 * i FROM range(48) AS r(i)")
                .sql("INSERT INTO sockstat SELECT 1, i, 'TCP', 'mem', 10 + " + bufferPagesASnapshot
                        + " * i FROM range(48) AS r(i)");
    }

    private static List<String> ofPagesOrSockets(SyntheticHost host) {
        return host.analysed().findings().stream()
                .filter(finding -> List.of("R22", "R23").contains(finding.rule()) && finding.severity() != Severity.OK)
                .map(finding -> finding.severity() + " " + finding.rule() + " " + finding.title())
                .toList();
    }

    @Test
    void pagesThatSocketsCannotHoldAreNotTheSockets() {
        try (SyntheticHost host = connecting(1, 2)) {
            assertThat(ofPagesOrSockets(host))
                    .containsExactly(
                            "CRITICAL R22 Kernel pages that nothing accounts for grow: +225 MiB",
                            "INFO R23 Sockets pile up: +225, owner unknown");
            assertThat(host.explanationOf("R23")).endsWith("No kernel memory grew that so many sockets explain.");
        }
    }

    @Test
    void pagesThatSocketsCountAsTheirBuffersAreTheSockets() {
        // 1280 pages of 4 KiB each five seconds
        try (SyntheticHost host = connecting(1, 1280)) {
            assertThat(ofPagesOrSockets(host)).containsExactly("CRITICAL R23 Sockets pile up: +225, owner unknown");
            assertThat(host.analysed().findings())
                    .filteredOn(finding -> finding.rule().equals("R23"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.exhaustedTo())
                            .as("memory ends for sockets as for other pages of the kernel")
                            .isAfterOrEqualTo(finding.exhaustedFrom())
                            .isAfter(finding.lastSeen()));
        }
    }

    @Test
    void filesOfATmpfsAndTheirInodesAreOneCause() {
        try (SyntheticHost host = inodes()) {
            filesGrow(host);
            assertThat(accused(host)).containsExactly("tmpfs /run");
        }
    }

    @Test
    void inodesOfATmpfsAreAccusedWhereNoFileOfItGrows() {
        try (SyntheticHost host = inodes()) {
            assertThat(accused(host)).containsExactly("slab_cache shmem_inode_cache");
        }
    }

    @Test
    void whatTakesMoreIsReadFirstWhateverOtherRowsItsRuleHas() {
        try (SyntheticHost host = inodes()) {
            host.sql("UPDATE slab SET cache = 'frob_request'");
            filesGrow(host);
            assertThat(accused(host)).containsExactly("tmpfs /run", "slab_cache frob_request");
        }
    }

    /** Files in /run take a MiB a second. */
    private static void filesGrow(SyntheticHost host) {
        host.takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                .sql("INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/run', 419430400, 4096 + i * 5242880, 0"
                        + SLOW);
    }

    private static SyntheticHost inodes() {
        return new SyntheticHost(5, 48)
                .takes("sunreclaim_bytes", t -> 0.08 * t * MIB)
                .sql(
                        "INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'shmem_inode_cache', i * 419430"
                                + SLOW);
    }

    @Test
    void pagesOfAFileThatAreLockedAreNoCache() {
        try (SyntheticHost host =
                mapping("unevictable_bytes = snapshot * 5242880, mlocked_bytes = snapshot * 5242880")) {
            host.sql("UPDATE process_sample SET vm_locked_bytes = snapshot * 5242880");
            Analysis analysis = host.analysed();
            assertThat(loud(analysis)).singleElement().satisfies(first -> {
                assertThat(first.title())
                        .isEqualTo("searchd (pid 1001) locks more and more pages of files in memory: +225 MiB");
                assertThat(first.kind()).isEqualTo("shared_file_mapping");
            });
            assertThat(of("R17", analysis)).isEmpty();
            assertThat(of("R00", analysis)).isEmpty();
        }
    }

    @Test
    void aProcessThatMayLockMoreThanItHasLocksNoPageOfItsFiles() {
        try (SyntheticHost host = mapping("mlocked_bytes = 0, unevictable_bytes = 0")) {
            host.sql("UPDATE process_sample SET vm_locked_bytes = snapshot * 5242880");
            Analysis analysis = host.analysed();
            assertThat(loud(analysis)).isEmpty();
            assertThat(of("R11", analysis)).extracting(Finding::severity).containsExactly(Severity.INFO);
            assertThat(of("R17", analysis)).extracting(Finding::severity).containsExactly(Severity.INFO);
        }
    }

    /** Maps 1 MiB of a file a second, which is page cache. */
    private static SyntheticHost mapping(String meminfo) {
        return new SyntheticHost(5, 48)
                .process("searchd", t -> 20 * MIB)
                .sql("UPDATE process_sample SET rss_file_bytes = rss_file_bytes + snapshot * 5242880")
                .takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET " + meminfo);
    }

    @Test
    void cacheThatIsOnNoListAndThatNobodyLockedLiesInTheRamfs() {
        try (SyntheticHost host = undroppable("mlocked_bytes = 0")) {
            assertThat(accused(host)).containsExactly("tmpfs /run/spool");
        }
        try (SyntheticHost host = undroppable("mlocked_bytes = unevictable_bytes")) {
            assertThat(accused(host)).isEmpty();
        }
        // shared memory that is locked as a whole counts as Shmem, not as cache
        try (SyntheticHost host = undroppable("mlocked_bytes = 0, shmem_bytes = shmem_bytes + snapshot * 5242880")) {
            assertThat(accused(host)).containsExactly("shared_anonymous owner unknown");
        }
        try (SyntheticHost host = undroppable("mlocked_bytes = 0")) {
            host.sql(
                    "INSERT INTO filesystem SELECT i, i, 1, '0:24', 'ramfs', '/run/credentials/a', 0, 0, 0 FROM range(1, 2) AS r(i)");
            assertThat(accused(host)).containsExactly("tmpfs ramfs, mount unknown");
        }
    }

    private static SyntheticHost undroppable(String meminfo) {
        return new SyntheticHost(5, 48)
                .takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET unevictable_bytes = snapshot * 5242880")
                .sql("UPDATE meminfo SET " + meminfo)
                .sql("INSERT INTO filesystem SELECT 1, i, 1, '0:23', 'ramfs', '/run/spool', 0, 0, 0" + SLOW);
    }

    @Test
    void kernelMemoryIsChargedToTheDeepestGroupThatHasNearlyAllOfIt() {
        assertThat(charged(0.2)).containsExactly("kernel_pages /apps/web");
        // as much again in a sibling: their parent is what both have in common
        assertThat(charged(2)).containsExactly("kernel_pages /apps");
    }

    /** The parent has a few MB more than its child, or as much again as others have. */
    private static List<String> charged(double others) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes(null, t -> (1 + others) * t * MIB)
                    .sql(
                            "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, kernel_bytes) SELECT 1, i, p, 2,"
                                    + " (i * 5242880 * f)::BIGINT FROM range(48) AS r(i), (VALUES ('/apps', 1 + "
                                    + others
                                    + "), ('/apps/web', 1.0)) AS x(p, f)");
            return accused(host);
        }
    }

    @Test
    void filesWithoutANameThatWereReadOnceAreNamedByWhatCannotHaveBeenThere() {
        assertThat(readOnce(30)).containsExactly("memfd frames");
        // 150 of 151 MiB might have been there all the time
        assertThat(readOnce(150)).containsExactly("shared_anonymous owner unknown");
    }

    /** Shmem grows by 1 MiB a second; its descriptors are read once, after 200 s. */
    private static List<String> readOnce(int sharedBeforeMib) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("frames", t -> 20 * MIB)
                    .takes("cached_bytes", t -> t * MIB)
                    .sql("UPDATE meminfo SET cached_bytes = cached_bytes + " + sharedBeforeMib
                            + " * 1048576, shmem_bytes = (" + sharedBeforeMib + " + 5 * snapshot) * 1048576")
                    .sql(
                            "INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/run', 419430400, 4096, 0 FROM range(48) AS r(i)")
                    .sql("INSERT INTO fd_count VALUES (1, 40, 1, 44, 0, 0, 0, 44)")
                    .sql(
                            "INSERT INTO open_file VALUES (1, 40, 1, 3, 'memfd', '/memfd:frame-pool', 200 * 1048576, 1, 9)");
            return accused(host);
        }
    }

    @Test
    void inodesThatWatchesHoldAreNoCacheThatCanBeDropped() {
        try (SyntheticHost host = watched(1000)) {
            Analysis analysis = host.analysed();
            assertThat(loud(analysis)).hasSize(1).allSatisfy(first -> {
                assertThat(first.culprit().name()).isEqualTo("inotify_inode_mark");
                assertThat(first.title())
                        .isEqualTo(
                                "Watches hold inodes: +68.6 MiB of slab, most of which counts as reclaimable and is not");
            });
            assertThat(of("R17", analysis)).extracting(Finding::severity).doesNotContain(Severity.INFO);
        }
    }

    @Test
    void inodesBesideAFewWatchesAreCache() {
        try (SyntheticHost host = watched(100)) {
            assertThat(of("R17", host.analysed()))
                    .extracting(Finding::title)
                    .containsExactly("Reclaimable slab grew by 54.0 MiB: no leak");
        }
    }

    /** A thousand inodes more a snapshot, and so many watches. */
    @Test
    void inodesOfFilesThatAProcessKeepsOpenAreTheProcesss() {
        assertThat(opened("filp", 65536)).containsExactly("slab_cache importer");
        // who opens this many has room for them in its table of descriptors
        assertThat(opened("filp", 64)).containsExactly("slab_cache filp");
        assertThat(opened("frob_request", 65536)).containsExactly("slab_cache frob_request");
    }

    /** As many objects of a cache as inodes come in, while the table of descriptors of a process grows to so many slots. */
    private static List<String> opened(String cache, int slots) {
        try (SyntheticHost host = watched(1000)) {
            host.process("importer", t -> 20 * MIB)
                    .sql("UPDATE slab SET bytes = 300000 * snapshot, cache = '" + cache + "' WHERE cache = 'sigqueue'")
                    .sql("DELETE FROM slab WHERE cache = 'lsm_inode_cache'")
                    .sql("DELETE FROM slab_cache WHERE cache IN ('sigqueue', 'lsm_inode_cache')")
                    .sql("UPDATE process_sample SET fd_size = least(64 * 2 ** (snapshot // 4), " + slots + ")");
            return accused(host);
        }
    }

    private static SyntheticHost watched(int watches) {
        return new SyntheticHost(5, 48)
                .takes("sunreclaim_bytes", t -> 0.0651 * t * MIB)
                .sql("UPDATE meminfo SET sreclaimable_bytes = sreclaimable_bytes + snapshot * 1258291,"
                        + " kreclaimable_bytes = kreclaimable_bytes + snapshot * 1258291")
                .sql(
                        "INSERT INTO slab (capture_id, snapshot, cache, objects, bytes) SELECT 1, i, c, o * i, b * i FROM range(48) AS r(i),"
                                + " (VALUES ('ext4_inode_cache', 1000, 1048576), ('dentry', 1000, 209715), ('sigqueue', "
                                + watches
                                + ", 81920), ('lsm_inode_cache', 1000, 65536)) AS x(c, o, b)")
                .sql(
                        "INSERT INTO slab_cache (capture_id, snapshot, cache, aliases, reclaim_account) VALUES (1, 0, 'ext4_inode_cache', NULL, true),"
                                + " (1, 0, 'dentry', NULL, true), (1, 0, 'sigqueue', 'dnotify_mark inotify_inode_mark', false),"
                                + " (1, 0, 'lsm_inode_cache', NULL, false)");
    }

    @Test
    void pageTablesAreOfTheProcessThatTwoReadingsTell() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("indexer", t -> 20 * MIB)
                    .process("bystander", t -> 30 * MIB)
                    .takes("page_tables_bytes", t -> 0.4 * t * MIB)
                    .sql(
                            "UPDATE process_sample SET pte_bytes = 65536 + CASE process_id WHEN 1 THEN snapshot * 2097152 ELSE 0 END")
                    .sql("DELETE FROM process_sample WHERE process_id = 1 AND snapshot NOT IN (6, 47)");
            assertThat(accused(host)).containsExactly("page_tables indexer");
        }
    }

    @Test
    void pageTablesOfNobodyInParticularAccuseNobody() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            for (int i = 0; i < 10; i++) {
                host.process("indexer" + i, t -> 20 * MIB);
            }
            host.takes("page_tables_bytes", t -> 0.4 * t * MIB)
                    .sql("UPDATE process_sample SET pte_bytes = 65536 + snapshot * 209715");
            assertThat(accused(host)).containsExactly("page_tables owner unknown");
        }
    }

    @Test
    void aProcessThatIsReadTooSeldomIsNamedWhenTheHostBearsItOut() {
        try (SyntheticHost host = seldomRead(t -> t * MIB)) {
            Analysis analysis = host.analysed();
            Finding first = analysis.findings().get(0);
            assertThat(first.kind()).isEqualTo("private_anonymous");
            assertThat(first.culprit().name()).isEqualTo("ordersvc");
            assertThat(first.severity()).isEqualTo(Severity.WARNING);
            assertThat(first.trend()).isEqualTo("thin");
        }
    }

    @Test
    void aProcessThatBreathesWhileItGrowsIsNamedThoughFewReadingsLieFarApart() {
        try (SyntheticHost host = farApart(75, 73, 105, 112, 124)) {
            Finding first = host.analysed().findings().get(0);
            assertThat(first.kind() + " " + first.culprit().name() + " " + first.trend())
                    .isEqualTo("private_anonymous ordersvc thin");
        }
    }

    @Test
    void aProcessThatIsWatchedBetweenTwoPassesNeedsNobodyToBearItOut() {
        try (SyntheticHost host = new SyntheticHost(5, 40)
                .process("ordersvc", t -> 75 * MIB + t * 0.6 * MIB)
                .process("cached", t -> 24 * MIB)
                .takes("anon_pages_bytes", t -> t * 0.6 * MIB)
                .sql("INSERT INTO watched_sample FROM process_sample WHERE process_id = 1 AND snapshot % 10 <> 0")
                .sql("DELETE FROM process_sample WHERE snapshot % 10 <> 0")) {
            Finding first = host.analysed().findings().get(0);
            assertThat(first.kind() + " " + first.culprit().name() + " " + first.trend())
                    .isEqualTo("private_anonymous ordersvc leak");
            assertThat(first.evidence())
                    .flatExtracting(Finding.Evidence::members)
                    .contains("000039/pid/watched/status");
        }
    }

    @Test
    void aYoungProcessOfWhichFourReadingsCameInKeepsThemAll() {
        try (SyntheticHost host = new SyntheticHost(5, 40)) {
            host.process("shipper", t -> 7 * MIB + Math.max(0, t - 60) * 0.6 * MIB)
                    .takes("anon_pages_bytes", t -> Math.max(0, t - 60) * 0.6 * MIB)
                    // another that was there from the beginning
                    .process("cached", t -> 24 * MIB)
                    .sql(
                            "UPDATE process SET first_snapshot = 12, started_at = TIMESTAMP '2026-11-22 10:00:58' WHERE process_id = 1")
                    .sql("DELETE FROM process_sample WHERE process_id = 1 AND snapshot NOT IN (12, 13, 14, 36)");
            Finding first = host.analysed().findings().get(0);
            assertThat(first.kind() + " " + first.culprit().name()).isEqualTo("private_anonymous shipper");
        }
    }

    @Test
    void aStepBetweenTwoReadingsThatLieFarApartIsNoLeak() {
        try (SyntheticHost host = farApart(75, 73, 118, 121, 124)) {
            assertThat(of("R05", host.analysed())).extracting(Finding::severity).containsExactly(Severity.OK);
        }
    }

    /** A process that was read every 30 s, on a host whose anonymous memory grows as fast. */
    private static SyntheticHost farApart(int... mebibytes) {
        SyntheticHost host = new SyntheticHost(5, 30).process("ordersvc", t -> 75 * MIB);
        for (int i = 0; i < mebibytes.length; i++) {
            host.sql("UPDATE process_sample SET rss_anon_bytes = 1048576 * " + mebibytes[i] + " WHERE snapshot = "
                    + (4 + 6 * i));
        }
        return host.takes("anon_pages_bytes", t -> 0.5 * t * MIB)
                .sql("DELETE FROM process_sample WHERE snapshot NOT IN (4, 10, 16, 22, 28)");
    }

    @Test
    void threadsThatFewReadingsTellOfAreBorneOutByTheKernelsStacks() {
        try (SyntheticHost host = seldomRead(t -> 0)
                .sql("UPDATE process_sample SET rss_anon_bytes = 20971520, threads = 1 + 60 * snapshot")
                .takes("kernel_stack_bytes", t -> 12 * t * 16384)
                .takes("page_tables_bytes", t -> 12 * t * 4096)) {
            Finding first = host.analysed().findings().get(0);
            assertThat(first.kind() + " " + first.culprit().name() + " " + first.trend())
                    .isEqualTo("kernel_stacks ordersvc thin");
        }
    }

    @Test
    void aProcessThatIsReadTooSeldomIsNotNamedWhereOthersMadeMost() {
        try (SyntheticHost host = seldomRead(t -> 3 * t * MIB)) {
            assertThat(of("R05", host.analysed())).extracting(Finding::severity).containsExactly(Severity.OK);
        }
    }

    @Test
    void aProcessThatIsReadTooSeldomIsNotNamedWhereTheHostDoesNotGrow() {
        try (SyntheticHost host = seldomRead(t -> 0)) {
            assertThat(of("R05", host.analysed())).extracting(Finding::severity).containsExactly(Severity.OK);
        }
    }

    @Test
    void aCacheOfADriverThatStoppedIsLostAndOneOfAPoolThatIsFilledIsNot() {
        for (String cache : List.of("frob_request", "kmalloc-cg-4k")) {
            try (SyntheticHost host = new SyntheticHost(5, 48)) {
                host.takes("sunreclaim_bytes", t -> Math.min(30, 0.18 * t) * MIB)
                        .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, '" + cache
                                + "', least(30, 0.9 * i) * 1048576 FROM range(48) AS r(i)");
                assertThat(of("R16", host.analysed()))
                        .extracting(Finding::severity, Finding::title)
                        .containsExactly(
                                cache.startsWith("kmalloc")
                                        ? tuple(
                                                Severity.INFO,
                                                "Kernel slab cache kmalloc-cg-4k grew by 29.1 MiB and came to rest: no leak")
                                        : tuple(
                                                Severity.WARNING,
                                                "Kernel slab cache frob_request grew and never gave back: +29.1 MiB"));
            }
        }
    }

    @Test
    void zombiesAreToldWithTheirParentAndWhatTheKernelKeepsForThem() {
        try (SyntheticHost host = crowded(i -> "jobd", "/apps/shop", 'Z')) {
            host.takes("sunreclaim_bytes", t -> 0.1 * t * MIB)
                    .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'task_struct', i * 524288"
                            + SLOW);
            Analysis analysis = host.analysed();
            assertThat(loud(analysis)).hasSize(1).allSatisfy(first -> {
                assertThat(first.kind()).isEqualTo("process_count");
                assertThat(first.title()).isEqualTo("Zombies pile up: jobd, +450, +22.5 MiB of kernel memory");
                assertThat(first.explanation()).contains("Their parent watchd (pid 77) does not wait for them.");
            });
        }
    }

    @Test
    void processesOfManyNamesAreGroupedByTheirUnit() {
        try (SyntheticHost host = crowded(i -> "job-" + i, "/apps/shop", 'S')) {
            host.takes("anon_pages_bytes", t -> 2 * t * MIB);
            assertThat(accused(host)).containsExactly("process_count /apps/shop");
        }
    }

    @Test
    void processesOfManyNamesWithoutAUnitAreGroupedByTheirUser() {
        try (SyntheticHost host = crowded(i -> "job-" + i, null, 'S')) {
            host.takes("anon_pages_bytes", t -> 2 * t * MIB);
            assertThat(accused(host)).containsExactly("process_count uid 33");
        }
    }

    @Test
    void manyProcessesThatEachGrowALittleAreOneLeak() {
        try (SyntheticHost host = together(t -> 0.03 * t * MIB)) {
            Finding first = host.analysed().findings().get(0);
            assertThat(first.kind()).isEqualTo("private_anonymous");
            assertThat(first.culprit().type()).isEqualTo("group");
            assertThat(first.culprit().name()).isEqualTo("worker");
            assertThat(first.title()).startsWith("Many processes of worker grow together:");
        }
    }

    /** Children of a fork that hang: nine at the end, too few for a crowd, and none of them grows. */
    @Test
    void fewProcessesThatAreStartedAndDoNothingAreAccusedTogether() {
        assertThat(children(9, "0", 24))
                .containsExactly(
                        "warning R32 Processes named snapshotd are started and do not end: +192 MiB in 8 processes");
        assertThat(children(9, "i * 0.5", 24)).as("workers that work").isEmpty();
        assertThat(children(9, "NULL", 24))
                .as("nothing tells whether they work")
                .isEmpty();
        assertThat(children(9, "0", 4)).as("pages that all of them share").isEmpty();
        assertThat(children(4, "0", 24)).as("as many as it may need").isEmpty();
    }

    /** Who is accused where processes of 24 MiB are started one by one, of which the host has so much more. */
    private static List<String> children(int count, String cpuSeconds, int takenMib) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            int apart = 46 / count;
            for (int i = 0; i < count; i++) {
                host.born(2 + i * apart, "snapshotd", t -> 24 * MIB);
            }
            host.takes(
                    "anon_pages_bytes",
                    t -> Math.max(0, Math.min(count, Math.floor((t / 5 - 2) / apart) + 1)) * takenMib * MIB);
            host.sql("UPDATE process_sample AS s SET user_seconds = c.seconds, system_seconds = 0 FROM (SELECT i, "
                    + cpuSeconds + " AS seconds" + EACH + ") AS c WHERE s.snapshot = c.i");
            return loud(host.analysed()).stream()
                    .filter(finding -> finding.rule().equals("R32"))
                    .map(finding -> finding.severity().json() + " " + finding.rule() + " " + finding.title())
                    .toList();
        }
    }

    @Test
    void workersThatEachLeakEnoughToBeSeenAreStillOneLeak() {
        try (SyntheticHost host = workers(9)) {
            Finding first = host.analysed().findings().get(0);
            assertThat(first.title()).startsWith("Many processes of worker grow together: +");
            assertThat(first.culprit().type() + " " + first.culprit().name()).isEqualTo("group worker");
            assertThat(first.explanation())
                    .contains("one leak in all of them")
                    .contains("Largest parts: worker (1001) 11 %, worker (1002) 11 %,");
        }
        try (SyntheticHost host = workers(3)) {
            Analysis analysis = host.analysed();
            assertThat(analysis.findings().get(0).culprit().type()).isEqualTo("process");
            assertThat(of("R32", analysis))
                    .as("a third of them is not what all of them do")
                    .extracting(Finding::severity)
                    .containsExactly(Severity.OK);
        }
    }

    @Test
    void whatAGroupGainsIsNotToldOnceMoreOfEachOfItsMembers() {
        try (SyntheticHost host = workers(9).process("gateway", t -> 0.4 * t * MIB)) {
            Analysis analysis = host.analysed();
            assertThat(analysis.findings())
                    .filteredOn(finding -> finding.severity().compareTo(Severity.INFO) <= 0)
                    .filteredOn(finding -> finding.kind().equals("private_anonymous"))
                    .extracting(Finding::severity, finding -> finding.culprit().name())
                    .as("the group, and who is no member of it")
                    .containsExactly(tuple(Severity.CRITICAL, "worker"), tuple(Severity.CRITICAL, "gateway"));
            Finding group = analysis.findings().get(0);
            assertThat(group.nextCommands())
                    .as("which member to look at")
                    .anySatisfy(command -> assertThat(command).startsWith("memleak-bpfcc -p 1001 "));
            assertThat(group.evidence())
                    .as("each of them, with its number")
                    .anySatisfy(evidence -> assertThat(rows(host, evidence.sql()))
                            .hasSize(9)
                            .allSatisfy(row -> assertThat(row).contains("|worker|")));
        }
        // each by too little to be accused by itself
        try (SyntheticHost host = together(t -> 0.03 * t * MIB)) {
            assertThat(of("R05", host.analysed())).isEmpty();
        }
    }

    @Test
    void aMemberThatTakesByFarMoreThanTheOthersIsNamedByItself() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("worker", t -> 2.2 * t * MIB);
            for (int i = 0; i < 8; i++) {
                host.process("worker", t -> 0.25 * t * MIB);
            }
            Finding first = host.takes("anon_pages_bytes", t -> 4.2 * t * MIB)
                    .analysed()
                    .findings()
                    .get(0);
            assertThat(first.culprit().type() + " " + first.culprit().pid()).isEqualTo("process 1001");
        }
    }

    @Test
    void membersThatGrowWhileTheyBecomeMoreAreOneCause() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            for (int i = 0; i < 10; i++) {
                host.process("worker", t -> 0.3 * t * MIB);
            }
            for (int i = 1; i < 44; i++) {
                host.born(i, "worker", t -> 2 * MIB);
            }
            Analysis analysis =
                    host.takes("anon_pages_bytes", t -> (3 + 0.4) * t * MIB).analysed();
            assertThat(loud(analysis)).singleElement().satisfies(only -> {
                assertThat(only.kind()).isEqualTo("process_count");
                assertThat(only.severity()).isEqualTo(Severity.CRITICAL);
                assertThat(only.explanation()).contains("10 of them grow each by itself, most of all worker (10");
            });
        }
    }

    private static List<String> rows(SyntheticHost host, String sql) {
        try {
            return host.rows(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Nine processes of one name, so many of which take 0.3 MiB a second, the others a fifteenth of that. */
    private static SyntheticHost workers(int leaking) {
        SyntheticHost host = new SyntheticHost(5, 48);
        for (int i = 0; i < 9; i++) {
            double rate = i < leaking ? 0.3 : 0.02;
            host.process("worker", t -> rate * t * MIB);
        }
        return host.takes("anon_pages_bytes", t -> (leaking * 0.3 + (9 - leaking) * 0.02) * t * MIB);
    }

    @Test
    void manyProcessesThatAreReadTooSeldomAreNamedWhenTheirControlGroupBearsItOut() {
        for (boolean grows : List.of(true, false)) {
            try (SyntheticHost host = together(t -> 0.03 * t * MIB)) {
                host.sql("DELETE FROM process_sample WHERE snapshot NOT IN (10, 22, 34, 46)")
                        .sql(
                                "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, anon_bytes) SELECT 1, i, '/apps/pool', 2, 90000000"
                                        + (grows ? " + i * 6291456" : "") + " FROM range(48) AS r(i)")
                        .sql("UPDATE meminfo SET anon_pages_bytes = 104857600");
                assertThat(of("R32", host.analysed()))
                        .extracting(Finding::severity)
                        .containsExactly(grows ? Severity.WARNING : Severity.OK);
            }
        }
    }

    @Test
    void mappingsThatFillTheCacheOfTheKernelAreOfTheProcessThatMakesThem() {
        try (SyntheticHost host = mapped(40960)) {
            Analysis analysis = host.analysed();
            assertThat(loud(analysis)).hasSize(1).allSatisfy(first -> {
                assertThat(first.rule()).isEqualTo("R12");
                assertThat(first.kind()).isEqualTo("address_space");
                assertThat(first.severity()).isEqualTo(Severity.WARNING);
                assertThat(first.title())
                        .isEqualTo(
                                "planner (pid 1001) makes more and more mappings: +45000, for which the kernel keeps 11.3 MiB");
            });
        }
    }

    @Test
    void aCacheOfMappingsIsAccusedWhereNoAddressSpaceGrowsWithIt() {
        try (SyntheticHost host = mapped(0)) {
            assertThat(accused(host)).containsExactly("slab_cache vm_area_struct");
        }
    }

    /** A thousand mappings more a snapshot, and a process whose address space grows by so many bytes a second. */
    private static SyntheticHost mapped(int bytesEachMappingPair) {
        return new SyntheticHost(5, 48)
                .process("planner", t -> 20 * MIB)
                .process("bystander", t -> 30 * MIB)
                .takes("sunreclaim_bytes", t -> 0.05 * t * MIB)
                .sql("UPDATE process_sample SET vm_size_bytes = vm_size_bytes + snapshot * 100 * "
                        + bytesEachMappingPair + "::BIGINT WHERE process_id = 1")
                .sql(
                        "INSERT INTO mapping (capture_id, snapshot, process_id, name, perms, mappings, size_bytes, anonymous_bytes)"
                                + " SELECT 1, i, 2, '[heap]', 'rw-p', 1, 4096, 4096 FROM range(48) AS r(i)")
                .sql(
                        "INSERT INTO slab (capture_id, snapshot, cache, objects, bytes) SELECT 1, i, 'vm_area_struct', 500 + 1000 * i, 250 * i * 1000"
                                + " FROM range(48) AS r(i)");
    }

    @Test
    void manyProcessesThatComeToRestAreNone() {
        try (SyntheticHost host = together(t -> Math.min(1.5, 0.05 * t) * MIB)) {
            Analysis analysis = host.analysed();
            assertThat(analysis.verdict().leak()).isFalse();
            assertThat(of("R32", analysis)).extracting(Finding::severity).containsExactly(Severity.OK);
        }
    }

    /** Forty processes of one name. */
    static SyntheticHost together(DoubleUnaryOperator eachBytes) {
        SyntheticHost host = new SyntheticHost(5, 48);
        for (int i = 0; i < 40; i++) {
            host.process("worker", t -> 2 * MIB + eachBytes.applyAsDouble(t));
        }
        return host.takes("anon_pages_bytes", t -> 40 * eachBytes.applyAsDouble(t))
                .sql("UPDATE process SET cgroup = '/apps/pool', uid = 33");
    }

    /** Ten more processes of 1 MiB each a snapshot, children of one parent. */
    private static SyntheticHost crowded(IntFunction<String> name, String cgroup, char state) {
        SyntheticHost host = new SyntheticHost(5, 48).process("watchd", t -> MIB);
        host.sql("UPDATE process SET pid = 77, uid = 0, cgroup = '/apps/watch'");
        List<String> processes = new ArrayList<>();
        for (int i = 0; i < 480; i++) {
            processes.add("(1, " + (10 + i) + ", 0, " + (2000 + i)
                    + ", 4711, TIMESTAMP '2026-11-22 10:00:00' + to_seconds("
                    + i / 10 * 5 + "), '" + name.apply(i) + "', '" + name.apply(i) + "', 'job', false, "
                    + (cgroup == null ? "NULL" : "'" + cgroup + "'") + ", 0, " + i / 10 + ", 47, false, 77, 33)");
        }
        String bytes = state == 'Z' ? "NULL" : "1048576";
        return host.sql(
                        "INSERT INTO process (capture_id, process_id, boot, pid, start_ticks, started_at, comm, name, command, kernel_thread, cgroup,"
                                + " oom_score_adj, first_snapshot, last_snapshot, observer, ppid, uid) VALUES "
                                + String.join(", ", processes))
                .sql(
                        "INSERT INTO process_sample (capture_id, snapshot, process_id, state, rss_anon_bytes, rss_bytes, threads, oom_score_adj)"
                                + " SELECT 1, s.snapshot, p.process_id, '" + state + "', " + bytes + ", " + bytes
                                + ", 1, 0 FROM process AS p JOIN snapshot AS s ON s.snapshot >= p.first_snapshot WHERE p.process_id >= 10");
    }

    /** A process of which four readings came in, 30 s apart, on a host whose anonymous memory follows a function. */
    private static SyntheticHost seldomRead(DoubleUnaryOperator hostBytes) {
        SyntheticHost host = new SyntheticHost(5, 24);
        return host.process("ordersvc", t -> (20 + t) * MIB)
                .takes("anon_pages_bytes", hostBytes)
                .sql("DELETE FROM process_sample WHERE snapshot NOT IN (4, 10, 16, 22)");
    }

    /** Fifty more removed cgroups a snapshot, and what the kernel keeps for each in slab. */
    private static SyntheticHost dying(String cache, int eachBytes) {
        SyntheticHost host = new SyntheticHost(5, 48);
        return host.takes("percpu_bytes", t -> t * 10 * 4096)
                .takes("vmalloc_used_bytes", t -> t * 10 * 4096)
                .takes("sunreclaim_bytes", t -> t * 10 * eachBytes)
                .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, '" + cache + "', i * 50 * "
                        + eachBytes + SLOW)
                .sql(
                        "INSERT INTO vmalloc_caller (capture_id, snapshot, caller, bytes) SELECT 1, i, 'pcpu_create_chunk',"
                                + " i * 50 * 4096" + SLOW)
                .sql(
                        "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, dying_descendants)"
                                + " SELECT 1, i, p, 2, i * 50 FROM range(48) AS r(i), (VALUES ('/'), ('/apps'), ('/apps/jobs')) AS x(p)");
    }

    private static List<Finding> loud(Analysis analysis) {
        return analysis.findings().stream()
                .filter(finding -> finding.severity().compareTo(Severity.INFO) < 0)
                .filter(finding -> FindingKinds.LEAKS.contains(finding.kind()))
                .toList();
    }

    /** Kind and culprit of each. */
    private static List<String> accused(SyntheticHost host) {
        return loud(host.analysed()).stream()
                .map(finding -> finding.kind() + " " + finding.culprit().name())
                .toList();
    }

    private static List<Finding> of(String rule, Analysis analysis) {
        return analysis.findings().stream()
                .filter(finding -> finding.rule().equals(rule))
                .toList();
    }
}
