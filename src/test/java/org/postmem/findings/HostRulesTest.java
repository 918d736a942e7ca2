package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Finding.Severity;

/** Rules about limits, settings and states: one host on which each of them fires, one like it on which none must. */
class HostRulesTest {
    private static final double MIB = SyntheticHost.MIB;
    private static final List<String> RULES = List.of("R12", "R18", "R25", "R26", "R27", "R30", "R38", "R39", "R41");

    @Test
    void eachFiresWhereItHasAReason() {
        Map<String, String> said = said(true);
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put(
                "R12", "warning: ordersvc (pid 1001) makes more and more mappings: +10575, 54575 of 65530 allowed");
        expected.put("R18", "info: Slab cache frob_request holds 320 MiB and uses 25 % of its objects");
        expected.put("R25", "info: Huge pages make ordersvc (pid 1001) large: 192 MiB of 240 MiB");
        expected.put(
                "R26",
                "warning: Compaction fails although 256 MiB are free in node 0, zone Normal: they lie in small pieces");
        expected.put("R27", "info: NUMA node 1 is nearly full, node 0 is not");
        expected.put(
                "R30",
                "warning: Requests for memory are about to be refused: 95 % of CommitLimit is promised;"
                        + " info: This host panics when memory runs out (vm.panic_on_oom)");
        expected.put("R38", "info: ordersvc (pid 1001) grows in its brk heap: +235 MiB in [heap]");
        expected.put("R39", "warning: ordersvc (pid 1001) holds 900 descriptors of 1024 allowed");
        expected.put("R41", "info: Unreclaimable slab holds 400 MiB and did not grow: taken before this capture");
        assertThat(said).isEqualTo(expected);
    }

    @Test
    void noneFiresOnAHostLikeItThatIsWell() {
        Map<String, String> said = said(false);
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("R12", "ok: No process is close to vm.max_map_count, and none makes more and more mappings");
        expected.put("R18", "ok: No slab cache is large and half empty");
        expected.put("R25", "ok: Huge pages make no process larger than what it touches");
        expected.put("R26", "ok: Free memory is in blocks large enough");
        expected.put("R27", "ok: No NUMA node is full while another has plenty");
        expected.put("R30", "ok: No setting makes a shortage of memory worse");
        expected.put("R38", "");
        expected.put("R39", "ok: No process holds more and more descriptors or is close to its limit");
        expected.put("R41", "ok: The kernel held no unusual share of memory before this capture");
        assertThat(said).isEqualTo(expected);
    }

    private static Map<String, String> said(boolean sick) {
        try (SyntheticHost host = host(sick)) {
            Map<String, String> said = new LinkedHashMap<>();
            Analysis analysis = host.analysed();
            for (String rule : RULES) {
                said.put(
                        rule,
                        String.join(
                                "; ",
                                analysis.findings().stream()
                                        .filter(finding -> finding.rule().equals(rule))
                                        .map(finding -> finding.severity().json() + ": " + finding.title())
                                        .toList()));
            }
            assertThat(analysis.verdict().leak()).isEqualTo(sick);
            assertThat(analysis.findings())
                    .filteredOn(finding -> finding.severity() == Severity.NOT_APPLICABLE)
                    .extracting(Finding::rule)
                    .doesNotContainAnyElementsOf(RULES);
            return said;
        }
    }

    static SyntheticHost host(boolean sick) {
        int heap = sick ? 5 : 0;
        int areas = sick ? 225 : 0;
        return new SyntheticHost(5, 48)
                .process("ordersvc", t -> (20 + (sick ? t : 0)) * MIB)
                .sql(
                        "INSERT INTO mapping (capture_id, snapshot, process_id, name, perms, mappings, size_bytes, rss_bytes, anonymous_bytes)"
                                + " SELECT 1, i, 1, '[heap]', 'rw-p', 1, (20 + " + heap + " * i) * 1048576, (20 + "
                                + heap
                                + " * i) * 1048576, (20 + " + heap + " * i) * 1048576 FROM range(48) AS r(i)")
                .sql(
                        "INSERT INTO mapping (capture_id, snapshot, process_id, name, perms, mappings, size_bytes, rss_bytes, anonymous_bytes)"
                                + " SELECT 1, i, 1, '/usr/lib/libfrob.so', 'r--p', " + (sick ? 43999 : 900) + " + "
                                + areas
                                + " * i, 4096, 4096, 0 FROM range(48) AS r(i)")
                .sql("INSERT INTO host_fact VALUES (1, 0, 'proc/sys/vm/max_map_count', '65530'),"
                        + " (1, 0, 'proc/sys/vm/overcommit_memory', '" + (sick ? 2 : 0) + "'),"
                        + " (1, 0, 'proc/sys/vm/panic_on_oom', '" + (sick ? 1 : 0) + "'),"
                        + " (1, 0, 'proc/sys/vm/min_free_kbytes', '45056')")
                .sql("UPDATE meminfo SET commit_limit_bytes = 1000000000, committed_as_bytes = 950000000,"
                        + " sunreclaim_bytes = " + (sick ? 400 : 40) + " * 1048576, mem_free_bytes = mem_free_bytes - "
                        + (sick ? 385 : 25) + " * 1048576")
                .sql(
                        "INSERT INTO slab (capture_id, snapshot, cache, active_objects, objects, bytes) SELECT 1, i, 'frob_request', "
                                + (sick ? "1000, 4000, 320" : "3000, 4000, 32")
                                + " * 1048576 FROM range(0, 48, 6) AS r(i)")
                .sql(
                        "INSERT INTO process_memory (capture_id, snapshot, process_id, rss_bytes, referenced_bytes, anonymous_bytes, anon_huge_pages_bytes)"
                                + " SELECT 1, i, 1, 240 * 1048576, " + (sick ? 100 : 220)
                                + " * 1048576, 230 * 1048576, 192 * 1048576 FROM range(0, 48, 6) AS r(i)")
                .sql("INSERT INTO buddy SELECT 1, i, 0, 'Normal', o, CASE WHEN o = 0 THEN "
                        + (sick ? 65536 : 8192) + " WHEN o = 10 THEN " + (sick ? 0 : 56)
                        + " ELSE 0 END FROM range(48) AS r(i), range(11) AS s(o)")
                .sql("INSERT INTO vmstat SELECT 1, i, 'compact_fail', " + (sick ? "i" : "7")
                        + " FROM range(48) AS r(i)")
                .sql("INSERT INTO numa_node VALUES (1, 42, 0, 'MemTotal', 536870912), (1, 42, 0, 'MemFree', 268435456),"
                        + " (1, 42, 1, 'MemTotal', 536870912), (1, 42, 1, 'MemFree', " + (sick ? 26843545 : 161061273)
                        + ")")
                .sql("INSERT INTO fd_count SELECT 1, i, 1, " + (sick ? 900 : 400)
                        + ", 20, 4, 0, 300 FROM range(0, 48, 6) AS r(i)")
                .sql("INSERT INTO process_limit VALUES (1, 0, 1, 'Max open files', 1024, 4096, 'files')");
    }
}
