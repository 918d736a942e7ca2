package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.MIB;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** One cause each, as rows; the first finding must name its kind and its culprit. */
class RulesTest {
    // owners are read every sixth time only
    private static final String SLOW = " FROM range(0, 48, 6) AS r(i)";

    @Test
    void slabIsNamedByItsCache() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("bystander", t -> 200 * MIB)
                    .takes("sunreclaim_bytes", t -> t * MIB)
                    .sql(
                            "INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'frob_request', i * 5242880"
                                    + SLOW)
                    .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'dentry', 12582912"
                            + SLOW);
            first(host, "slab_cache", "slab_cache", "frob_request");
        }
    }

    @Test
    void aCacheSaysWhatItIsFor() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes("sunreclaim_bytes", t -> t * MIB)
                    .sql(
                            "INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'vm_area_struct', i * 5242880"
                                    + SLOW);
            assertThat(host.analysed().findings().get(0).explanation())
                    .contains("What such a cache holds: mappings of processes.");
        }
    }

    @Test
    void vmallocKeepsTheNameOfACallerWhoseModuleIsGone() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes("vmalloc_used_bytes", t -> Math.min(t, 150) * MIB)
                    .sql("INSERT INTO vmalloc_caller (capture_id, snapshot, caller, module, bytes) SELECT 1, i,"
                            + " CASE WHEN i < 36 THEN 'vring_refill' ELSE '0xffffffffc0a12000' END,"
                            + " CASE WHEN i < 36 THEN 'vring' END, least(i, 30) * 5242880" + SLOW);
            first(host, "vmalloc", "vmalloc_caller", "vring_refill");
        }
    }

    @Test
    void pagesThatNothingAccountsForAccuseNobody() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("bystander", t -> 200 * MIB).takes(null, t -> t * MIB);
            first(host, "kernel_pages", "kernel", "kernel");
        }
    }

    @Test
    void aTmpfsIsTheMount() {
        try (SyntheticHost host = tmpfs(new SyntheticHost(5, 48))) {
            first(host, "tmpfs", "mount", "/run");
        }
    }

    @Test
    void aDeletedOpenFileIsItsHolder() {
        try (SyntheticHost host = tmpfs(new SyntheticHost(5, 48))) {
            host.process("weblog", t -> 20 * MIB)
                    .sql("INSERT INTO fd_count SELECT 1, i, 1, 4, 0, 0, 0, 4" + SLOW)
                    .sql("INSERT INTO open_file SELECT 1, i, 1, 3, 'deleted', '/run/app/access.log', i * 5242880, 22, 9"
                            + SLOW);
            first(host, "deleted_file", "process", "weblog");
        }
    }

    @Test
    void orphanedSegmentsBlameNoProcess() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("bystander", t -> 200 * MIB)
                    .takes("cached_bytes", t -> t * MIB)
                    .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                    .sql(
                            "INSERT INTO shm_segment (capture_id, snapshot, shmid, creator_pid, attached, uid, rss_bytes)"
                                    + " SELECT 1, i, j, 9000 + j, 0, 0, 1048576 FROM range(0, 48, 6) AS r(i), range(240) AS s(j) WHERE j < 5 * i")
                    .sql("INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/run', 104857600, 4096, 104853504"
                            + SLOW);
            first(host, "sysv_shm", "segment", "uid 0");
        }
    }

    private static SyntheticHost sharedMemoryToldByTools() {
        return new SyntheticHost(5, 48)
                .process("bystander", t -> 200 * MIB)
                .takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                .sql("UPDATE capture SET origin = 'evidence'");
    }

    @Test
    void segmentsAreNamedFromIpcsAloneThoughTheirFirstOneCameLater() {
        try (SyntheticHost host = sharedMemoryToldByTools()) {
            host.sql(
                    "INSERT INTO shm_segment (capture_id, snapshot, shmid, creator_pid, attached, uid, rss_bytes)"
                            + " SELECT 1, i, j, 9000 + j, 0, 0, 1048576 FROM range(48) AS r(i), range(240) AS s(j) WHERE i > 9 AND j < 5 * i");
            first(host, "sysv_shm", "segment", "uid 0");
        }
    }

    @Test
    void segmentsThatWereListedOnceAreNotTakenForGrown() {
        try (SyntheticHost host = sharedMemoryToldByTools()) {
            host.sql("INSERT INTO shm_segment (capture_id, snapshot, shmid, creator_pid, attached, uid, rss_bytes)"
                            + " SELECT 1, 47, j, 9000 + j, 0, 0, 1048576 FROM range(240) AS s(j)")
                    .sql("INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/run', 104857600, 4096, 104853504"
                            + SLOW);
            first(host, "shared_anonymous", "host", "owner unknown");
        }
    }

    @Test
    void theGrowerIsToBlameForTheKillOfAnother() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("dbserver", t -> t < 180 ? Math.min(300, 32 * t) * MIB : 0)
                    .process("agentd", t -> (10 + 2 * t) * MIB)
                    .takes("anon_pages_bytes", t -> t < 180 ? 4 * t * MIB : 0)
                    .sql("UPDATE process SET oom_score_adj = -1000 WHERE name = 'agentd'")
                    .sql("UPDATE process_sample SET oom_score_adj = -1000 WHERE process_id = 2")
                    .sql("UPDATE vmstat SET value = 1 WHERE snapshot >= 36");
            Analysis analysis = host.analysed();
            assertThat(analysis.findings().get(0).kind()).isEqualTo("private_anonymous");
            assertThat(analysis.findings().get(0).culprit().name()).isEqualTo("agentd");
            assertThat(analysis.findings())
                    .filteredOn(f -> f.rule().equals("R29"))
                    .extracting(Finding::title)
                    .anyMatch(title -> title.startsWith("agentd grows and is protected"));
        }
    }

    /** A tmpfs takes four times as much as the process that leaks beside it. */
    @Test
    void aLeakThatTookLittleOfWhatWasLostIsNotToBlameForTheKill() {
        assertThat(blamedForAKill(host -> host.process("dbserver", t -> 300 * MIB)
                        .process("agentd", t -> (10 + 0.5 * t) * MIB)
                        .takes("anon_pages_bytes", t -> 0.5 * Math.min(t, 175) * MIB)
                        .takes("shmem_bytes", t -> 3.8 * Math.min(t, 175) * MIB)))
                .containsExactly("host: grower unknown");
        assertThat(blamedForAKill(host -> host.process("dbserver", t -> 300 * MIB)
                        .process("agentd", t -> (10 + 4 * Math.min(t, 175)) * MIB)
                        .takes("anon_pages_bytes", t -> 4 * Math.min(t, 175) * MIB)))
                .containsExactly("process: agentd");
    }

    @Test
    void aLeakThatBeganAfterTheKillIsNotToBlameForIt() {
        assertThat(blamedForAKill(host -> host.process("dbserver", t -> 300 * MIB)
                        .born(37, "agentd", t -> (t - 180) * 4 * MIB)
                        .takes("anon_pages_bytes", t -> t < 180 ? 4 * t * MIB : 4 * (t - 180) * MIB)))
                .containsExactly("host: grower unknown");
        assertThat(blamedForAKill(host -> host.process("dbserver", t -> 300 * MIB)
                        .process("agentd", t -> (10 + Math.max(0, t - 180) * 4) * MIB)
                        .takes("anon_pages_bytes", t -> t < 180 ? 4 * t * MIB : 4 * (t - 180) * MIB)))
                .containsExactly("host: grower unknown");
    }

    /** Whom R04 names for a kill that vmstat counted after three of five minutes, with nearly all memory gone. */
    private static List<String> blamedForAKill(UnaryOperator<SyntheticHost> made) {
        try (SyntheticHost host = new SyntheticHost(5, 60)) {
            return made
                    .apply(host.sql("UPDATE vmstat SET value = 1 WHERE snapshot >= 36"))
                    .analysed()
                    .findings()
                    .stream()
                    .filter(finding -> finding.rule().equals("R04"))
                    .map(finding ->
                            finding.culprit().type() + ": " + finding.culprit().name())
                    .toList();
        }
    }

    @Test
    void aGroupThatHitsItsLimitIsOneFindingAndNotALeakOfEachLife() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("ordersvc", t -> (20 + 1.5 * (t % 64)) * MIB)
                    .sql(
                            "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, max_bytes, current_bytes, events_oom, events_oom_kill)"
                                    + " SELECT 1, i, '/apps/ordersvc', 2, 134217728, 104857600, i // 12, i // 12"
                                    + SLOW)
                    .sql(
                            "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, current_bytes, events_oom, events_oom_kill)"
                                    + " SELECT 1, i, '/apps', 2, 104857600, i // 12, i // 12" + SLOW);
            first(host, "cgroup_oom", "cgroup", "/apps/ordersvc");
        }
    }

    /** Version 1 tells its kills at slow ticks only, and a container that is started anew counts from nought. */
    @Test
    void killsAreCountedAcrossReadingsThatDoNotTellThemAndGroupsThatAreMadeAnew() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("ordersvc", t -> 20 * MIB)
                    .sql(
                            "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, max_bytes, current_bytes, events_oom_kill)"
                                    + " SELECT 1, i, '/apps/ordersvc', 1, 134217728, 104857600, CASE WHEN i % 4 = 0 THEN i // 4 % 3 END"
                                    + " FROM range(48) AS r(i)");
            assertThat(host.analysed().findings())
                    .filteredOn(finding -> finding.rule().equals("R35"))
                    .extracting(finding -> finding.facts().get("kills"))
                    .containsExactly(8L);
        }
    }

    private static SyntheticHost tmpfs(SyntheticHost host) {
        return host.takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                .sql("INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/run', 419430400, 4096 + i * 5242880, 0"
                        + SLOW);
    }

    private static void first(SyntheticHost host, String kind, String type, String name) {
        Analysis analysis = host.analysed();
        Finding first = analysis.findings().get(0);
        assertThat(first.kind()).as(first.title()).isEqualTo(kind);
        assertThat(first.culprit().type()).isEqualTo(type);
        assertThat(first.culprit().name()).isEqualTo(name);
        assertThat(first.score()).as("by its bytes").isGreaterThan(50);
        assertThat(analysis.verdict().leak()).isTrue();
        assertThat(analysis.findings())
                .filteredOn(f -> f.severity().compareTo(Finding.Severity.INFO) < 0 && f.culprit() != null)
                .extracting(f -> f.culprit().name())
                .doesNotContain("bystander");
    }
}
