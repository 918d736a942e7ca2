package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.cli.PostmemTest.Run;

/** Real captures of the lab guest, next to each other. */
class CompareCommandTest {
    private static final Path INCIDENTS = Path.of(System.getProperty("postmem.root"), "testdata", "incidents");
    private static final Path LEAKING = INCIDENTS.resolve("heap_leak/capture.tar.zst");
    private static final Path HEALTHY = INCIDENTS.resolve("none/capture.tar.zst");

    @TempDir
    Path folder;

    @Test
    void namesWhoHoldsTheDifferenceBetweenAGoodHostAndABadOne() throws IOException {
        Path page = folder.resolve("compare.html");
        Path kept = folder.resolve("case.duckdb");

        Run run = Run.of("compare", HEALTHY, LEAKING, "--output", page, "--database", kept);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("less available than").contains("what differs most is ordersvc: +");
        assertThat(run.out().lines().skip(4).findFirst().orElse("")).startsWith("anonymous  ordersvc");
        String html = Files.readString(page);
        assertThat(html)
                .contains("<h1 id=\"headline\">", "compare_owner ORDER BY", "compare_setting")
                .contains("default-src 'none'");
        assertThat(Run.of(
                                "sql",
                                kept,
                                "SELECT owner FROM compare_owner ORDER BY abs(growth_bytes) DESC LIMIT 1",
                                "--format=csv")
                        .out())
                .isEqualTo("owner\nordersvc\n");
    }

    @Test
    void dividesOneCaptureAtAMoment() throws IOException {
        Path page = folder.resolve("compare.html");
        String middle =
                Run.of("report", LEAKING, "--output", folder.resolve("r.html"), "--database", folder.resolve("c"))
                                        .exitCode()
                                == 0
                        ? Run.of(
                                        "sql",
                                        folder.resolve("c"),
                                        "SELECT strftime(ts, '%Y-%m-%dT%H:%M:%SZ') AS t FROM snapshot ORDER BY snapshot LIMIT 1 OFFSET 20",
                                        "--format=csv")
                                .out()
                                .lines()
                                .skip(1)
                                .findFirst()
                                .orElseThrow()
                        : "";

        Run run = Run.of("compare", LEAKING, "--at", middle, "--output", page);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("After has ").contains("less available than before", "ordersvc");
        assertThat(Files.readString(page)).contains("both sides have the same");
    }

    @Test
    void saysWhatIsMissingOrWrong() {
        assertThat(Run.of("compare", LEAKING).err())
                .isEqualTo("postmem: with one archive, say where to divide it (--at TIME) or which ranges to compare"
                        + " (--before FROM..TO --after FROM..TO)\n");
        Run early =
                Run.of("compare", LEAKING, "--at", "2020-01-01T00:00:00Z", "--output", folder.resolve("compare.html"));
        assertThat(early.exitCode()).isEqualTo(2);
        assertThat(early.err()).startsWith("postmem: no snapshot lies on the side before, from ");
        assertThat(folder).isEmptyDirectory();
        assertThat(Run.of("compare", LEAKING, "--before", "10:00").err())
                .contains("'10:00' is no range; write 10:40..11:00");
    }
}
