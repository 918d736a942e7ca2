package org.postmem.procfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.procfs.Samples.bytes;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postmem.units.ClockTicks;
import org.postmem.units.PageSize;

class HostTextsTest {
    /** Of OpenZFS 2.1. */
    @Test
    void readsWhatTheCacheOfZfsHoldsAndMayHold() {
        byte[] text = """
                13 1 0x01 123 33456 7402060102 66478716886640
                name                            type data
                hits                            4    174896434
                c                               4    33676691456
                c_min                           4    2104793216
                c_max                           4    33676691456
                size                            4    33743421984
                data_size                       4    28890273280
                metadata_size                   4    1463973888
                memory_available_bytes          3    22935279488
                arc_loaned_bytes                4    0
                arc_meta_used                   4    4849290784
                arc_meta_limit                  4    25257518592
                arc_dnode_limit                 4    2525751859
                arc_need_free                   4    0
                arc_sys_free                    4    2353932416
                """.getBytes(StandardCharsets.UTF_8);
        Parsed<ArcStats> parsed = ArcStats.parse(text);

        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value())
                .isEqualTo(new ArcStats(
                        33743421984L,
                        33676691456L,
                        2104793216L,
                        33676691456L,
                        28890273280L,
                        1463973888L,
                        4849290784L,
                        25257518592L,
                        2525751859L,
                        0L,
                        0L,
                        2353932416L));
    }

    private static final PageSize PAGE = new PageSize(4096);

    private static <T> T clean(Parsed<T> parsed) {
        assertThat(parsed.issues()).isEmpty();
        return parsed.value();
    }

    @Test
    void readsModulesAndWhatTheyTaintTheKernelWith() {
        assertThat(clean(KernelModule.parse(bytes("""
                        xferdrv 16384 0 - Live 0xffffffffc0387000 (OE)
                        netfs 57344 2 9p,fscache, Live 0xffffffffc051d000
                        unix 90112 - - Live 0x0000000000000000
                        """))))
                .containsExactly(
                        new KernelModule("xferdrv", 16384L, 0, "Live", "OE"),
                        new KernelModule("netfs", 57344L, 2, "Live", ""),
                        new KernelModule("unix", 90112L, null, "Live", ""));
    }

    /** Of three messages of 4,000 bytes one was received. Linux 6.18. */
    @Test
    void readsHowMuchWaitsInQueuesOfMessages() {
        assertThat(clean(MessageQueue.parse(bytes("""
                               key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime
                                 0          1   600        8000          2 22349 22349     0     0     0     0 1795963862 1795963862 1795963862
                        """))))
                .containsExactly(new MessageQueue(0L, 1, 8000L, 2L, 22349, 22349, 0L));
        assertThat(MessageQueue.parse(bytes("key perms\n")).issues())
                .extracting(ParseIssue::reason)
                .containsExactly("the heading has no msqid");
    }

    @Test
    void readsWhatWaitsInSocketsOfTcp() {
        assertThat(clean(ListeningSocket.parse(bytes("listening 12\ntcp 8080 16513 23114\ntcp6 9090 3 23200\n"))))
                .containsExactly(
                        new ListeningSocket("tcp", 8080, 16513L, 23114L),
                        new ListeningSocket("tcp6", 9090, 3L, 23200L));
        assertThat(clean(QueuedSocket.parse(bytes("connections 41\ntcp 8080 45218 14680064 16 24200\n"))))
                .containsExactly(new QueuedSocket("tcp", 8080, 45218, 14680064L, 16L, 24200L));
    }

    @Test
    void readsMeminfoOfKernel6Dot1() {
        MemInfo meminfo = clean(MemInfo.parse(Samples.proc("6.1-meminfo.txt")));
        assertThat(meminfo)
                .isEqualTo(new MemInfo(
                        480288L * 1024,
                        450944L * 1024,
                        450660L * 1024,
                        0L,
                        2688L * 1024,
                        0L,
                        1788L * 1024,
                        956L * 1024,
                        1788L * 1024,
                        956L * 1024,
                        0L,
                        0L,
                        0L,
                        0L,
                        0L,
                        0L,
                        null,
                        null,
                        0L,
                        0L,
                        112L * 1024,
                        1596L * 1024,
                        2688L * 1024,
                        9004L * 1024,
                        14984L * 1024,
                        9004L * 1024,
                        5980L * 1024,
                        720L * 1024,
                        44L * 1024,
                        0L,
                        0L,
                        0L,
                        0L,
                        240144L * 1024,
                        3360L * 1024,
                        13743895347199L * 1024,
                        7064L * 1024,
                        0L,
                        256L * 1024,
                        null,
                        0L,
                        0L,
                        0L,
                        0L,
                        0L,
                        null,
                        null,
                        null,
                        null,
                        0L,
                        0L,
                        0L,
                        0L,
                        2048L * 1024,
                        0L,
                        24448L * 1024,
                        499712L * 1024,
                        0L,
                        Map.of()));
    }

    @Test
    void balloonIsKnownFromKernel6Dot16AndAbsentIsNotZero() {
        MemInfo meminfo = clean(MemInfo.parse(Samples.proc("6.18-meminfo.txt")));
        assertThat(meminfo.balloonBytes()).isZero();
        assertThat(meminfo.fileHugePagesBytes()).isEqualTo(284672L * 1024);
        assertThat(meminfo.hardwareCorruptedBytes()).isNull();
    }

    @Test
    void oldKernelHasNoMemAvailableAndKeepsWhatNobodyKnows() {
        MemInfo meminfo = clean(MemInfo.parse(
                bytes("MemTotal:  8 kB\nMemFree: 2 kB\nDirectMap4M: 16 kB\nQuicklists: 3 kB\nHugePages_Odd: 7\n")));
        assertThat(meminfo.memAvailableBytes()).isNull();
        assertThat(meminfo.others()).isEqualTo(Map.of("DirectMap4M", 16384L, "Quicklists", 3072L, "HugePages_Odd", 7L));
    }

    @Test
    void brokenMeminfoLinesAreIssues() {
        Parsed<MemInfo> parsed =
                MemInfo.parse(bytes("MemTotal  8 kB\nMemFree: -2 kB\nCached: 1 kB\nCached: 2 kB\nSlab: 4"));
        assertThat(parsed.issues())
                .containsExactly(
                        new ParseIssue(1, 0, "no colon after the name", "MemTotal  8 kB"),
                        new ParseIssue(2, 10, "the value is negative", "MemFree: -2 kB"),
                        new ParseIssue(4, 0, "a second line of this name; the first one is kept", "Cached: 2 kB"),
                        new ParseIssue(5, 8, "the text is cut off in this line", "Slab: 4"));
        assertThat(parsed.value().memFreeBytes()).isNull();
        assertThat(parsed.value().slabBytes()).isNull();
        assertThat(parsed.value().cachedBytes()).isEqualTo(1024);
    }

    @Test
    void emptyTextIsAnIssue() {
        assertThat(MemInfo.parse(new byte[0]).issues())
                .containsExactly(new ParseIssue(0, 0, "there is no line in the text", ""));
    }

    @Test
    void readsVmstat() {
        List<VmStat> rows = clean(VmStat.parse(Samples.proc("6.18-vmstat.txt")));
        assertThat(rows).contains(new VmStat("nr_free_pages", 1785603), new VmStat("nr_mlock", 4453));
    }

    @Test
    void readsStatInSeconds() {
        assertThat(clean(CpuTime.parse(bytes(KernelTexts.STAT), new ClockTicks(100))))
                .isEqualTo(new CpuTime(
                        111.56,
                        0.0,
                        65.81,
                        2018.23,
                        7.69,
                        0.0,
                        2.0,
                        1.25,
                        1022093L,
                        Instant.ofEpochSecond(1795404482),
                        19801L,
                        3L,
                        0L));
    }

    @Test
    void readsLoadUptimeAndPressure() {
        assertThat(clean(LoadAverage.parse(bytes("0.13 0.10 0.09 1/98 19802\n"))))
                .isEqualTo(new LoadAverage(0.13, 0.10, 0.09, 1L, 98L, 19802L));
        assertThat(clean(Uptime.parse(bytes("1106.68 2018.23\n")))).isEqualTo(new Uptime(1106.68, 2018.23));
        assertThat(clean(Pressure.parse(bytes(KernelTexts.PRESSURE), "io")))
                .containsExactly(
                        new Pressure("io", "some", 32.39, 58.88, 42.78, 297.838311),
                        new Pressure("io", "full", 0.0, 0.02, 0.22, 5.185715));
    }

    @Test
    void readsSwapsAndSockets() {
        assertThat(clean(SwapArea.parse(bytes(KernelTexts.SWAPS))))
                .containsExactly(
                        new SwapArea("/dev/dm-1", "partition", 8388604L * 1024, 1024L * 1024, -2),
                        new SwapArea("/swap file", "file", 1048572L * 1024, 0L, -3));
        assertThat(clean(SockStat.parse(bytes(KernelTexts.SOCKSTAT))))
                .contains(new SockStat("sockets", "used", 17), new SockStat("TCP", "mem", 130))
                .hasSize(8);
    }

    @Test
    void readsBuddyinfoByOrder() {
        List<Buddy> rows = clean(Buddy.parse(Samples.proc("6.18-buddyinfo.txt")));
        assertThat(rows).hasSize(33).contains(new Buddy(0, "DMA32", 10, 752L), new Buddy(0, "Normal", 0, 11792L));
    }

    @Test
    void sumsThePerCpuListsOfEachZone() {
        List<Zone> zones = clean(Zone.parse(Samples.proc("6.18-zoneinfo.txt"), PAGE));
        assertThat(zones).extracting(Zone::zone).containsExactly("DMA", "DMA32", "Normal", "Movable", "Device");
        assertThat(zones.get(2))
                .isEqualTo(new Zone(
                        0,
                        "Normal",
                        1008188L * 4096,
                        12276L * 4096,
                        15345L * 4096,
                        18414L * 4096,
                        5505024L * 4096,
                        5505024L * 4096,
                        2064384L * 4096,
                        (9744L + 8410) * 4096,
                        List.of(0L, 0L, 0L, 0L, 0L)));
        assertThat(zones.get(0).protection()).startsWith(0L, 3019L * 4096);
        assertThat(zones.get(3).pcpBytes()).isNull();
    }

    @Test
    void readsNumaNodes() {
        assertThat(clean(NumaNode.parse(bytes(KernelTexts.NUMA))))
                .containsExactly(
                        new NumaNode(0, "MemTotal", 7301336L * 1024),
                        new NumaNode(0, "MemFree", 6847220L * 1024),
                        new NumaNode(0, "Active(anon)", 1568L * 1024),
                        new NumaNode(0, "HugePages_Total", 3));
    }

    @Test
    void readsSharedMemorySegments() {
        assertThat(clean(ShmSegment.parse(bytes(KernelTexts.SHM))))
                .containsExactly(new ShmSegment(
                        0L, 1, "1600", 1048576L, 421, 422, 1L, 101L, 4096L, 0L, Instant.ofEpochSecond(1795404482)));
    }

    @Test
    void readsMemoryBackedFileSystemsAndMounts() {
        assertThat(clean(FileSystemUsage.parse(bytes(KernelTexts.STATVFS))))
                .containsExactly(
                        new FileSystemUsage(
                                4026531841L, "0:23", "tmpfs", "/dev/shm", 25276502016L, 16384L, 25276485632L),
                        new FileSystemUsage(4026531999L, "0:44", "tmpfs", "/srv/my cache", 67108864L, 67108864L, 0L));
        assertThat(clean(Mount.parse(bytes(KernelTexts.MOUNTINFO))))
                .containsExactly(
                        new Mount(
                                25, 24, "0:23", "/", "/dev/shm", "rw,relatime", "tmpfs", "tmpfs", "rw,size=24684096k"),
                        new Mount(
                                36,
                                35,
                                "98:0",
                                "/mnt1",
                                "/mnt 2",
                                "rw,noatime",
                                "ext3",
                                "/dev/root",
                                "rw,errors=continue"));
    }

    @Test
    void readsCgroupVersion2() {
        CgroupMemory.Result result = CgroupMemory.parse(
                "/a",
                2,
                Map.of(
                        "memory.current", bytes("21254144\n"),
                        "memory.max", bytes("max\n"),
                        "memory.stat", bytes("anon 21110784\nkernel 131072\n"),
                        "memory.events", bytes("low 0\nmax 35\noom 1\noom_kill x\n")));
        assertThat(result.value().currentBytes()).isEqualTo(21254144);
        assertThat(result.value().maxBytes()).isNull();
        assertThat(result.value().kernelBytes()).isEqualTo(131072);
        assertThat(result.value().eventsMax()).isEqualTo(35);
        assertThat(result.value().eventsOomKill()).isNull();
        assertThat(result.issues())
                .containsExactly(new CgroupMemory.FileIssue(
                        "memory.events", new ParseIssue(4, 10, "the value is not a number", "oom_kill x")));
    }

    @Test
    void eventsOfACgroupAloneAreKeyedLikeThoseOfItsSubtree() {
        CgroupMemory.Result result = CgroupMemory.parse(
                "/a",
                2,
                Map.of(
                        "memory.events", bytes("oom_kill 3\n"),
                        "memory.events.local", bytes("low 0\nhigh 0\nmax 0\noom 0\noom_kill 1\n")));
        assertThat(result.issues()).isEmpty();
        assertThat(result.value().eventsOomKill()).isEqualTo(3);
    }

    @Test
    void noLimitOfAHostWithLargePagesIsNoLimitEither() {
        // a kernel of arm64 with pages of 64 KiB
        CgroupMemory.Result result =
                CgroupMemory.parse("/a", 1, Map.of("memory.limit_in_bytes", bytes("9223372036854710272\n")));
        assertThat(result.issues()).isEmpty();
        assertThat(result.value().maxBytes()).isNull();
    }

    @Test
    void cgroupVersion1SaysNoLimitByTheLargestPage() {
        CgroupMemory.Result result = CgroupMemory.parse(
                "/a",
                1,
                Map.of(
                        "memory.usage_in_bytes", bytes("8192\n"),
                        "memory.memsw.usage_in_bytes", bytes("12288\n"),
                        "memory.limit_in_bytes", bytes("9223372036854771712\n"),
                        "memory.stat", bytes("rss 1\ntotal_rss 4096\n")));
        assertThat(result.issues()).isEmpty();
        assertThat(result.value().maxBytes()).isNull();
        assertThat(result.value().swapCurrentBytes()).isEqualTo(4096);
        assertThat(result.value().anonBytes()).isEqualTo(4096);
    }

    @Test
    void kernelLogHasRecordsAndContinuationLines() {
        assertThat(clean(KernelMessage.parseKmsg(bytes(KernelTexts.KMSG))))
                .containsExactly(
                        new KernelMessage(1, 339L, 5.1409, null, 6, "NET: Registered PF_INET6 protocol family"),
                        new KernelMessage(4, 340L, 5.141, null, 6, "systemd[1]: tab\there"));
    }

    @Test
    void syslogDatesGetTheYearThatIsNotInTheFuture() {
        String text = """
                Dec 31 23:59:58 db1 kernel: [   12.345678] one#012 two
                Jan  1 00:00:01 db1 sshd[77]: not the kernel
                2026-01-01T00:00:02.5+01:00 db1 kernel: three
                [Di Aug 12 10:00:00 2025] four
                [Do Mai 15 10:00:00 2025] five
                """;
        assertThat(clean(KernelMessage.parseText(
                        bytes(text), WallClock.of(ZoneOffset.ofHours(1)), Instant.parse("2026-01-02T00:00:00Z"))))
                .containsExactly(
                        new KernelMessage(1, null, 12.345678, Instant.parse("2025-12-31T22:59:58Z"), null, "one"),
                        new KernelMessage(1, null, 12.345678, Instant.parse("2025-12-31T22:59:58Z"), null, " two"),
                        new KernelMessage(3, null, null, Instant.parse("2025-12-31T23:00:02.500Z"), null, "three"),
                        new KernelMessage(4, null, null, Instant.parse("2025-08-12T09:00:00Z"), null, "four"),
                        new KernelMessage(5, null, null, null, null, "five"));
    }
}
