package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfCostTest {
    @TempDir
    Path self;

    private SelfCost cost;

    @BeforeEach
    void oneProcessWithTwoThreads() throws IOException {
        write("stat", """
                4242 (post mem) x) S 1 4242 4242 0 -1 4194304 2412 0 17 0 61 20 0 0 20 0 19 0 174108672 3180 11220
                """);
        write("status", """
                Name:\tpost
                VmLck:\t      64 kB
                VmRSS:\t   44880 kB
                VmSwap:\t     128 kB
                """);
        write("statm", "306786 11220 5123 1 0 29822 0\n");
        write("task/4242/schedstat", "1500000000 10 3\n");
        write("task/4243/schedstat", "250000000 20 4\n");
        cost = new SelfCost(self.toString());
    }

    private void write(String name, String text) throws IOException {
        Path file = self.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void takesWhatTheKernelTellsOfIt() {
        assertThat(cost.majorFaults()).isEqualTo(17);
        assertThat(cost.lockedBytes()).isEqualTo(64 * 1024);
        assertThat(cost.swappedBytes()).isEqualTo(128 * 1024);
        assertThat(cost.residentPages()).isEqualTo(11220);
        assertThat(cost.cpuNanos()).isEqualTo(1_750_000_000);
    }

    @Test
    void theTimeOfAThreadThatHasEndedStaysInTheSum() throws IOException {
        assertThat(cost.cpuNanos()).isEqualTo(1_750_000_000);
        Files.delete(self.resolve("task/4243/schedstat"));
        Files.delete(self.resolve("task/4243"));
        write("task/4244/schedstat", "1000000 1 1\n");
        assertThat(cost.cpuNanos()).isEqualTo(1_751_000_000);
        write("task/4242/schedstat", "1500000001 11 3\n");
        assertThat(cost.cpuNanos()).isEqualTo(1_751_000_001);
    }

    @Test
    void whatTheKernelDoesNotTellIsNotZero() throws IOException {
        write("stat", "4242 (postmem) S 1\n");
        write("status", "Name:\tpostmem\n");
        write("statm", "\n");
        assertThat(cost.majorFaults()).isNull();
        assertThat(cost.lockedBytes()).isNull();
        assertThat(cost.swappedBytes()).isNull();
        assertThat(cost.residentPages()).isNull();
        Files.delete(self.resolve("stat"));
        assertThat(cost.majorFaults()).isNull();
        assertThat(new SelfCost(self.resolve("none").toString()).cpuNanos()).isNull();
    }
}
