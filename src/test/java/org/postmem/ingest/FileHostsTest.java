package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.postmem.tools.EvidenceKind;

/** Of which host a file is that does not say so itself. */
class FileHostsTest {
    private final FileHosts hosts = new FileHosts();

    private void file(String path, EvidenceKind kind, String text) {
        hosts.lies(path);
        hosts.add(path, kind, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aFileIsOfTheOnlyHostThatIsNamedBesideOrAboveIt() {
        file("one/hostname", EvidenceKind.HOST_NAME, "db7\n");
        file("two/hostname", EvidenceKind.HOST_NAME, "web1\n");

        assertThat(hosts.of("one/proc/meminfo")).isEqualTo("db7");
        assertThat(hosts.of("two/ps.txt")).isEqualTo("web1");
        // above it both are named
        assertThat(hosts.of("three/ps.txt")).isEqualTo(FileHosts.UNNAMED);
    }

    @Test
    void theNameThatOsWatcherGivesItsFilesIsTheHost() {
        file("osw/oswmeminfo/db7_meminfo_26.11.22.2100.dat", EvidenceKind.FRAMES, "zzz ***\n");
        file("exa/2026_11_22_21_05_16_MeminfoExaWatcher_dm01db01.example.dat", EvidenceKind.FRAMES, "zzz ***\n");

        assertThat(hosts.of("osw/oswmeminfo/db7_meminfo_26.11.22.2100.dat")).isEqualTo("db7");
        assertThat(hosts.of("exa/2026_11_22_21_05_16_MeminfoExaWatcher_dm01db01.example.dat"))
                .isEqualTo("dm01db01.example");
    }

    /** sos masks names in the files that it knows, not in those of sysstat. */
    @Test
    void aSosreportIsOfOneHostWhateverItsFilesCallIt() {
        file("sosreport-x/sos_commands/host/hostname", EvidenceKind.HOST_NAME, "host0\n");
        file("sosreport-x/var/log/sa/sar22", EvidenceKind.SAR, "Linux 5.14.0 (db7) \t11/22/2026 \t_x86_64_\t(4 CPU)\n");
        file("beside/sar22", EvidenceKind.SAR, "Linux 5.14.0 (db7) \t11/22/2026 \t_x86_64_\t(4 CPU)\n");

        assertThat(hosts.of("sosreport-x/var/log/sa/sar22")).isEqualTo("host0");
        assertThat(hosts.of("sosreport-x/proc/meminfo")).isEqualTo("host0");
        assertThat(hosts.of("beside/sar22")).isEqualTo("db7");
    }
}
