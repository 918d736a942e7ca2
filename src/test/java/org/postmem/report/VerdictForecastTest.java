package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;

/** The top of the page of sockets that take all memory within minutes: they are counted, so their finding has no forecast. */
class VerdictForecastTest {
    @Test
    void whatEndsWithinMinutesIsNotCalledNotUrgent() {
        try (CaseDatabase database = KeptIncident.load("sockets")) {
            String page = KeptIncident.page(database).replace('\u00a0', ' ');
            String verdict = page.substring(
                    page.indexOf("id=\"verdict\""), page.indexOf("</section>", page.indexOf("id=\"verdict\"")));
            assertThat(verdict)
                    .contains("piles up sockets: +5076")
                    .contains("At the pace of the host as a whole memory is used up between 05:44 and 05:52 UTC,")
                    .doesNotContain("not urgent")
                    // how many, and no hundredths of them
                    .contains("2 \u2192 5 078; 2 \u2026 5 078".replace("5 078", "5\u202f078"));
            assertThat(Pattern.compile("5078\\.00").matcher(page).find()).isFalse();
        }
    }
}
