package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class PostmemTest {
    /** What a run printed and how it ended. */
    record Run(int exitCode, String out, String err) {
        static Run of(Object... arguments) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            String[] words = new String[arguments.length];
            for (int i = 0; i < words.length; i++) {
                words[i] = arguments[i] instanceof Path path ? path.toString() : (String) arguments[i];
            }
            int exitCode = Postmem.commandLine(Console.plain(
                            new PrintWriter(out, true),
                            new PrintWriter(err, true),
                            Clock.fixed(Instant.parse("2026-11-23T10:00:00Z"), ZoneOffset.UTC)))
                    .execute(words);
            return new Run(exitCode, out.toString(), err.toString());
        }
    }

    @Test
    void saysInOneLineWhatWasWrongWithTheOptions() {
        assertThat(Run.of()).isEqualTo(new Run(2, "", "postmem: which command? See postmem --help\n"));
        assertThat(Run.of("sql", "--no-such"))
                .isEqualTo(new Run(
                        2, "", "postmem: Missing required parameters: 'CASE.duckdb', 'SQL'; see postmem sql --help\n"));
    }

    @Test
    void resultsThatCannotBePrintedToTheirEndAreNotDone() {
        StringWriter err = new StringWriter();
        PrintWriter full = new PrintWriter(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("No space left on device");
                    }
                },
                true,
                StandardCharsets.UTF_8);

        int exitCode = Postmem.commandLine(Console.plain(full, new PrintWriter(err, true), Clock.systemUTC()))
                .execute("rules");

        assertThat(exitCode).isEqualTo(2);
        assertThat(err).hasToString("postmem: standard output could not be written to its end; is the disk full?\n");
    }

    @Test
    void anErrorOfTheMachineIsAFaultOfPostmemItself() {
        StringWriter err = new StringWriter();

        int exitCode = dyingOf(new AssertionError("a plan without a root"), err);

        assertThat(exitCode).isEqualTo(70);
        assertThat(err.toString().lines())
                .startsWith(
                        "postmem: a fault of postmem itself, please report it with these lines:",
                        "java.lang.AssertionError: a plan without a root");
    }

    @Test
    void wantOfMemoryIsToldWithWhatToDo() {
        StringWriter err = new StringWriter();

        int exitCode = dyingOf(new OutOfMemoryError("Java heap space"), err);

        assertThat(exitCode).isEqualTo(70);
        assertThat(err.toString().lines())
                .startsWith(
                        "postmem: the memory of the Java machine is used up, at most "
                                + (Runtime.getRuntime().maxMemory() >> 20)
                                + " MiB; give it more (POSTMEM_JAVA=-Xmx8g) or less to read at once. If that does not"
                                + " help, please report it with these lines:",
                        "java.lang.OutOfMemoryError: Java heap space");
    }

    /** Runs a command whose first word of output is this error. */
    private static int dyingOf(Error error, StringWriter err) {
        Writer dying = new Writer() {
            @Override
            public void write(char[] text, int offset, int length) {
                throw error;
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        return Postmem.commandLine(Console.plain(new PrintWriter(dying), new PrintWriter(err, true), Clock.systemUTC()))
                .execute("rules");
    }

    @Test
    void saysWhatIsExpectedAndNotWhichClassDidNotTakeIt() {
        assertThat(Run.of("report", "x", "--zone", "Mars/Base").err())
                .isEqualTo("postmem: Invalid value for option '--zone': 'Mars/Base' is no time zone that is known here;"
                        + " write Europe/Berlin, UTC or +02:00; see postmem report --help\n");
        assertThat(Run.of("report", "x", "--made-at", "yesterday").err())
                .isEqualTo("postmem: Invalid value for option '--made-at': 'yesterday' is no instant; write"
                        + " 2026-11-22T08:00:00Z; see postmem report --help\n");
        assertThat(Run.of("report", "x", "--max-file", "999999999999G"))
                .isEqualTo(new Run(
                        2,
                        "",
                        "postmem: Invalid value for option '--max-file': '999999999999G' is more than any file or memory"
                                + " holds; see postmem report --help\n"));
        for (String few : new String[] {"0", "-3"}) {
            assertThat(Run.of("score", "x", "--prefixes", few))
                    .isEqualTo(new Run(
                            2,
                            "",
                            "postmem: --prefixes must be at least 1; without it only whole captures are analysed\n"));
        }
    }

    @Test
    void printsVersionAndHelpOnStdout() {
        assertThat(Run.of("--version").out()).startsWith("postmem ");
        Run help = Run.of("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).contains("Usage: postmem", "collect", "report", "sql", "verify", "Exit codes:", "70");
    }
}
