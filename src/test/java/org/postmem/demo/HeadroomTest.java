package org.postmem.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadroomTest {
    @TempDir
    private Path root;

    @Test
    void isWhatTheKernelSaysIsAvailable() throws IOException {
        put("proc/meminfo", "MemTotal:       24683748 kB\nMemFree:        23737936 kB\nMemAvailable:   24307980 kB\n");
        assertThat(headroom().bytes()).hasValue(24_307_980L * 1024);
    }

    @Test
    void isSmallerInAControlGroupThatHasLessLeft() throws IOException {
        put("proc/meminfo", "MemAvailable:   24307980 kB\n");
        put("proc/self/cgroup", "0::/system.slice/shop.service\n");
        put("cgroup/system.slice/shop.service/memory.max", "max\n");
        put("cgroup/system.slice/shop.service/memory.current", "1048576\n");
        put("cgroup/system.slice/memory.max", "536870912\n");
        put("cgroup/system.slice/memory.current", "134217728\n");
        assertThat(headroom().bytes()).hasValue(402_653_184L);
    }

    @Test
    void isUnknownWithoutProc() {
        assertThat(headroom().bytes()).isEmpty();
    }

    private Headroom headroom() {
        return new Headroom(root.resolve("proc"), root.resolve("cgroup"));
    }

    private void put(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
