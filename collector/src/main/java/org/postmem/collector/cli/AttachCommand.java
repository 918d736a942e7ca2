package org.postmem.collector.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.postmem.collector.archive.ArchiveAttachment;
import org.postmem.collector.archive.ArchiveException;
import org.postmem.collector.archive.Printable;
import org.postmem.collector.archive.SegmentSigner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code attach}: adds files to an archive as {@code attached/NAME}; says under which name each of them now is. */
@Command(
        name = "attach",
        description = "Adds files (dmesg, strace, memleak … output) to an archive, without touching what is in it.",
        mixinStandardHelpOptions = true,
        versionProvider = CollectorVersion.class)
public final class AttachCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "ARCHIVE",
            description = "An archive made by collect, whose capture has ended.")
    private Path archive;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "Files, 100 MiB in all.")
    private List<Path> files;

    @Option(
            names = "--sign",
            paramLabel = "KEYFILE",
            description = "An Ed25519 key (PEM, PKCS#8) to sign what is attached with.")
    private Path keyFile;

    @Override
    public Integer call() {
        try {
            SegmentSigner signer = SigningKey.of(keyFile, this::say);
            PrintWriter out = spec.commandLine().getOut();
            for (ArchiveAttachment.Attached one : ArchiveAttachment.attach(archive, files, Clock.systemUTC(), signer)) {
                out.println(one.name() + " " + one.bytes() + " bytes");
            }
            out.flush();
            say("stored as they are: secrets and names in these files are not masked");
            return ExitCode.DONE;
        } catch (ArchiveException e) {
            say(e.getMessage());
        } catch (IOException e) {
            say("cannot attach to " + archive + ": " + e.getMessage() + "; nothing was attached");
        }
        return ExitCode.UNREADABLE;
    }

    private void say(String line) {
        spec.commandLine().getErr().println("postmem: " + Printable.line(line));
        spec.commandLine().getErr().flush();
    }
}
