package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.findings.Analysis;
import org.postmem.findings.Finding;

class CaseBatchTest {
    private static final Path INCIDENTS = Path.of(System.getProperty("postmem.root"), "testdata/incidents");
    private static final long MEMORY_BYTES = 1L << 30;

    /** Leaks of several kinds, a healthy host, one that was started again in the middle, and one that is cut short. */
    @Test
    void eachComesToWhatItComesToAlone() {
        List<CaseBatch.Part> parts = new ArrayList<>();
        for (Incident incident : List.of(
                incident("heap_leak"), incident("heap_reboot"), incident("hugetlb"), incident("cache_fill_slow"))) {
            parts.add(incident.whole());
        }
        parts.add(incident("heap_leak").prefixes(3).get(0));
        List<List<String>> alone = new ArrayList<>();
        for (CaseBatch.Part part : parts) {
            alone.add(told(new CaseBatch(List.of(part))
                    .analyse(MEMORY_BYTES)
                    .analyses()
                    .get(0)));
        }
        assertThat(new CaseBatch(parts).analyse(MEMORY_BYTES).analyses())
                .map(CaseBatchTest::told)
                .isEqualTo(alone);
    }

    @Test
    void smallOnesGoTogetherInTheirOrderAndALargeOneAlone(@TempDir Path folder) throws IOException {
        List<CaseBatch.Part> parts = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Path archive = folder.resolve(i + ".tar.zst");
            try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
                file.setLength(i == 20 ? 100L << 20 : 1000);
            }
            parts.add(new CaseBatch.Part(List.of(archive), null));
        }
        assertThat(Files.size(folder.resolve("20.tar.zst"))).isEqualTo(100L << 20);
        List<CaseBatch> batches = CaseBatch.of(parts, 1);
        assertThat(batches).map(batch -> batch.parts().size()).containsExactly(11, 9, 1, 11, 8);
        assertThat(batches.stream().flatMap(batch -> batch.parts().stream())).containsExactlyElementsOf(parts);
    }

    @Test
    void thereIsSomethingToDoForEachThread() {
        List<CaseBatch.Part> parts = IntStream.range(0, 200)
                .mapToObj(i -> new CaseBatch.Part(List.of(Path.of("none")), null))
                .toList();
        assertThat(CaseBatch.of(parts.subList(0, 3), 2)).hasSize(3);
        assertThat(CaseBatch.of(parts, 2)).hasSize(13);
    }

    private static Incident incident(String name) {
        return Incident.below(INCIDENTS.resolve(name)).get(0);
    }

    /** Verdict and findings; the numbers of captures and series depend on what else is loaded. */
    private static List<String> told(Analysis analysis) {
        List<String> told = new ArrayList<>();
        told.add(analysis.verdict().toString());
        for (Finding finding : analysis.findings()) {
            told.add(finding.toString()
                    .replaceAll("captureId=\\d+", "captureId=_")
                    .replaceAll("\\b(sid|capture_id) = \\d+", "$1 = _"));
        }
        return told;
    }
}
