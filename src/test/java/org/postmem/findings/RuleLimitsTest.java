package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.findings.SyntheticHost.MIB;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Finding.Severity;
import org.postmem.sql.ReportFiles;

/** Rules on rows on which they fire, and on rows like them on which they must not. */
class RuleLimitsTest {
    @Test
    void aPoolOfHugePagesTakenAtOnceIsToldWithWhoFillsIt() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("database", t -> 20 * MIB)
                    .takes("hugetlb_bytes", t -> 0)
                    .sql("UPDATE meminfo SET hugetlb_bytes = CASE WHEN snapshot < 20 THEN 0 ELSE 268435456 END,"
                            + " mem_free_bytes = mem_free_bytes - CASE WHEN snapshot < 20 THEN 0 ELSE 268435456 END")
                    .sql("UPDATE process_sample SET hugetlb_bytes = 4194304 * greatest(0, snapshot - 20)");
            Finding first = host.analysed().findings().get(0);
            assertThat(first.kind()).isEqualTo("hugepages");
            assertThat(first.severity()).isEqualTo(Severity.WARNING);
            assertThat(first.culprit().name()).isEqualTo("database");
            assertThat(first.growthBytes()).isEqualTo(268435456);
            assertThat(host.analysed().verdict().headline())
                    .contains(" into the pool of huge pages, since ")
                    .doesNotContain("growing");
        }
    }

    @Test
    void killsInAGroupDoNotGrow() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("ordersvc", t -> (20 + 1.5 * (t % 64)) * MIB)
                    .sql(
                            "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, max_bytes, current_bytes, events_oom, events_oom_kill)"
                                    + " SELECT 1, i, '/apps/ordersvc', 2, 134217728, 104857600, i // 12, i // 12 FROM range(0, 48, 6) AS r(i)");
            assertThat(host.analysed().verdict().headline())
                    .startsWith("Control group /apps/ordersvc hits its limit: 3 killed, since 10:01:00 UTC (2 min)");
        }
    }

    @Test
    void slabinfoIsSaidToBeUnreadOnlyWhereItWas() {
        String unread = "/proc/slabinfo was not read";
        try (SyntheticHost host = slabLeak()) {
            assertThat(host.explanationOf("R16")).contains(unread);
        }
        try (SyntheticHost host = slabLeak()
                .sql(
                        "INSERT INTO slab (capture_id, snapshot, cache, bytes, objects)"
                                + " SELECT 1, i, 'cache-' || j, i * (1310720 + j), i * 100 * (j + 1) FROM range(0, 48, 6) AS r(i), range(4) AS c(j)")) {
            assertThat(host.explanationOf("R16"))
                    .contains("none of them explains half")
                    .doesNotContain(unread);
        }
    }

    private static SyntheticHost slabLeak() {
        return new SyntheticHost(5, 48).takes("sunreclaim_bytes", t -> t * MIB);
    }

    @Test
    void aHeapThatMayGrowOnIsNotCalledProtectedEither() {
        for (boolean inside : new boolean[] {true, false}) {
            try (SyntheticHost host = java(inside ? "-Xmx400m" : "-Xmx64m")) {
                host.process("database", t -> 100 * MIB)
                        .sql("UPDATE process SET oom_score_adj = -1000 WHERE name = 'ordersvc'")
                        .sql("UPDATE process_sample SET oom_score_adj = -1000 WHERE process_id = 1");
                assertThat(of("R29", host.analysed()))
                        .extracting(Finding::severity)
                        .as("a heap below its limit: " + inside)
                        .containsExactly(inside ? Severity.INFO : Severity.WARNING);
            }
        }
    }

    @Test
    void aPoolOfHugePagesThatWasThereBeforeIsNoGrowth() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("database", t -> 20 * MIB).sql("UPDATE meminfo SET hugetlb_bytes = 268435456");
            assertThat(of("R24", host.analysed())).extracting(Finding::severity).containsExactly(Severity.OK);
        }
    }

    @Test
    void aSlowLeakOnABigHostIsToldAndRaisesNoAlarm() {
        try (SyntheticHost host = big(300, 145, t -> 40 * MIB + t * 30 * MIB / 43200)) {
            Analysis analysis = host.analysed();
            assertThat(of("R05", analysis)).hasSize(1).allSatisfy(finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.INFO);
                assertThat(finding.title())
                        .isEqualTo("ordersvc (pid 1001) grows slowly and without rest: +28.8 MiB in 12 h");
            });
            assertThat(analysis.verdict())
                    .isEqualTo(new Verdict(
                            false,
                            "No leak that is a danger to this host was found, but ordersvc (pid 1001) grows slowly and without rest: +28.8 MiB in 12 h.",
                            "R05-1"));
        }
    }

    @Test
    void aLargeProcessThatDriftsOrALittleGrowthInMinutesIsNoSlowLeak() {
        try (SyntheticHost drifting = big(300, 145, t -> 4000 * MIB + t * 30 * MIB / 43200);
                SyntheticHost breathing = big(300, 145, t -> 40 * MIB + (t / 300 % 7) * 4 * MIB);
                SyntheticHost brief = big(5, 145, t -> 40 * MIB + t * 30 * MIB / 720)) {
            for (SyntheticHost host : List.of(drifting, breathing, brief)) {
                assertThat(of("R05", host.analysed()))
                        .extracting(Finding::severity)
                        .containsExactly(Severity.OK);
            }
        }
    }

    @Test
    void sixtyFourKilobytesASecondOverThreeMinutesAreALeakThatIsAccused() {
        // as a service that leaked in the lab guest, read at each tenth second
        try (SyntheticHost host = new SyntheticHost(10, 25)) {
            DoubleUnaryOperator leak = t -> t < 60 ? 0 : (t - 60) * 65536;
            Analysis analysis = host.process("ordersvc", t -> 2 * MIB + leak.applyAsDouble(t))
                    .takes("anon_pages_bytes", leak)
                    .analysed();
            assertThat(analysis.verdict().headline())
                    .startsWith("ordersvc (pid 1001) leaks private anonymous memory: +11.3 MiB, growing since");
            assertThat(analysis.verdict().leak()).isTrue();
        }
    }

    @Test
    void aJavaHeapThatMayGrowOnIsNoLeakBeforeItIsFull() {
        String title = "ordersvc (pid 1001) grows inside its Java heap, which may take 400 MiB: +220 MiB in 110 s";
        try (SyntheticHost host = java("-Xmx2g -Xmx400m")) {
            assertThat(host.analysed().verdict())
                    .isEqualTo(new Verdict(
                            false, "No memory leak can be told yet: " + title + ". Collect for longer.", "R05-1"));
        }
        try (SyntheticHost host = java("-Xmx64m")) {
            assertThat(of("R05", host.analysed())).singleElement().satisfies(finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
                assertThat(finding.explanation())
                        .contains("It holds more than its Java heap may take (64.0 MiB): what grows lies outside");
            });
        }
        for (String options : List.of("-Xmx64g", "-XX:MaxRAMPercentage=80")) {
            try (SyntheticHost host = java(options)) {
                assertThat(host.analysed().verdict().leak())
                        .as("the host has not that much, or nothing is said")
                        .isTrue();
            }
        }
    }

    @Test
    void whatGrowsOutsideOfAHeapThatIsFoundAmongItsMappingsIsALeak() {
        try (SyntheticHost host = heapAmongMappings(400, "20 * MIB + i % 3 * 4 * MIB")) {
            assertThat(of("R05", host.analysed())).singleElement().satisfies(finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
                assertThat(finding.explanation())
                        .contains("Outside of its Java heap, which lies among its mappings, it gained ");
            });
        }
        Map<String, SyntheticHost> excused = Map.of(
                "the heap itself grows",
                heapAmongMappings(400, "20 * MIB + i * 8 * MIB"),
                "a run of another size",
                heapAmongMappings(300, "20 * MIB"),
                "what is outside comes and goes",
                heapAmongMappings(400, "20 * MIB + i // 8 % 2 * 60 * MIB"));
        excused.forEach((why, host) -> {
            try (host) {
                assertThat(host.analysed().verdict().headline()).as(why).contains("grows inside its Java heap");
            }
        });
    }

    @Test
    void whatGrowsOutsideOfAHeapIsNotLookedForInIt() {
        String nativeMemory = "jcmd 1001 VM.native_memory summary";
        for (String language : List.of("en", "zh")) {
            assertThat(told(heapAmongMappings(400, "20 * MIB"), language))
                    .contains(nativeMemory)
                    .doesNotContain("that is heap", "这是堆", "GC.class_histogram");
            assertThat(told(java("-Xmx64m"), language))
                    .as("more than its heap may take")
                    .contains(nativeMemory)
                    .doesNotContain("GC.class_histogram");
            assertThat(told(java("-Xmx64g"), language))
                    .as("nothing tells where it grows")
                    .contains("jcmd 1001 GC.class_histogram")
                    .doesNotContain("that is heap", "这是堆", "VM.native_memory");
        }
    }

    /** What the accusation of a process explains, advises, and tells to run next. */
    private static String told(SyntheticHost host, String language) {
        try (host) {
            host.database().makeViews();
            Finding leak =
                    FindingsEngine.packaged(host.connection(), ReportFiles.onClassPath(), language)
                            .analyse()
                            .findings()
                            .stream()
                            .filter(finding -> finding.rule().equals("R05"))
                            .findFirst()
                            .orElseThrow();
            return leak.explanation() + "\n" + String.join("\n", leak.advice()) + "\n"
                    + String.join("\n", leak.nextCommands());
        }
    }

    /** Ten MiB a snapshot in all, and what a run of mappings of a size has of them at each fourth snapshot. */
    private static SyntheticHost heapAmongMappings(int runMib, String inRun) {
        String each = " FROM range(0, 25, 4) AS r(i)";
        return java("-Xmx400m")
                .sql("INSERT INTO mapping (capture_id, snapshot, process_id, name, perms, mappings, anonymous_bytes)"
                        + " SELECT 1, i, 1, '[anon]', 'rw-p', 9, (20 + 10 * i) * 1048576" + each)
                .sql("INSERT INTO anonymous_run SELECT 1, i, 1, " + runMib + " * 1048576, "
                        + inRun.replace("MIB", "1048576") + ", 0" + each);
    }

    @Test
    void aJavaHeapOfTheDefaultSizeIsAQuarterOfMemoryAndCountsForOneThatWasJustStarted() {
        try (SyntheticHost host = java("-Dname=orders")) {
            assertThat(host.analysed().verdict().headline()).contains("grows inside its Java heap, which may take ");
        }
        try (SyntheticHost host = java("-Dname=orders")) {
            host.sql("UPDATE process SET started_at = TIMESTAMP '2026-11-22 08:00:00'");
            assertThat(host.analysed().verdict().leak()).isTrue();
        }
    }

    /** 2 MiB a second from the fifth second on. */
    private static SyntheticHost java(String options) {
        DoubleUnaryOperator heap = t -> 2 * MIB * Math.max(0, t - 5);
        return new SyntheticHost(5, 25)
                .process("ordersvc", t -> 20 * MIB + heap.applyAsDouble(t))
                .takes("anon_pages_bytes", heap)
                .sql("UPDATE process SET comm = 'java', command = 'java " + options + " -jar orders.jar'");
    }

    @Test
    void halfOfThatInHalfOfTheTimeMayBeChanceAndIsNotAccused() {
        try (SyntheticHost host = new SyntheticHost(5, 25)) {
            DoubleUnaryOperator leak = t -> t < 30 ? 0 : (t - 30) * 65536;
            Analysis analysis = host.process("ordersvc", t -> 2 * MIB + leak.applyAsDouble(t))
                    .takes("anon_pages_bytes", leak)
                    .analysed();
            assertThat(analysis.verdict())
                    .isEqualTo(new Verdict(
                            false,
                            "No memory leak can be told yet: ordersvc (pid 1001) grows without rest, by little so far: +5.63 MiB in 90 s."
                                    + " Collect for longer.",
                            "R05-1"));
        }
    }

    @Test
    void littleGrowthOfALargeProcessOrOneThatSlowsDownIsNotAccused() {
        try (SyntheticHost large = new SyntheticHost(10, 25).process("ordersvc", t -> 200 * MIB + t * 50000);
                SyntheticHost slowing =
                        new SyntheticHost(10, 25).process("ordersvc", t -> 2 * MIB + 6 * MIB * Math.log1p(t / 60))) {
            for (SyntheticHost host : List.of(large, slowing)) {
                assertThat(host.analysed().verdict().leak()).isFalse();
            }
        }
    }

    /** A host of 64 GiB. */
    private static SyntheticHost big(double interval, int snapshots, DoubleUnaryOperator anonBytes) {
        return new SyntheticHost(interval, snapshots)
                .process("ordersvc", anonBytes)
                .sql(
                        "UPDATE meminfo SET mem_total_bytes = 68719476736, mem_free_bytes = 34359738368,"
                                + " mem_available_bytes = 51539607552, cached_bytes = 17179869184, anon_pages_bytes = 17179869184");
    }

    @Test
    void livesThatFollowEachOtherAndGrowEachTimeAreOneLeak() {
        try (SyntheticHost host = restarted(12, 1)) {
            Analysis analysis = host.analysed();
            assertThat(of("R37", analysis)).hasSize(1).allSatisfy(finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                assertThat(finding.culprit().name()).isEqualTo("ordersvc");
                assertThat(finding.culprit().pid()).isEqualTo(1004);
                assertThat(finding.rateBytesPerSecond()).isBetween(0.99 * MIB, 1.01 * MIB);
            });
            assertThat(analysis.verdict().leak()).isTrue();
        }
    }

    @Test
    void livesThatComeToRestAreARestartAndNoLeak() {
        try (SyntheticHost host = restarted(12, 0)) {
            Analysis analysis = host.analysed();
            assertThat(of("R37", analysis)).extracting(Finding::severity).containsExactly(Severity.OK);
            assertThat(analysis.verdict().leak()).isFalse();
        }
    }

    @Test
    void aRampFromTheFirstSecondsOfAProcessIsNotYetALeak() {
        try (SyntheticHost host = new SyntheticHost(1, 60)) {
            host.process("warmsvc", t -> (20 + 5 * t) * MIB)
                    .sql("UPDATE process SET started_at = TIMESTAMP '2026-11-22 09:59:58'");
            assertThat(host.analysed().verdict().leak()).isFalse();
            assertThat(host.verdictOf("warmsvc")).isEqualTo("thin");
        }
    }

    @Test
    void aStartUpThatIsReadLateIsNotALeakEither() {
        // started after 35 s, first read after 50: what it had by then is where its growth seems to begin
        try (SyntheticHost host = new SyntheticHost(5, 16)) {
            host.process("warmsvc", t -> (5 + 5 * (t - 35)) * MIB)
                    .process("indexer", t -> 20 * MIB)
                    .sql("DELETE FROM process_sample WHERE process_id = 1 AND snapshot < 10")
                    .sql(
                            "UPDATE process SET started_at = TIMESTAMP '2026-11-22 10:00:35', first_snapshot = 10 WHERE process_id = 1");
            assertThat(host.analysed().verdict().leak()).isFalse();
            assertThat(host.verdictOf("warmsvc")).isEqualTo("thin");
        }
    }

    @Test
    void aFileInATmpfsThatGrowsForHalfAMinuteMayBeARotationAndForAMinuteIsNone() {
        for (int snapshots : List.of(14, 20)) {
            try (SyntheticHost host = new SyntheticHost(5, snapshots)) {
                host.takes("cached_bytes", t -> Math.max(0, t - 35) * 2 * MIB)
                        .sql("UPDATE meminfo SET shmem_bytes = shmem_bytes + greatest(0, snapshot - 7) * 10485760")
                        .sql(
                                "INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/run', 419430400, 4096 + greatest(0, i - 7) * 10485760, 0"
                                        + " FROM range(" + snapshots + ") AS r(i)");
                assertThat(host.analysed().verdict().leak()).isEqualTo(snapshots == 20);
            }
        }
    }

    @Test
    void addressSpaceThatIsReservedIsToldFromTheReadingsOfItsMappings() {
        for (String perms : List.of("---p", "rw-p")) {
            try (SyntheticHost host = new SyntheticHost(5, 48)) {
                // smaps was read twice, long before the end
                host.process("planner", t -> 20 * MIB)
                        .sql("UPDATE process_sample SET vm_size_bytes = vm_size_bytes + snapshot * 83886080::BIGINT")
                        .sql(
                                "INSERT INTO mapping (capture_id, snapshot, process_id, name, perms, mappings, size_bytes, rss_bytes, anonymous_bytes)"
                                        + " SELECT 1, i, 1, '[anon]', '" + perms
                                        + "', i, i * 83886080::BIGINT, 0, 0 FROM (VALUES (10), (18)) AS r(i)");
                assertThat(of("R13", host.analysed()))
                        .extracting(Finding::severity)
                        .containsExactly(perms.equals("---p") ? Severity.INFO : Severity.WARNING);
            }
        }
    }

    @Test
    void aProcessThatWasQuietFirstAndThenGrowsIsALeakWithinAMinute() {
        try (SyntheticHost host = new SyntheticHost(1, 60)) {
            host.process("ordersvc", t -> (20 + 4 * Math.max(0, t - 9)) * MIB)
                    .takes("anon_pages_bytes", t -> 4 * Math.max(0, t - 9) * MIB)
                    .sql("UPDATE process SET started_at = TIMESTAMP '2026-11-22 09:59:58'");
            Analysis analysis = host.analysed();
            assertThat(analysis.verdict().leak()).isTrue();
            assertThat(analysis.findings().get(0).culprit().name()).isEqualTo("ordersvc");
        }
    }

    @Test
    void memoryThatRunsOutWithNobodyBehindItIsNoWarning() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("quiet", t -> 20 * MIB)
                    .sql("UPDATE meminfo SET mem_available_bytes = mem_available_bytes - snapshot * 5242880");
            assertThat(of("R01", host.analysed())).extracting(Finding::severity).containsExactly(Severity.INFO);
        }
    }

    @Test
    void anArchiveThatEndsInTheMiddleSaysWhatWasRead() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("quiet", t -> 20 * MIB)
                    .sql("INSERT INTO segment (capture_id, segment, state) VALUES (1, 0, 'open')");
            assertThat(of("R33", host.analysed()))
                    .extracting(Finding::explanation)
                    .containsExactly("The archive ends in the middle of a segment, which has no trailer;"
                            + " 48 snapshots up to 10:03:55 UTC could be read.");
        }
    }

    @Test
    void whatWasCheckedIsSaidToBeHealthyOnce() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("quiet", t -> 20 * MIB);
            Analysis analysis = host.analysed();
            assertThat(of("R05", analysis))
                    .extracting(Finding::severity, Finding::title)
                    .containsExactly(
                            tuple(
                                    Severity.OK,
                                    "No process gained private memory that it did not give back, but for what another finding here tells of"));
            assertThat(of("R02", analysis)).extracting(Finding::severity).containsExactly(Severity.NOT_APPLICABLE);
        }
    }

    @Test
    void aPauseBetweenTwoLivesLooksLongerByTheTimeBetweenTwoSnapshots() {
        // the last snapshot of a life, then the fourth after it: 20 s with snapshots 5 s apart, and 20.2 of a clock
        // that is late
        try (SyntheticHost host = restarted(10, 1)) {
            host.sql("DELETE FROM process_sample WHERE snapshot % 10 > 6")
                    .sql("UPDATE snapshot SET t_seconds = 1.01 * t_seconds");
            assertThat(of("R37", host.analysed()))
                    .extracting(Finding::severity, finding -> finding.culprit().name())
                    .containsExactly(tuple(Severity.WARNING, "ordersvc"));
        }
        // beyond that it is a program that is started now and then
        try (SyntheticHost host = restarted(12, 1)) {
            host.sql("DELETE FROM process_sample WHERE snapshot % 12 > 6");
            assertThat(of("R37", host.analysed())).extracting(Finding::severity).containsExactly(Severity.OK);
        }
    }

    /** Four lives of as many snapshots each; growth a second in MiB, else it comes to rest after its third snapshot. */
    static SyntheticHost restarted(int snapshots, int growth) {
        SyntheticHost host = new SyntheticHost(5, 4 * snapshots);
        for (int life = 0; life < 4; life++) {
            double from = 5.0 * snapshots * life;
            host.process(
                    "ordersvc", t -> (10 + (growth > 0 ? growth * (t - from) : Math.min(30, 3 * (t - from)))) * MIB);
            int id = life + 1;
            int first = snapshots * life;
            int last = first + snapshots - 1;
            host.sql("DELETE FROM process_sample WHERE process_id = " + id + " AND snapshot NOT BETWEEN " + first
                            + " AND " + last)
                    .sql("UPDATE process SET cgroup = '/apps/shop', first_snapshot = " + first + ", last_snapshot = "
                            + last
                            + ", started_at = TIMESTAMP '2026-11-22 10:00:00' + to_seconds(" + (int) (from - 2)
                            + ") WHERE process_id = " + id);
        }
        return host;
    }

    private static List<Finding> of(String rule, Analysis analysis) {
        return analysis.findings().stream()
                .filter(finding -> finding.rule().equals(rule))
                .toList();
    }
}
