package org.postmem.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.postmem.units.PageSize;

class PageSizeCluesTest {
    private static final Path TESTDATA = Path.of(System.getProperty("postmem.root"), "testdata");
    private static final PageSize SMALL = new PageSize(4096);
    private static final PageSize LARGE = new PageSize(65536);

    /** Of an arm64 kernel with pages of 64 KiB: as many objects as fill them. */
    private static String slabinfoOfLargePages() throws IOException {
        return Files.readString(TESTDATA.resolveSibling("src/test/resources/evidence/slabinfo-64k.txt"));
    }

    private static PageSize size(EvidenceKind kind, String... texts) {
        PageSizeClues all = new PageSizeClues();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            PageSizeClues one = new PageSizeClues();
            one.add(kind, Arrays.copyOf(bytes, Math.min(bytes.length, EvidenceKind.HEAD_BYTES)));
            all.add(one);
        }
        return all.size();
    }

    private static String sample(String name) throws IOException {
        return Files.readString(TESTDATA.resolve("proc").resolve(name));
    }

    @Test
    void readsItFromTextsThatTellOneThingInPagesAndInBytes() throws IOException {
        assertThat(size(EvidenceKind.HOST_FILE, sample("6.1-slabinfo.txt"))).isEqualTo(SMALL);
        assertThat(size(EvidenceKind.HOST_FILE, sample("6.18-slabinfo.txt"))).isEqualTo(SMALL);
        assertThat(size(EvidenceKind.HOST_FILE, sample("6.18-vmallocinfo.txt"))).isEqualTo(SMALL);
        assertThat(size(EvidenceKind.HOST_FILE, sample("6.18-pid-smaps.txt"))).isEqualTo(SMALL);
        assertThat(size(
                        EvidenceKind.KERNEL_LOG,
                        Files.readString(TESTDATA.resolve("oom/published-el7-3.10.0-514-global.txt"))))
                .isEqualTo(SMALL);
        assertThat(size(EvidenceKind.HOST_FILE, slabinfoOfLargePages())).isEqualTo(LARGE);
        assertThat(size(
                        EvidenceKind.HOST_FILE,
                        "ffff80000000-ffff80010000 r--p 00000000 fd:00 1\nKernelPageSize:       64 kB\nMMUPageSize:          64 kB\n",
                        "400000000000-400020000000 rw-p 00000000 00:0f 1\nKernelPageSize:   524288 kB\n"))
                .isEqualTo(LARGE);
        assertThat(size(EvidenceKind.KERNEL_LOG, """
                        [    0.000000] Dentry cache hash table entries: 16777216 (order: 11, 134217728 bytes)
                        [    0.000000] futex hash table entries: 256 (order: 0, 16384 bytes)
                        """)).isEqualTo(LARGE);
        assertThat(size(
                        EvidenceKind.KERNEL_LOG,
                        "Nov 24 11:43:12 a1 kernel: Node 0 DMA: 254*64kB (UME) 101*128kB (UM) 0*256kB = 29184kB\n"))
                .isEqualTo(LARGE);
        String area = "0xffff800008000000-0xffff800008050000  327680 kernel_clone+0x94/0x3e0 pages=4 vmalloc N0=4\n";
        assertThat(size(EvidenceKind.HOST_FILE, area.repeat(8))).isEqualTo(LARGE);
    }

    @Test
    void comparesWhatMeminfoHasInKilobytesWithWhatZonesAndCountersHaveInPages() throws IOException {
        String zones = sample("6.18-zoneinfo.txt");
        String counters = sample("6.18-vmstat.txt");
        String memory = sample("6.18-meminfo.txt");

        assertThat(size(EvidenceKind.HOST_FILE, zones, "MemTotal:       11364556 kB\n"))
                .isEqualTo(SMALL);
        assertThat(size(EvidenceKind.HOST_FILE, zones, "MemTotal:       181832896 kB\n"))
                .isEqualTo(LARGE);
        // another host's, or the zones were cut
        assertThat(size(EvidenceKind.HOST_FILE, zones, "MemTotal:       24684084 kB\n"))
                .isNull();
        assertThat(size(EvidenceKind.HOST_FILE, counters, memory)).isEqualTo(SMALL);
        // 16 times the bytes in as many pages
        String larger = memory.lines()
                .map(line -> {
                    String[] words = line.split("\\s+", -1);
                    return words.length == 3 ? words[0] + " " + 16 * Long.parseLong(words[1]) + " kB\n" : line + "\n";
                })
                .reduce("", String::concat);
        assertThat(size(EvidenceKind.HOST_FILE, counters, larger)).isEqualTo(LARGE);
    }

    @Test
    void tellsNothingWhereNothingIsToldOrTextsDisagree() throws IOException {
        assertThat(size(EvidenceKind.HOST_FILE, sample("6.18-zoneinfo.txt"))).isNull();
        assertThat(size(EvidenceKind.HOST_FILE, sample("6.18-meminfo.txt"))).isNull();
        assertThat(size(EvidenceKind.HOST_FILE, sample("6.1-slabinfo.txt"), slabinfoOfLargePages()))
                .isNull();
        // so few rows prove nothing
        assertThat(size(
                        EvidenceKind.HOST_FILE,
                        slabinfoOfLargePages().lines().limit(6).reduce("", (a, b) -> a + b + "\n")))
                .isNull();
    }
}
