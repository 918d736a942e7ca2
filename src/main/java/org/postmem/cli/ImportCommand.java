package org.postmem.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.postmem.UserException;
import org.postmem.evidence.Originals;
import org.postmem.ingest.EvidenceImport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns what other tools wrote into an archive that every other command takes. */
@Command(
        name = "import",
        description = "Puts what other tools wrote (files, folders, archives of them) into one archive of postmem;"
                + " the originals stay in it, byte for byte, and files of no tool that is known stay out.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ImportCommand implements Callable<Integer> {
    private static final String SUFFIX = ".tar.zst";

    private final Console console;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "As for postmem report.")
    private List<Path> named;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            required = true,
            description = "The archive to write, NAME.tar.zst; one that is there already stays as it is.")
    private Path output;

    @Mixin
    private final EvidenceOptions evidence = new EvidenceOptions();

    @Mixin
    @SuppressWarnings("UnusedVariable") // what it was set to is asked of the parse result
    private Verbosity verbosity;

    ImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (!String.valueOf(output.getFileName()).endsWith(SUFFIX)) {
            throw UserException.usage(
                    output + " must end in " + SUFFIX + ", by which the other commands know archives");
        }
        if (Files.exists(output)) {
            throw UserException.usage(output + " is there already; an archive is never overwritten, name another");
        }
        Inputs.Found inputs = Inputs.all(named);
        List<String> warnings = new ArrayList<>();
        inputs.archives()
                .forEach(archive -> warnings.add(archive + " is an archive of postmem already; it was not taken"));
        if (inputs.evidence().isEmpty()) {
            throw UserException.usage(inputs.archives().get(0) + " is an archive of postmem already");
        }
        EvidenceInputs read = evidence.of(inputs.evidence());
        EvidenceImport.Imported imported;
        try (OutputFiles outputs = new OutputFiles(List.of())) {
            Path target = outputs.reserve(output);
            imported = new EvidenceImport(console.clock(), Postmem.version())
                    .write(Originals.of(read.files(), read.limits()), read.zone(), target);
            outputs.complete();
        } catch (IOException e) {
            throw UserException.usage(output + " cannot be written: " + OutputFile.reason(e), e);
        }
        warnings.addAll(imported.warnings());
        console.warn(warnings);
        console.out()
                .println(output + ": " + imported.files() + (imported.files() == 1 ? " file, " : " files, ")
                        + imported.bytes() + " bytes"
                        + (imported.unknown() == 0
                                ? ""
                                : "; " + imported.unknown() + " of no tool that postmem knows stayed out"));
        console.out().flush();
        return (warnings.isEmpty() ? ExitCode.DONE : ExitCode.FINDINGS_OR_PARTIAL).code();
    }
}
