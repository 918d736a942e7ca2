package org.postmem.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.cli.Console;
import org.postmem.findings.Analysis;
import org.postmem.findings.Finding;
import org.postmem.findings.Verdict;
import picocli.CommandLine;

class DemoCommandTest {
    private static final Finding LEAK = new Finding(
            "R05-1",
            "R05",
            1,
            Finding.Severity.CRITICAL,
            80,
            "private_anonymous",
            "pidstat",
            "OrderService (pid 4242) leaks private anonymous memory: +206 MiB",
            "",
            List.of(),
            List.of(),
            new Finding.Culprit("process", "OrderService", 1, 4242, null, "java", null),
            "leak",
            1.0,
            216_000_000L,
            4_299_161.6,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            Map.of(),
            List.of());

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path analysed;

    @BeforeEach
    void nothingAnalysedYet() {
        analysed = null;
    }

    @Test
    void saysProcessPidKindAndRateInOneLine() {
        assertThat(DemoCommand.line(LEAK))
                .isEqualTo("OrderService (pid 4242) leaks private anonymous memory: +206 MiB, 4.10 MiB/s");
    }

    @Test
    void analysesTheRecordedIncidentWhereThereIsNoProc() throws Exception {
        assertThat(run("--output", folder.resolve("report.html").toString())).isZero();
        assertThat(out.toString()).isEqualTo(DemoCommand.line(LEAK) + System.lineSeparator());
        assertThat(err.toString()).contains("no /proc to collect from: analysing a recorded incident instead");
        assertThat(analysed).isEqualTo(folder.resolve("postmem-demo-incident.tar.zst"));
        assertThat(Files.size(analysed)).isGreaterThan(10_000);
    }

    @Test
    void refusesADurationThatShowsNothing() {
        assertThat(run(
                        "--duration",
                        "5s",
                        "--output",
                        folder.resolve("report.html").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--duration is 50 to 600 seconds, not 5s");
    }

    @Test
    void refusesAFolderThatIsNotThereBeforeItCollects() {
        assertThat(run("--output", folder.resolve("missing/report.html").toString()))
                .isNotZero();
        assertThat(err.toString()).contains("its folder is not there");
    }

    private int run(String... arguments) {
        Clock clock = Clock.fixed(Instant.parse("2026-11-23T05:00:00Z"), ZoneOffset.UTC);
        Console console = Console.plain(new PrintWriter(out, true), new PrintWriter(err, true), clock);
        DemoCommand demo = new DemoCommand(
                console,
                (archive, report, findings) -> {
                    analysed = archive;
                    return new Analysis(List.of(), new Verdict(true, "OrderService leaks", "R05-1"), List.of(LEAK));
                },
                new Headroom(folder.resolve("proc"), folder.resolve("cgroup")));
        return new CommandLine(demo).setOut(console.out()).setErr(console.err()).execute(arguments);
    }
}
