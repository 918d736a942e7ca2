package org.postmem.collector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.postmem.collector.archive.ArchiveException;
import org.postmem.collector.archive.ArchiveVerifier;
import org.postmem.collector.archive.Printable;
import org.postmem.collector.archive.SignatureCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify}: checks the hashes of archives and says what is intact and what is lost. */
@Command(
        name = "verify",
        description = "Checks the hashes of archives, says what is intact and what is lost.",
        mixinStandardHelpOptions = true,
        versionProvider = CollectorVersion.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all is intact, and signed where --key is given",
            "1:some of it is lost, or not signed with that key",
            "2:wrong options",
            "3:an archive or the key cannot be read",
            "70:a fault of postmem itself"
        })
public final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "ARCHIVE", description = "Archives made by collect.")
    private List<Path> archives;

    @Option(
            names = "--key",
            paramLabel = "PUBFILE",
            description = "An Ed25519 public key (PEM): every segment has to be signed with it.")
    private Path keyFile;

    @Override
    public Integer call() {
        int code = ExitCode.DONE;
        SignatureCheck key;
        try {
            key = keyFile == null ? null : SignatureCheck.of(keyFile);
        } catch (IOException e) {
            say(e.getMessage());
            return ExitCode.UNREADABLE;
        }
        for (Path archive : archives) {
            try {
                if (Files.isDirectory(archive)) {
                    throw new ArchiveException(archive + " is a directory; name an archive");
                }
                ArchiveVerifier.Result result = ArchiveVerifier.verify(archive, key);
                ArchiveVerifier.print(result, System.out);
                if (result.snapshots() == 0) {
                    code = ExitCode.UNREADABLE;
                } else if (!result.whole() || (key != null && !result.signed())) {
                    code = Math.max(code, ExitCode.PARTIAL);
                }
            } catch (ArchiveException e) {
                say(e.getMessage());
                code = ExitCode.UNREADABLE;
            } catch (IOException e) {
                say("cannot read " + archive + ": " + e.getMessage());
                code = ExitCode.UNREADABLE;
            }
        }
        return code;
    }

    private void say(String line) {
        spec.commandLine().getErr().println("postmem: " + Printable.line(line));
        spec.commandLine().getErr().flush();
    }
}
