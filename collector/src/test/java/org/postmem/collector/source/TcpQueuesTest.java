package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.collector.source.Schedule.Tier;

class TcpQueuesTest {
    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String SSH =
            "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0"
                    + "        0 17520 1 ffff8f2b43c58000 100 0 0 10 0\n";
    private static final String HALF_OPEN =
            "   1: 0100007F:1F90 0100007F:B0A4 03 00000000:00000000 01:00000064 00000000"
                    + "     0        0 0 1 ffff8f2b43c58900\n";
    private static final String CONNECTION = "   2: 0100007F:1F90 0100007F:B0A2 01 00000000:00000200 00:00000000"
            + " 00000000     0        0 0 1 ffff8f2b43c59800 20 4 30 10 -1\n";

    @TempDir
    Path top;

    private final AtomicLong nanos = new AtomicLong();
    private HostSnapshot source;
    private int number;

    @Test
    void ofAServiceThatAcceptsNoMoreTheQueueIsToldAndWhoseItIs() throws Exception {
        FakeHost host = host(17018).process(42, "reportapi", 795).process(43, "nginx", 795);
        Files.createSymbolicLink(host.path("proc/42/fd/4"), Path.of("socket:[23114]"));
        Files.createSymbolicLink(host.path("proc/43/fd/4"), Path.of("socket:[17520]"));
        host.write("proc/net/tcp", HEAD + SSH + HALF_OPEN + listening("1F90", "00004081", 23114) + CONNECTION + SSH);
        host.write("proc/net/tcp6", HEAD + listening("2382", "00000003", 23200));
        FakeHost.Entries entries = read(host);
        assertThat(entries.text("net/listen")).isEqualTo("listening 3\ntcp 8080 16513 23114\ntcp6 9090 3 23200\n");
        assertThat(entries.blocks("pid/fd"))
                .isEqualTo(Map.of(
                        "42",
                        "total 1 socket 1 pipe 0 anon_inode 0 file 0\n4 0 0 23114 socket:[23114]\n",
                        "43",
                        "total 1 socket 1 pipe 0 anon_inode 0 file 0\n"));
        assertThat(source.ledger().gaps())
                .extracting(Ledger.Gap::path)
                .doesNotContain("proc/net/tcp", "proc/net/tcp6", "net/listen");
    }

    /** A process that hangs does not run, and who does not run is not asked for its descriptors in his turn. */
    @Test
    void whenAQueueFillsAllAreAskedOnceWhoHasIt() throws Exception {
        FakeHost host = host(17018);
        for (int pid = 40; pid < 52; pid++) {
            host.process(pid, "worker", 795);
        }
        host.write("proc/net/tcp", HEAD + listening("1F90", "00000001", 23114));
        read(host);
        Files.createSymbolicLink(host.path("proc/51/fd/4"), Path.of("socket:[23114]"));
        host.write("proc/net/tcp", HEAD + listening("1F90", "00000080", 23114));
        assertThat(read(host).blocks("pid/fd"))
                .containsEntry("51", "total 1 socket 1 pipe 0 anon_inode 0 file 0\n4 0 0 23114 socket:[23114]\n");
        assertThat(source.ledger().carried())
                .as("of those that sleep, whose turn it was not")
                .isZero();
    }

    /** Of three connections the one with little on its way is not told, and the one that nobody has open has no owner. */
    @Test
    void whereBuffersAreLargeTheConnectionsWithTheMostInTheirQueuesAreToldAndWhoseTheyAre() throws Exception {
        FakeHost host = host(41, 55552).process(42, "pushd", 795).process(43, "nginx", 795);
        Files.createSymbolicLink(host.path("proc/42/fd/9"), Path.of("socket:[24200]"));
        Files.createSymbolicLink(host.path("proc/43/fd/9"), Path.of("socket:[24202]"));
        host.write(
                "proc/net/tcp",
                HEAD
                        + SSH
                        + CONNECTION
                        + connection("00000000:00060000", 0)
                        + connection("00E00000:00000010", 24200)
                        + connection("0003FFFF:00000000", 24202));
        FakeHost.Entries entries = read(host);
        assertThat(entries.text("net/queued"))
                .isEqualTo("connections 4\ntcp 8080 45218 14680064 16 24200\ntcp 8080 45218 0 393216 0\n");
        assertThat(entries.byName()).as("with 41 sockets none has many waiting").doesNotContainKey("net/listen");
        assertThat(entries.blocks("pid/fd"))
                .isEqualTo(Map.of(
                        "42",
                        "total 1 socket 1 pipe 0 anon_inode 0 file 0\n9 0 0 24200 socket:[24200]\n",
                        "43",
                        "total 1 socket 1 pipe 0 anon_inode 0 file 0\n"));
    }

    @Test
    void ofVeryManyConnectionsTheRestIsSaidToBeLeftOut() throws Exception {
        FakeHost host = host(41, 55552);
        host.write("proc/net/tcp", HEAD + connection("00E00000:00000000", 24200).repeat(20_001));
        assertThat(read(host).text("net/queued").lines().toList())
                .hasSize(201)
                .startsWith("connections 20000", "tcp 8080 45218 14680064 0 24200");
        assertThat(source.ledger().gaps())
                .filteredOn(gap -> gap.path().equals("proc/net/tcp"))
                .extracting(Ledger.Gap::outcome)
                .containsExactly("TRUNCATED");
    }

    @Test
    void whereNoneCanWaitTheTableIsNotSearched() throws Exception {
        FakeHost host = host(99);
        host.write("proc/net/tcp", HEAD + listening("1F90", "00000080", 23114));
        assertThat(read(host).byName()).doesNotContainKey("net/listen");
    }

    @Test
    void aHostWithoutTheSixthVersionOfIpMissesNothing() throws Exception {
        FakeHost host = host(17018).process(42, "reportapi", 795);
        host.write("proc/net/tcp", HEAD + SSH);
        assertThat(read(host).text("net/listen")).isEqualTo("listening 1\n");
        assertThat(source.ledger().gaps()).extracting(Ledger.Gap::path).doesNotContain("proc/net/tcp6");
    }

    private FakeHost host(int sockets) {
        return host(sockets, 3833);
    }

    private FakeHost host(int sockets, int bufferPages) {
        return new FakeHost(top)
                .write(
                        "proc/net/sockstat",
                        "sockets: used 17320\nTCP: inuse 16574 orphan 0 tw 971 alloc " + sockets + " mem " + bufferPages
                                + "\n");
    }

    private static String listening(String port, String waiting, int inode) {
        return "   1: 00000000:" + port + " 00000000:0000 0A 00000000:" + waiting
                + " 00:00000000 00000000     0        0 " + inode + " 1 ffff8f2b43c5a000 100 0 0 10 0\n";
    }

    private static String connection(String queues, int inode) {
        return "   2: 0100007F:1F90 0100007F:B0A2 01 " + queues + " 01:00000019 00000000     0        0 " + inode
                + " 2 ffff8f2b43c59800 20 4 30 10 -1\n";
    }

    private FakeHost.Entries read(FakeHost host) throws IOException, InterruptedException {
        if (source == null) {
            source =
                    host.source(4096, new Clocks(() -> nanos.addAndGet(1000), nanos::get, () -> nanos.addAndGet(1000)));
        }
        FakeHost.Entries entries = new FakeHost.Entries();
        number++;
        source.read(
                new HostSnapshot.Plan(number, EnumSet.allOf(Tier.class), number == 1, false, 1_000_000_000L),
                entries,
                entries);
        return entries;
    }
}
