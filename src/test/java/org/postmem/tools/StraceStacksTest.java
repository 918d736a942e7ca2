package org.postmem.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.tools.ToolTexts.bytes;
import static org.postmem.tools.ToolTexts.sample;

import java.util.List;
import org.junit.jupiter.api.Test;

class StraceStacksTest {
    private static final String LEAK = "main+0x10 [app];order_add+0x5 [app];mmap+0x1b [libc.so.6]";

    /** A second apart each; what is unmapped is taken from the stack that mapped it. */
    @Test
    void whatIsMappedAndNotUnmappedGrowsFromMomentToMoment() {
        StringBuilder trace = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            String at = String.format("77  10:00:%02d.000001 ", i);
            trace.append(at)
                    .append("mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f000000")
                    .append(Integer.toHexString(0x1000 * (i + 16)))
                    .append(" <0.000011>\n")
                    .append(" > /usr/lib/x86_64-linux-gnu/libc.so.6(mmap+0x1b) [0x27305]\n")
                    .append(" > /opt/app(order_add+0x5) [0x27305]\n > /opt/app(main+0x10) [0x1]\n")
                    .append(at)
                    .append("mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7e0000000000\n")
                    .append(" > /opt/app() [0x99]\n")
                    .append(at)
                    .append("munmap(0x7e0000000000, 8192) = 0\n > /opt/app() [0x98]\n");
        }
        List<StackAllocation> rows = StraceStacks.parse(bytes(trace.toString()));
        assertThat(rows)
                .extracting(
                        StackAllocation::block,
                        StackAllocation::clockSecond,
                        StackAllocation::pid,
                        StackAllocation::stack,
                        StackAllocation::bytes,
                        StackAllocation::allocations)
                .startsWith(tuple(1, 36_001, 77, LEAK, 8192L, 2L))
                .endsWith(tuple(6, 36_011, 77, LEAK, 49152L, 12L))
                .hasSize(6);
    }

    /** What the loader mapped first; the frames of a library without symbols have the nearest exported name. */
    @Test
    void readsTheStacksOfAGenuineTrace() {
        List<StackAllocation> rows = StraceStacks.parse(sample("strace-memory-ttTk.txt"));
        assertThat(rows.get(0).stack())
                .startsWith("_dl_catch_error+0x26f8 [ld-linux-x86-64.so.2];_dl_catch_error+0x384c")
                .endsWith(";_dl_catch_error+0x8823 [ld-linux-x86-64.so.2]");
        assertThat(rows.get(0).bytes()).isEqualTo(8192);
        assertThat(rows).allSatisfy(row -> assertThat(row.bytes()).isPositive());
        assertThat(StraceStacks.parse(sample("strace-memory.txt"))).isEmpty();
    }

    @Test
    void hostileTracesThrowNothing() {
        String trace = """
                mmap(NULL, 99999999999999999999, x, MAP_PRIVATE) = 0x1
                 > a(b) [0x1]
                mmap(NULL) = 0x1
                 > a(b) [0x1]
                brk(0x1) = 5
                 > a(b) [0x1]
                mmap(NULL, 9223372036854775807, x, y, -1, 0) = 0x2
                 > (b) [0x1]
                mmap(NULL, 9223372036854775807, x, y, -1, 0) = 0x3
                 > (b) [0x1]
                 > no frame
                munmap(0x2, 1) = 0
                munmap(0x2, 1) = 0
                """;
        assertThat(StraceStacks.parse(bytes(trace)))
                .extracting(StackAllocation::stack)
                .containsOnly("b");
    }
}
