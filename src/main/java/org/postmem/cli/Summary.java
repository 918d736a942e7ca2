package org.postmem.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.postmem.findings.Analysis;
import org.postmem.findings.Finding;
import org.postmem.findings.Finding.Culprit;
import org.postmem.findings.Finding.Severity;
import org.postmem.units.Human;

/** The case on a terminal: the verdict in one sentence, then the findings that matter, a line each. */
final class Summary {
    private static final int MOST_FINDINGS = 10;
    private static final String RESET = "\u001b[0m";

    private final PrintWriter out;
    private final boolean colour;

    Summary(PrintWriter out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    void print(Analysis analysis) {
        String verdict = AlignedTable.visible(analysis.verdict().headline());
        out.println(colour ? "\u001b[1m" + verdict + RESET : verdict);
        List<Finding> shown = new ArrayList<>();
        for (Finding finding : analysis.findings()) {
            if (finding.severity().compareTo(Severity.INFO) <= 0) {
                shown.add(finding);
            }
        }
        if (!shown.isEmpty()) {
            out.println();
            List<Finding> first = shown.subList(0, Math.min(MOST_FINDINGS, shown.size()));
            boolean several = analysis.captures().size() > 1;
            printTable(first, several);
            if (shown.size() > first.size()) {
                out.println("and " + (shown.size() - first.size()) + " more");
            }
        }
        out.flush();
    }

    private void printTable(List<Finding> findings, boolean several) {
        List<String> names = new ArrayList<>(List.of("severity", "finding", "kind", "culprit", "growth", "rate"));
        List<Boolean> numbers = new ArrayList<>(List.of(false, false, false, false, true, true));
        if (several) {
            names.add(1, "capture");
            numbers.add(1, true);
        }
        AlignedTable table = new AlignedTable(out, names, numbers, colour ? Summary::paint : (cell, padded) -> padded);
        for (Finding finding : findings) {
            List<String> cells = new ArrayList<>(List.of(
                    finding.severity().json(),
                    finding.id(),
                    finding.kind() == null ? "" : finding.kind(),
                    culprit(finding.culprit()),
                    finding.growthBytes() == null ? "" : Human.bytes(finding.growthBytes()),
                    finding.rateBytesPerSecond() == null ? "" : Human.rate(finding.rateBytesPerSecond())));
            if (several) {
                cells.add(1, Integer.toString(finding.captureId()));
            }
            table.row(cells);
        }
        table.finish();
    }

    private static String culprit(Culprit culprit) {
        if (culprit == null || culprit.name() == null) {
            return "";
        }
        return culprit.pid() == null ? culprit.name() : culprit.name() + "[" + culprit.pid() + "]";
    }

    private static String paint(String cell, String padded) {
        String code = switch (cell.toUpperCase(Locale.ROOT)) {
            case "CRITICAL" -> "\u001b[31m";
            case "WARNING" -> "\u001b[33m";
            case "INFO" -> "\u001b[36m";
            default -> "";
        };
        return code.isEmpty() ? padded : code + padded + RESET;
    }
}
