package org.postmem.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Several files of the kernel in one text. */
class TitledFilesTest {
    private static Map<String, String> files(String text) {
        Map<String, String> files = new LinkedHashMap<>();
        TitledFiles.of(text.getBytes(StandardCharsets.UTF_8))
                .forEach((path, bytes) -> files.put(path, new String(bytes, StandardCharsets.UTF_8)));
        return files;
    }

    @Test
    void theBlankLineAboveATitleIsOfHeadAndNotOfTheFile() {
        String cpu = "some avg10=32.39 avg60=58.88 avg300=42.78 total=297838311\n";
        String memory = "some avg10=0.00 avg60=0.00 avg300=0.00 total=2\n";
        assertThat(files("==> /proc/pressure/cpu <==\n" + cpu + "\n==> snap/proc/pressure/memory <==\n" + memory))
                .isEqualTo(Map.of("proc/pressure/cpu", cpu, "proc/pressure/memory", memory));
    }

    @Test
    void aCgroupMayHaveNoMoreThanTheNamesOfItsFiles() {
        assertThat(files("== memory.current\n21254144\n== memory.max\nmax\n"))
                .isEqualTo(Map.of("memory.current", "21254144\n", "memory.max", "max\n"));
        assertThat(files("==> /sys/fs/cgroup/app.slice/memory.current <==\n21254144\n"))
                .isEqualTo(Map.of("sys/fs/cgroup/app.slice/memory.current", "21254144\n"));
    }

    @Test
    void whatStandsAboveTheFirstTitleIsOfNoFile() {
        assertThat(files("2026-11-22 21:05:16\n==> /proc/loadavg <==\n0.24 0.09 0.11 1/595 4711\n"))
                .isEqualTo(Map.of("proc/loadavg", "0.24 0.09 0.11 1/595 4711\n"));
    }
}
