package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class KeptFileTest {
    @TempDir
    Path folder;

    private final WholeFile file = new WholeFile(1 << 20);

    private String text(KeptFile kept) {
        String outcome = kept.read(file);
        return outcome == null ? new String(file.bytes(), 0, file.length(), StandardCharsets.UTF_8) : outcome;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileOfTheKernelIsOpenedOnceAndTellsAnewEachTime() throws Exception {
        String path = "/proc/uptime";
        long before = openDescriptors(path);
        KeptFile kept = new KeptFile(path);
        String first = text(kept);
        String second = text(kept);
        Thread.sleep(30);
        String third = text(kept);
        assertThat(Double.parseDouble(third.split(" ", -1)[0]))
                .isGreaterThan(Double.parseDouble(first.split(" ", -1)[0]))
                .isGreaterThan(Double.parseDouble(second.split(" ", -1)[0]));
        assertThat(openDescriptors(path)).isEqualTo(before + 1);
        kept.release();
        assertThat(openDescriptors(path)).isEqualTo(before);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileOfManyRecordsIsReadWhole() {
        KeptFile kept = new KeptFile("/proc/vmstat");
        text(kept);
        assertThat(text(kept)).startsWith("nr_free_pages ").endsWith("\n").contains("\npgfault ");
        kept.release();
    }

    @Test
    void aFileOnADiskThatIsReplacedByAnotherOfItsNameIsReadAnew() throws Exception {
        Path path = folder.resolve("meminfo");
        Files.writeString(path, "MemTotal: 1 kB\n");
        KeptFile kept = new KeptFile(path.toString());
        assertThat(text(kept)).isEqualTo("MemTotal: 1 kB\n");
        assertThat(text(kept)).isEqualTo("MemTotal: 1 kB\n");
        Path other = Files.writeString(folder.resolve("other"), "MemTotal: 2 kB\n");
        Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
        assertThat(text(kept)).isEqualTo("MemTotal: 2 kB\n");
        Files.delete(path);
        assertThat(text(kept)).isEqualTo(Outcome.ENOENT);
    }

    private static long openDescriptors(String path) throws IOException {
        try (var links = Files.list(Path.of("/proc/self/fd"))) {
            return links.filter(link -> {
                        try {
                            return Files.readSymbolicLink(link).toString().equals(path);
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }
}
