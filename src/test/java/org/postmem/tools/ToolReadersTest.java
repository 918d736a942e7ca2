package org.postmem.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.tools.ToolTexts.bytes;
import static org.postmem.tools.ToolTexts.sample;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postmem.procfs.FileSystemUsage;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.Pressure;
import org.postmem.procfs.ProcessMemory;
import org.postmem.procfs.ShmSegment;
import org.postmem.procfs.Slab;
import org.postmem.sysstat.SystemActivityException;

/** Every genuine sample: what it is taken for, and its values. */
class ToolReadersTest {
    private static final long KB = 1024;

    private static ToolText read(EvidenceKind kind, String name, byte[] text) throws Exception {
        assertThat(EvidenceKind.of(name, text)).isEqualTo(kind);
        Parsed<ToolText> parsed = ToolReaders.read(kind, name, text, SlashDates.Beside.NOTHING);
        assertThat(parsed.issues()).isEmpty();
        return parsed.value();
    }

    private static List<Reading> readings(EvidenceKind kind, String sample) throws Exception {
        return read(kind, sample, sample(sample)).readings();
    }

    private static ToolProcess process(
            int pid, Long uid, String comm, String command, String state, Long size, Long rss, Long anon, Long shared) {
        return ToolProcess.of(pid)
                .uid(uid)
                .comm(comm)
                .command(command)
                .state(state)
                .vmSizeBytes(kb(size))
                .rssBytes(kb(rss))
                .rssAnonBytes(kb(anon))
                .rssSharedBytes(kb(shared))
                .told();
    }

    private static Long kb(Long kilobytes) {
        return kilobytes == null ? null : Long.valueOf(kilobytes * KB);
    }

    @Test
    void readsSarByItsHeadings() throws Exception {
        ToolText text = read(EvidenceKind.SAR, "sar", sample("sar-r-ALL.txt"));
        assertThat(text.banner()).isEqualTo(new Banner("vm", "6.18.44-fc-v669", "x86_64", 2, null));
        assertThat(text.readings())
                .extracting(Reading::stamp)
                .containsExactly(
                        Stamp.of(LocalDateTime.of(2026, 11, 22, 21, 5, 30)),
                        Stamp.of(LocalDateTime.of(2026, 11, 22, 21, 5, 31)));
        assertThat(text.readings().get(0).memory())
                .isEqualTo(Map.ofEntries(
                        Map.entry("mem_free_bytes", 20398600 * KB),
                        Map.entry("mem_available_bytes", 23975788 * KB),
                        Map.entry("buffers_bytes", 36236 * KB),
                        Map.entry("cached_bytes", 3544296 * KB),
                        Map.entry("committed_as_bytes", 2363392 * KB),
                        Map.entry("active_bytes", 404532 * KB),
                        Map.entry("inactive_bytes", 3336132 * KB),
                        Map.entry("dirty_bytes", 988 * KB),
                        Map.entry("anon_pages_bytes", 178904 * KB),
                        Map.entry("slab_bytes", 381624 * KB),
                        Map.entry("kernel_stack_bytes", 1760 * KB),
                        Map.entry("page_tables_bytes", 2792 * KB),
                        Map.entry("vmalloc_used_bytes", 14540 * KB)));
    }

    @Test
    void joinsTheBlocksOfSarByTime() throws Exception {
        List<Reading> readings = readings(EvidenceKind.SAR, "sar-BSWHr.txt");
        assertThat(readings).hasSize(2);
        assertThat(readings.get(0).memory())
                .containsEntry("mem_free_bytes", 20356960 * KB)
                .containsEntry("swap_total_bytes", 0L)
                .containsEntry("swap_free_bytes", 0L);
        assertThat(readings.get(1).rates())
                .contains(
                        new Rate("page_rate", "pgpgin", 40.0),
                        new Rate("page_rate", "pgfault", 479.0),
                        new Rate("swap_rate", "pswpin", 0.0),
                        new Rate("huge", "HugePages_Total", 0.0));
        assertThat(readings(EvidenceKind.SAR, "sar-r-enUS.txt").get(0).memory())
                .containsEntry("mem_available_bytes", 23884076 * KB);
    }

    @Test
    void readsClocksOfTwelveHoursDecimalCommasMidnightAndRestarts() throws Exception {
        ToolText text = read(EvidenceKind.SAR, "sar", bytes("""
                Linux 4.18.0-553.el8 (app1) \t31.12.2025 \t_x86_64_\t(8 CPU)

                11:40:01 PM kbmemfree   kbavail kbmemused  %memused kbbuffers  kbcached
                11:50:01 PM      1000      5000      7000     87,50        10      4000

                11:55:12 PM       LINUX RESTART\t(8 CPU)

                11:55:40 PM kbmemfree   kbavail kbmemused  %memused kbbuffers  kbcached
                12:00:01 AM      2000      5500      6000     75,00        10      4000
                12:10:01 AM      3000      5600      5000     62,50        10      4000
                Average:         2000      5366      6000     75,00        10      4000
                """));
        assertThat(text.readings().stream()
                        .map(r -> r.stamp().local() + " " + r.restart() + " "
                                + r.memory().get("mem_total_bytes")))
                .containsExactly(
                        "2025-12-31T23:50:01 false " + 8000 * KB,
                        "2025-12-31T23:55:12 true null",
                        "2026-01-01T00:00:01 false " + 8000 * KB,
                        "2026-01-01T00:10:01 false " + 8000 * KB);
    }

    @Test
    void takesNoTotalFromAFormulaThatDoesNotHoldInEveryRow() throws Exception {
        ToolText text = read(EvidenceKind.SAR, "sar", bytes("""
                Linux 5.14.0 (app1) \t2026-01-02 \t_x86_64_\t(8 CPU)

                10:00:01    kbmemfree   kbavail kbmemused  %memused kbbuffers  kbcached
                10:10:01         1000      5000      2990     29.90        10      4000
                10:20:01         2000      5500      1985     19.85        10      4000
                10:30:01         3000      5600       980      9.80        10      4000
                """));
        assertThat(text.readings()).allMatch(r -> !r.memory().containsKey("mem_total_bytes"));
    }

