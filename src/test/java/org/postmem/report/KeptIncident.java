package org.postmem.report;

import java.nio.file.Path;
import org.postmem.findings.Analysis;
import org.postmem.findings.FindingsEngine;
import org.postmem.ingest.CaptureIngest;
import org.postmem.ingest.CaseTables;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

/** A capture of testdata/incidents, and the page about it. */
final class KeptIncident {
    private KeptIncident() {}

    /** Its tables; the views are still to be made. */
    static CaseDatabase load(String name) {
        Path archive = Path.of(System.getProperty("postmem.root"), "testdata", "incidents", name, "capture.tar.zst");
        CaseDatabase database = CaseDatabase.inMemory();
        new CaptureIngest(new CaseTables(database.connection())).load(1, archive, (snapshots, share) -> {});
        return database;
    }

    static Analysis analysis(CaseDatabase database) {
        database.makeViews();
        return FindingsEngine.packaged(database.connection(), ReportFiles.onClassPath(), "en")
                .analyse();
    }

    static String page(CaseDatabase database) {
        Analysis analysis = analysis(database);
        return DemoCase.page(database, analysis.verdict(), analysis.findings());
    }
}
