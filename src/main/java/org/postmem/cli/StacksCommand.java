package org.postmem.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.postmem.UserException;
import org.postmem.sql.CaseDatabase;
import org.postmem.units.Human;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The stacks that were attached to archives, for the tools that draw them. */
@Command(
        name = "stacks",
        description =
                "Says which of the attached stacks (memleak, page_owner …) keep growing, and writes them for other"
                        + " tools.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class StacksCommand implements Callable<Integer> {
    private static final int MOST_LINES = 20;

    private final Console console;

    @Parameters(
            arity = "1..*",
            paramLabel = "ARCHIVE",
            description = "Archives with attached files (postmem attach), or folders of them.")
    private List<Path> named;

    @Option(
            names = "--folded",
            paramLabel = "FILE",
            description = "Write what each stack held in the last print-out here, folded: frames between ; and bytes.")
    private Path folded;

    @Option(
            names = "--speedscope",
            paramLabel = "FILE",
            description = "Write them here for speedscope, with what each gained as a profile of its own.")
    private Path speedscope;

    @Mixin
    @SuppressWarnings("UnusedVariable") // what it was set to is asked of the parse result
    private Verbosity verbosity;

    StacksCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Path> archives = Inputs.archives(named);
        try (OutputFiles outputs = new OutputFiles(archives);
                CaseDatabase database = CaseDatabase.inMemory(CaseDatabase.defaultMemoryBytes())) {
            Path foldedPart = outputs.reserve(folded);
            Path speedscopePart = outputs.reserve(speedscope);
            List<String> warnings = new CaseReport(console).load(database, archives);
            database.makeViews();
            AttachedStacks stacks = AttachedStacks.of(database.connection());
            if (stacks.rows().isEmpty()) {
                throw UserException.unreadable("no stacks are attached to " + archives.get(0)
                        + "; add some with postmem attach ARCHIVE memleak.txt");
            }
            if (foldedPart != null) {
                try (BufferedWriter writer = Files.newBufferedWriter(foldedPart)) {
                    stacks.writeFolded(writer);
                }
            }
            if (speedscopePart != null) {
                Files.writeString(speedscopePart, stacks.speedscope(Postmem.version()));
            }
            outputs.complete();
            print(stacks);
            console.warn(warnings);
            return (warnings.isEmpty() ? ExitCode.DONE : ExitCode.FINDINGS_OR_PARTIAL).code();
        } catch (IOException e) {
            throw UserException.usage("the stacks cannot be written: " + OutputFile.reason(e), e);
        }
    }

    private void print(AttachedStacks stacks) {
        AlignedTable table = new AlignedTable(
                console.out(),
                List.of("from", "pid", "held", "grew", "keeps growing", "allocated in"),
                List.of(false, true, true, true, false, false));
        for (AttachedStacks.Row row :
                stacks.rows().subList(0, Math.min(MOST_LINES, stacks.rows().size()))) {
            table.row(List.of(
                    row.run(),
                    row.pid() == null ? "" : row.pid().toString(),
                    row.lastBytes() == null ? "" : Human.bytes(row.lastBytes()),
                    row.growthBytes() == null ? "" : Human.bytes(row.growthBytes()),
                    row.growing() ? "yes" : "",
                    row.frame()));
        }
        table.finish();
        if (stacks.rows().size() > MOST_LINES) {
            console.out().println("and " + (stacks.rows().size() - MOST_LINES) + " more");
        }
        console.out().flush();
    }
}
