package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Analysis;
import org.postmem.findings.Finding;
import org.postmem.sql.CaseDatabase;

/** What one part of a page says, no other part of it contradicts. */
class OnePageOneStoryTest {
    /** 320.0 MiB were used at 14:57:11 and not before; the capture went on for 17 s. */
    @Test
    void aMountThatWasFilledGrewUntilItWasFull() {
        try (CaseDatabase database = KeptIncident.load("tmpfs_swap")) {
            Analysis analysis = KeptIncident.analysis(database);
            Finding full = analysis.findings().get(0);
            assertThat(full.title()).isEqualTo("The tmpfs /run was filled to the end: +320 MiB");
            assertThat(full.firstSeen()).hasToString("2026-11-26T14:55:18.603816Z");
            assertThat(full.lastSeen().toString()).startsWith("2026-11-26T14:57:11.61");
            assertThat(DemoCase.page(database, analysis.verdict(), analysis.findings())
                            .replace('\u00a0', ' '))
                    .contains("for 113 s");
        }
    }

    /** A program that still warms up slows down; it neither came back nor came to rest. */
    @Test
    void aHealthyHostIsNotSaidToHaveComeToRestBesideWhatStillGrows() {
        try (CaseDatabase database = KeptIncident.load("warm_up_long")) {
            Analysis analysis = KeptIncident.analysis(database);
            assertThat(analysis.findings())
                    .anySatisfy(finding -> assertThat(finding.explanation()).contains("it has not come to rest yet"));
            assertThat(analysis.verdict().headline())
                    .isEqualTo("No memory leak was found: what grew came back, came to rest or slows down.");
            assertThat(analysis.findings())
                    .extracting(Finding::title)
                    .doesNotContain("No leak: what grew came back or came to rest");
        }
    }

    /** 65 s of CPU in all, 51 s of them up to the end of the first snapshot: the start of a JVM in a guest without KVM. */
    @Test
    void theStartOfTheCollectorIsNoShareOfTheTimeItWatched() throws SQLException {
        try (CaseDatabase database = KeptIncident.load("kmalloc_leak")) {
            database.makeViews();
            try (Statement statement = database.connection().createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT round(cpu_seconds, 1), round(cpu_percent, 1) FROM path_observer")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getDouble(1)).isEqualTo(65.1);
                assertThat(row.getDouble(2)).isEqualTo(11.8);
            }
        }
    }

    /** 201.13 s after the boot at 05:03:56.68, and 8 s before the next snapshot; the first snapshot read its uptime 1.1 s late. */
    @Test
    void aKillIsToldWithTheTimeOfTheLogAndNotWithThatOfTheNextSnapshot() {
        try (CaseDatabase database = KeptIncident.load("host_oom")) {
            assertThat(KeptIncident.analysis(database).findings())
                    .filteredOn(finding -> finding.rule().equals("R04"))
                    .extracting(
                            finding -> finding.firstSeen().toString(),
                            finding -> finding.lastSeen().toString())
                    .containsExactly(tuple("2026-11-23T05:07:17.801307Z", "2026-11-23T05:07:17.801307Z"));
        }
    }

    /** It grew for two minutes and swapped for the last of them: 3.02 MiB/s of memory and swap, 1.75 MiB/s of RSS in all of its life. */
    @Test
    void aRateOfAllReadingsSaysSoBesideThatOfTheFinding() {
        try (CaseDatabase database = KeptIncident.load("heap_swap")) {
            assertThat(KeptIncident.page(database).replace('\u00a0', ' '))
                    .contains("by 3.02 MiB/s for 2.7 min")
                    .contains("from its first reading to its last its RSS changed by +1.75 MiB/s.");
        }
    }

    /** Of 155 MiB 72.9 were there when the group was first read with its limit, five seconds after ordersvc was. */
    @Test
    void nobodyTookMoreOfAGroupThanCameInMeanwhile() {
        try (CaseDatabase database = KeptIncident.load("cgroup_full")) {
            assertThat(KeptIncident.analysis(database).findings())
                    .filteredOn(finding -> finding.rule().equals("R28"))
                    .extracting(Finding::explanation)
                    .containsExactly("97 % of its limit is memory that cannot simply be dropped. It held 72.9 MiB 80 s"
                            + " before. Most of what came in went to ordersvc (286): +82.2 MiB.");
        }
    }

    /** 130 MiB of VIRT, and 130 MiB of HugetlbPages: each page was written to, and none of them is in RSS. */
    @Test
    void hugePagesOfThePoolAreNoAddressSpaceThatNobodyTouches() {
        try (CaseDatabase database = KeptIncident.load("hugetlb")) {
            assertThat(KeptIncident.analysis(database).findings())
                    .filteredOn(finding -> finding.severity() == Finding.Severity.WARNING)
                    .extracting(Finding::title)
                    .containsExactly("256 MiB were taken into the pool of huge pages");
        }
    }

