package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.source.Schedule.Tier;

class StuckReaderTest {
    private static final int TICKS = 1000;

    @TempDir
    Path top;

    @Test
    void aProcessThatNeverAnswersCostsNoThreadAndNoDescriptorInAThousandTicks() throws Exception {
        FakeHost host = new FakeHost(top).process(42, "stuck", 100).process(43, "well", 100);
        host.write("proc/42/wchan", "rwsem_down_read_slowpath");
        Path fifo = host.path("proc/42/cmdline");
        Files.delete(fifo);
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        AtomicLong nanos = new AtomicLong();
        HostSnapshot source = host.source(4096, new Clocks(nanos::get, nanos::get, nanos::get));
        FakeHost.Entries first = new FakeHost.Entries();
        source.read(new HostSnapshot.Plan(1, EnumSet.allOf(Tier.class), true, true, 0), first, first);
        assertThat(source.ledger().gaps())
                .contains(new Ledger.Gap(
                        "proc/*/{cmdline,exe,limits}", "TIMEOUT", 1, "pid 42 state S wchan rwsem_down_read_slowpath"));
        assertThat(first.blocks("pid/cmdline")).containsOnlyKeys("43");
        int threads = threads();
        int descriptors = new File("/proc/self/fd").list().length;

        for (int number = 2; number <= TICKS; number++) {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
            FakeHost.Entries entries = new FakeHost.Entries();
            source.read(
                    new HostSnapshot.Plan(number, EnumSet.allOf(Tier.class), number % 60 == 0, false, 0),
                    entries,
                    entries);
            assertThat(entries.living()).containsExactlyInAnyOrder("42", "43");
        }
        assertThat(source.ledger().gaps())
                .contains(new Ledger.Gap("proc/*/{cmdline,exe,limits}", "QUARANTINED", 1, ""));
        assertThat(source.hangingReaders()).isEqualTo(1);
        assertThat(threads()).isEqualTo(threads);
        assertThat(new File("/proc/self/fd").list().length).isLessThanOrEqualTo(descriptors + 1);

        // the writer comes: the reader is free again, the process is asked again after its back-off
        Files.writeString(fifo, "/usr/bin/stuck\0");
        for (int i = 0; i < 2000 && source.hangingReaders() > 0; i++) {
            Thread.sleep(5);
        }
        assertThat(source.hangingReaders()).isZero();
    }

    private static int threads() {
        int count = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            count += thread.getName().startsWith("postmem-reader-") ? 1 : 0;
        }
        return count;
    }
}
