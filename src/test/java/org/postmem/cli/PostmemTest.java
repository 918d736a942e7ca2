package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
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
    void printsVersionAndHelpOnStdout() {
        assertThat(Run.of("--version").out()).startsWith("postmem ");
        Run help = Run.of("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).contains("Usage: postmem", "collect", "report", "sql", "verify", "Exit codes:", "70");
    }
}
