package org.postmem.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.postmem.findings.Analysis;
import org.postmem.findings.Finding.Severity;
import org.postmem.sql.CaseDatabase;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Loads archives into a case and says what it comes to. */
@Command(
        name = "report",
        description =
                "Analyses archives that were collected, and what other tools wrote: files, folders, archives of them.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ReportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Archives of postmem; files of sysstat, top, ps, df, dmesg and others, archives of them"
                    + " (sosreport, OSWatcher, zip), or folders of all that.")
    private List<Path> named;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            defaultValue = "report.html",
            description = "Write the report here, one HTML file; default: ${DEFAULT-VALUE}.")
    private Path output;

    @Option(
            names = "--findings",
            paramLabel = "FILE",
            description = "Write the findings here as JSON (reports/findings.schema.json).")
    private Path findings;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Write a summary for a ticket here, as Markdown.")
    private Path markdown;

    @Option(
            names = "--database",
            paramLabel = "FILE",
            description = "Keep the case here, to ask it with postmem sql; a case that lies there is replaced.")
    private Path database;

    @Option(
            names = "--memory-limit",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "Memory DuckDB may use, like 2GB; default: 60 %% of this machine's, at most 4GB.")
    private Long memoryBytes;

    @Mixin
    private PageOptions pageOptions;

    @Option(
            names = "--rules",
            paramLabel = "DIR",
            description = "Rule files (.sql) to run beside the packaged ones; see postmem rules.")
    private Path rules;

    @Option(
            names = "--fail-on",
            paramLabel = "SEVERITY",
            description = "End with exit code 1 when a finding is that severe: warning or critical.")
    private FailOn failOn;

    @Mixin
    private final EvidenceOptions evidence = new EvidenceOptions();

    @Mixin
    @SuppressWarnings("UnusedVariable") // what it was set to is asked of the parse result
    private Verbosity verbosity;

    ReportCommand(Console console) {
        this.console = console;
    }

    /** From which severity on a script wants to stop. */
    enum FailOn {
        WARNING(Severity.WARNING),
        CRITICAL(Severity.CRITICAL);

        private final Severity least;

        FailOn(Severity least) {
            this.least = least;
        }

        boolean reached(Analysis analysis) {
            return analysis.findings().stream()
                    .anyMatch(finding -> finding.severity().compareTo(least) <= 0);
        }
    }

    /** What asks for the same page again, where the files lie; a name that two of them bear is told with its folder. */
    private List<String> arguments() {
        List<String> words = new ArrayList<>();
        for (Path path : named) {
            Path name = path.getFileName();
            long bearers = named.stream()
                    .filter(other -> Objects.equals(other.getFileName(), name))
                    .count();
            boolean plain = name != null && !name.toString().matches("\\.{0,2}") && bearers == 1;
            words.add(plain ? name.toString() : path.toString());
        }
        words.addAll(evidence.arguments());
        if (rules != null) {
            words.add("--rules");
            words.add(rules.toString());
        }
        return words;
    }

    @Override
    public Integer call() {
        Inputs.Found inputs = Inputs.all(named);
        CaseReport.Result result = new CaseReport(console)
                .run(new CaseReport.Request(
                        inputs.archives(),
                        evidence.of(inputs.evidence()),
                        output,
                        findings,
                        markdown,
                        database,
                        memoryBytes == null ? CaseDatabase.defaultMemoryBytes() : memoryBytes,
                        pageOptions.language(),
                        pageOptions.clock(console),
                        rules,
                        arguments()));
        console.warn(result.warnings());
        new Summary(console.out(), console.colour()).print(result.analysis());
        if (console.terminal()) {
            console.err().println("The report is " + output.toAbsolutePath());
        }
        boolean failed = failOn != null && failOn.reached(result.analysis());
        ExitCode code = failed || !result.warnings().isEmpty() ? ExitCode.FINDINGS_OR_PARTIAL : ExitCode.DONE;
        return code.code();
    }
}
