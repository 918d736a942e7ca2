package org.postmem.procfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.procfs.Samples.bytes;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postmem.units.ClockTicks;
import org.postmem.units.PageSize;

/** Whatever the bytes, a parser returns: with rows and issues, without an exception. */
class HostileTextTest {
    private static final long SEED = 20261122L;
    private static final int ROUNDS = 300;
    private static final PageSize PAGE = new PageSize(4096);
    private static final ClockTicks TICKS = new ClockTicks(100);

    private static final class Case {
        private final String name;
        private final byte[] sample;
        private final Function<byte[], ?> parser;

        Case(String name, byte[] sample, Function<byte[], ?> parser) {
            this.name = name;
            this.sample = sample;
            this.parser = parser;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("meminfo", Samples.proc("6.1-meminfo.txt"), MemInfo::parse),
                new Case("vmstat", Samples.proc("6.18-vmstat.txt"), VmStat::parse),
                new Case("stat", bytes(KernelTexts.STAT), text -> CpuTime.parse(text, TICKS)),
                new Case("loadavg", bytes("0.13 0.10 0.09 1/98 19802\n"), LoadAverage::parse),
                new Case("uptime", bytes("1106.68 2018.23\n"), Uptime::parse),
                new Case("pressure", bytes(KernelTexts.PRESSURE), text -> Pressure.parse(text, "memory")),
                new Case("swaps", bytes(KernelTexts.SWAPS), SwapArea::parse),
                new Case("sockstat", bytes(KernelTexts.SOCKSTAT), SockStat::parse),
                new Case("listen", bytes("listening 3\ntcp 8080 16513 23114\n"), ListeningSocket::parse),
                new Case(
                        "queues",
                        bytes("  key msqid perms cbytes qnum lspid lrpid uid\n0 1 600 8000 2 22349 22349 0\n"),
                        MessageQueue::parse),
                new Case("queued", bytes("connections 41\ntcp 8080 45218 14680064 16 24200\n"), QueuedSocket::parse),
                new Case("buddyinfo", Samples.proc("6.18-buddyinfo.txt"), Buddy::parse),
                new Case("zoneinfo", Samples.proc("6.18-zoneinfo.txt"), text -> Zone.parse(text, PAGE)),
                new Case("numa", bytes(KernelTexts.NUMA), NumaNode::parse),
                new Case("pid/stat", bytes(KernelTexts.PID_STAT), text -> ProcessStat.parse(text, TICKS, PAGE)),
                new Case("pid/statm", bytes("25945 25822 163 120 0 25775 0\n"), text -> ProcessStatm.parse(text, PAGE)),
                new Case("pid/status", Samples.proc("6.18-pid-status.txt"), ProcessStatus::parse),
                new Case("pid/oom_score", bytes("810\n"), SingleValue::parse),
                new Case("pid/cgroup", bytes(KernelTexts.CGROUP), CgroupMembership::parse),
                new Case("pid/cmdline", bytes("/usr/bin/java\0-jar\0orders.jar\0"), CommandLine::parse),
                new Case("pid/limits", bytes(KernelTexts.LIMITS), ProcessLimit::parse),
                new Case("pid/smaps_rollup", Samples.proc("6.18-pid-smaps_rollup.txt"), ProcessMemory::parse),
                new Case("pid/smaps", Samples.proc("6.18-pid-smaps.txt"), Mapping::parse),
                new Case("pid/fd", bytes(KernelTexts.FD), OpenFiles::parse),
                new Case("slabinfo", Samples.proc("6.1-slabinfo.txt"), text -> Slab.parse(text, PAGE)),
                new Case(
                        "slab",
                        bytes(":0000192"),
                        text -> SlabCache.parse(Map.of("a", text), Map.of("b", text), Map.of("c", text))),
                new Case("vmallocinfo", Samples.proc("6.18-vmallocinfo.txt"), text -> VmallocCaller.parse(text, PAGE)),
                new Case("by_caller", bytes("16384 20480 1 kernel_clone\n"), VmallocCaller::parseByCaller),
                new Case("allocinfo", Samples.proc("allocinfo-1.0.txt"), KernelAllocation::parse),
                new Case("shm", bytes(KernelTexts.SHM), ShmSegment::parse),
                new Case("statvfs", bytes(KernelTexts.STATVFS), FileSystemUsage::parse),
                new Case("mountinfo", bytes(KernelTexts.MOUNTINFO), Mount::parse),
                new Case("modules", bytes("xfs 1900544 1 - Live 0x0000000000000000\n"), KernelModule::parse),
                new Case(
                        "cgroup files",
                        Samples.proc("6.1-memcg-files.txt"),
                        text -> CgroupMemory.parse(
                                "/a", 2, Map.of("memory.stat", text, "memory.max", text, "memory.pressure", text))),
                new Case("kmsg", bytes(KernelTexts.KMSG), KernelMessage::parseKmsg),
                new Case("oom 6.1", Samples.oom("debian-6.1.176-global.txt"), HostileTextTest::reports),
                new Case("oom memcg", Samples.oom("debian-6.1.176-memcg.txt"), HostileTextTest::reports),
                new Case("oom 3.10", Samples.oom("published-el7-3.10.0-514-global.txt"), HostileTextTest::reports));
    }

    private static Parsed<List<OomReport>> reports(byte[] text) {
        return OomReports.parse(KernelMessage.parseText(text, null, null).value(), PAGE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void survivesTruncationAndFlippedBytes(Case one) {
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] text = one.sample.clone();
            int flips = random.nextInt(20);
            for (int i = 0; i < flips; i++) {
                text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            }
            if (random.nextBoolean()) {
                text = Arrays.copyOf(text, random.nextInt(text.length + 1));
            }
            assertThat(one.parser.apply(text))
                    .as("seed %d, round %d", SEED, round)
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void survivesNoise(Case one) {
        Random random = new Random(SEED);
        byte[] alphabet = bytes("0123456789 \n\t:,;=()[]-+kBN/\\x#\0\377");
        for (int round = 0; round < ROUNDS; round++) {
            byte[] text = new byte[random.nextInt(400)];
            for (int i = 0; i < text.length; i++) {
                text[i] = alphabet[random.nextInt(alphabet.length)];
            }
            assertThat(one.parser.apply(text))
                    .as("seed %d, round %d", SEED, round)
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void understandsItsOwnSampleWhole(Case one) {
        Object result = one.parser.apply(one.sample);
        if (result instanceof Parsed<?> parsed && !one.name.equals("slab")) {
            assertThat(parsed.issues()).isEmpty();
        }
    }
}
