package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.EACH;
import static org.postmem.findings.SyntheticHost.MIB;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Finding.Severity;

/** What a finding says is no more than what was read, of what is, and of the one it speaks of. */
class ClaimsTest {

    /** 4.4 MiB a second until two thirds of the capture, then the kernel kills, 82 MiB come back, and nothing grows any more. */
    private static SyntheticHost killed() {
        return new SyntheticHost(5, 48)
                .process("agentd", t -> (10 + (t < 160 ? 4.4 * t : 600)) * MIB)
                .takes("anon_pages_bytes", t -> (t < 160 ? 4.4 * t : 600) * MIB)
                .sql("UPDATE vmstat SET value = 1 WHERE snapshot >= 32");
    }

    @Test
    void theRateUpToAKillIsNoForecastForWhatTheKillGaveBack() {
        try (SyntheticHost host = killed()) {
            assertThat(of("R01", host))
                    .extracting(Finding::title)
                    .containsExactly("Only 15 % of memory is available: 150 MiB");
        }
    }

    @Test
    void socketsThatPileUpAreNamedAsSuchAmongWhoTookTheMemory() throws SQLException {
        try (SyntheticHost host = connected()) {
            Analysis analysis = host.analysed();
            assertThat(explanations("R01", analysis))
                    .singleElement()
                    .satisfies(text -> assertThat(text)
                            .contains("took: sockets · gateway (1001) 100 %; others")
                            .doesNotContain("kmalloc", "skbuff"));
            assertThat(host.rows("SELECT bucket, owner_type, owner, growth_bytes // 1048576 FROM attribution"
                            + " WHERE growth_bytes > 0 ORDER BY owner"))
                    .containsExactly("slab_unreclaimable|sockets|sockets · gateway (1001)|225");
        }
    }

    @Test
    void cachesOfWhichSocketsExplainTooLittleStayCaches() throws SQLException {
        try (SyntheticHost host = connected().sql("UPDATE sockstat SET value = 120 + 3 * snapshot")) {
            host.analysed();
            assertThat(
                            host.rows(
                                    "SELECT DISTINCT owner_type FROM attribution WHERE owner_type IN ('slab_cache', 'sockets')"))
                    .containsExactly("slab_cache");
        }
    }

    @Test
    void whatSocketsHoldIsGivenBackByWhoeverHoldsThem() {
        try (SyntheticHost host = connected()) {
            assertThat(host.explanationOf("R29"))
                    .endsWith("counts for no process in this ranking: one after the other would die, and only the death"
                            + " of one that holds it, if any does, gives it back.");
        }
    }

    @Test
    void sharedMemoryThatAProcessMapsCountsForItInTheRanking() {
        try (SyntheticHost host = new SyntheticHost(5, 48)
                .process("frames", t -> 20 * MIB)
                .takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                .sql(
                        "UPDATE process_sample SET rss_shmem_bytes = snapshot * 5242880, rss_bytes = rss_bytes + snapshot * 5242880")) {
            assertThat(host.explanationOf("R29")).doesNotContain("What grows here");
        }
    }

