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

        // sadf leaves the first record out of its rates: it needs one before it
        List<Map<String, String>> actual = new ArrayList<>();
        for (Sample record : statistics) {
            actual.add(gauges(record, expected.get(Math.min(actual.size(), expected.size() - 1))));
        }
        assertThat(actual.subList(actual.size() - expected.size(), actual.size()))
                .isEqualTo(expected);
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

    /** The gauges of a record under sadf's names, restricted to those the expected output has and the file stores. */
    private static Map<String, String> gauges(Sample record, Map<String, String> wanted) throws IOException {
        Map<String, Long> raw = new LinkedHashMap<>();
        for (Value value : record.values()) {
            if (value.item() <= 0) {
                raw.putIfAbsent(value.activity() + "." + value.name(), value.value());
            }
        }
        Map<String, String> gauges = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : wanted.entrySet()) {
            gauges.put(entry.getKey(), gauge(entry.getKey(), raw));
        }
        return gauges;
    }

    private static String gauge(String name, Map<String, Long> raw) {
        Long free = raw.get("memory.MemFree");
        Long available = raw.getOrDefault("memory.MemAvailable", free);
        long total = raw.get("memory.MemTotal");
        return switch (name) {
            case "memory.memfree" -> whole(free);
            case "memory.avail" -> whole(available);
            case "memory.memused" -> whole(total - available);
            case "memory.memused-percent" -> percent(total - available, total);
            case "memory.buffers" -> whole(raw.get("memory.Buffers"));
            case "memory.cached" -> whole(raw.get("memory.Cached"));
            case "memory.commit" -> whole(raw.get("memory.Committed_AS"));
            case "memory.active" -> whole(raw.get("memory.Active"));
            case "memory.inactive" -> whole(raw.get("memory.Inactive"));
            case "memory.dirty" -> whole(raw.getOrDefault("memory.Dirty", 0L));
            case "memory.anonpg" -> whole(raw.getOrDefault("memory.AnonPages", 0L));
            case "memory.slab" -> whole(raw.getOrDefault("memory.Slab", 0L));
            case "memory.kstack" -> whole(raw.getOrDefault("memory.KernelStack", 0L));
            case "memory.pgtbl" -> whole(raw.getOrDefault("memory.PageTables", 0L));
            case "memory.vmused" -> whole(raw.getOrDefault("memory.VmallocUsed", 0L));
            case "memory.swpfree" -> whole(raw.get("memory.SwapFree"));
            case "hugepages.hugfree" -> whole(raw.get("huge.HugePages_Free"));
            case "queue.runq-sz" -> whole(raw.get("queue.nr_running"));
            case "queue.plist-sz" -> whole(raw.get("queue.nr_threads"));
            case "queue.ldavg-1" -> hundredths(raw.get("queue.load_avg_1"));
            case "queue.blocked" -> whole(raw.get("queue.procs_blocked"));
            case "psi-mem.some_avg10" -> hundredths(raw.get("pressure_memory.some_avg10"));
            case "psi-mem.full_avg60" -> hundredths(raw.get("pressure_memory.full_avg60"));
            case "psi-io.some_avg300" -> hundredths(raw.get("pressure_io.some_avg300"));
            case "psi-cpu.some_avg60" -> hundredths(raw.get("pressure_cpu.some_avg60"));
            default -> throw new AssertionError("no such gauge " + name);
        };
    }

    private static final List<String> COMPARED = List.of(
            "memory.memfree",
            "memory.avail",
            "memory.memused",
            "memory.memused-percent",
            "memory.buffers",
            "memory.cached",
            "memory.commit",
            "memory.active",
            "memory.inactive",
            "memory.dirty",
            "memory.anonpg",
            "memory.slab",
            "memory.kstack",
            "memory.pgtbl",
            "memory.vmused",
            "memory.swpfree",
            "hugepages.hugfree",
            "psi-mem.some_avg10",
            "psi-mem.full_avg60",
            "psi-io.some_avg300",
            "psi-cpu.some_avg60");

    private static List<Map<String, String>> expectedStatistics(String json) {
        List<Map<String, String>> statistics = new ArrayList<>();
        String[] parts = json.split("\"timestamp\": ", -1);
        for (int i = 1; i < parts.length; i++) {
            Map<String, String> values = new LinkedHashMap<>();
            Matcher group = Pattern.compile("\"([a-z-]+)\": \\{([^{}]*)\\}").matcher(parts[i]);
            while (group.find()) {
                for (String member : group.group(2).split(", ", -1)) {
                    String[] pair = member.split(": ", 2);
                    String name = group.group(1) + "." + pair[0].replace("\"", "");
                    if (COMPARED.contains(name)) {
                        values.put(name, pair[1]);
                    }
                }
            }
            statistics.add(values);
        }
        return statistics;
    }

    private static String whole(Long value) {
        return Long.toString(value);
    }

    private static String hundredths(long value) {
        return String.format(Locale.ROOT, "%.2f", value / 100.0);
    }

    private static String percent(long part, long total) {
        return String.format(Locale.ROOT, "%.2f", part * 100.0 / total);
    }
}
