package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SourceTextsTest {
    @TempDir
    Path top;

    @Test
    void findsStartTimeAndFlagsBehindANameWithParentheses() {
        byte[] text = FakeHost.stat(42, "a) S 1 (b", 4194560, 4200).getBytes(StandardCharsets.UTF_8);
        StatLine line = StatLine.parse(text, text.length);
        assertThat(line.state()).isEqualTo('S');
        assertThat(line.flags()).isEqualTo(4194560);
        assertThat(line.startTicks()).isEqualTo(4200);
        assertThat(StatLine.parse("garbage".getBytes(StandardCharsets.UTF_8), 7))
                .isNull();
        assertThat(StatLine.parse(text, 60)).isNull();
    }

    @Test
    void parsesMountsWithAndWithoutOptionalFields() {
        byte[] text = """
                36 35 0:27 / /dev/shm rw,nosuid,nodev shared:4 - tmpfs tmpfs rw,size=24684096k
                22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/root rw
                40 35 0:31 /a /mnt/with\\040blank rw - nfs4 server:/x rw
                """.getBytes(StandardCharsets.UTF_8);
        assertThat(MountLine.parse(text, text.length))
                .containsExactly(
                        new MountLine("0:27", "/", "/dev/shm", "/dev/shm", "tmpfs", "rw,size=24684096k"),
                        new MountLine("0:31", "/a", "/mnt/with blank", "/mnt/with\\040blank", "nfs4", "rw"));
    }

    @Test
    void splitsDeviceNumbersAsTheLibraryDoes() {
        assertThat(MemoryFileSystems.major(0xfe01)).isEqualTo(254);
        assertThat(MemoryFileSystems.minor(0xfe01)).isEqualTo(1);
        assertThat(MemoryFileSystems.minor(0x100012L)).isEqualTo(0x112);
        assertThat(MemoryFileSystems.major(0x100012L)).isZero();
    }

    @Test
    void takesPageSizeAndTicksFromTheAuxiliaryVector() {
        ByteBuffer words = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        words.putLong(6).putLong(65536).putLong(17).putLong(100).putLong(0).putLong(0);
        assertThat(AuxiliaryVector.parse(words.array())).isEqualTo(new AuxiliaryVector(65536L, 100L));
        assertThat(AuxiliaryVector.parse(new byte[5])).isEqualTo(new AuxiliaryVector(null, null));
    }

    @Test
    void isPrivilegedOnlyWithBothCapabilities() {
        assertThat(HostIdentity.privileged("CapEff:\t000001ffffffffff\n")).isTrue();
        assertThat(HostIdentity.privileged("CapEff:\t0000000000080000\n")).isFalse();
        assertThat(HostIdentity.privileged("CapEff:\t0000000000000000\n")).isFalse();
        assertThat(HostIdentity.privileged(null)).isFalse();
    }

    @Test
    void aCollectorInAContainerIsCalledAsItsHost() throws IOException {
        FakeHost host = new FakeHost(top).write("proc/sys/kernel/hostname", "postmem-collector-x7k2p\n");
        assertThat(HostIdentity.read(host.roots()).host()).isEqualTo("postmem-collector-x7k2p");
        Files.createDirectories(host.path("proc/1/ns"));
        Files.createDirectories(host.path("proc/self/ns"));
        Files.createSymbolicLink(host.path("proc/1/ns/uts"), Path.of("uts:[4026531838]"));
        Files.createSymbolicLink(host.path("proc/self/ns/uts"), Path.of("uts:[4026532201]"));
        assertThat(HostIdentity.read(host.roots()).host()).isEqualTo("postmem-collector-x7k2p");
        host.write("proc/1/root/etc/hostname", "# set by the installer\n\nnode-3.example.org\n");
        assertThat(HostIdentity.read(host.roots()).host()).isEqualTo("node-3.example.org");
        host.write("proc/1/root/etc/hostname", "\n");
        assertThat(HostIdentity.read(host.roots()).host()).isEqualTo("postmem-collector-x7k2p");
    }

    @Test
    void readsAFileWholeAndSaysWhenItWasCut() throws IOException {
        Path file = Files.writeString(top.resolve("large"), "x".repeat(100_000));
        WholeFile whole = new WholeFile(1 << 20);
        assertThat(whole.read(file.toString())).isNull();
        assertThat(whole.length()).isEqualTo(100_000);
        assertThat(whole.read(file.toString(), 50_000)).isEqualTo("TRUNCATED");
        assertThat(whole.length()).isEqualTo(50_000);
        assertThat(whole.read(file.toString(), 100_000)).isNull();
        assertThat(whole.read(top.resolve("none").toString())).isEqualTo("ENOENT");
        assertThat(whole.length()).isZero();
        assertThat(whole.read(top.toString())).isEqualTo("EISDIR");
        assertThat(whole.read(file + "/x")).isEqualTo("ENOTDIR");
    }

    @Test
    void namesErrorsAsTheKernelDoes() {
        assertThat(Outcome.of(new IOException("No such process"))).isEqualTo("ESRCH");
        assertThat(Outcome.of(new IOException("/proc/1/smaps (Permission denied)")))
                .isEqualTo("EACCES");
        assertThat(Outcome.of(new IOException("Input/output error"))).isEqualTo("EIO");
        assertThat(Outcome.of(new IOException("No such device"))).isEqualTo("ENODEV");
        assertThat(Outcome.of(new IOException("/proc/1/stat (Too many open files)")))
                .isEqualTo("EMFILE");
        assertThat(Outcome.of(new IOException((String) null))).isEqualTo("EUNKNOWN");
    }

    /** {@code read(2)} of a file of /proc whose process ended while it was open. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aProcessThatEndsWhileItsFileIsOpenIsNoSuchProcess() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        WholeFile whole = new WholeFile(1 << 20);
        try (FileChannel stat = FileChannel.open(Path.of("/proc/" + process.pid() + "/stat"))) {
            assertThat(whole.read(stat)).isNull();
            StatLine line = StatLine.parse(whole.bytes(), whole.length());
            process.destroyForcibly().waitFor();
            assertThat(line).isNotNull();
            assertThat(whole.read(stat)).isEqualTo(Outcome.ESRCH);
            assertThat(whole.length()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void takesTheKernelLogOnceAndThenWhatCame() throws Exception {
        String records = "5,0,0,-;Linux version 6.18.44\n SUBSYSTEM=x\n6,1,120,-;Command line: root=/dev/vda\n";
        Path kmsg = Files.writeString(top.resolve("kmsg"), records);
        KernelLog log = new KernelLog(kmsg.toString());
        log.start();
        log.awaitQuiet();
        KernelLog.Part first = log.take();
        assertThat(new String(first.bytes(), StandardCharsets.UTF_8)).isEqualTo(records);
        assertThat(first.outcome()).isNull();
        assertThat(log.take().bytes()).isEmpty();
        KernelLog none = new KernelLog(top.resolve("none").toString());
        none.start();
        none.awaitQuiet();
        assertThat(none.take().outcome()).isEqualTo("ENOENT");
    }

    @Test
    void takesTheNewestOfSysstatsHistoryFirst() throws IOException {
        FakeHost host = new FakeHost(top);
        host.write("root/var/log/sa/sa21", "old")
                .write("root/var/log/sa/sa22", "new")
                .write("root/var/log/sa/sar22", "text");
        assertThat(host.path("root/var/log/sa/sa21").toFile().setLastModified(1_000_000_000_000L))
                .isTrue();
        List<String> names = new ArrayList<>();
        new SysstatHistory(host.roots()).read((name, bytes, offset, length) -> names.add(name), new Ledger());
        assertThat(names).containsExactly("host/sa/sa22", "host/sa/sa21");
    }

    @Test
    void aLedgerSumsByPatternAndNeverGrowsWithoutBound() {
        Ledger ledger = new Ledger();
        ledger.note("proc/*/smaps", null);
        ledger.note("proc/*/smaps", "EACCES");
        ledger.note("proc/*/smaps", "EACCES");
        assertThat(ledger.okReads()).isEqualTo(1);
        assertThat(ledger.gaps()).containsExactly(new Ledger.Gap("proc/*/smaps", "EACCES", 2, ""));
        for (int i = 0; i < 2000; i++) {
            ledger.gap("file" + i, "EIO");
        }
        assertThat(ledger.gaps()).hasSize(501);
        assertThat(ledger.gaps().stream().mapToLong(Ledger.Gap::count).sum()).isEqualTo(2002);
    }

    private static ProcessState process(long residentPages, int mappings) {
        byte[] statm = ("300000 " + residentPages + " 100 0 0 0 0\n").getBytes(StandardCharsets.US_ASCII);
        byte[] stat = FakeHost.stat(1, "x", 0, 1).getBytes(StandardCharsets.US_ASCII);
        ProcessState process = new ProcessState(1, StatLine.parse(stat, stat.length), 1);
        process.measure(statm, statm.length);
        process.mappings(mappings);
        return process;
    }

    @Test
    void learnsThatAProcessorOfItsOwnIsSlowAtOnceAndFastOnlyByAndBy() {
        ReadCost cost = new ReadCost();
        ProcessState process = process(262_144, 100);
        long first = cost.rollupNanos(process);
        assertThat(first).isBetween(8_000_000L, 10_000_000L);
        cost.rollupTook(process, 60_000);
        assertThat(cost.rollupNanos(process)).isLessThan(first).isGreaterThan(first / 2);
        assertThat(cost.rollupTook(process, Long.MAX_VALUE)).isLessThan(3 * first);
    }

    /** The measured figures: 1 GiB in pages of 4 KiB, and 20,118 mappings of a page. */
    @Test
    void learnsWhatAPageAndWhatAMappingCostsApart() {
        ReadCost cost = new ReadCost();
        ProcessState large = process(262_144, 120);
        ProcessState split = process(20_118, 20_118);
        for (int i = 0; i < 60; i++) {
            cost.smapsTook(large, 20_000_000);
            cost.smapsTook(split, 51_733_000);
        }
        assertThat(cost.smapsNanos(large)).isBetween(18_000_000L, 22_000_000L);
        assertThat(cost.smapsNanos(split)).isBetween(47_000_000L, 56_000_000L);
        // half of each
        assertThat(cost.smapsNanos(process(131_072 + 10_059, 10_119))).isBetween(32_000_000L, 40_000_000L);
        assertThat(cost.rollupNanos(large)).isLessThan(10_000_000L);
    }

    @Test
    void aScanThatWasGivenUpIsExpectedToTakeTwiceAsLong() {
        ReadCost cost = new ReadCost();
        ProcessState process = process(100, 10);
        process.scanWasCut(600_000_000);
        assertThat(cost.smapsNanos(process)).isEqualTo(1_200_000_000);
    }
}
