package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;

/** The top of the page of sockets that take all memory within minutes, told by the memory behind them. */
class VerdictForecastTest {
    @Test
    void whatEndsWithinMinutesIsNotCalledNotUrgent() {
        try (CaseDatabase database = KeptIncident.load("sockets")) {
            String page = KeptIncident.page(database).replace('\u00a0', ' ');
            String verdict = page.substring(
                    page.indexOf("id=\"verdict\""), page.indexOf("</section>", page.indexOf("id=\"verdict\"")));
            assertThat(verdict)
                    .contains("piles up sockets: +5076")
                    .contains("At this pace, or sooner as the host as a whole loses it, memory is used up between 05:44"
                            + " and 05:48 UTC,")
                    .doesNotContain("not urgent")
                    // how many, and no hundredths of them
                    .contains("2 \u2192 5 078; 2 \u2026 5 078".replace("5 078", "5\u202f078"));
            assertThat(Pattern.compile("5078\\.00").matcher(page).find()).isFalse();
        }
    }

    /** 631 MiB at 1.07 to 1.09 MiB/s last for ten minutes; the five at which the range begins are those of the host. */
    @Test
    void aForecastThatBeginsWithThatOfTheHostSaysSo() throws SQLException {
        assertThat(verdict(0))
                .contains("At this pace, or sooner as the host as a whole loses it, memory is used up between 05:08 and"
                        + " 05:13 UTC, 4.9 min")
                .doesNotContain("swap");
        assertThat(verdict(512)).contains("Free swap of 512 MiB counts as room in that.");
    }

    private static String verdict(int swapMib) throws SQLException {
        try (CaseDatabase database = KeptIncident.load("kmalloc_leak")) {
            try (Statement statement = database.connection().createStatement()) {
                statement.execute("UPDATE meminfo SET swap_total_bytes = " + swapMib + " * 1048576, swap_free_bytes = "
                        + swapMib + " * 1048576");
            }
            String page = KeptIncident.page(database).replace('\u00a0', ' ');
            int begin = page.indexOf("id=\"verdict\"");
            return page.substring(begin, page.indexOf("</section>", begin));
        }
    }
}
