package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Analysis;
import org.postmem.findings.FindingsEngine;
import org.postmem.ingest.CaptureIngest;
import org.postmem.ingest.CaseTables;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

/** Two real captures in one case: a sawtooth that is well, and a host that ran out of memory. */
class ManyCapturesTest {
    private static final Path INCIDENTS = Path.of(System.getProperty("postmem.root"), "testdata", "incidents");

    @Test
    void listsTheHostsWorstFirstAndLeadsToTheChaptersOfEach() throws IOException {
        String page;
        try (CaseDatabase database = CaseDatabase.inMemory()) {
            CaptureIngest ingest = new CaptureIngest(new CaseTables(database.connection()));
            ingest.load(1, INCIDENTS.resolve("sawtooth/capture.tar.zst"), (snapshots, share) -> {});
            ingest.load(2, INCIDENTS.resolve("host_oom/capture.tar.zst"), (snapshots, share) -> {});
            database.makeViews();
            Analysis analysis = FindingsEngine.packaged(database.connection(), ReportFiles.onClassPath(), "zh")
                    .analyse();
            StringWriter out = new StringWriter();
            new HtmlReport(Clock.fixed(DemoCase.NOW, ZoneOffset.UTC), "zh", "0.1.0")
                    .write(database.connection(), analysis.verdict(), analysis.findings(), out);
            page = out.toString();
        }
        assertThat(page).contains("<html lang=\"zh-CN\">");
        String index = page.substring(page.indexOf("<section id=\"hosts\""), page.indexOf("id=\"c2-host\""));
        assertThat(Pattern.compile("href=\"#(c\\d-host)\"")
                        .matcher(index)
                        .results()
                        .map(m -> m.group(1)))
                .containsExactly("c2-host", "c1-host");
        assertThat(index).contains("agentd", "未指认任何对象");
        assertThat(page.indexOf("id=\"c2-host\"")).isLessThan(page.indexOf("id=\"c1-host\""));
        List<String> ids = Pattern.compile(" id=\"([^\"]+)\"")
                .matcher(page)
                .results()
                .map(m -> m.group(1))
                .toList();
        assertThat(ids).doesNotHaveDuplicates().contains("c1-top", "c2-top", "c1-oom", "c2-oom");
    }
}