    @Test
    void readsPidstatInEveryForm() throws Exception {
        List<Reading> lines = readings(EvidenceKind.PIDSTAT, "pidstat-h-r.txt");
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).stamp()).isEqualTo(Stamp.of(LocalDateTime.of(2026, 11, 22, 21, 5, 21)));
        assertThat(lines.get(0).processes())
                .containsExactly(
                        process(1, 0L, "bash", null, null, 4360L, 3116L, null, null),
                        process(2, 0L, "python3", null, null, 114908L, 111768L, null, null),
                        process(3, 0L, "sleep", null, null, 2920L, 1580L, null, null),
                        process(58, 0L, "pidstat", null, null, 2908L, 1936L, null, null));
        List<Reading> commands = readings(EvidenceKind.PIDSTAT, "pidstat-r-l-iso.txt");
        assertThat(commands).hasSize(2);
        assertThat(commands.get(1).processes().get(1).command())
                .startsWith("/opt/pythons/versions/3.11.7/bin/python3 -c import time,mmap")
                .endsWith("time.sleep(60)");
        assertThat(commands.get(1).processes().get(1).rssBytes()).isEqualTo(111768 * KB);
        assertThat(readings(EvidenceKind.PIDSTAT, "pidstat-rhu-human.txt")
                        .get(0)
                        .processes()
                        .get(1)
                        .rssBytes())
                .isEqualTo(Math.round(109.1 * 1024 * 1024));
        assertThat(readings(EvidenceKind.PIDSTAT, "pidstat-r.txt")).isEmpty();
    }

    @Test
    void readsTop() throws Exception {
        List<Reading> screens = readings(EvidenceKind.TOP, "top-b.txt");
        assertThat(screens)
                .extracting(Reading::stamp)
                .containsExactly(Stamp.of(LocalTime.of(21, 5, 25)), Stamp.of(LocalTime.of(21, 5, 26)));
        assertThat(screens.get(0).processes())
                .containsExactly(
                        process(1, null, "bash", null, "S", 4360L, 3208L, 284L, 2924L),
                        process(2, null, "python3", null, "S", 114908L, 111848L, 88804L, 23044L),
                        process(3, null, "sleep", null, "S", 2920L, 1752L, 108L, 1644L),
                        process(60, null, "top", null, "R", 9088L, 5236L, 2056L, 3180L));
        assertThat(screens.get(0).memory())
                .containsEntry("mem_total_bytes", Math.round(24105.6 * 1024 * 1024))
                .containsEntry("mem_available_bytes", Math.round(23411.3 * 1024 * 1024));
        assertThat(readings(EvidenceKind.TOP, "top-b-c-Em-em.txt")
                        .get(0)
                        .processes()
                        .get(1)
                        .rssBytes())
                .isEqualTo(Math.round(109.2 * 1024 * 1024));
    }

    @Test
    void readsPsAndLeavesThreadsOut() throws Exception {
        List<ToolProcess> rows =
                readings(EvidenceKind.PS, "ps_auxwwwm.txt").get(0).processes();
        assertThat(rows).extracting(ToolProcess::pid).containsExactly(1, 2, 3, 88);
        assertThat(rows.get(1).rssBytes()).isEqualTo(111848 * KB);
        assertThat(readings(EvidenceKind.PS, "ps_aux.txt").get(0).processes().get(0))
                .isEqualTo(process(1, null, null, "bash /opt/src/cap.sh", "S", 4360L, 3216L, null, null));
        assertThat(readings(EvidenceKind.PS, "ps_alxwww.txt").get(0).processes())
                .extracting(ToolProcess::uid, ToolProcess::ppid, ToolProcess::vmSizeBytes)
                .contains(org.assertj.core.api.Assertions.tuple(0L, 1, 114908 * KB));
        assertThat(readings(EvidenceKind.PS, "ps_-elfL.txt").get(0).processes())
                .extracting(ToolProcess::pid, ToolProcess::threads, ToolProcess::rssBytes)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(1, 1L, null),
                        org.assertj.core.api.Assertions.tuple(2, 1L, null),
                        org.assertj.core.api.Assertions.tuple(3, 1L, null),
                        org.assertj.core.api.Assertions.tuple(90, 1L, null));
    }

    @Test
    void takesNobodyForAKernelThreadWherePsTellsNoSizes() throws Exception {
        assertThat(readings(EvidenceKind.PS, "ps_-elfL.txt").get(0).processes())
                .extracting(ToolProcess::kernelThread)
                .containsExactly(false, false, false, false);
        assertThat(read(EvidenceKind.PS, "ps", bytes("""
                F S UID          PID    PPID  C PRI  NI ADDR SZ WCHAN  STIME TTY          TIME CMD
                1 S root           2       0  0  80   0 -     0 kthrea 20:43 ?        00:00:00 [kthreadd]
                """)).readings().get(0).processes())
                .extracting(ToolProcess::kernelThread, ToolProcess::comm, ToolProcess::command)
                .containsExactly(org.assertj.core.api.Assertions.tuple(true, "kthreadd", null));
    }

    @Test
    void makesNoZeroOfAKernelThreadAndReadsStartTimes() throws Exception {
        List<ToolProcess> rows =
                read(EvidenceKind.PS, "ps", bytes("""
                  PID                  STARTED   RSS    VSZ COMMAND
                    2 Sun Nov 22 20:43:01 2026     0      0 [kthreadd]
                  811 Sun Nov 22 20:43:11 2026  7600  16000 /usr/sbin/sshd -D
                """)).readings().get(0).processes();
        assertThat(rows.get(0).kernelThread()).isTrue();
        assertThat(rows.get(0).rssBytes()).isNull();
        assertThat(rows.get(1).started()).isEqualTo(LocalDateTime.of(2026, 11, 22, 20, 43, 11));
        assertThat(rows.get(1).rssBytes()).isEqualTo(7600 * KB);
    }

    @Test
    void readsMountsOfAProgramThatHasNoDf() throws Exception {
        assertThat(readings(EvidenceKind.DF, "mounts-five-columns.txt").get(0).fileSystems())
                .contains(new FileSystemUsage(null, "/run", "tmpfs", "/run", 590092L * 1024, 72L * 1024, null))
                .hasSize(5);
    }

    @Test
    void readsDfWithUnitsAndLongNames() throws Exception {
        assertThat(readings(EvidenceKind.DF, "df-Tk.txt").get(0).fileSystems())
                .containsExactly(
                        new FileSystemUsage(null, "/", "ext4", "/", 264212084 * KB, 29570204 * KB, 76820708 * KB),
                        new FileSystemUsage(
                                null, "/sys/fs/cgroup", "tmpfs", "/sys/fs/cgroup", 12342040 * KB, 0L, 12342040 * KB),
                        new FileSystemUsage(null, "/dev", "devtmpfs", "/dev", 12334460 * KB, 0L, 12334460 * KB),
                        new FileSystemUsage(null, "/dev/shm", "tmpfs", "/dev/shm", 24684084 * KB, 0L, 24684084 * KB));
        assertThat(readings(EvidenceKind.DF, "df-Th.txt")
                        .get(0)
                        .fileSystems()
                        .get(0)
                        .totalBytes())
                .isEqualTo(252L << 30);
    }

    @Test
    void readsFreeInTheUnitItsSizeTells() throws Exception {
        assertThat(readings(EvidenceKind.FREE, "free.txt").get(0).memory())
                .isEqualTo(Map.of(
                        "mem_total_bytes", 24684084 * KB,
                        "mem_free_bytes", 20421912 * KB,
                        "shmem_bytes", 25256 * KB,
                        "mem_available_bytes", 23999132 * KB,
                        "swap_total_bytes", 0L,
                        "swap_free_bytes", 0L));
        assertThat(readings(EvidenceKind.FREE, "free-w-m.txt").get(0).memory())
                .containsEntry("mem_total_bytes", 24105L << 20)
                .containsEntry("buffers_bytes", 36L << 20);
        assertThat(readings(EvidenceKind.FREE, "free-h.txt").get(0).memory())
                .containsEntry("mem_total_bytes", 23L << 30)
                .containsEntry("mem_available_bytes", 22L << 30);
    }

    /** A row of pidstat on each of these days, as its banner has them. */
    private static Parsed<ToolText> pidstat(SlashDates.Beside beside, String... dates) {
        StringBuilder text = new StringBuilder();
        for (String date : dates) {
            text.append("Linux 6.18.44 (vm) \t").append(date).append(" \t_x86_64_\t(2 CPU)\n\n");
            text.append("21:05:22      UID       PID  minflt/s  majflt/s     VSZ     RSS   %MEM  Command\n");
            text.append("21:05:23        0         2      0.00      0.00  114908  111768   0.45  python3\n\n");
        }
        return PidstatText.parse(bytes(text.toString()), beside);
    }

    private static List<String> days(Parsed<ToolText> parsed) {
        return parsed.value().readings().stream()
                .map(reading -> reading.stamp().local().toLocalDate().toString())
                .toList();
    }

    private static SlashDates.Beside written(String time) {
        return new SlashDates.Beside(Instant.parse(time), null);
    }

    @Test
    void readsADateInTheOrderThatTheTextOrItsFileTells() {
        SlashDates.Beside nothing = SlashDates.Beside.NOTHING;
        // another date of the text can be one only
        assertThat(days(pidstat(nothing, "06/11/26", "16/11/26"))).containsExactly("2026-11-06", "2026-11-16");
        assertThat(days(pidstat(nothing, "11/06/26", "11/16/26"))).containsExactly("2026-11-06", "2026-11-16");
        // the days follow one another
        assertThat(days(pidstat(nothing, "10/11/26", "11/11/26", "12/11/26")))
                .containsExactly("2026-11-10", "2026-11-11", "2026-11-12");
        // the other would be after the file was written, or months before
        assertThat(days(pidstat(written("2026-11-08T10:00:00Z"), "07/11/26"))).containsExactly("2026-11-07");
        assertThat(days(pidstat(written("2026-09-01T10:00:00Z"), "07/11/26"))).containsExactly("2026-07-11");
        for (Parsed<ToolText> told : List.of(
                pidstat(nothing, "06/11/26", "16/11/26"),
                pidstat(nothing, "10/11/26", "11/11/26"),
                pidstat(written("2026-11-08T10:00:00Z"), "07/11/26"))) {
            assertThat(told.issues()).isEmpty();
        }
        // a time stands above it
        Parsed<ToolText> framed = ToolReadersTest.framed("""
                Sat Nov  7 21:05:20 UTC 2026
                Linux 6.18.44 (vm) \t07/11/26 \t_x86_64_\t(2 CPU)

                21:05:22      UID       PID  minflt/s  majflt/s     VSZ     RSS   %MEM  Command
                21:05:23        0         2      0.00      0.00  114908  111768   0.45  python3
                """);
        assertThat(framed.issues()).isEmpty();
        assertThat(framed.value().readings())
                .extracting(Reading::stamp)
                .containsExactly(Stamp.of(Instant.parse("2026-11-07T21:05:23Z")));
    }

    private static Parsed<ToolText> framed(String text) {
        try {
            return ToolReaders.read(EvidenceKind.FRAMES, "x", bytes(text), SlashDates.Beside.NOTHING);
        } catch (SystemActivityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void saysWhereADateMayBeTwoDays() {
        Parsed<ToolText> alone = pidstat(SlashDates.Beside.NOTHING, "06/11/26");
        assertThat(days(alone)).containsExactly("2026-06-11");
        assertThat(alone.issues())
                .extracting(ParseIssue::reason)
                .containsExactly("the date is read as month/day/year, and nothing tells whether it is day/month/year");
        // of another locale, perhaps
        Parsed<ToolText> others = pidstat(new SlashDates.Beside(null, SlashDates.Order.DAY_FIRST), "06/11/26");
        assertThat(days(others)).containsExactly("2026-11-06");
        assertThat(others.issues())
                .extracting(ParseIssue::reason)
                .containsExactly("the date is read as day/month/year, as in other files");
        assertThat(pidstat(SlashDates.Beside.NOTHING, "11/11/26").issues()).isEmpty();
    }

    private static Parsed<ToolText> free(String memory, String swap) {
        return FreeText.parse(
                "free.txt",
                bytes("              total        used        free      shared  buff/cache   available\nMem:  " + memory
                        + "\nSwap: " + swap + "\n"));
    }

    @ParameterizedTest
    @CsvSource({
        // free, free -m and free -b of a host of 128 GiB
        "131855360 4812068 96221840 1203312 30821452 124853256, 8388604 0 8388604, 1024",
        "128765 4699 93966 1175 30099 121926, 8191 0 8191, 1048576",
        "135019888640 4927557632 98531164160 1232191488 31561166848 127849734144, 8589930496 0 8589930496, 1",
        // free -m of 2 TiB, 600 and 2 GiB; free of 512 MiB; free -b of 8 GiB; free -g of 64 GiB
        "2063891 90121 1203312 1175 770458 1941926, 0 0 0, 1048576",
        "618765 4699 93966 1175 30099 521926, 0 0 0, 1048576",
        "1987 402 133 23 1451 1403, 2047 3 2044, 1048576",
        "498776 120340 50120 2012 328316 360040, 0 0 0, 1024",
        "8271122432 1927557120 3531161600 1232191488 2812403712 5849731072, 0 0 0, 1",
        "62 4 31 1 26 57, 4 0 4, 1073741824"
    })
    void tellsTheUnitOfFreeByWholePagesAndBySize(String memory, String swap, long unit) {
        Parsed<ToolText> parsed = free(memory, swap);

        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value().readings().get(0).memory())
                .containsEntry("mem_total_bytes", Long.parseLong(memory.split(" ", -1)[0]) * unit)
                .containsEntry("mem_available_bytes", Long.parseLong(memory.split(" ", -1)[5]) * unit)
                .containsEntry("swap_total_bytes", Long.parseLong(swap.split(" ", -1)[0]) * unit);
    }

    @Test
    void readsNoFreeWhoseUnitIsInDoubt() {
        Parsed<ToolText> parsed = free("503 120 300 2 80 380", "4 0 4");

        assertThat(parsed.value().readings())
                .allMatch(reading -> reading.memory().isEmpty());
        assertThat(parsed.issues())
                .containsExactly(new ParseIssue(
                        0,
                        0,
                        "the unit is in doubt: a total of 503 may be MiB or GiB, or neither; it was not read:"
                                + " take free -k, or name the file free_-m or free_-g",
                        ""));
        assertThat(FreeText.parse(
                                "free_-g",
                                bytes(
                                        "              total        used        free      shared  buff/cache   available\nMem: 503 120 300 2 80 380\n"))
                        .value()
                        .readings()
                        .get(0)
                        .memory())
                .containsEntry("mem_total_bytes", 503L << 30);
    }

    @Test
    void readsNoVmstatInAUnitThatWasChosen() {
        Parsed<ToolText> parsed = VmstatText.parse(bytes("""
                procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
                 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
                 1  0      0  93966   1175  30099    0    0  1770  3285  373  824 18 21 61  0  0
                 1  0      0  93961   1175  30099    0    0     0     0   57   85  0  0 100  0  0
                """));

        assertThat(parsed.value().readings()).isEmpty();
        assertThat(parsed.issues())
                .containsExactly(new ParseIssue(
                        0,
                        0,
                        "free, buff and cache are no whole pages as KiB, so vmstat -S chose a unit, which it does not"
                                + " print; they were not read: take vmstat without -S",
                        ""));
    }

    @Test
    void readsVmstat() throws Exception {
        List<Reading> timed = readings(EvidenceKind.VMSTAT, "vmstat-wt.txt");
        assertThat(timed)
                .extracting(Reading::stamp)
                .containsExactly(
                        Stamp.of(Instant.parse("2026-11-22T21:05:28Z")),
                        Stamp.of(Instant.parse("2026-11-22T21:05:29Z")));
        assertThat(timed.get(1).memory())
                .isEqualTo(Map.of("mem_free_bytes", 20468712 * KB, "buffers_bytes", 36992 * KB));
        assertThat(readings(EvidenceKind.VMSTAT, "vmstat.txt")).hasSize(1);
        assertThat(readings(EvidenceKind.VMSTAT_TOTALS, "vmstat-s.txt").get(0).memory())
                .containsEntry("mem_total_bytes", 24684084 * KB)
                .containsEntry("mem_free_bytes", 20475980 * KB)
                .containsEntry("buffers_bytes", 36992 * KB);
    }

    @ParameterizedTest
    @CsvSource({
        "TOP, top-b.txt",
        "PMAP, pmap-X.txt",
        "PMAP, pmap.txt",
        "PS, ps_aux.txt",
        "FREE, free.txt",
        "PIDSTAT, pidstat-r.txt",
        "SLABTOP, slabtop-o.txt"
    })
    void readsTextsThatWindowsSaved(EvidenceKind kind, String name) throws Exception {
        byte[] saved = bytes(new String(sample(name), StandardCharsets.UTF_8).replace("\n", "\r\n"));

        assertThat(read(kind, name, saved).readings()).isEqualTo(readings(kind, name));
    }

    @Test
    void takesNoThreadOfTopForAProcess() {
        Parsed<ToolText> parsed = TopText.parse(bytes("""
                top - 10:00:00 up 1 day,  1:00,  1 user,  load average: 0.00, 0.00, 0.00
                Threads:   2 total,   1 running,   1 sleeping,   0 stopped,   0 zombie
                KiB Mem :  8000000 total,  4000000 free,  2000000 used,  2000000 buff/cache

                  PID USER      PR  NI    VIRT    RES    SHR S %CPU %MEM     TIME+ COMMAND
                 4711 root      20   0 2000000 960000  10000 S  0.0 12.0   0:01.00 ordersvc
                 4712 root      20   0 2000000 960000  10000 S  0.0 12.0   0:01.00 ordersvc
                """));

        assertThat(parsed.value().readings()).singleElement().satisfies(reading -> {
            assertThat(reading.processes()).isEmpty();
            assertThat(reading.memory()).containsEntry("mem_total_bytes", 8000000 * KB);
        });
        assertThat(parsed.issues())
                .extracting(ParseIssue::reason)
                .containsExactly("top -H lists threads; its rows were not read: take top -b without -H");
    }

    @Test
    void takesNoMemoryFromAVmstatThatRepeatsItsFirstRow() throws Exception {
        Parsed<ToolText> parsed = VmstatText.parse(sample("vmstat-nt-repeats.txt"));

        assertThat(parsed.value().readings())
                .hasSize(12)
                .allMatch(reading -> reading.memory().isEmpty());
        assertThat(parsed.issues())
                .containsExactly(new ParseIssue(
                        0,
                        0,
                        "free, buff and cache are the same in all 12 rows, as vmstat of procps 4.0.2 (Debian 12) prints"
                                + " them whatever the host does; they were not read: take free, sar -r or /proc/meminfo",
                        ""));
    }

    @Test
    void readsSlabLists() throws Exception {
        List<Slab> slabs =
                readings(EvidenceKind.SLABTOP, "slabtop-o.txt").get(0).slabs();
        assertThat(slabs.get(0)).isEqualTo(new Slab("buffer_head", 417703L, 421941L, null, 10819L, null, 43276 * KB));
        assertThat(readings(EvidenceKind.VMSTAT_SLABS, "vmstat-m.txt")
                        .get(0)
                        .slabs()
                        .get(0))
                .isEqualTo(new Slab("AF_VSOCK", 36L, 36L, 1280L, null, null, null));
    }

    @Test
    void readsSmemAndPassesItsSummaryOver() throws Exception {
        ToolProcess python =
                readings(EvidenceKind.SMEM, "smem.txt").get(0).processes().get(3);
        assertThat(List.of(python.pid(), python.rssBytes(), python.pssBytes(), python.ussBytes(), python.swapBytes()))
                .containsExactly(2, 111848 * KB, 107639 * KB, 105220 * KB, 0L);
        assertThat(readings(EvidenceKind.SMEM_SYSTEM, "smem-w.txt"))
                .singleElement()
                .extracting(Reading::areas)
                .isEqualTo(List.of(
                        new MemoryArea("firmware/hardware", 0L, 0L, 0L),
                        new MemoryArea("kernel image", 0L, 0L, 0L),
                        new MemoryArea("kernel dynamic memory", 4_131_729_408L, 3_977_256_960L, 154_472_448L),
                        new MemoryArea("userspace memory", 400_207_872L, 87_056_384L, 313_151_488L),
                        new MemoryArea("free memory", 20_744_564_736L, 20_744_564_736L, 0L)));
    }

    @Test
    void readsPmapByItsHeading() throws Exception {
        for (String sample : List.of("pmap-x.txt", "pmap-X.txt", "pmap-XX.txt")) {
            ProcessMappings process =
                    readings(EvidenceKind.PMAP, sample).get(0).mappings().get(0);
            assertThat(process.pid()).isEqualTo(2);
            assertThat(process.mappings())
                    .as(sample)
                    .filteredOn(m -> m.name().equals("zero (deleted)"))
                    .singleElement()
                    .satisfies(m -> assertThat(List.of(m.perms(), m.mappings(), m.sizeBytes(), m.rssBytes()))
                            .containsExactly("rw-s", 1L, 16384 * KB, 16384 * KB));
        }
        assertThat(readings(EvidenceKind.PMAP, "pmap.txt")
                        .get(0)
                        .mappings()
                        .get(0)
                        .mappings())
                .filteredOn(m -> m.name().equals("zero (deleted)"))
                .singleElement()
                .satisfies(m -> assertThat(m.sizeBytes()).isEqualTo(16384 * KB))
                .satisfies(m -> assertThat(m.rssBytes()).isNull());
    }

    @Test
    void readsAtop() throws Exception {
        ToolText text = read(EvidenceKind.ATOP, "atop", sample("atop-P.txt"));
        assertThat(text.banner().host()).isEqualTo("vm");
        Reading reading = text.readings().get(0);
        assertThat(reading.stamp()).isEqualTo(Stamp.of(Instant.ofEpochSecond(1795381516)));
        long page = 4096;
        assertThat(new TreeMap<>(reading.memory()))
                .isEqualTo(new TreeMap<>(Map.ofEntries(
                        Map.entry("mem_total_bytes", 6171021 * page),
                        Map.entry("mem_free_bytes", 5074436 * page),
                        Map.entry("cached_bytes", 895993 * page),
                        Map.entry("buffers_bytes", 9124 * page),
                        Map.entry("slab_bytes", 95622 * page),
                        Map.entry("sreclaimable_bytes", 85070 * page),
                        Map.entry("sunreclaim_bytes", (95622 - 85070) * page),
                        Map.entry("dirty_bytes", 6385 * page),
                        Map.entry("shmem_bytes", 6314 * page),
                        Map.entry("page_tables_bytes", 795 * page),
                        Map.entry("swap_total_bytes", 0L),
                        Map.entry("swap_free_bytes", 0L),
                        Map.entry("swap_cached_bytes", 0L),
                        Map.entry("committed_as_bytes", 200276 * page),
                        Map.entry("commit_limit_bytes", 3085510 * page))));
        assertThat(reading.processes()).hasSize(4);
        assertThat(reading.processes().get(1).rssBytes()).isEqualTo(111768 * KB);
        assertThat(reading.pressures()).contains(new Pressure("cpu", "some", 68.0, 66.8, 43.6, null));
        assertThat(readings(EvidenceKind.ATOP, "atop-PZ-PRM.txt").get(0).processes())
                .extracting(ToolProcess::comm)
                .containsExactly("bash", "python3", "sleep", "atop");
    }

    @Test
    void readsSharedMemorySegments() throws Exception {
        assertThat(read(EvidenceKind.IPCS, "ipcs", bytes("""

                ------ Shared Memory Segments --------
                key        shmid      owner      perms      bytes      nattch     status
                0x00000000 32768      postgres   600        56         6          dest
                0x6d031a87 5          1001       666        8388608    0

                """)).readings().get(0).segments())
                .containsExactly(
                        new ShmSegment(0L, 32768, "600", 56L, null, null, 6L, null, null, null, null),
                        new ShmSegment(0x6d031a87L, 5, "666", 8388608L, null, null, 0L, 1001L, null, null, null));
    }

    @Test
    void givesTheSameFromTheBinaryFileAndFromWhatSadfMadeOfIt() throws Exception {
        Path folder = Path.of(System.getProperty("postmem.root"), "testdata/tools/sysstat");
        for (String version : List.of("x86_64-v11.7.3", "x86_64-v12.5.4", "x86_64-v12.6.1", "i686-v11.7.3")) {
            byte[] json = Files.readAllBytes(folder.resolve("sa." + version + ".expected.json"));
            byte[] sar = Files.readAllBytes(folder.resolve("sa." + version + ".expected.sar-r"));
            List<Map<String, Long>> binary =
                    memory(read(EvidenceKind.SA_FILE, "sa22", Files.readAllBytes(folder.resolve("sa." + version))));
            List<Map<String, Long>> fromJson = memory(read(EvidenceKind.SADF_JSON, "sa22.json", json));
            List<Map<String, Long>> fromSar = memory(read(EvidenceKind.SAR, "sar22", sar));
            assertThat(fromJson).as(version).isNotEmpty();
            for (List<Map<String, Long>> told : List.of(fromJson, fromSar)) {
                for (int i = 0; i < told.size(); i++) {
                    assertThat(binary.get(binary.size() - told.size() + i))
                            .as(version + " reading " + i)
                            .containsAllEntriesOf(told.get(i));
                }
            }
        }
    }

    private static List<Map<String, Long>> memory(ToolText text) {
        return text.readings().stream()
                .map(Reading::memory)
                .filter(m -> m.containsKey("mem_free_bytes"))
                .toList();
    }

    @Test
    void readsSadfWithSemicolonsAndAsXml() throws Exception {
        Reading lines = read(EvidenceKind.SADF, "x", bytes("""
                # hostname;interval;timestamp;kbmemfree;kbavail;kbmemused;%memused;kbbuffers;kbcached
                vm;-1;2026-11-22 21:00:00 UTC;LINUX-RESTART (2 CPU)
                # hostname;interval;timestamp;kbmemfree;kbavail;kbmemused;%memused;kbbuffers;kbcached
                vm;1;2026-11-22 21:02:31 UTC;19624144;20434272;4249812;17.22;32256;751060
                """)).readings().get(1);
        assertThat(lines.stamp()).isEqualTo(Stamp.of(Instant.parse("2026-11-22T21:02:31Z")));
        Reading xml = read(EvidenceKind.SADF_XML, "x", bytes("""
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE sysstat PUBLIC "DTD v3.10 sysstat //EN" "https://sysstat.github.io/sysstat-3.10.dtd">
                <sysstat><host nodename="vm"><statistics>
                <timestamp date="2026-11-22" time="21:02:31" utc="1" interval="1">
                <memory unit="kB"><memfree>19624144</memfree><avail>20434272</avail><memused>4249812</memused>
                <buffers>32256</buffers><cached>751060</cached></memory>
                <paging per="second" pgpgin="576.00" majflt="4.00"/>
                </timestamp></statistics></host></sysstat>
                """)).readings().get(0);
        assertThat(xml.stamp()).isEqualTo(lines.stamp());
        assertThat(xml.memory()).isEqualTo(lines.memory()).containsEntry("mem_free_bytes", 19624144 * KB);
        assertThat(xml.rates()).contains(new Rate("page_rate", "pgmajfault", 4.0));
    }

    @Test
    void takesOswatcherApartByItsTimes() throws Exception {
        Path folder = Path.of(System.getProperty("postmem.root"), "testdata/tools/osw/archive");
        ToolText top = read(
                EvidenceKind.FRAMES,
                "vm_top_26.11.22.2100.dat",
                Files.readAllBytes(folder.resolve("oswtop/vm_top_26.11.22.2100.dat")));
        assertThat(top.readings().get(0).stamp()).isEqualTo(Stamp.of(Instant.parse("2026-11-22T21:00:00Z")));
        assertThat(top.readings().get(0).processes()).hasSize(4);
        ToolText memory = read(
                EvidenceKind.FRAMES,
                "vm_meminfo_26.11.22.2100.dat",
                Files.readAllBytes(folder.resolve("oswmeminfo/vm_meminfo_26.11.22.2100.dat")));
        assertThat(memory.readings().get(0).files()).containsOnlyKeys("proc/meminfo");
        assertThat(read(
                                EvidenceKind.FRAMES,
                                "vm_vmstat_26.11.22.2100.dat",
                                Files.readAllBytes(folder.resolve("oswvmstat/vm_vmstat_26.11.22.2100.dat")))
                        .readings())
                .extracting(Reading::stamp)
                .startsWith(
                        Stamp.of(Instant.parse("2026-11-22T21:00:00Z")),
                        Stamp.of(Instant.parse("2026-11-22T21:00:30Z")));
        assertThat(read(
                                EvidenceKind.FRAMES,
                                "vm_ps_26.11.22.2100.dat",
                                Files.readAllBytes(folder.resolve("oswps/vm_ps_26.11.22.2100.dat")))
                        .readings()
                        .get(0)
                        .processes())
                .hasSize(4);
        try (GZIPInputStream in = new GZIPInputStream(
                Files.newInputStream(folder.resolve("oswslabinfo/vm_slabinfo_26.11.22.2100.dat.gz")))) {
            assertThat(read(EvidenceKind.FRAMES, "vm_slabinfo_26.11.22.2100.dat", in.readAllBytes())
                            .readings()
                            .get(0)
                            .files())
                    .containsOnlyKeys("proc/slabinfo");
        }
    }

    @Test
    void knowsLinesOfTimeInManyForms() {
        assertThat(Frames.stamp("zzz ***Mon Mar 11 18:00:18 JST 2019"))
                .isEqualTo(Stamp.of(Instant.parse("2019-03-11T09:00:18Z")));
        assertThat(Frames.stamp("zzz ***Mon Mar 11 18:00:18 CST 2019"))
                .as("CST is China or Chicago")
                .isEqualTo(Stamp.of(LocalDateTime.of(2019, 3, 11, 18, 0, 18)));
        assertThat(Frames.stamp("zzz <11/22/2026 21:00:00> Count:5"))
                .isEqualTo(Stamp.of(LocalDateTime.of(2026, 11, 22, 21, 0)));
        assertThat(Frames.stamp("TS 1795381516.008 2026-11-22 21:05:16"))
                .isEqualTo(Stamp.of(Instant.ofEpochSecond(1795381516)));
        assertThat(Frames.stamp("Sun 22 Nov 2026 09:00:00 PM UTC"))
                .isEqualTo(Stamp.of(Instant.parse("2026-11-22T21:00:00Z")));
        assertThat(Frames.stamp("=== 2026-11-22T21:00:00+01:00 ==="))
                .isEqualTo(Stamp.of(Instant.parse("2026-11-22T20:00:00Z")));
        assertThat(Frames.stamp("2026-11-22 21:00:00 something happened")).isNull();
    }

    @Test
    void readsCopiesOfKernelFiles() throws Exception {
        Path proc = Path.of(System.getProperty("postmem.root"), "testdata/proc");
        Map<String, String> files = Map.of(
                "6.18-meminfo.txt", "proc/meminfo",
                "6.18-slabinfo.txt", "proc/slabinfo",
                "6.18-vmstat.txt", "proc/vmstat",
                "6.18-zoneinfo.txt", "proc/zoneinfo",
                "6.18-buddyinfo.txt", "proc/buddyinfo",
                "6.18-vmallocinfo.txt", "proc/vmallocinfo");
        for (Map.Entry<String, String> file : files.entrySet()) {
            assertThat(read(EvidenceKind.HOST_FILE, "x", Files.readAllBytes(proc.resolve(file.getKey())))
                            .readings()
                            .get(0)
                            .files())
                    .as(file.getKey())
                    .containsOnlyKeys(file.getValue());
        }
        assertThat(read(EvidenceKind.HOST_FILES, "x", Files.readAllBytes(proc.resolve("6.18-pressure.txt")))
                        .readings()
                        .get(0)
                        .files())
                .containsOnlyKeys("proc/pressure/cpu", "proc/pressure/io", "proc/pressure/memory");
        ToolProcess status = read(EvidenceKind.HOST_FILE, "x", Files.readAllBytes(proc.resolve("6.18-pid-status.txt")))
                .readings()
                .get(0)
                .processes()
                .get(0);
        assertThat(status.comm()).isEqualTo("python3");
    }

    @Test
    void readsTheStatusOfManyProcessesOneBelowTheOther() throws Exception {
        String whole =
                Files.readString(Path.of(System.getProperty("postmem.root"), "testdata/proc/6.18-pid-status.txt"));
        String pid = whole.lines()
                .filter(line -> line.startsWith("Pid:"))
                .findFirst()
                .orElseThrow();
        String other = whole.replace(pid, "Pid:\t4711")
                .replaceAll("Tgid:\t.*", "Tgid:\t4711")
                .replaceAll("VmRSS:.*", "VmRSS:\t  999999 kB");
        List<ToolProcess> both = processes("x", whole + other);
        assertThat(both).hasSize(2);
        assertThat(both.get(0)).isEqualTo(processes("x", whole).get(0));
        assertThat(both.get(1).pid()).isEqualTo(4711);
        assertThat(both.get(1).rssBytes()).isGreaterThan(both.get(0).rssBytes());

        // what a script took from some, with a line of its own above each
        Parsed<ToolText> taken = ToolReaders.read(
                EvidenceKind.HOST_FILE,
                "x",
                Files.readAllBytes(
                        Path.of(System.getProperty("postmem.root"), "testdata/oom/debian-6.1.176-predict.txt")),
                SlashDates.Beside.NOTHING);
        assertThat(taken.issues().stream().map(issue -> issue.line() + " " + issue.excerpt()))
                .containsExactly(
                        "8 cat: can't open '/proc/101/oom_score': No such file or directory",
                        "9 cat: can't open '/proc/101/oom_score_adj': No such file or directory",
                        "11 grep: /proc/101/status: No such file or directory",
                        "12 cat: can't open '/proc/101/statm': No such file or directory");
        Reading table = taken.value().readings().get(0);
        assertThat(table.files()).containsOnlyKeys("proc/meminfo");
        assertThat(table.processes().stream()
                        .map(p -> p.pid() + " " + p.comm() + " " + p.rssBytes() / 1024 + " " + p.rssAnonBytes() / 1024
                                + " " + p.rssSharedBytes() / 1024 + " " + p.swapBytes() + " " + p.kernelThread()))
                .containsExactly(
                        "102 eat 103288 102636 652 0 false",
                        "103 eat 62104 40972 21132 0 false",
                        "104 eat 31480 30828 652 0 false",
                        "105 eat 52072 51420 652 0 false");
        assertThat(table.processes().stream()
                        .map(ToolProcess::copied)
                        .map(c -> c.oomScore() + " " + c.oomScoreAdj() + " "
                                + c.status().rssShmemBytes() / 1024 + " "
                                + c.status().pteBytes() / 1024))
                .containsExactly("810 0 648 236", "752 0 21128 160", "0 -1000 648 96", "406 -500 648 136");
    }

    @Test
    void readsFilesOfProcessesBelowTheTitlesOfHead() throws Exception {
        Reading reading =
                read(EvidenceKind.HOST_FILES, "x", bytes("""
                ==> /proc/12/status <==
                Name:\tworker
                Pid:\t12
                VmSize:\t    9000 kB
                VmRSS:\t    4000 kB

                ==> /proc/13/smaps_rollup <==
                55e0c0000000-7ffd00000000 ---p 00000000 00:00 0                          [rollup]
                Rss:                3000 kB
                Pss:                1000 kB
                Anonymous:           900 kB
                Swap:                  0 kB
                """)).readings().get(0);
        assertThat(reading.processes().stream()
                        .map(p -> p.pid() + " " + p.comm() + " " + p.rssBytes() / 1024 + " " + p.pssBytes()))
                .containsExactly("12 worker 4000 null", "13 null 3000 1024000");
    }

    @Test
    void takesTheProcessOfARollupFromTheNameOfItsFile() throws Exception {
        byte[] rollup = Files.readAllBytes(
                Path.of(System.getProperty("postmem.root"), "testdata/proc/6.18-pid-smaps_rollup.txt"));
        for (String name :
                List.of("proc/77/smaps_rollup", "77-smaps_rollup.txt", "smaps_rollup.77", "db_smaps_rollup_77.log")) {
            assertThat(read(EvidenceKind.HOST_FILE, name, rollup)
                            .readings()
                            .get(0)
                            .processes())
                    .as(name)
                    .singleElement()
                    .satisfies(process -> assertThat(process.pid()).isEqualTo(77));
        }
        Parsed<ToolText> nameless =
                ToolReaders.read(EvidenceKind.HOST_FILE, "rollup.txt", rollup, SlashDates.Beside.NOTHING);
        assertThat(nameless.issues())
                .singleElement()
                .satisfies(issue -> assertThat(issue.reason())
                        .isEqualTo(
                                "neither the text nor its name says of which process it is: name the file PID-smaps"));
        ToolProcess somebody = nameless.value().readings().get(0).processes().get(0);
        assertThat(somebody.pid()).isNull();
        assertThat(somebody.copied().memory())
                .isEqualTo(ProcessMemory.parse(rollup).value());
    }

    @Test
    void takesSettingsModulesAndSmallFilesOfAProcessByTheirPlaceBelowProc() throws Exception {
        assertThat(read(EvidenceKind.HOST_FILE, "dump/proc/sys/vm/swappiness", bytes("60\n"))
                        .readings()
                        .get(0)
                        .files())
                .containsOnlyKeys("proc/sys/vm/swappiness");
        assertThat(read(
                                EvidenceKind.HOST_FILE,
                                "sys/kernel/mm/transparent_hugepage/enabled",
                                bytes("always [madvise] never\n"))
                        .readings()
                        .get(0)
                        .files())
                .containsOnlyKeys("sys/kernel/mm/transparent_hugepage/enabled");
        assertThat(read(
                                EvidenceKind.HOST_FILE,
                                "modules.txt",
                                bytes("page_leak 16384 0 - Live 0xffffffffc0a1f000 (OE)\nxfs 1900544 1 - Live 0x0\n"))
                        .readings()
                        .get(0)
                        .files())
                .containsOnlyKeys("proc/modules");
        Map<String, String> small =
                Map.of("oom_score", "689\n", "oom_score_adj", "-500\n", "cgroup", "0::/apps/noise\n");
        small.forEach((name, text) -> {
            try {
                ToolProcess process = read(EvidenceKind.HOST_FILE, "proc/189/" + name, bytes(text))
                        .readings()
                        .get(0)
                        .processes()
                        .get(0);
                assertThat(process.pid()).isEqualTo(189);
                ToolProcess.Copied copied = process.copied();
                assertThat(String.valueOf(
                                switch (name) {
                                    case "oom_score" -> copied.oomScore();
                                    case "oom_score_adj" -> copied.oomScoreAdj();
                                    default -> copied.cgroup();
                                }))
                        .isEqualTo(text.strip().replace("0::", ""));
            } catch (Exception e) {
                throw new IllegalStateException(name, e);
            }
        });
        // of a thread, which is charged where its process is
        assertThat(EvidenceKind.of("proc/189/task/190/oom_score", bytes("689\n")))
                .isEqualTo(EvidenceKind.UNKNOWN);
    }

    @Test
    void readsFilesOfCgroupsWithTheirPathAndWithout() throws Exception {
        assertThat(EvidenceKind.of("dump.txt", bytes("== memory.current\n21254144\n")))
                .isEqualTo(EvidenceKind.HOST_FILES);
        assertThat(EvidenceKind.of("host/sys/fs/cgroup/a.slice/memory.max", bytes("max\n")))
                .isEqualTo(EvidenceKind.HOST_FILE);
        Reading titled =
                read(EvidenceKind.HOST_FILES, "x", bytes("""
                ==> /sys/fs/cgroup/a.slice/b.service/memory.current <==
                4096

                ==> memory.peak <==
                8192
                """)).readings().get(0);
        assertThat(titled.files()).containsOnlyKeys("sys/fs/cgroup/a.slice/b.service/memory.current", "memory.peak");
        assertThat(List.of(
                        CgroupFile.Place.of("sys/fs/cgroup/a.slice/b.service/memory.current"),
                        CgroupFile.Place.of("sys/fs/cgroup/memory/docker/1f/memory.usage_in_bytes"),
                        CgroupFile.Place.of("sys/fs/cgroup/memory.stat"),
                        CgroupFile.Place.of("memory.peak")))
                .containsExactly(
                        new CgroupFile.Place("/a.slice/b.service", "memory.current"),
                        new CgroupFile.Place("/docker/1f", "memory.usage_in_bytes"),
                        new CgroupFile.Place("/", "memory.stat"),
                        new CgroupFile.Place("(unnamed)", "memory.peak"));
        assertThat(CgroupFile.Place.of("proc/sys/vm/swappiness")).isNull();
    }

    /** A loop of {@code date; free; ps aux; df; top -b -n 1}, as many a runbook has it. */
    @Test
    void readsWhatSeveralToolsPrintedUnderOneTime() throws Exception {
        String stamp = "Sun Nov 22 21:00:00 UTC 2026\n";
        String top = new String(sample("top-b.txt"), StandardCharsets.UTF_8);
        String once = top.substring(0, top.indexOf("\ntop - ", 1));
        StringBuilder log = new StringBuilder(stamp);
        for (String file : List.of("free.txt", "ps_aux.txt", "df-Tk.txt")) {
            log.append(new String(sample(file), StandardCharsets.UTF_8));
        }
        log.append(once);

        Parsed<ToolText> parsed =
                ToolReaders.read(EvidenceKind.FRAMES, "mem.log", bytes(log.toString()), SlashDates.Beside.NOTHING);

        List<Reading> readings = parsed.value().readings();
        assertThat(readings)
                .hasSize(4)
                .allSatisfy(reading ->
                        assertThat(reading.stamp()).isEqualTo(Stamp.of(Instant.parse("2026-11-22T21:00:00Z"))));
        Reading free = readings(EvidenceKind.FREE, "free.txt").get(0);
        assertThat(readings.get(0).memory()).isEqualTo(free.memory());
        assertThat(readings.get(1).processes())
                .isEqualTo(readings(EvidenceKind.PS, "ps_aux.txt").get(0).processes());
        assertThat(readings.get(2).fileSystems())
                .isEqualTo(readings(EvidenceKind.DF, "df-Tk.txt").get(0).fileSystems());
        assertThat(readings.get(3).processes())
                .isEqualTo(readings(EvidenceKind.TOP, "top-b.txt").get(0).processes());
        assertThat(readings.get(3).memory()).isNotEmpty();
    }

    private static List<ToolProcess> processes(String name, String text) throws Exception {
        return read(EvidenceKind.HOST_FILE, name, bytes(text)).readings().get(0).processes();
    }

    @Test
    void pidstatThatBeganBeforeMidnightIsOfTheNextDayBehindIt() {
        Parsed<ToolText> parsed = PidstatText.parse(bytes("""
                        Linux 4.18.0-553.el8_10.x86_64 (db1) \t11/22/2026 \t_x86_64_\t(2 CPU)

                        11:59:59 PM   UID       PID    %usr %system  %guest   %wait    %CPU   CPU  Command
                        12:00:59 AM     0         1    0.00    0.00    0.00    0.00    0.00     0  systemd

                        11:59:59 PM   UID       PID  minflt/s  majflt/s     VSZ     RSS   %MEM  Command
                        12:00:59 AM     0         1      0.00      0.00  174000   14000   0.09  systemd

                        12:00:59 AM   UID       PID  minflt/s  majflt/s     VSZ     RSS   %MEM  Command
                        12:01:59 AM     0         1      0.00      0.00  174000   14000   0.09  systemd
                        """), SlashDates.Beside.NOTHING);

        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value().readings())
                .extracting(reading -> reading.stamp().local().toString())
                .containsExactly("2026-11-23T00:00:59", "2026-11-23T00:01:59");
    }

    @ParameterizedTest
    @CsvSource({
        "2026年11月22日, 21时05分34秒, 21:05:34",
        "2026年11月22日, 21時05分34秒, 21:05:34",
        "2026年11月22日, 下午 09时05分34秒, 21:05:34",
        "2026年11月22日, 上午 12:05:34, 00:05:34",
        "2026/11/22, 21:05:34, 21:05:34"
    })
    void readsDatesAndClocksOfSarAsChineseAndJapaneseWriteThem(String date, String clock, String time) {
        Parsed<ToolText> parsed = SarText.parse(
                bytes("Linux 3.10.0-1160.el7.x86_64 (db1) \t" + date + " \t_x86_64_\t(2 CPU)\n\n" + clock
                        + " kbmemfree kbmemused  %memused kbbuffers  kbcached  kbcommit   %commit\n" + clock
                        + "   1000000   7000000     87.50    100000   2000000   9000000     56.25\n"
                        + "平均时间:   1000000   7000000     87.50    100000   2000000   9000000     56.25\n"),
                SlashDates.Beside.NOTHING);

        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value().readings()).singleElement().satisfies(reading -> {
            assertThat(reading.stamp().local()).isEqualTo("2026-11-22T" + time);
            assertThat(reading.memory()).containsEntry("mem_free_bytes", 1000000 * KB);
        });
    }

    /** {@code ps -eo pid,rss,comm,args}. */
    @Test
    void tellsNameAndCommandLineApartWherePsCallsBothCommand() {
        assertThat(PsText.parse(bytes("""
                                    PID    RSS COMMAND         COMMAND
                                      1   4200 systemd         /usr/lib/systemd/systemd --switched-root
                                   4242 209715 java            java -jar app.jar
                                """)).value().readings())
                .flatExtracting(Reading::processes)
                .extracting(ToolProcess::pid, ToolProcess::comm, ToolProcess::command)
                .containsExactly(
                        tuple(1, "systemd", "/usr/lib/systemd/systemd --switched-root"),
                        tuple(4242, "java", "java -jar app.jar"));
    }
}