    private static SyntheticHost connected() {
        return new SyntheticHost(5, 48)
                .process("gateway", t -> 20 * MIB)
                .takes("sunreclaim_bytes", t -> t * MIB)
                .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, c, b * i" + EACH
                        + ", (VALUES ('kmalloc-4k', 4194304), ('skbuff_head_cache', 1048576)) AS x(c, b)")
                .sql("INSERT INTO sockstat SELECT 1, i, 'sockets', 'used', 120 + 100 * i" + EACH)
                .sql("INSERT INTO fd_count SELECT 1, i, 1, 10 + 100 * i, 6 + 100 * i, 0, 0, 4" + EACH);
    }

    @Test
    void segmentsOfOneMakerAreOneOwnerThoughNoneWasThereAtFirst() throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 48)
                .process("frames", t -> 20 * MIB)
                .takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                .sql("INSERT INTO filesystem SELECT 1, i, 1, '0:23', 'tmpfs', '/tmp', 419430400, 4096, 0" + EACH)
                // the only reading that found any is the last one
                .sql("INSERT INTO shm_segment (capture_id, snapshot, shmid, creator_pid, attached, uid, rss_bytes)"
                        + " SELECT 1, 47, j, 1001, 0, 0, 1048576 FROM range(235) AS s(j)")) {
            host.analysed();
            assertThat(host.rows(
                            "SELECT owner_type, owner, growth_bytes // 1048576 FROM attribution WHERE bucket = 'shmem'"
                                    + " AND growth_bytes >= 1048576"))
                    .containsExactly("segment|SysV · frames (1001)|235");
        }
    }

    @Test
    void aDiskIsNoMemoryBackedFileSystem() throws SQLException {
        try (SyntheticHost host = new SyntheticHost(5, 48)
                .takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                .sql("INSERT INTO filesystem SELECT 1, i, 1, '8:1', 'ext4', '/', 419430400, i * 5242880, 0" + EACH)) {
            host.database().makeViews();
            assertThat(host.rows("SELECT text, mounted_on FROM lead_tmpfs")).containsExactly("none|null");
            host.sql("INSERT INTO filesystem SELECT 1, i, 1, '0:23', 'tmpfs', '/tmp', 419430400, 4096, 0" + EACH);
            assertThat(host.rows("SELECT text, mounted_on FROM lead_tmpfs"))
                    .as("shared memory grows, and in no mount")
                    .containsExactly("shared|/tmp");
        }
    }

    @Test
    void slabOfUnknownCachesIsNoLessKnownToBeSlab() {
        try (SyntheticHost host = new SyntheticHost(5, 48).takes("sunreclaim_bytes", t -> t * MIB)) {
            assertThat(host.explanationOf("R01")).contains("took: SUnreclaim 100 %");
        }
    }

    @Test
    void threadsThatTakeWhatTheHostLosesAreReasonToWarn() {
        try (SyntheticHost host = new SyntheticHost(5, 48)
                .process("poolsvc", t -> 20 * MIB)
                .sql("UPDATE process_sample SET threads = 1 + 200 * snapshot")
                .takes("kernel_stack_bytes", t -> 40 * t * 16384)) {
            assertThat(of("R01", host)).extracting(Finding::severity).containsExactly(Severity.WARNING);
        }
    }

    @Test
    void whoWasRootIsNotToldToBecomeIt() {
        assertThat(unreadable(true)).containsExactly("1 kind of files could not be read []");
        assertThat(unreadable(false)).containsExactly("1 kind of files could not be read [Collect as root.]");
    }

    private static List<String> unreadable(boolean privileged) {
        try (SyntheticHost host = new SyntheticHost(5, 48)
                .sql("UPDATE capture SET privileged = " + privileged)
                .sql("INSERT INTO read_gap VALUES (1, 4, 'proc/*/ns/mnt', 'EACCES', 2, NULL)")) {
            return of("R33", host).stream()
                    .map(finding -> finding.title() + " " + finding.advice())
                    .toList();
        }
    }

    @Test
    void livesThatAreOneLeakAreNotToldAgainOneByOne() {
        try (SyntheticHost host = RuleLimitsTest.restarted(7, 2)) {
            Analysis analysis = host.analysed();
            assertThat(severities("R37", analysis)).containsExactly(Severity.WARNING);
            assertThat(severities("R06", analysis)).isEmpty();
        }
    }

    @Test
    void nobodyIsToTraceTheCollector() {
        Function<Boolean, List<String>> said = observer -> {
            try (SyntheticHost host = new SyntheticHost(5, 48)
                    .process("postmem-collector.jar", t -> (20 + 0.1 * t) * MIB)
                    .sql("UPDATE process SET observer = " + observer)
                    .takes("anon_pages_bytes", t -> 0.1 * t * MIB)
                    .sql(
                            "INSERT INTO mapping (capture_id, snapshot, process_id, name, perms, mappings, size_bytes, rss_bytes, anonymous_bytes)"
                                    + " SELECT 1, s, 1, '[heap]', 'rw-p', 1, 671088640, b, b FROM (VALUES (2, 1048576), (46, 24117248)) AS r(s, b)")) {
                return of("R38", host).stream().map(Finding::title).toList();
            }
        };
        assertThat(said.apply(true)).isEmpty();
        assertThat(said.apply(false)).hasSize(1);
    }

    @Test
    void noFileGainsMoreThanTheMountItLiesIn() {
        try (SyntheticHost host = new SyntheticHost(5, 48)
                .process("weblog", t -> 20 * MIB)
                .takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                .sql("INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/run', 419430400, 4096 + i * 5242880, 0"
                        + EACH)
                .sql("INSERT INTO fd_count SELECT 1, i, 1, 4, 0, 0, 0, 4" + EACH)
                .sql("INSERT INTO open_file SELECT 1, 47, 1, 3, 'deleted', '/run/app/access.log', 262144000, 22, 9")) {
            assertThat(host.explanationOf("R15"))
                    .startsWith(
                            "The tmpfs /run gained 225 MiB, and /run/app/access.log, deleted but still open, gained 225 MiB of it.");
        }
    }

    @Test
    void deletedFilesThatAreOnlyMappedAreHeldByTheProcessThatMapsThem() {
        Function<String, List<Finding>> said = more -> {
            try (SyntheticHost host = new SyntheticHost(5, 48)
                    .process("indexd", t -> 20 * MIB)
                    .takes("cached_bytes", t -> t * MIB)
                    .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                    .sql(
                            "INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/dev/shm', 419430400, 4096 + i * 5242880, 0"
                                    + EACH)
                    .sql("INSERT INTO fd_count SELECT 1, i, 1, 4, 0, 0, 0, 4" + EACH)
                    // 1 MiB each, and what was there before the growth is none of it
                    .sql(
                            "INSERT INTO mapping (capture_id, snapshot, process_id, name, perms, mappings, size_bytes, rss_bytes, anonymous_bytes)"
                                    + " SELECT 1, s, 1, '/dev/shm/segment-' || n || '.cfs (deleted)', 'r--s', 1, 1048576, 1048576, 0"
                                    + " FROM (VALUES (2, 30), (46, 230)) AS r(s, files), range(files) AS f(n)"
                                    + more)) {
                return of("R15", host);
            }
        };
        assertThat(said.apply("")).singleElement().satisfies(finding -> {
            assertThat(finding.title())
                    .isEqualTo("indexd (pid 1001) keeps deleted files of /dev/shm mapped: +200 files, +225 MiB");
            assertThat(finding.nextCommands().get(0))
                    .isEqualTo("grep -F -- /dev/shm/ /proc/1001/maps | grep -c -F \"(deleted)\"");
        });
        // read once: what it holds may be older than the growth
        assertThat(said.apply(" WHERE s = 46"))
                .extracting(Finding::title)
                .containsExactly("No deleted file in a tmpfs is held and grows");
    }

    @Test
    void pageTablesAreNamedAfterWhoMaps() {
        try (SyntheticHost host = new SyntheticHost(5, 48)
                .process("indexer", t -> 20 * MIB)
                .sql("UPDATE process_sample SET pte_bytes = 65536 + snapshot * 524288")
                .takes("page_tables_bytes", t -> 0.1 * t * MIB)) {
            assertThat(of("R20", host)).singleElement().satisfies(finding -> {
                assertThat(finding.title())
                        .isEqualTo("Page tables of indexer (pid 1001) grow out of proportion: +22.5 MiB");
                assertThat(finding.nextCommands().get(0)).isEqualTo("grep -E \"VmPTE|VmRSS|VmSize\" /proc/1001/status");
            });
        }
        try (SyntheticHost host = new SyntheticHost(5, 48).takes("page_tables_bytes", t -> 0.1 * t * MIB)) {
            assertThat(of("R20", host))
                    .extracting(Finding::title)
                    .containsExactly("Page tables grow out of proportion: +22.5 MiB");
        }
    }

    /** Evenly to its last part, and then not at all: fast at first and ever more slowly is another story. */
    @Test
    void growthThatStopsIsNotSaidToSlowDown() {
        try (SyntheticHost host =
                new SyntheticHost(5, 48).process("importd", t -> (20 + 0.5 * Math.min(t, 190)) * MIB)) {
            assertThat(of("R06", host))
                    .extracting(Finding::title)
                    .containsExactly("importd (pid 1001) moved 95.0 MiB and came to rest: no leak");
        }
    }

    @Test
    void socketsWithoutMemoryAreCountedInTheTitleAlone() {
        try (SyntheticHost host = new SyntheticHost(5, 48)
                .process("gateway", t -> 20 * MIB)
                .sql("INSERT INTO sockstat SELECT 1, i, 'sockets', 'used', 120 + 100 * i" + EACH)
                .sql("INSERT INTO fd_count SELECT 1, i, 1, 10 + 100 * i, 6 + 100 * i, 0, 0, 4" + EACH)) {
            assertThat(host.explanationOf("R23"))
                    .matches("They came within .*\\. No kernel memory grew that so many sockets explain\\.");
        }
    }

    @Test
    void cachesOfProcessesThatPileUpAreNoCacheUnknown() {
        assertThat(crowd(9000)).isEqualTo(Severity.OK);
        assertThat(crowd(200000)).as("more than processes cost").isNotEqualTo(Severity.OK);
    }

    /** Four processes a snapshot more, and so many bytes of each of four caches for each of them. */
    private static Severity crowd(int bytesOfEachCache) {
        SyntheticHost host = new SyntheticHost(5, 48)
                .takes("sunreclaim_bytes", t -> 4 * 0.8 * t * bytesOfEachCache)
                .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes, objects) SELECT 1, i, c, 4 * i * "
                        + bytesOfEachCache
                        + ", 4 * i * o" + EACH
                        + ", (VALUES ('task_struct', 1), ('vm_area_struct', 20), ('sighand_cache', 2),"
                        + " ('anon_vma_chain', 30)) AS x(c, o)");
        try (host) {
            for (int i = 0; i < 192; i++) {
                host.born(i / 4, "jobd", t -> 131072);
            }
            return of("R16", host).get(0).severity();
        }
    }

    @Test
    void compactionThatFailedIsNoRequestThatFailed() {
        assertThat(inPieces(""))
                .containsExactly(
                        "Compaction fails although 256 MiB are free in node 0, zone Normal: they lie in small pieces"
                                + " / 100 % of its free memory is in blocks of 8 pages or fewer. Compaction failed 4 times while the"
                                + " capture ran: a request for several pages had to wait, go without them, or fail. Of a request that"
                                + " failed the kernel log that was read tells nothing.");
        assertThat(inPieces("app: page allocation failure: order:4, mode:0x40dc0"))
                .containsExactly("Requests for several pages fail although 256 MiB are free in node 0, zone Normal"
                        + " / 100 % of its free memory is in blocks of 8 pages or fewer. Compaction failed 4 times while the"
                        + " capture ran. The kernel log tells of 1 failed request.");
    }

    private static List<String> inPieces(String logged) {
        try (SyntheticHost host = new SyntheticHost(5, 48)
                .sql("INSERT INTO buddy SELECT 1, i, 0, 'Normal', 0, 65536" + EACH)
                .sql("INSERT INTO vmstat SELECT 1, i, 'compact_fail', CASE WHEN i > 20 THEN 4 ELSE 0 END" + EACH)) {
            if (!logged.isEmpty()) {
                host.sql("INSERT INTO kernel_message (capture_id, member, line, message) VALUES (1, 'host/kmsg', 1, '"
                        + logged + "')");
            }
            return of("R26", host).stream()
                    .map(finding -> finding.title() + " / " + finding.explanation())
                    .toList();
        }
    }

    private static List<Finding> of(String rule, SyntheticHost host) {
        return host.analysed().findings().stream()
                .filter(finding -> finding.rule().equals(rule))
                .toList();
    }

    private static List<Severity> severities(String rule, Analysis analysis) {
        return analysis.findings().stream()
                .filter(finding -> finding.rule().equals(rule))
                .map(Finding::severity)
                .toList();
    }

    private static List<String> explanations(String rule, Analysis analysis) {
        return analysis.findings().stream()
                .filter(finding -> finding.rule().equals(rule))
                .map(Finding::explanation)
                .toList();
    }
}
