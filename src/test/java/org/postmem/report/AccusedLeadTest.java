package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;

/** What stands below the name of a chapter, where a finding marks it, is about the one who is accused. */
class AccusedLeadTest {
    /** By what it gained since the onset that the headline counts from, too: it was started with 15 MiB before. */
    @Test
    void aChapterTellsOfTheAccusedWhoeverGrewMoreBesideIt() throws SQLException {
        assertThat(leads(0)).containsExactly("ordersvc +131 MiB", "ordersvc +1.01 MiB/s");
        // a program that maps a large file: page cache, and no finding
        assertThat(leads(16 << 20)).containsExactly("ordersvc +131 MiB", "ordersvc +1.01 MiB/s");
    }

    /** Of top and pidstat, where a program that is not accused gets so many bytes more resident from snapshot to snapshot. */
    private static List<String> leads(int moreBytes) throws SQLException {
        try (CaseDatabase database = KeptIncident.load("heap_leak")) {
            try (Statement statement = database.connection().createStatement()) {
                statement.execute("UPDATE process_sample SET rss_bytes = rss_bytes + snapshot * " + moreBytes
                        + " WHERE process_id = (SELECT process_id FROM process WHERE name = 'gcsvc')");
            }
            List<String> stops = stops(KeptIncident.page(database));
            return List.of(stops.get(0), stops.get(2));
        }
    }

    /** What stands below each name on the path, from top to OOM. */
    private static List<String> stops(String page) {
        return Pattern.compile("<span class=\"ln\" title=\"([^\"]*)\">")
                .matcher(page)
                .results()
                .map(match -> match.group(1).replace('\u00a0', ' '))
                .toList();
    }

    @Test
    void theLineOfMeminfoIsThatOfTheAccusedWhateverGrewMoreBesideIt() throws SQLException {
        try (CaseDatabase database = KeptIncident.load("kmalloc_leak")) {
            try (Statement statement = database.connection().createStatement()) {
                // programs that were started, and are no leak
                statement.execute(
                        "UPDATE meminfo SET anon_pages_bytes = anon_pages_bytes + least(snapshot, 4) * 33554432,"
                                + " mem_free_bytes = mem_free_bytes - least(snapshot, 4) * 33554432");
            }
            String page = KeptIncident.page(database).replace('\u00a0', ' ');
            assertThat(page)
                    .contains("title=\"slab, unreclaimable +83.3 MiB\"")
                    .contains("What is accused lies in slab, unreclaimable: +83.3 MiB. What grew most is anonymous: +");
        }
    }

    /** Pages that no line of meminfo counts are neither slab nor vmalloc; and what is withdrawn is in no line at all. */
    @Test
    void theKernelsLineIsTheOneThatGrewAndOfMemoryTakenAwayTheTotal() {
        try (CaseDatabase pages = KeptIncident.load("page_leak");
                CaseDatabase balloon = KeptIncident.load("balloon")) {
            String page = KeptIncident.page(pages);
            assertThat(page.replace('\u00a0', ' '))
                    .contains("What grew most of it is unaccounted: +137 MiB. Slab changed by +1.50 MiB");
            assertThat(stops(page)).contains("unaccounted +137 MiB").noneMatch(stop -> stop.startsWith("slab"));
            String smaller = KeptIncident.page(balloon);
            assertThat(smaller.replace('\u00a0', ' '))
                    .contains("MemTotal changed by \u2212140 MiB: memory was taken away from this host.");
            assertThat(stops(smaller))
                    .filteredOn(stop -> stop.startsWith("MemTotal"))
                    .containsExactly("MemTotal \u2212140 MiB", "MemTotal \u2212140 MiB");
        }
    }

    @Test
    void ofProcessesThatAreAccusedTogetherTheirNameIsToldAndNotWhoGrewBesideThem() {
        try (CaseDatabase database = KeptIncident.load("hung_snapshots")) {
            String page = KeptIncident.page(database);
            assertThat(stops(page)).startsWith("keystored +193 MiB", "anonymous +259 MiB", "keystored +193 MiB");
            assertThat(page.replace('\u00a0', ' '))
                    .contains("Processes of keystored are accused together: +193 MiB. No single one is most of it.");
        }
        try (CaseDatabase database = KeptIncident.load("zombies")) {
            assertThat(stops(KeptIncident.page(database)))
                    .as("what is left of them lies in the kernel")
                    .startsWith("jobd +1\u202f119", "slab, unreclaimable +17.5 MiB", "jobd +1\u202f119");
        }
    }

    /** It is listed among the file systems, and statvfs shows nothing of what its files hold. */
    @Test
    void filesOfHugePagesMarkNoStopThatSaysNoMountGrew() {
        try (CaseDatabase database = KeptIncident.load("buffer_files")) {
            String page = KeptIncident.page(database).replace('\u00a0', ' ');
            assertThat(page)
                    .contains("Files in /dev/hugepages keep 150 MiB of huge pages that no process maps")
                    .containsPattern(
                            "<span class=\"dot ok\"[^>]*></span>tmpfs · shm<span class=\"sr\">[^<]*</span></span>"
                                    + "<span class=\"ln\" title=\"no mount grew\">");
        }
    }

