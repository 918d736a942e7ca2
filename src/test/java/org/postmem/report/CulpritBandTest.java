package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;

/** The accused stands on the ground of the chart, whatever the kernel lists it as. */
class CulpritBandTest {
    @Test
    void aCacheThatIsMergedIntoAnotherIsDrawnAsThatOne() {
        try (CaseDatabase database = KeptIncident.load("timers")) {
            assertThat(KeptIncident.page(database))
                    .contains("class=\"b-culprit hot\"")
                    .contains("\"b\":\"culprit\",\"o\":\"filp\"");
        }
    }
}
