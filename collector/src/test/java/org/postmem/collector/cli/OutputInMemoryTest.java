package org.postmem.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postmem.collector.archive.ArchiveFile;

/** Pitfall 20: an archive in memory adds to the pressure that is measured. */
class OutputInMemoryTest {
    @TempDir
    Path top;

    private Collection capture(String fileSystem, boolean force) throws IOException {
        Path output = Files.createDirectories(top.resolve("output"));
        FakeProc host = new FakeProc(top.resolve("host"));
        CollectSettings settings = Captures.settings(output, host.roots(), Duration.ofMillis(100), 1L, force);
        Disk disk = new Disk() {
            @Override
            public long freeBytes(Path folder) {
                return 1L << 40;
            }

            @Override
            public String kind(Path folder) {
                return fileSystem;
            }

            @Override
            public ArchiveFile create(Path path) throws IOException {
                return ArchiveFile.create(path);
            }
        };
        return new Collection(settings, Clock.systemUTC(), System::nanoTime, disk, line -> {}, line -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ramfs"})
    void isRefusedUnlessForced(String fileSystem) throws Exception {
        assertThatThrownBy(() -> capture(fileSystem, false).run(new StopSignal()))
                .isInstanceOf(CollectException.class)
                .hasMessage("output directory lies in memory (" + fileSystem
                        + "), which would add to what is measured: " + top.resolve("output")
                        + "; name another --output, or give --force");
        assertThat(top.resolve("output").toFile().list()).isEmpty();
        assertThat(capture(fileSystem, true).run(new StopSignal()).snapshots()).isEqualTo(1);
    }

    @Test
    void onADiskIsNotRefused() throws Exception {
        assertThat(capture("ext4", false).run(new StopSignal()).snapshots()).isEqualTo(1);
        // where nobody can tell, nobody is refused
        assertThat(capture("", false).run(new StopSignal()).snapshots()).isEqualTo(1);
    }
}
