package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.EACH;
import static org.postmem.findings.SyntheticHost.MIB;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postmem.findings.Finding.Severity;
import org.postmem.sql.ReportFiles;

/**
 * Every packaged rule, whoever adds it: a host on which it speaks and of whom, a host on which it has all its input and
 * accuses nobody, and for each file it cannot do without what it says when that file is missing.
 */
class RuleCasesTest {
    private static final ReportFiles REPORTS = ReportFiles.onClassPath();
    private static final List<RuleFile> RULES = RuleFolder.packaged(REPORTS).rules();

    /** What a host makes rules say: severity, kind and culprit of one finding each. */
    private record Sick(Supplier<SyntheticHost> host, Map<String, String> said) {
        @Override
        public String toString() {
            return String.join(", ", said.keySet());
        }
    }

    private static final List<Sick> CASES = List.of(
            new Sick(RuleCasesTest::well, Map.of("R00", "ok page_cache host")),
            new Sick(
                    RuleCasesTest::leaking,
                    Map.of(
                            "R01", "warning host_oom host",
                            "R05", "critical private_anonymous ordersvc",
                            "R29", "info host_oom ordersvc")),
            new Sick(
                    () -> HostRulesTest.host(true),
                    Map.of(
                            "R12", "warning address_space ordersvc",
                            "R18", "info slab_cache frob_request",
                            "R25", "info hugepages ordersvc",
                            "R26", "warning fragmentation node 0, zone Normal",
                            "R27", "info configuration node 1",
                            "R30", "warning configuration vm.overcommit_memory",
                            "R38", "info private_anonymous ordersvc",
                            "R39", "warning configuration ordersvc",
                            "R41", "info slab_cache frob_request")),
            new Sick(
                    RuleCasesTest::swapping,
                    Map.of(
                            "R02",
                            "warning pressure host",
                            "R03",
                            "warning swap host",
                            "R17",
                            "info page_cache page_cache")),
            new Sick(RuleCasesTest::killed, Map.of("R04", "critical host_oom agentd")),
            new Sick(
                    RuleCasesTest::grouped,
                    Map.of(
                            "R28", "warning cgroup_limit /apps/full",
                            "R35", "critical cgroup_oom /apps/killed")),
            new Sick(
                    RuleCasesTest::processes,
                    Map.of(
                            "R06", "info private_anonymous warmsvc",
                            "R10", "critical private_file_mapping tablesvc",
                            "R11", "info shared_file_mapping reader",
                            "R13", "warning address_space planner",
                            "R14", "critical kernel_stacks poolsvc")),
            new Sick(
                    () -> shared(host -> host.sql("UPDATE process_sample SET rss_shmem_bytes = snapshot * 5242880")),
                    Map.of("R07", "critical shared_anonymous frames")),
            new Sick(
                    () -> shared(
                            host -> host.sql(
                                    "INSERT INTO shm_segment (capture_id, snapshot, shmid, creator_pid, attached, uid, rss_bytes)"
                                            + " SELECT 1, i, j, 9000, 0, 0, 1048576 FROM range(48) AS r(i), range(240) AS s(j) WHERE j < 5 * i")),
                    Map.of("R08", "critical sysv_shm uid 0")),
            new Sick(() -> shared(RuleCasesTest::filled), Map.of("R09", "critical tmpfs /run")),
            new Sick(
                    () -> shared(host -> filled(host)
                            .sql("INSERT INTO fd_count SELECT 1, i, 1, 4, 0, 0, 0, 4" + EACH)
                            .sql(
                                    "INSERT INTO open_file SELECT 1, i, 1, 3, 'deleted', '/run/app/access.log', i * 5242880, 22, 9"
                                            + EACH)),
                    Map.of("R15", "critical deleted_file frames")),
            new Sick(
                    () -> shared(host -> host.sql("INSERT INTO fd_count SELECT 1, i, 1, 4 + i, 0, 0, 0, 4 + i" + EACH)
                            .sql(
                                    "INSERT INTO open_file SELECT 1, i, 1, 3, 'memfd', '/memfd:frame-pool', i * 5242880, 1, 9"
                                            + EACH)),
                    Map.of("R36", "critical memfd frames")),
            new Sick(
                    RuleCasesTest::kernel,
                    Map.of(
                            "R16", "critical slab_cache frob_request",
                            "R19", "critical vmalloc vring_refill",
                            "R20", "critical page_tables indexer",
                            "R21", "critical percpu percpu",
                            "R22", "critical kernel_pages kernel",
                            "R24", "warning hugepages hugepages")),
            new Sick(RuleCasesTest::connected, Map.of("R23", "critical sockets gateway")),
            new Sick(
                    () -> OneCauseTest.together(t -> 0.03 * t * MIB),
                    Map.of("R32", "warning private_anonymous worker")),
            new Sick(() -> new SyntheticHost(5, 8), Map.of("R33", "info data_quality null")),
            new Sick(() -> RuleLimitsTest.restarted(12, 1), Map.of("R37", "warning private_anonymous ordersvc")),
            new Sick(
                    RuleCasesTest::toldByOthers,
                    Map.of("R34", "info data_quality null", "R42", "critical private_anonymous ordersvc")),
            new Sick(
                    () -> new SyntheticHost(5, 48)
                            .sql("INSERT INTO daemon_kill (capture_id, kill_id, killer, ts, victim_name, victim_pid)"
                                    + " VALUES (1, 1, 'earlyoom', TIMESTAMP '2026-11-22 10:01:00', 'dbserver', 77)"),
                    Map.of("R44", "warning host_oom grower unknown")),
            new Sick(
                    () -> new SyntheticHost(5, 48).takes("anon_pages_bytes", t -> t * MIB),
                    Map.of("R43", "info private_anonymous process unknown")));

