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
            List<String> stops = Pattern.compile("<span class=\"ln\" title=\"([^\"]*)\">")
                    .matcher(KeptIncident.page(database))
                    .results()
                    .map(match -> match.group(1).replace('\u00a0', ' '))
                    .toList();
            return List.of(stops.get(0), stops.get(2));
        }
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
                    .contains("The RSS of ordersvc (293) changes by +1.01 MiB/s.")
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
}
