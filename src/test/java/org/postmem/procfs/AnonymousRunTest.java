package org.postmem.procfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnonymousRunTest {
    /** Of a JVM with -Xmx200m, Linux 6.1; of each mapping the lines that matter here. */
    private static final String HEAP = """
            f3800000-f4760000 rw-p 00000000 00:00 0\s
            Size:              15744 kB
            Anonymous:         15744 kB
            Swap:                  0 kB
            f4760000-f7aa0000 ---p 00000000 00:00 0\s
            Size:              52480 kB
            Anonymous:             0 kB
            Swap:                  0 kB
            f7aa0000-f9f2b000 rw-p 00000000 00:00 0\s
            Size:              37420 kB
            Anonymous:         37360 kB
            Swap:                 16 kB
            f9f2b000-100000000 ---p 00000000 00:00 0\s
            Size:              99156 kB
            Anonymous:             0 kB
            Swap:                  0 kB
            """;

    private static List<AnonymousRun> runs(String text) {
        return AnonymousRun.parse(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aHeapThatWasReservedInOnePieceIsOneRun() {
        String small = "7f97d0000000-7f97d0021000 rw-p 00000000 00:00 0 \nAnonymous:           100 kB\n";
        String file = "100000000-104000000 rw-p 00000000 fe:00 99          /usr/lib/x\nAnonymous:          9000 kB\n";
        assertThat(runs(HEAP)).containsExactly(new AnonymousRun(200L << 20, (15744L + 37360) << 10, 16L << 10));
        assertThat(runs(HEAP + file + small)).isEqualTo(runs(HEAP));
        assertThat(runs(small + HEAP + small)).isEqualTo(runs(HEAP));
    }

    @Test
    void aGapANameAndSharedMemoryEndARun() {
        for (String other : List.of("f4760000-f7a9f000 ---p", "f4760000-f7aa0000 ---s", "f4761000-f7aa0000 ---p")) {
            List<AnonymousRun> runs = runs(HEAP.replace("f4760000-f7aa0000 ---p", other));
            assertThat(runs).as(other).extracting(AnonymousRun::sizeBytes).doesNotContain(200L << 20);
        }
        assertThat(runs(HEAP.replace(
                        "f7aa0000-f9f2b000 rw-p 00000000 00:00 0 ", "f7aa0000-f9f2b000 rw-p 00000000 00:00 0 [heap]")))
                .extracting(AnonymousRun::sizeBytes)
                .containsExactly(0xf7aa0000L - 0xf3800000L, 0x100000000L - 0xf9f2b000L);
    }

    @Test
    void whatIsNotToldIsNotZero() {
        assertThat(runs(HEAP.replace("Swap:                 16 kB\n", "")))
                .containsExactly(new AnonymousRun(200L << 20, (15744L + 37360) << 10, null));
        assertThat(runs(HEAP.replace("37360 kB", "9223372036854775807 kB")))
                .containsExactly(new AnonymousRun(200L << 20, null, 16L << 10));
        assertThat(runs(HEAP.substring(0, HEAP.length() - 4))).isEmpty();
        assertThat(runs("")).isEmpty();
        assertThat(runs("Anonymous: 12 kB\nnothing\n-\nf-e rw-p 0 0 0\n")).isEmpty();
    }
}
