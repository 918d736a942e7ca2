package org.postmem.collector.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.postmem.collector.source.Roots;

/** As much of a host as a capture needs, made of files; what it says can be changed while it is captured. */
final class FakeProc {
    private final Path top;

    FakeProc(Path top) {
        this.top = top;
        available(20_000_000);
        oomKills(0);
        uptime(1000);
        write("proc/sys/kernel/hostname", "web-7\n");
        write("proc/sys/kernel/random/boot_id", "3b1c7e0a-0000-4000-8000-000000000001\n");
    }

    FakeProc available(long kilobytes) {
        return write(
                "proc/meminfo",
                "MemTotal:       24684096 kB\nMemFree:         1000000 kB\nMemAvailable:   " + kilobytes + " kB\n");
    }

    FakeProc oomKills(long count) {
        return write("proc/vmstat", "nr_free_pages 5938500\npswpin 10\npswpout 20\noom_kill " + count + "\n");
    }

    FakeProc uptime(double seconds) {
        return write("proc/uptime", String.format(java.util.Locale.ROOT, "%.2f 4321.00%n", seconds));
    }

    FakeProc write(String relative, String text) {
        try {
            Path path = top.resolve(relative);
            Files.createDirectories(path.getParent());
            // a reader must never see half a text
            Path whole = Files.writeString(path.resolveSibling("." + path.getFileName()), text);
            Files.move(whole, path, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Roots roots() {
        return Roots.of(top.resolve("proc"), top.resolve("sys"), top.resolve("root"));
    }
}
