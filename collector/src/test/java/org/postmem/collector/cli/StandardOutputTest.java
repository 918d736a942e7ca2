package org.postmem.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@EnabledOnOs(OS.LINUX)
class StandardOutputTest {
    @Command(name = "prints")
    static final class Prints implements Runnable {
        @Spec
        private CommandSpec spec;

        @Override
        public void run() {
            spec.commandLine().getOut().println("a result");
        }
    }

    private record Ended(int exitCode, String err) {}

    private static Ended run(OutputStream to) {
        StandardOutput out = new StandardOutput(to);
        StringWriter err = new StringWriter();
        try (PrintStream print = out.print()) {
            int code = new CommandLine(new Prints())
                    .setOut(new PrintWriter(print, true, StandardCharsets.UTF_8))
                    .setErr(new PrintWriter(err, true))
                    .setExecutionStrategy(new WholeRun(out::readerIsGone))
                    .execute();
            return new Ended(code, err.toString());
        }
    }

    @Test
    void aPipeThatItsReaderClosedEndsInSilenceAsOtherProgramsDo(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        // opened for both, so that no opening waits for the other end
        RandomAccessFile reader = new RandomAccessFile(pipe.toFile(), "rw");
        try (FileOutputStream writer = new FileOutputStream(pipe.toFile())) {
            reader.close();
            assertThat(run(writer)).isEqualTo(new Ended(141, ""));
        }
    }

    @Test
    void aFullDiskIsTold() throws IOException {
        try (FileOutputStream full = new FileOutputStream("/dev/full")) {
            assertThat(run(full))
                    .isEqualTo(new Ended(
                            2, "postmem: standard output could not be written to its end; is the disk full?\n"));
        }
    }

    @Test
    void whatCouldBePrintedIsDone() {
        assertThat(run(OutputStream.nullOutputStream())).isEqualTo(new Ended(0, ""));
    }
}