    /** Started at 18:32:35, it held 419 MiB of memory and swap at the end: 201 of them came after its start-up. */
    @Test
    void whatWasTakenInTheCaptureIsAllThatAProcessHasThatWasStartedInIt() {
        try (CaseDatabase database = KeptIncident.load("swap_thrash")) {
            assertThat(KeptIncident.analysis(database).findings())
                    .filteredOn(finding -> finding.rule().equals("R02"))
                    .extracting(Finding::title, Finding::explanation)
                    .containsExactly(
                            tuple(
                                    "Tasks wait for memory 28.6 % of the time; analytics (pid 289) took 419 MiB in this capture"
                                            + " and keeps it",
                                    "Some task waited 28.6 % of the capture, all of them 18.5 %; the worst ten seconds had"
                                            + " 48.0 %. From 18:32:35 UTC on analytics (pid 289) took 92 % of all memory, and it"
                                            + " does not grow any more: no leak by its shape, but what the others are short of."));
        }
    }

    /** 148 MiB of the tmpfs are mapped and in the RSS of Search; 34.5 MB of the processes that pile up are their own. */
    @Test
    void whatCountsForTheSizeOfAProcessIsNotSaidToCountForNone() {
        for (String incident : List.of("index_readers", "process_pile_up")) {
            try (CaseDatabase database = KeptIncident.load(incident)) {
                assertThat(KeptIncident.analysis(database).findings())
                        .filteredOn(finding -> finding.rule().equals("R29"))
                        .extracting(Finding::explanation)
                        .singleElement()
                        .asString()
                        .doesNotContain("counts for no process");
            }
        }
    }

    /** 441 MiB of page cache came in and are there at the end; the kernel drops them when memory is needed. */
    @Test
    void growthThatIsNoLeakIsNotCalledOneNorSaidToBeBackAtItsBase() {
        try (CaseDatabase database = KeptIncident.load("page_cache")) {
            assertThat(KeptIncident.page(database).replace('\u00a0', ' '))
                    .contains("Page cache grew by 435 MiB: no leak", "<dd>steady growth</dd>")
                    .contains("slows down, or is cache that the kernel drops when memory is needed.")
                    .doesNotContain("<dd>leak</dd>", "back at its base");
        }
    }

    /** The tmpfs /run took 492 MiB in the 100 s up to the kill; that is seen, and needs no other capture. */
    @Test
    void aKillForWhatATmpfsTookIsNotSaidToHaveNoCauseThatIsSeen() {
        try (CaseDatabase database = KeptIncident.load("tmpfs_oom")) {
            assertThat(KeptIncident.analysis(database).findings())
                    .filteredOn(finding -> finding.rule().equals("R04"))
                    .extracting(Finding::title, Finding::advice)
                    .containsExactly(
                            tuple(
                                    "The host ran out of memory and killed dbserver (pid 329); what grew is memory of no process",
                                    List.of(
                                            "Treat what grew, not the victim: the chapters tmpfs and kernel have where it lies.")));
        }
    }

    /** Seventeen of them gained 12.2 MiB each but the last, 198 MiB of the 240 that the host lost; none takes a tenth of it. */
    @Test
    void processesThatPileUpAreOneOwnerOfWhatTheHostLost() {
        try (CaseDatabase database = KeptIncident.load("old_generations")) {
            assertThat(KeptIncident.analysis(database).findings())
                    .filteredOn(finding -> finding.rule().equals("R01"))
                    .extracting(Finding::explanation)
                    .singleElement()
                    .asString()
                    .contains(
                            "took: proxyd (× 17) 75 %, frontcache (318) 11 %, postmem-collector.jar (212) 2 %; others and"
                                    + " what no owner explains: 12 %.");
        }
    }

    /** Four lives of ordersvc, each of which grew from its first seconds to its end. */
    @Test
    void aHostOnWhichRestartsHideALeakIsNotSaidToHaveNone() {
        try (CaseDatabase database = KeptIncident.load("heap_restarts")) {
            assertThat(KeptIncident.analysis(database).findings())
                    .filteredOn(finding -> finding.severity() == Finding.Severity.WARNING
                            || finding.rule().equals("R00"))
                    .extracting(Finding::title)
                    .containsExactly("ordersvc is started again and again and leaks each time: +59.6 MiB in a life");
        }
    }

    /** All tasks of its group waited, held back at memory.high; the host had 647 of 960 MiB available. */
    @Test
    void tasksThatWaitInAGroupAreNotSaidToHaveNothingToFree() {
        try (CaseDatabase database = KeptIncident.load("memory_high")) {
            assertThat(KeptIncident.page(database).replace('\u00a0', ' '))
                    .contains("and yet tasks waited for memory 56.9 % of the time: in a control group at its limit")
                    .contains("title=\"tasks waited 56.9 %\"")
                    .doesNotContain("No process had to free memory itself");
        }
    }
}
