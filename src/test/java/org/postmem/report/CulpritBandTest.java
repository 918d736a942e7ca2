package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Analysis;
import org.postmem.findings.FindingsEngine;
import org.postmem.ingest.CaptureIngest;
import org.postmem.ingest.CaseTables;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

/** The accused stands on the ground of the chart, whatever the kernel lists it as. */
class CulpritBandTest {
    @Test
    void aCacheThatIsMergedIntoAnotherIsDrawnAsThatOne() throws IOException {
        assertThat(page("timers")).contains("class=\"b-culprit hot\"").contains("\"b\":\"culprit\",\"o\":\"filp\"");
    }

    private static String page(String incident) throws IOException {
        Path archive =
                Path.of(System.getProperty("postmem.root"), "testdata", "incidents", incident, "capture.tar.zst");
        try (CaseDatabase database = CaseDatabase.inMemory()) {
            new CaptureIngest(new CaseTables(database.connection())).load(1, archive, (snapshots, share) -> {});
            database.makeViews();
            Analysis analysis = FindingsEngine.packaged(database.connection(), ReportFiles.onClassPath(), "en")
                    .analyse();
            return DemoCase.page(database, analysis.verdict(), analysis.findings());
        }
    }
}
