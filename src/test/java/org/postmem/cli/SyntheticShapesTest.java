package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.findings.Scorecard;
import org.postmem.synthetic.LongShapes;

/** Shapes over days and weeks, made from a recorded capture, against what was put into them. */
class SyntheticShapesTest {
    private static final Path QUIET =
            Path.of(System.getProperty("postmem.root"), "testdata/incidents/none/capture.tar.zst");
    private static final long MEMORY_BYTES = 1L << 30;
    private static final long SEED = 1;
    private static final int PATIENCE_MINUTES = 60;

    @Test
    @Timeout(value = PATIENCE_MINUTES, unit = TimeUnit.MINUTES)
    void cyclesOfDaysAreHealthyAndSlowLeaksAreFound(@TempDir Path root) throws IOException {
        LongShapes.write(QUIET, root, SEED);
        Score score = Score.of(Incident.below(root), MEMORY_BYTES, 0, share -> {});
        StringWriter table = new StringWriter();
        ScoreCommand.print(score, new PrintWriter(table));
        List<String> missed = score.decisive().lines().stream()
                .filter(line -> !line.right())
                .map(Scorecard.Line::incident)
                .toList();
        assertThat(score.decisive().lines()).hasSize(13);
        assertThat(missed).as(table.toString()).isEmpty();
    }
}
