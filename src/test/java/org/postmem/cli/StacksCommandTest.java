package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.cli.PostmemTest.Run;
import org.postmem.collector.archive.Json;
import org.postmem.collector.archive.Json.MalformedJsonException;

/** Genuine print-outs of memleak, attached to a capture of the lab guest. */
class StacksCommandTest {
    private static final Path DATA = Path.of(System.getProperty("postmem.root"), "testdata");
    private static final Path MEMLEAK = DATA.resolve("tools/text/bcc-memleak-genuine.txt");

    @TempDir
    Path folder;

    @Test
    void saysWhichStacksKeepGrowingAndWritesThemForOtherTools() throws IOException, MalformedJsonException {
        Path archive = capture();
        assertThat(Run.of("attach", archive, MEMLEAK).exitCode()).isZero();
        Path folded = folder.resolve("stacks.folded");
        Path speedscope = folder.resolve("stacks.json");

        Run run = Run.of("stacks", archive, "--folded", folded, "--speedscope", speedscope);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().map(line -> line.replaceAll(" +", " ").strip()))
                .filteredOn(line -> !line.startsWith("---"))
                .containsExactly(
                        "from pid held grew keeps growing allocated in",
                        "attached/bcc-memleak-genuine.txt 4705 2.69 MiB 1.88 MiB yes leak_small+0x18 [leak]",
                        "attached/bcc-memleak-genuine.txt 4705 2.05 MiB 1.46 MiB yes leak_big+0x18 [leak]");
        assertThat(Files.readAllLines(folded))
                .hasSize(2)
                .allMatch(line -> line.startsWith("attached/bcc-memleak-genuine.txt pid 4705;"))
                .anyMatch(line -> line.endsWith("leak_big+0x18 [leak] 2150400"))
                .anyMatch(line -> line.endsWith("leak_small+0x18 [leak] 2818048"));
        assertThat(Json.readObject(Files.readAllBytes(speedscope)))
                .containsEntry("$schema", "https://www.speedscope.app/file-format-schema.json");
    }

    @Test
    void saysWhatToAttachWhereNothingIs() throws IOException {
        Path folded = folder.resolve("stacks.folded");

        Run run = Run.of("stacks", capture(), "--folded", folded);

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("no stacks are attached to", "postmem attach ARCHIVE memleak.txt");
        assertThat(folded).doesNotExist();
    }

    private Path capture() throws IOException {
        Path archive = folder.resolve("host.tar.zst");
        Files.copy(DATA.resolve("incidents/thread_leak_sparse/capture.tar.zst"), archive);
        return archive;
    }
}
