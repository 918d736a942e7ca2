package org.postmem.collector.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.archive.Json;
import org.postmem.collector.archive.Snapshot;
import org.postmem.collector.privacy.PseudonymKey;

class PseudonymizedCaptureTest {
    @TempDir
    Path top;

    @Test
    void noNameIsLeftAnywhereInTheArchiveNorInItsName() throws Exception {
        Path output = Files.createDirectory(top.resolve("output"));
        FakeProc host = new FakeProc(top.resolve("home/alice/web-7"))
                .write("root/etc/passwd", "alice:x:1000:1000::/home/alice:/bin/sh\n")
                .write("proc/cmdline", "root=/dev/vda ip=10.1.2.3 hostname=web-7\n")
                .write("proc/42/stat", "42 (app) S 1 1 1 0 -1 4194560 1 1 1 1 1 1 1 1 20 0 1 0 4200 1 1 1\n")
                .write("proc/42/status", "Name:\tapp\nUid:\t1000\t1000\t1000\t1000\n")
                .write("proc/42/statm", "13797 3180 100 200 0 500 0\n")
                .write("proc/42/oom_score", "666\n")
                .write("proc/42/oom_score_adj", "0\n")
                .write("proc/42/cgroup", "0::/user.slice/alice.slice\n")
                .write(
                        "proc/42/cmdline",
                        "/home/alice/app\0--peer\00010.9.8.7:80\000--url=http://orders-db.example.net/\000")
                .write("proc/self/mountinfo", "41 35 0:50 / /home/alice rw - nfs4 filer1:/export rw,addr=10.0.0.9\n");
        PseudonymKey key = PseudonymKey.of(top.resolve("key"));
        CollectSettings settings = Captures.settings(output, host.roots(), Duration.ofMillis(100), 4L, key, true);
        Path archive = new Collection(settings, Clock.systemUTC(), System::nanoTime, line -> {}, line -> {})
                .run(new StopSignal())
                .archive();
        assertThat(archive.getFileName().toString()).matches("host-[0-9a-f]{10}-.*\\.tar\\.zst");
        StringBuilder all = new StringBuilder();
        List<String> ledger = new ArrayList<>();
        for (Snapshot snapshot : Captures.snapshots(archive)) {
            all.append(new String(snapshot.captureJson(), ISO_8859_1)).append(Json.write(snapshot.summary()));
            snapshot.members().forEach((name, bytes) -> all.append(name).append(new String(bytes, ISO_8859_1)));
            ledger.addAll(Captures.ledger(snapshot));
        }
        assertThat(all.toString())
                .contains("13797 3180 100", "/user.slice/", "--peer")
                .doesNotContain("web-7", "alice", "10.1.2.3", "10.9.8.7", "10.0.0.9", "orders-db", "filer1");
        assertThat(ledger).anyMatch(row -> row.startsWith("* PSEUDONYMIZED "));
    }
}