    /** As sysstat and pidstat print it: no total, and no word of what is shared. */
    @Test
    void whatOtherToolsLeaveOutMakesNothingUnread() throws SQLException {
        try (CaseDatabase database = KeptIncident.load("heap_leak")) {
            try (Statement statement = database.connection().createStatement()) {
                statement.execute("UPDATE meminfo SET mem_total_bytes = NULL");
                statement.execute("UPDATE process_sample SET rss_file_bytes = NULL, rss_shmem_bytes = NULL,"
                        + " minor_faults = NULL, major_faults = NULL");
            }
            String page = KeptIncident.page(database).replace('\u00a0', ' ');
            assertThat(page)
                    .contains("ordersvc (293) grew most: +131 MiB since 05:09:32, to 149 MiB resident.")
                    .contains("MemAvailable fell by 142 MiB, to 579 MiB.")
                    .contains("The RSS of ordersvc (293) changed by +1.01 MiB/s from its first reading to its last.")
                    .doesNotContain("No process was read", "MemAvailable was not read");
        }
    }

    @Test
    void whoAsksForAddressSpaceIsShownAndNotWhoGrewBesideIt() {
        try (CaseDatabase database = KeptIncident.load("virt_leak")) {
            String page = KeptIncident.page(database).replace('\u00a0', ' ');
            assertThat(page)
                    .contains("title=\"planner VIRT 2.46 GiB\"", "title=\"planner RSS flat\"")
                    .doesNotContain("title=\"gcsvc +12.0 MiB\"");
        }
    }

    /** The third life of ordersvc, 506, was killed at 03:23:30; 583 is the fourth. */
    @Test
    void whatIsToldToBeTracedIsTheOneThatStillRan() {
        String page = page("memcg_oom");
        assertThat(page)
                .contains(
                        "ordersvc (506) grew by +117 MiB from 03:22:56 to 03:23:23; at its last reading, 03:23:23, 124"
                                + " MiB were resident, 12.9 % of memory; 1.66 MiB of it shared.")
                .contains("ordersvc (506) runs no more. To see when pid 583, the youngest of its name when the capture"
                        + " ended, asks for memory:")
                .contains("strace -f -tt -k -e trace=memory -p 583 ", "memleak-bpfcc -p 583 10 6")
                .doesNotContain("-p 506 ");
    }

    @Test
    void ofProcessesThatLeakTogetherTheOneThatGainedMostIsToldToBeTraced() {
        assertThat(page("cyclic_workers"))
                .contains("To see when pid 334, which gained most in quoteapp, asks for memory:")
                .contains("To see the code of pid 334, which gained most in quoteapp, that allocates:")
                .doesNotContain("is accused. To");
    }

    /** A leak of the kernel is accused, and no process. */
    @Test
    void whoGrewBesideALeakOfTheKernelIsNotToldAsIfNothingWereAccused() {
        assertThat(page("queue_reader_gone"))
                .contains("No process is accused. To watch appserver (319), which grew most:")
                .doesNotContain("Nothing is accused");
        assertThat(page("vmalloc_leak"))
                .as("3.61 MiB are not worth stopping a process for")
                .doesNotContain("Nothing is accused", "To watch batchd");
    }

    /** The rate of agentd is told up to the kill of another process; it grew on. */
    @Test
    void aGrowthThatIsToldUpToAKillIsNotSetBesideWhatIsResidentLater() {
        assertThat(page("host_oom"))
                .contains("agentd (356) grew by +318 MiB from 05:06:03 to 05:07:07; at its last reading, 05:07:55, 602"
                        + " MiB were resident, 62.6 % of memory; 1.08 MiB of it shared.");
    }

    /** 1119 more of them, 16.5 MiB of slab; a cache of 12.6 MiB was filled beside them and is anonymous memory. */
    @Test
    void zombiesLieInTheSlabOfTheKernelAndInNoMemoryOfProcesses() {
        assertThat(page("zombies"))
                .contains("MemAvailable fell by 52.8 MiB; 696 MiB of 960 MiB are left (72 %). What grew most is slab,"
                        + " unreclaimable: +17.5 MiB.")
                .doesNotContain("What is accused lies in anonymous", "No process is accused");
    }

    /** It writes to a file that is deleted; the other fills memfd files; the third opens sockets. None of them calls malloc for that. */
    @Test
    void whatNoCallForMemoryShowsIsNotToldToBeTracedByThem() {
        for (String incident : List.of("tmpfs_deleted", "memfd_many", "sockets")) {
            assertThat(page(incident))
                    .doesNotContain("-e trace=memory -p", "memleak-bpfcc -p", "No process is accused");
        }
        assertThat(page("memfd_many"))
                .contains("To see when frames (372) asks for memory:")
                .contains("strace -f -tt -k -e trace=memfd_create,ftruncate,write,close -p 372 -o strace.txt");
    }

    /** 745 faults a second are 2.9 MiB/s; in two minutes it kept 15.7 MiB of them, and gave the rest back. */
    @Test
    void whoGivesBackWhatItTouchesIsNotSaidToKeepIt() {
        assertThat(page("tmpfs_deleted"))
                .contains("gcsvc (211) takes the most fresh pages: 745.52 minor faults a second; from its first reading"
                        + " to its last its RSS changed by +107 KiB/s.")
                .doesNotContain("keeps what it touches");
    }

    /** 3318 faults a second, most of them for pages that were swapped out before. */
    @Test
    void whoReadsBackWhatWasSwappedOutIsNotSaidToKeepWhatItTouches() {
        assertThat(page("swap_thrash"))
                .contains("analytics (289) reads pages back from disk or swap: ")
                .doesNotContain("keeps what it touches");
    }

    private static String page(String incident) {
        try (CaseDatabase database = KeptIncident.load(incident)) {
            return KeptIncident.page(database).replace('\u00a0', ' ');
        }
    }
}