    static Stream<Sick> cases() {
        return CASES.stream();
    }

    @Test
    void everyRuleHasAHostOnWhichItSpeaks() {
        List<String> spoken = new ArrayList<>();
        CASES.forEach(sick -> spoken.addAll(sick.said().keySet()));
        assertThat(spoken)
                .containsExactlyInAnyOrderElementsOf(
                        RULES.stream().map(RuleFile::id).toList());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void itSpeaksOfWhatIsWrong(Sick sick) {
        try (SyntheticHost host = sick.host().get()) {
            Analysis analysis = host.analysed();
            sick.said()
                    .forEach((rule, expected) ->
                            assertThat(said(rule, analysis)).as(rule).contains(expected));
            // a case may hold a thousand captures: what is shown to prove a finding is of its own
            assertThat(analysis.findings().stream()
                            .flatMap(finding -> finding.evidence().stream())
                            .map(Finding.Evidence::sql))
                    .allMatch(sql ->
                            sql.contains("capture_id = 1") || sql.contains("sid = ") || sql.contains("sid IN ("));
        }
    }

    @Test
    void onAHostThatIsWellEachHasItsInputAndAccusesNobody() {
        try (SyntheticHost host = well()) {
            Analysis analysis = host.analysed();
            assertThat(analysis.verdict().leak()).isFalse();
            // whom the kernel would kill first is told of every host
            assertThat(analysis.findings())
                    .filteredOn(finding -> finding.severity() != Severity.OK)
                    .extracting(
                            finding -> finding.rule() + " " + finding.severity().json())
                    .containsExactly("R29 info");
        }
        try (SyntheticHost host = leaking()) {
            assertThat(said("R00", host.analysed())).isEmpty();
        }
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            assertThat(said(
                            "R29",
                            host.process("kthreadd", t -> 0)
                                    .sql("UPDATE process SET kernel_thread = true")
                                    .analysed()))
                    .noneMatch(text -> text.startsWith("warning"));
        }
    }

    @Test
    void withoutAFileItNeedsItSaysWhichOne() throws SQLException {
        Wording wording = Wording.of(REPORTS, "en");
        List<String> unsaid = new ArrayList<>();
        try (SyntheticHost host = well()) {
            host.database().makeViews();
            for (RuleFile rule : RULES) {
                for (String need : rule.needs()) {
                    host.connection().setAutoCommit(false);
                    int dot = need.indexOf('.');
                    host.sql(
                            dot < 0
                                    ? "DELETE FROM " + need
                                    : "UPDATE " + need.substring(0, dot) + " SET " + need.substring(dot + 1)
                                            + " = NULL");
                    String file = wording.line("table." + need, Map.of()).orElseThrow();
                    List<Finding> findings = new FindingsEngine(host.connection(), List.of(rule), wording)
                            .analyse()
                            .findings();
                    if (findings.size() != 1
                            || findings.get(0).severity() != Severity.NOT_APPLICABLE
                            || !findings.get(0).title().contains(file)) {
                        unsaid.add(rule.id() + " without " + need + ": " + findings);
                    }
                    host.connection().rollback();
                    host.connection().setAutoCommit(true);
                }
            }
        }
        assertThat(unsaid).isEmpty();
    }

