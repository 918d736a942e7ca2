package org.postmem.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.postmem.findings.Finding;
import org.postmem.findings.Scorecard;
import org.postmem.findings.Scorecard.Line;
import org.postmem.findings.Scorecard.Tally;
import org.postmem.sql.CaseDatabase;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Holds the analysis of labelled captures against their truth. */
@Command(
        name = "score",
        description = "Analyses every labelled capture below DIR and says how many verdicts are right.",
        footer = {
            "",
            "A labelled capture is a folder with truth.json and capture.tar.zst. Exit code 1 when recall is below 95 %,",
            "precision below 97 %, or a healthy host was accused."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ScoreCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "DIR", description = "Folder of labelled captures, like testdata/incidents.")
    private Path root;

    ScoreCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Incident> incidents = Incident.below(root);
        Scorecard card = new Scorecard();
        try (Progress progress = new Progress(console)) {
            for (Incident incident : incidents) {
                progress.show(incident.name());
                card.add(incident.name(), incident.truth(), incident.analyse(CaseDatabase.defaultMemoryBytes()));
            }
        }
        print(card, console.out());
        return (card.passes() ? ExitCode.DONE : ExitCode.FINDINGS_OR_PARTIAL).code();
    }

    static void print(Scorecard card, PrintWriter out) {
        AlignedTable table = new AlignedTable(
                out,
                List.of("incident", "truth", "culprit", "found first", "accused", "rank", "result"),
                List.of(false, false, false, false, false, true, false));
        for (Line line : card.lines()) {
            table.row(List.of(
                    line.incident(),
                    line.leak() == null ? "healthy" : line.leak().kind(),
                    line.leak() == null
                            ? ""
                            : named(line.leak().culpritName(), line.leak().culpritPid()),
                    line.first() == null ? "nothing" : line.first().kind(),
                    line.first() == null ? "" : accused(line.first()),
                    line.rank() == null ? "" : line.rank().toString(),
                    (line.right() ? "ok" : "MISS") + (line.counted() ? "" : " (debatable, not counted)")));
        }
        table.finish();
        out.println();
        AlignedTable kinds = new AlignedTable(
                out,
                List.of("kind", "leaks", "found", "recall", "accusations", "right", "precision"),
                List.of(false, true, true, true, true, true, true));
        for (Map.Entry<String, Tally> kind : card.kinds().entrySet()) {
            kinds.row(tallied(kind.getKey(), kind.getValue()));
        }
        kinds.row(tallied("all", card.all()));
        kinds.finish();
        out.println();
        out.println("healthy hosts: " + card.healthy() + ", accused: " + card.healthyAccused());
        out.println(String.format(
                Locale.ROOT,
                "%s: recall %.3f (at least %.2f), precision %.3f (at least %.2f), healthy hosts accused %d (none)",
                card.passes() ? "good enough" : "NOT GOOD ENOUGH",
                card.all().recall(),
                Scorecard.LEAST_RECALL,
                card.all().precision(),
                Scorecard.LEAST_PRECISION,
                card.healthyAccused()));
        out.flush();
    }

    private static List<String> tallied(String kind, Tally tally) {
        return List.of(
                kind,
                Integer.toString(tally.leaks()),
                Integer.toString(tally.found()),
                String.format(Locale.ROOT, "%.3f", tally.recall()),
                Integer.toString(tally.accusations()),
                Integer.toString(tally.rightAccusations()),
                String.format(Locale.ROOT, "%.3f", tally.precision()));
    }

    private static String accused(Finding finding) {
        return finding.culprit() == null
                ? ""
                : named(
                        finding.culprit().name(),
                        finding.culprit().pid() == null
                                ? null
                                : Long.valueOf(finding.culprit().pid()));
    }

    private static String named(String name, Long pid) {
        return pid == null ? String.valueOf(name) : name + "[" + pid + "]";
    }
}
