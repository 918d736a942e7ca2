package org.postmem.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.postmem.findings.RuleDocument;
import org.postmem.findings.RuleFile;
import org.postmem.findings.RuleFolder;
import org.postmem.findings.Wording;
import org.postmem.sql.ReportFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says which rules there are, from their headers. */
@Command(
        name = "rules",
        description = "Lists the rules that judge a capture, and checks rule files of your own.",
        footer = {
            "",
            "A rule is one .sql file: a header, then one SELECT whose rows are findings; reports/README.md has the contract.",
            "Exit code 1 when a file of --rules is no rule."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RulesCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--rules", paramLabel = "DIR", description = "Rule files (.sql) to list beside the packaged ones.")
    private Path rules;

    @Option(
            names = "--markdown",
            description = "Print everything the headers say, thresholds and reasons, as Markdown.")
    private boolean markdown;

    @Option(
            names = "--lang",
            paramLabel = "LANG",
            defaultValue = "en",
            description = "Language of the names of files: en or zh; default: ${DEFAULT-VALUE}.")
    private Language language;

    RulesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ReportFiles reports = ReportFiles.onClassPath();
        RuleFolder all = RuleFolder.packaged(reports);
        if (rules != null) {
            all = all.and(rules);
        }
        RuleDocument document = new RuleDocument(Wording.of(reports, language.tag()));
        if (markdown) {
            console.out().println("# Rules");
            console.out().println();
            all.rules().forEach(rule -> console.out().print(document.markdown(rule)));
        } else {
            AlignedTable table = new AlignedTable(
                    console.out(),
                    List.of("rule", "kind", "what it finds", "needs"),
                    List.of(false, false, false, false));
            for (RuleFile rule : all.rules()) {
                table.row(document.line(rule));
            }
            table.finish();
        }
        console.out().flush();
        console.warn(all.faults());
        return (all.faults().isEmpty() ? ExitCode.DONE : ExitCode.FINDINGS_OR_PARTIAL).code();
    }
}