    private static List<String> said(String rule, Analysis analysis) {
        return analysis.findings().stream()
                .filter(finding -> finding.rule().equals(rule))
                .filter(finding -> !finding.title().isEmpty() && finding.severity() != Severity.NOT_APPLICABLE)
                .map(finding -> finding.severity().json() + " " + finding.kind() + " "
                        + (finding.culprit() == null ? null : finding.culprit().name()))
                .toList();
    }

    /** Everything was read, and nothing is wrong. */
    private static SyntheticHost well() {
        return HostRulesTest.host(false)
                .process("indexer", t -> 30 * MIB)
                .sql("UPDATE meminfo SET hugetlb_bytes = 0")
                .sql(
                        "INSERT INTO pressure SELECT 1, i, 'memory', s, 0, 0, 0, 0.001 * i FROM range(48) AS r(i), (VALUES ('some'), ('full')) AS x(s)")
                .sql(
                        "INSERT INTO vmstat SELECT 1, i, n, 100 FROM range(48) AS r(i), (VALUES ('pswpin'), ('pswpout')) AS x(n)")
                .sql("INSERT INTO sockstat SELECT 1, i, 'sockets', 'used', 120 + i % 3" + EACH)
                .sql(
                        "INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/run', 419430400, 4194304 + 4096 * (i % 2), 0"
                                + EACH)
                .sql(
                        "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, max_bytes, current_bytes, file_bytes, events_oom, events_oom_kill)"
                                + " SELECT 1, i, '/apps/ordersvc', 2, 134217728, 41943040, 0, 0, 0" + EACH)
                .sql(
                        "INSERT INTO vmalloc_caller (capture_id, snapshot, caller, bytes) SELECT 1, i, 'vring_refill', 8388608"
                                + EACH)
                .sql(
                        "INSERT INTO shm_segment (capture_id, snapshot, shmid, creator_pid, attached, uid, rss_bytes) SELECT 1, i, 7, 1001, 2, 0, 1048576"
                                + EACH);
    }

    private static SyntheticHost leaking() {
        return new SyntheticHost(5, 48)
                .process("ordersvc", t -> (20 + t) * MIB)
                .takes("anon_pages_bytes", t -> t * MIB);
    }

    private static SyntheticHost swapping() {
        return new SyntheticHost(5, 48)
                .sql(
                        "INSERT INTO pressure SELECT 1, i, 'memory', s, 30, 30, 30, 0.5 * i FROM range(48) AS r(i), (VALUES ('some'), ('full')) AS x(s)")
                .sql(
                        "INSERT INTO vmstat SELECT 1, i, n, i * 10000 FROM range(48) AS r(i), (VALUES ('pswpin'), ('pswpout')) AS x(n)")
                .sql(
                        "UPDATE meminfo SET cached_bytes = cached_bytes + snapshot * 2097152, mem_free_bytes = mem_free_bytes - snapshot * 2097152");
    }

    private static SyntheticHost killed() {
        return new SyntheticHost(5, 48)
                .process("agentd", t -> (10 + 3 * t) * MIB)
                .takes("anon_pages_bytes", t -> 3 * t * MIB)
                .sql("UPDATE vmstat SET value = 1 WHERE snapshot >= 46");
    }

    private static SyntheticHost grouped() {
        return new SyntheticHost(5, 48)
                .process("ordersvc", t -> 20 * MIB)
                .sql(
                        "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, max_bytes, current_bytes, file_bytes, events_oom, events_oom_kill)"
                                + " SELECT 1, i, p, 2, 134217728, 133169152, 0, k * (i // 12), k * (i // 12) FROM range(48) AS r(i),"
                                + " (VALUES ('/apps/full', 0), ('/apps/killed', 1)) AS x(p, k)");
    }

