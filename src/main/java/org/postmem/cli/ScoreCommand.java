package org.postmem.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.postmem.UserException;
import org.postmem.cli.Score.Judged;
import org.postmem.findings.Earliness;
import org.postmem.findings.Finding;
import org.postmem.findings.Scorecard;
import org.postmem.findings.Scorecard.Line;
import org.postmem.findings.Scorecard.Tally;
import org.postmem.sql.CaseDatabase;
import org.postmem.units.Human;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds the analysis of labelled captures against their truth. */
@Command(
        name = "score",
        description = "Analyses every labelled capture below DIR and says how many verdicts are right.",
        footer = {
            "",
            "A labelled capture is a folder with truth.json and capture.tar.zst. Exit code 1 when recall is below 95 %%,",
            "precision below 97 %%, or a healthy host was accused. Captures held out from the tuning of the rules, and",
            "synthetic ones, are told apart as well."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ScoreCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "DIR",
            arity = "1..*",
            description = "Folders of labelled captures, like testdata/incidents.")
    private List<Path> roots;

    @Option(
            names = "--prefixes",
            paramLabel = "N",
            description =
                    "Say how early: analyse each capture as if it had ended at N earlier and earlier snapshots, too."
                            + " 12 take about four times as long.")
    private Integer prefixes;

    @Option(names = "--markdown", description = "Print the summary as the table that stands in README.md.")
    private boolean markdown;

    ScoreCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (prefixes != null && prefixes < 1) {
            throw UserException.usage("--prefixes must be at least 1; without it only whole captures are analysed");
        }
        List<Incident> incidents = new ArrayList<>();
        roots.forEach(root -> incidents.addAll(Incident.below(root)));
        Score score;
        try (Progress progress = new Progress(console)) {
            score = Score.of(incidents, CaseDatabase.defaultMemoryBytes(), prefixes == null ? 0 : prefixes, share -> {
                synchronized (progress) {
                    progress.show(share, "analysed");
                }
            });
        }
        if (markdown) {
            ScoreTable.of(score).forEach(console.out()::println);
            if (prefixes != null) {
                console.out().println();
                EarlinessTable.of(score).forEach(console.out()::println);
            }
            console.out().flush();
        } else {
            print(score, console.out());
        }
        return (score.decisive().passes() ? ExitCode.DONE : ExitCode.FINDINGS_OR_PARTIAL).code();
    }

    static void print(Score score, PrintWriter out) {
        AlignedTable table = new AlignedTable(
                out,
                List.of("incident", "set", "truth", "culprit", "found first", "accused", "rank", "result"),
                List.of(false, false, false, false, false, false, true, false));
        for (Judged one : score.judged()) {
            Scorecard card = new Scorecard();
            card.add(one.incident().name(), one.incident().truth(), one.analysis());
            card.lines().forEach(line -> table.row(row(one, line)));
        }
        table.finish();
        out.println();
        Scorecard decisive = score.decisive();
        AlignedTable kinds = new AlignedTable(
                out,
                List.of(
                        "kind",
                        "leaks",
                        "kind found",
                        "and culprit",
                        "recall",
                        "accusations",
                        "kind right",
                        "and culprit",
                        "precision"),
                List.of(false, true, true, true, true, true, true, true, true));
        for (Map.Entry<String, Tally> kind : decisive.kinds().entrySet()) {
            kinds.row(tallied(kind.getKey(), kind.getValue()));
        }
        kinds.row(tallied("all", decisive.all()));
        ScoreTable.sets(score).forEach((set, card) -> kinds.row(tallied(set, card.all())));
        kinds.finish();
        out.println();
        ScoreTable.sets(score)
                .forEach((set, card) -> out.println(
                        "healthy hosts, " + set + ": " + card.healthy() + ", accused: " + card.healthyAccused()));
        if (score.judged().get(0).earliness() != null) {
            out.println();
            printEarliness(score, out);
        }
        out.println(score.kills());
        out.println();
        out.println(String.format(
                Locale.ROOT,
                "%s: recall %.3f (at least %.2f), precision %.3f (at least %.2f), healthy hosts accused %d (none)",
                decisive.passes() ? "good enough" : "NOT GOOD ENOUGH",
                decisive.all().recall(),
                Scorecard.LEAST_RECALL,
                decisive.all().precision(),
                Scorecard.LEAST_PRECISION,
                decisive.healthyAccused()));
        out.flush();
    }

    private static List<String> row(Judged one, Line line) {
        return List.of(
                line.incident(),
                one.incident().origin().synthetic()
                        ? "synthetic"
                        : one.incident().origin().heldOut() ? "held out" : "tuned",
                line.leak() == null ? "healthy" : line.leak().kind(),
                line.leak() == null
                        ? ""
                        : named(line.leak().culpritName(), line.leak().culpritPid()),
                line.first() == null ? "nothing" : line.first().kind(),
                line.first() == null ? "" : accused(line.first()),
                line.rank() == null ? "" : line.rank().toString(),
                (line.right() ? "ok" : line.kindIsRight() ? "MISS (kind right)" : "MISS")
                        + (line.counted() ? "" : " (debatable, not counted)"));
    }

    private static void printEarliness(Score score, PrintWriter out) {
        AlignedTable table = new AlignedTable(
                out,
                List.of(
                        "incident",
                        "right and stays right after",
                        "leaked by then",
                        "prefixes with the leak",
                        "wrong",
                        "owner unknown",
                        "healthy prefixes",
                        "accused"),
                List.of(false, true, true, true, true, true, true, true));
        for (Judged one : score.judged()) {
            Earliness early = one.earliness();
            boolean healthy = one.incident().truth().healthy();
            table.row(List.of(
                    one.incident().name(),
                    early.rightAfterSeconds() != null
                            ? String.format(Locale.ROOT, "%.0f s", early.rightAfterSeconds())
                            : healthy ? "" : "never",
                    early.rightAfterBytes() == null
                            ? ""
                            : Human.bytes(early.rightAfterBytes().doubleValue()),
                    Integer.toString(early.leakPrefixes()),
                    Integer.toString(early.leakWrong()),
                    Integer.toString(early.leakUnnamed()),
                    Integer.toString(early.healthyPrefixes()),
                    Integer.toString(early.healthyAccused())));
        }
        table.finish();
    }

    private static List<String> tallied(String kind, Tally tally) {
        return List.of(
                kind,
                Integer.toString(tally.leaks()),
                Integer.toString(tally.foundKinds()),
                Integer.toString(tally.found()),
                tally.leaks() == 0 ? "" : String.format(Locale.ROOT, "%.3f", tally.recall()),
                Integer.toString(tally.accusations()),
                Integer.toString(tally.rightKinds()),
                Integer.toString(tally.rightAccusations()),
                tally.accusations() == 0 ? "" : String.format(Locale.ROOT, "%.3f", tally.precision()));
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
