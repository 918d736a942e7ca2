package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.UserException;
import org.postmem.findings.Truth;

/** Every labelled capture that is kept, analysed as a user would, against what is known about it. */
class IncidentsTest {
    private static final Path ROOT = Path.of(System.getProperty("postmem.root"));
    private static final long MEMORY_BYTES = 1L << 30;

    /** Seconds a capture on a machine of one's own, much longer where many share it. */
    private static final int PATIENCE_MINUTES = 60;

    /** What is kept is judged as well as it has to be, and README.md tells how well, those that are missed included. */
    @Test
    @Timeout(value = PATIENCE_MINUTES, unit = TimeUnit.MINUTES)
    void theVerdictsAreAsGoodAsReadmeSays() throws IOException {
        List<Incident> kept = Incident.below(ROOT.resolve("testdata/incidents"));
        List<Incident> all = new ArrayList<>(kept);
        Path missed = ROOT.resolve("testdata/lab/missed");
        if (holdsCaptures(missed)) {
            all.addAll(Incident.below(missed));
        }
        Score score = Score.of(all, MEMORY_BYTES, 0, share -> {});
        StringWriter table = new StringWriter();
        ScoreCommand.print(score, new PrintWriter(table));
        assertThat(score.card(kept::contains).passes()).as(table.toString()).isTrue();
        List<String> readme = Files.readAllLines(ROOT.resolve("README.md"));
        List<String> told =
                readme.subList(readme.indexOf("<!-- score -->") + 1, Math.max(0, readme.indexOf("<!-- /score -->")));
        assertThat(told)
                .as("between the score marks of README.md; ./postmem score --markdown testdata/incidents"
                        + " testdata/lab/missed prints what belongs there")
                .isEqualTo(ScoreTable.of(score));
    }

    /** When nothing is missed only the README is left there. */
    private static boolean holdsCaptures(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.anyMatch(Files::isDirectory);
        }
    }

    @Test
    void readsWhatATruthSays(@TempDir Path root) throws IOException {
        Path folder = Files.createDirectories(root.resolve("two_leaks"));
        Files.writeString(folder.resolve("capture.tar.zst"), "");
        Files.writeString(folder.resolve("truth.json"), """
                {"scenario": "two_leaks", "healthy": false, "kind": "private_anonymous", "also_accepted_kinds": ["swap"],
                 "culprit": {"type": "process", "name": "ordersvc", "pid": 353},
                 "second": {"kind": "memfd", "culprit": {"type": "process", "name": "mailer", "pid": 12}}, "privileged": false,
                 "held_out": true, "onset_epoch": 1795600000, "rate_bytes_per_second": 1048576}""");
        assertThat(Incident.below(root))
                .containsExactly(new Incident(
                        "two_leaks",
                        List.of(folder.resolve("capture.tar.zst")),
                        new Truth(
                                false,
                                false,
                                false,
                                List.of(
                                        new Truth.Leak(
                                                List.of("private_anonymous", "swap"), "process", "ordersvc", 353L),
                                        new Truth.Leak(List.of("memfd"), "process", "mailer", 12L))),
                        new Truth.Origin(true, false, Instant.ofEpochSecond(1795600000), 1048576.0)));
    }

    @Test
    void refusesATruthWithoutACulprit(@TempDir Path root) throws IOException {
        Files.writeString(root.resolve("capture.tar.zst"), "");
        Files.writeString(root.resolve("truth.json"), "{\"healthy\": false, \"kind\": \"tmpfs\"}");
        assertThatThrownBy(() -> Incident.below(root))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("truth.json")
                .hasMessageContaining("culprit");
    }

    @Test
    void saysWhenAFolderHoldsNoLabelledCapture(@TempDir Path root) {
        assertThatThrownBy(() -> Incident.below(root))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no labelled capture");
    }
}
