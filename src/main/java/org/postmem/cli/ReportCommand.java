package org.postmem.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.postmem.findings.Analysis;
import org.postmem.findings.Finding.Severity;
import org.postmem.findings.FindingsEngine;
import org.postmem.findings.FindingsJson;
import org.postmem.ingest.CaptureIngest;
import org.postmem.ingest.CaseTables;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Loads archives into a case and says what it comes to. */
@Command(
        name = "report",
        description = "Analyses archives: one that was collected, several, or a folder of them.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ReportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            arity = "1..*",
            paramLabel = "ARCHIVE",
            description = "Archives (.tar.zst, .tar.gz), or folders of them.")
    private List<Path> named;

    @Option(
            names = "--findings",
            paramLabel = "FILE",
            description = "Write the findings here as JSON (reports/findings.schema.json).")
    private Path findings;

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

    @Option(
            names = "--lang",
            paramLabel = "LANG",
            defaultValue = "en",
            description = "Language of the texts: en or zh; default: ${DEFAULT-VALUE}.")
    private Language language;

    @Option(
            names = "--fail-on",
            paramLabel = "SEVERITY",
            description = "End with exit code 1 when a finding is that severe: warning or critical.")
    private FailOn failOn;

    @Mixin
    @SuppressWarnings("UnusedVariable") // what it was set to is asked of the parse result
    private Verbosity verbosity;

    ReportCommand(Console console) {
        this.console = console;
    }

    /** Languages there are texts in. */
    enum Language {
        EN,
        ZH;

        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
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

    @Override
    public Integer call() throws IOException {
        List<Path> archives = Inputs.archives(named);
        long memory = memoryBytes == null ? CaseDatabase.defaultMemoryBytes() : memoryBytes;
        ExitCode code;
        try (OutputFiles outputs = new OutputFiles()) {
            Path findingsFile = outputs.reserve(findings);
            Path databaseFile = outputs.reserve(database);
            try (CaseDatabase kept =
                    databaseFile == null ? CaseDatabase.inMemory(memory) : CaseDatabase.inFile(databaseFile, memory)) {
                code = analyse(kept, archives, findingsFile);
            }
            outputs.complete();
        }
        return code.code();
    }

    private ExitCode analyse(CaseDatabase kept, List<Path> archives, Path findingsFile) throws IOException {
        boolean partial = load(kept, archives);
        kept.makeViews();
        Analysis analysis = FindingsEngine.packaged(kept.connection(), ReportFiles.onClassPath(), language.tag())
                .analyse();
        if (findingsFile != null) {
            Files.writeString(findingsFile, FindingsJson.of(analysis));
        }
        new Summary(console.out(), console.colour()).print(analysis);
        boolean failed = failOn != null && failOn.reached(analysis);
        return partial || failed ? ExitCode.FINDINGS_OR_PARTIAL : ExitCode.DONE;
    }

    /** Loads every archive. Returns whether a part of one could not be read. */
    private boolean load(CaseDatabase kept, List<Path> archives) {
        CaptureIngest ingest = new CaptureIngest(new CaseTables(kept.connection()));
        List<String> warnings = new ArrayList<>();
        try (Progress progress = new Progress(console)) {
            for (int i = 0; i < archives.size(); i++) {
                Path archive = archives.get(i);
                CaptureIngest.Loaded loaded = ingest.load(
                        i + 1,
                        archive,
                        snapshots -> progress.show(archive.getFileName() + ": " + snapshots + " snapshots read"));
                loaded.damages().forEach(damage -> warnings.add(archive + ": " + damage));
            }
        }
        warnings.forEach(warning -> console.err().println("postmem: warning: " + warning));
        return !warnings.isEmpty();
    }
}