    private static SyntheticHost processes() {
        return new SyntheticHost(5, 48)
                .process("tablesvc", t -> (20 + 0.5 * t) * MIB)
                .sql(
                        "INSERT INTO mapping (capture_id, snapshot, process_id, name, perms, mappings, size_bytes, rss_bytes, anonymous_bytes)"
                                + " SELECT 1, i, 1, '/var/lib/table.dat', 'rw-p', 1, 671088640, i * 2621440, i * 2621440"
                                + EACH)
                .process("reader", t -> 20 * MIB)
                .sql(
                        "UPDATE process_sample SET rss_file_bytes = rss_file_bytes + snapshot * 5242880 WHERE process_id = 2")
                .process("planner", t -> 20 * MIB)
                .sql(
                        "UPDATE process_sample SET vm_size_bytes = vm_size_bytes + snapshot * 83886080::BIGINT WHERE process_id = 3")
                .process("poolsvc", t -> 20 * MIB)
                .sql("UPDATE process_sample SET threads = 1 + 20 * snapshot WHERE process_id = 4")
                .process("warmsvc", t -> Math.min(80, 20 + 2 * t) * MIB)
                .takes("anon_pages_bytes", t -> 0.5 * t * MIB)
                .takes("kernel_stack_bytes", t -> 4 * t * 16384);
    }

    /** Shmem grows, and one process is there. */
    private static SyntheticHost shared(java.util.function.UnaryOperator<SyntheticHost> owner) {
        return owner.apply(new SyntheticHost(5, 48)
                .process("frames", t -> 20 * MIB)
                .takes("cached_bytes", t -> t * MIB)
                .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + snapshot * 5242880")
                .sql("INSERT INTO filesystem SELECT 1, i, 1, '0:23', 'tmpfs', '/tmp', 419430400, 4096, 0" + EACH));
    }

    private static SyntheticHost filled(SyntheticHost host) {
        return host.sql(
                "INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/run', 419430400, 4096 + i * 5242880, 0"
                        + EACH);
    }

    private static SyntheticHost kernel() {
        return new SyntheticHost(5, 48)
                .process("indexer", t -> 20 * MIB)
                .sql("UPDATE process_sample SET pte_bytes = 65536 + snapshot * 524288")
                .takes("page_tables_bytes", t -> 0.1 * t * MIB)
                .takes("sunreclaim_bytes", t -> 0.2 * t * MIB)
                .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'frob_request', i * 1048576"
                        + EACH)
                .takes("vmalloc_used_bytes", t -> 0.2 * t * MIB)
                .sql(
                        "INSERT INTO vmalloc_caller (capture_id, snapshot, caller, module, bytes) SELECT 1, i, 'vring_refill', 'vring', i * 1048576"
                                + EACH)
                .takes("percpu_bytes", t -> 0.1 * t * MIB)
                .takes(null, t -> 0.3 * t * MIB)
                .sql("UPDATE meminfo SET hugetlb_bytes = 0")
                .takes("hugetlb_bytes", t -> t < 100 ? 0 : 64 * MIB);
    }

    private static SyntheticHost connected() {
        return new SyntheticHost(5, 48)
                .process("gateway", t -> 20 * MIB)
                .takes("sunreclaim_bytes", t -> t * MIB)
                .sql("INSERT INTO slab (capture_id, snapshot, cache, bytes) SELECT 1, i, 'kmalloc-4k', i * 5242880"
                        + EACH)
                .sql("INSERT INTO sockstat SELECT 1, i, 'sockets', 'used', 120 + 100 * i" + EACH)
                .sql("INSERT INTO fd_count SELECT 1, i, 1, 10 + 100 * i, 6 + 100 * i, 0, 0, 4" + EACH);
    }

    /** pidstat and free, no collector. */
    private static SyntheticHost toldByOthers() {
        return leaking()
                .sql("UPDATE capture SET origin = 'evidence'")
                .sql("UPDATE process_sample SET rss_anon_bytes = NULL, rss_file_bytes = NULL, rss_shmem_bytes = NULL")
                .sql("INSERT INTO evidence_source (capture_id, member, kind, bytes, readings, time_from, tables)"
                        + " VALUES (1, 'pidstat.txt', 'pidstat', 4096, 48, 'text', 'process_sample')");
    }
}
