package org.postmem.sysstat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postmem.sysstat.SystemActivity.Sample;
import org.postmem.sysstat.SystemActivity.Value;

class SystemActivityReaderTest {

    private static final Path SAMPLES =
            Path.of(System.getProperty("postmem.root")).resolve("testdata/tools/sysstat");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sa.x86_64-v10.1.5",
                "sa.x86_64-v11.7.3",
                "sa.x86_64-v12.5.4",
                "sa.x86_64-v12.6.1",
                "sa.i686-v11.7.3"
            })
    void givesWhatSadfGivesDigitForDigit(String sample) throws Exception {
        SystemActivity file = SystemActivityReader.read(Files.readAllBytes(SAMPLES.resolve(sample)));
        List<Map<String, String>> expected =
                expectedStatistics(Files.readString(SAMPLES.resolve(sample + ".expected.json")));
        List<Sample> statistics = file.records().stream()
                .filter(r -> r.kind() == Sample.Kind.STATISTICS)
                .toList();

        List<Map<String, String>> actual = new ArrayList<>();
        for (int i = 1; i < statistics.size(); i++) {
            // a rate needs a record before it, so sadf leaves the first one out
            actual.add(new Sadf(statistics.get(i - 1), statistics.get(i))
                    .told(expected.get(i - 1).keySet()));
        }
        assertThat(actual).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sa.x86_64-v11.7.3", "sa.x86_64-v12.5.4", "sa.x86_64-v12.6.1", "sa.i686-v11.7.3"})
    void readsTheSameFromAWriterOfTheOtherByteOrder(String sample) throws Exception {
        byte[] little = Files.readAllBytes(SAMPLES.resolve(sample));
        byte[] big = new OtherByteOrder(little).written();

        assertThat(big).startsWith(0xd5, 0x96).isNotEqualTo(little).hasSameSizeAs(little);
        assertThat(SystemActivityReader.read(big)).isEqualTo(SystemActivityReader.read(little));
    }

    @Test
    void readsSysstatElevenWhoseCpusComeAndGo() throws Exception {
        SystemActivity file = SystemActivityReader.read(SysstatEleven.file());

        assertThat(file.host()).isEqualTo("db01");
        assertThat(file.kernel()).isEqualTo("4.4.0");
        assertThat(file.machine()).isEqualTo("x86_64");
        assertThat(file.sysstatVersion()).isEqualTo("11.6.5");
        assertThat(file.created()).isEqualTo(Instant.ofEpochSecond(1_500_000_000));
        assertThat(file.truncatedAt()).isNull();
        assertThat(file.records().stream().map(SystemActivityReaderTest::line))
                .containsExactly(
                        "2017-07-14T02:40:00Z STATISTICS 10.0 boot 0 null cpu user=3 nice=5 system=7 idle=9 iowait=11"
                                + " steal=13 hardirq=15 softirq=17 guest=19 guest_nice=21 memory MemFree=1 Buffers=2"
                                + " Cached=3 MemTotal=4 SwapFree=5 SwapTotal=6 SwapCached=7 Committed_AS=8 Active=9"
                                + " Inactive=10 Dirty=11 AnonPages=12 Slab=13 KernelStack=14 PageTables=15 VmallocUsed=16"
                                + " MemAvailable=17 queue nr_running=2 load_avg_1=3 load_avg_5=4 load_avg_15=5"
                                + " nr_threads=6 /dev/sda1 /data 1000 400 300 50 20",
                        "2017-07-14T02:41:00Z RESTART 0.5 boot 1 null",
                        "2017-07-14T02:42:00Z STATISTICS 20.0 boot 1 null cpu user=1 nice=2 system=3 idle=4 iowait=5"
                                + " steal=6 hardirq=7 softirq=8 guest=9 guest_nice=10 memory MemFree=1 Buffers=2"
                                + " Cached=3 MemTotal=4 SwapFree=5 SwapTotal=6 SwapCached=7 Committed_AS=8 Active=9"
                                + " Inactive=10 Dirty=11 AnonPages=12 Slab=13 KernelStack=14 PageTables=15 VmallocUsed=16"
                                + " MemAvailable=17 queue nr_running=2 load_avg_1=3 load_avg_5=4 load_avg_15=5"
                                + " nr_threads=6 /dev/sda1 /data 1000 400 300 50 20",
                        "2017-07-14T02:43:00Z COMMENT 30.0 boot 1 disk replaced");
    }

    private static String line(Sample record) {
        StringBuilder line = new StringBuilder();
        line.append(record.ts()).append(' ').append(record.kind()).append(' ').append(record.uptimeSeconds());
        line.append(" boot ").append(record.boot()).append(' ').append(record.comment());
        String activity = "";
        for (Value value : record.values()) {
            line.append(value.activity().equals(activity) ? "" : " " + value.activity());
            activity = value.activity();
            line.append(' ').append(value.name()).append('=').append(value.value());
        }
        for (SystemActivity.FileSystem of : record.fileSystems()) {
            line.append(' ').append(of.device()).append(' ').append(of.mountPoint());
            line.append(' ').append(of.totalBytes()).append(' ').append(of.freeBytes());
            line.append(' ').append(of.availableBytes()).append(' ').append(of.inodes());
            line.append(' ').append(of.freeInodes());
        }
        return line.toString();
    }

    @Test
    void readsFileSystemsWithTheirNames() throws Exception {
        for (String sample : List.of("sa.x86_64-v11.7.3", "sa.x86_64-v12.6.1", "sa.i686-v11.7.3")) {
            SystemActivity file = SystemActivityReader.read(Files.readAllBytes(SAMPLES.resolve(sample)));
            assertThat(file.records().get(0).fileSystems())
                    .as(sample)
                    .singleElement()
                    .satisfies(of -> {
                        assertThat(of.device()).isEqualTo("/dev/vda");
                        assertThat(of.mountPoint()).isEqualTo("/");
                        assertThat(of.totalBytes()).isEqualTo(270553174016L);
                        assertThat(of.inodes()).isEqualTo(16777216);
                    });
        }
    }

    @Test
    void readsTheHeaderAndTheComment() throws Exception {
        SystemActivity file = SystemActivityReader.read(Files.readAllBytes(SAMPLES.resolve("sa.x86_64-v12.6.1")));
        assertThat(file.host()).isEqualTo("vm");
        assertThat(file.machine()).isEqualTo("x86_64");
        assertThat(file.sysstatVersion()).isEqualTo("12.6.1");
        assertThat(file.created()).isEqualTo(Instant.parse("2026-11-22T21:02:30Z"));
        assertThat(file.truncatedAt()).isNull();
        assertThat(file.records().stream()
                        .filter(r -> r.kind() == Sample.Kind.COMMENT)
                        .map(Sample::comment))
                .containsExactly("host test comment");
    }

    @Test
    void doesNotInventMembersAnOldWriterDidNotHave() throws Exception {
        SystemActivity file = SystemActivityReader.read(Files.readAllBytes(SAMPLES.resolve("sa.x86_64-v10.1.5")));
        Sample last = file.records().get(file.records().size() - 1);
        assertThat(last.values().stream()
                        .filter(v -> v.activity().equals("memory"))
                        .map(Value::name))
                .containsExactly(
                        "MemFree",
                        "Buffers",
                        "Cached",
                        "MemTotal",
                        "SwapFree",
                        "SwapTotal",
                        "SwapCached",
                        "Committed_AS",
                        "Active",
                        "Inactive",
                        "Dirty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sa.x86_64-v10.1.5", "sa.x86_64-v12.6.1", "sa.i686-v11.7.3"})
    void keepsEveryWholeRecordOfATornFile(String sample) throws Exception {
        byte[] whole = Files.readAllBytes(SAMPLES.resolve(sample));
        List<Sample> all = SystemActivityReader.read(whole).records();
        for (int length = 0; length < whole.length; length += 97) {
            byte[] torn = Arrays.copyOf(whole, length);
            List<Sample> kept;
            try {
                kept = SystemActivityReader.read(torn).records();
            } catch (SystemActivityException e) {
                continue; // torn within the header: nothing to keep
            }
            assertThat(kept).isEqualTo(all.subList(0, kept.size()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sa.x86_64-v10.1.5", "sa.x86_64-v12.6.1", "sa.i686-v11.7.3"})
    void answersFlippedBytesWithAMessageOrRecordsButNeverAnotherException(String sample) throws Exception {
        byte[] whole = Files.readAllBytes(SAMPLES.resolve(sample));
        Random random = new Random(20261123);
        for (int i = 0; i < 3000; i++) {
            byte[] flipped = whole.clone();
            int at = random.nextInt(i % 2 == 0 ? 2000 : flipped.length);
            flipped[at] = (byte) random.nextInt(256);
            try {
                SystemActivityReader.read(flipped);
            } catch (SystemActivityException e) {
                assertThat(e).message().isNotBlank();
            }
        }
    }

    @Test
    void saysWhichFieldOfACorruptHeaderIsWrong() throws Exception {
        byte[] file = Files.readAllBytes(SAMPLES.resolve("sa.x86_64-v12.6.1"));
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 1 << 20);
        assertThatThrownBy(() -> SystemActivityReader.read(file))
                .isInstanceOf(SystemActivityException.class)
                .hasMessage("header_size at offset 8 is 1048576, not between 1 and 8192");
    }

    /** What a power cut leaves: the file system made room for a record that was never written. */
    @ParameterizedTest
    @ValueSource(strings = {"sa.x86_64-v10.1.5", "sa.x86_64-v12.6.1"})
    void keepsWhatStandsBeforeADamagedRecord(String sample) throws Exception {
        byte[] whole = Files.readAllBytes(SAMPLES.resolve(sample));
        SystemActivity all = SystemActivityReader.read(whole);
        assertThat(all.damage()).isNull();
        byte[] longer = Arrays.copyOf(whole, whole.length + 4096);

        SystemActivity kept = SystemActivityReader.read(longer);
        assertThat(kept.records()).isEqualTo(all.records());
        assertThat(kept.damage())
                .startsWith("record type 0 at offset ")
                .endsWith(
                        "; the file is damaged there, and what stands behind offset " + whole.length + " was not read");
    }

    @Test
    void refusesWhatIsNoSysstatFile() {
        assertThatThrownBy(() ->
                        SystemActivityReader.read("hello, world".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isInstanceOf(SystemActivityException.class)
                .hasMessage("no sysstat file: it does not begin with 96 d5");
    }

    /** What the fuzzer found: a header that promises structures the file has no room for. */
    @ParameterizedTest
    @ValueSource(strings = {"header_extra_beyond_end", "header_extra_torn"})
    void saysWhereTheExtraStructuresOfAHeaderAreCutOff(String name) throws IOException {
        byte[] file = Files.readAllBytes(Path.of(System.getProperty("postmem.root"), "testdata/bad/sa_file")
                .resolve(name));

        assertThatThrownBy(() -> SystemActivityReader.read(file))
                .isInstanceOf(SystemActivityException.class)
                .hasMessageMatching("the file ends at " + file.length
                        + " within the extra structures of its header, at offset \\d+");
    }

    /** Two records as sadf prints the later one: its gauges, and what grew from the one to the other. */
    private static final class Sadf {
        private final Map<String, Long> before;
        private final Map<String, Long> now;
        /** Hundredths of a second. */
        private final long interval;

        Sadf(Sample before, Sample now) {
            this.before = raw(before);
            this.now = raw(now);
            // two records of one moment lie one hundredth apart, as sadf has it
            this.interval = Math.max(1, Math.round((now.uptimeSeconds() - before.uptimeSeconds()) * 100));
        }

        private static Map<String, Long> raw(Sample record) {
            Map<String, Long> raw = new LinkedHashMap<>();
            for (Value value : record.values()) {
                raw.putIfAbsent(value.activity() + "." + value.name(), value.value());
            }
            return raw;
        }

        Map<String, String> told(Set<String> names) {
            Map<String, String> told = new LinkedHashMap<>();
            names.forEach(name -> told.put(name, told(name)));
            return told;
        }

        private String told(String name) {
            long free = now.get("memory.MemFree");
            long available = now.getOrDefault("memory.MemAvailable", free);
            long total = now.get("memory.MemTotal");
            long swap = now.get("memory.SwapTotal");
            long swapUsed = swap - now.get("memory.SwapFree");
            long huge = now.get("huge.HugePages_Total");
            long hugeUsed = huge - now.get("huge.HugePages_Free");
            return switch (name) {
                case "memory.memfree" -> whole("memory.MemFree");
                case "memory.avail" -> Long.toString(available);
                case "memory.memused" -> Long.toString(total - available);
                case "memory.memused-percent" -> percent(total - available, total);
                case "memory.buffers" -> whole("memory.Buffers");
                case "memory.cached" -> whole("memory.Cached");
                case "memory.commit" -> whole("memory.Committed_AS");
                case "memory.commit-percent" -> percent(now.get("memory.Committed_AS"), total + swap);
                case "memory.active" -> whole("memory.Active");
                case "memory.inactive" -> whole("memory.Inactive");
                case "memory.dirty" -> whole("memory.Dirty");
                // sadf prints 0 for what an older writer did not know; postmem keeps it unknown
                case "memory.shared" -> orZero("memory.Shmem");
                case "memory.anonpg" -> orZero("memory.AnonPages");
                case "memory.slab" -> orZero("memory.Slab");
                case "memory.kstack" -> orZero("memory.KernelStack");
                case "memory.pgtbl" -> orZero("memory.PageTables");
                case "memory.vmused" -> orZero("memory.VmallocUsed");
                case "memory.swpfree" -> whole("memory.SwapFree");
                case "memory.swpused" -> Long.toString(swapUsed);
                case "memory.swpused-percent" -> percent(swapUsed, swap);
                case "memory.swpcad" -> whole("memory.SwapCached");
                case "memory.swpcad-percent" -> percent(now.get("memory.SwapCached"), swapUsed);
                case "hugepages.hugfree" -> whole("huge.HugePages_Free");
                case "hugepages.hugused" -> Long.toString(hugeUsed);
                case "hugepages.hugused-percent" -> percent(hugeUsed, huge);
                case "hugepages.hugrsvd" -> orZero("huge.HugePages_Rsvd");
                case "hugepages.hugsurp" -> orZero("huge.HugePages_Surp");
                case "kernel.dentunusd" -> whole("kernel_tables.dentry_unused");
                case "kernel.file-nr" -> whole("kernel_tables.file_used");
                case "kernel.inode-nr" -> whole("kernel_tables.inode_used");
                case "kernel.pty-nr" -> whole("kernel_tables.pty_nr");
                case "queue.runq-sz" -> whole("queue.nr_running");
                case "queue.plist-sz" -> whole("queue.nr_threads");
                case "queue.ldavg-1" -> hundredths(now.get("queue.load_avg_1"));
                case "queue.ldavg-5" -> hundredths(now.get("queue.load_avg_5"));
                case "queue.ldavg-15" -> hundredths(now.get("queue.load_avg_15"));
                case "queue.blocked" -> whole("queue.procs_blocked");
                case "swap-pages.pswpin" -> rate("swap.pswpin");
                case "swap-pages.pswpout" -> rate("swap.pswpout");
                case "paging.fault" -> rate("page.pgfault");
                case "paging.majflt" -> rate("page.pgmajfault");
                case "paging.pgscank" -> rate("page.pgscan_kswapd");
                case "paging.pgscand" -> rate("page.pgscan_direct");
                case "paging.pgprom" -> rate("page.pgpromote");
                case "paging.pgdem" -> rate("page.pgdemote");
                case "cpu-load.cpu" -> "\"all\"";
                case "cpu-load.user", "cpu-load.nice", "cpu-load.iowait", "cpu-load.steal", "cpu-load.idle" ->
                    percent(grown(name.replace("cpu-load", "cpu")), ticks());
                case "cpu-load.system" ->
                    percent(grown("cpu.system") + grown("cpu.hardirq") + grown("cpu.softirq"), ticks());
                default -> name.startsWith("psi-") ? pressure(name) : rate(name.replace("paging.", "page."));
            };
        }

        private String pressure(String name) {
            String of = switch (name.substring(0, name.indexOf('.'))) {
                case "psi-cpu" -> "pressure_cpu";
                case "psi-io" -> "pressure_io";
                default -> "pressure_memory";
            };
            String member = of + name.substring(name.indexOf('.'));
            // of the time, the microseconds that were lost
            return name.endsWith("_avg")
                    ? two(grown(member.replace("_avg", "_total")) / (100.0 * interval))
                    : hundredths(now.get(member));
        }

        private long grown(String name) {
            return now.get(name) - before.get(name);
        }

        private long ticks() {
            long ticks = 0;
            for (String kind : List.of("user", "nice", "system", "idle", "iowait", "steal", "hardirq", "softirq")) {
                ticks += grown("cpu." + kind);
            }
            return ticks;
        }

        private String rate(String name) {
            return now.containsKey(name) ? two(grown(name) * 100.0 / interval) : two(0);
        }

        private String whole(String name) {
            return Long.toString(now.get(name));
        }

        private String orZero(String name) {
            return Long.toString(now.getOrDefault(name, 0L));
        }

        private static String hundredths(long value) {
            return two(value / 100.0);
        }

        private static String percent(long part, long total) {
            return two(total == 0 ? 0 : part * 100.0 / total);
        }

        private static String two(double value) {
            return String.format(Locale.ROOT, "%.2f", value);
        }
    }

    private static List<Map<String, String>> expectedStatistics(String json) {
        List<Map<String, String>> statistics = new ArrayList<>();
        String[] parts = json.substring(0, json.indexOf("\"restarts\"")).split("\"timestamp\": ", -1);
        for (int i = 1; i < parts.length; i++) {
            Map<String, String> values = new LinkedHashMap<>();
            Matcher group =
                    Pattern.compile("\"([a-z-]+)\": \\[?\\s*\\{([^{}]*)\\}").matcher(parts[i]);
            while (group.find()) {
                for (String member : group.group(2).split(", ", -1)) {
                    String[] pair = member.split(": ", 2);
                    values.put(group.group(1) + "." + pair[0].strip().replace("\"", ""), pair[1].strip());
                }
            }
            statistics.add(values);
        }
        return statistics;
    }
}
