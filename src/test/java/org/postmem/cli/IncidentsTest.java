package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.UserException;
import org.postmem.findings.Analysis;
import org.postmem.findings.Scorecard;
import org.postmem.findings.Truth;

/** Every labelled capture that is kept, analysed as a user would, against what is known about it. */
class IncidentsTest {
    private static final Path KEPT = Path.of(System.getProperty("postmem.root"), "testdata/incidents");
    private static final long MEMORY_BYTES = 1L << 30;

    @TestFactory
    Stream<DynamicTest> theFirstFindingNamesKindAndCulprit() {
        return Incident.below(KEPT).stream()
                .filter(incident -> !incident.truth().debatable())
                .map(incident -> dynamicTest(incident.name(), () -> holds(incident)));
    }

    private static void holds(Incident incident) {
        Analysis analysis = incident.analyse(MEMORY_BYTES);
        Scorecard card = new Scorecard();
        card.add(incident.name(), incident.truth(), analysis);
        assertThat(card.lines()).as(analysis.verdict().headline()).isNotEmpty().allMatch(Scorecard.Line::right);
        if (incident.truth().healthy()) {
            assertThat(analysis.verdict().leak()).isFalse();
        }
    }

    @Test
    void readsWhatATruthSays(@TempDir Path root) throws IOException {
        Path folder = Files.createDirectories(root.resolve("two_leaks"));
        Files.writeString(folder.resolve("capture.tar.zst"), "");
        Files.writeString(folder.resolve("truth.json"), """
                {"scenario": "two_leaks", "healthy": false, "kind": "private_anonymous", "also_accepted_kinds": ["swap"],
                 "culprit": {"type": "process", "name": "ordersvc", "pid": 353},
                 "second": {"kind": "memfd", "culprit": {"type": "process", "name": "mailer", "pid": 12}}, "privileged": false}""");
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
                                        new Truth.Leak(List.of("memfd"), "process", "mailer", 12L)))));
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
