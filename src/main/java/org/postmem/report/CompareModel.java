package org.postmem.report;

import java.util.List;

/** Everything the page of a comparison says, printed and in order; the template escapes it. */
public record CompareModel(
        String language,
        String title,
        String headline,
        List<Side> sides,
        List<ReportModel.Table> tables,
        List<ReportModel.Origin> provenance,
        String style,
        String script,
        String styleHash,
        String scriptHash,
        String data) {
    /** One of the two; the findings are those of its whole capture that warn or worse. */
    public record Side(String title, List<ReportModel.Fact> facts, List<ReportModel.FindingLink> findings) {}
}
