package org.postmem.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.tools.ToolTexts.bytes;
import static org.postmem.tools.ToolTexts.sample;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.units.PageSize;

class StraceStacksTest {
    private static final PageSize PAGE = new PageSize(4096);
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
        List<StackAllocation> rows = StraceStacks.parse(bytes(trace.toString()), PAGE);
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
        List<StackAllocation> rows = StraceStacks.parse(sample("strace-memory-ttTk.txt"), PAGE);
        assertThat(rows.get(0).stack())
                .startsWith("_dl_catch_error+0x26f8 [ld-linux-x86-64.so.2];_dl_catch_error+0x384c")
                .endsWith(";_dl_catch_error+0x8823 [ld-linux-x86-64.so.2]");
        assertThat(rows.get(0).bytes()).isEqualTo(8192);
        // What all calls come to, as the sums of the calls do in StraceTest.
        long atTheEnd = rows.stream()
                .filter(row -> row.block() == 6)
                .mapToLong(StackAllocation::bytes)
                .sum();
        assertThat(atTheEnd).isEqualTo(3_289_088 + 135_168 - 45_056);
        assertThat(StraceStacks.parse(sample("strace-memory.txt"), PAGE)).isEmpty();
    }

    /** pid, stack, and what it held at the last of the moments. */
    private static List<String> atTheEnd(String trace) {
        return StraceStacks.parse(bytes(trace), PAGE).stream()
                .filter(row -> row.block() == 6)
                .map(row -> row.pid() + " " + row.stack() + " " + row.bytes() + " " + row.allocations())
                .toList();
    }

    /** realloc of a large block: each time it moves, and is freed at the end. */
    @Test
    void whatMremapMovesIsGivenBackWhereItLiesThen() {
        String round = """
                7 mmap(NULL, 200000, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000100000
                 > /opt/app(fill+0x1) [0x1]
                7 mremap(0x7f0000100000, 200704, 401408, MREMAP_MAYMOVE) = 0x7f0000800000
                 > /opt/app(grow+0x1) [0x2]
                7 munmap(0x7f0000800000, 401408) = 0
                 > /opt/app(done+0x1) [0x3]
                """;
        assertThat(atTheEnd(round.repeat(12))).isEmpty();
        assertThat(atTheEnd("""
                7 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000100000
                 > /opt/app(fill+0x1) [0x1]
                7 mremap(0x7f0000100000, 8192, 12288, MREMAP_MAYMOVE) = 0x7f0000100000
                 > /opt/app(grow+0x1) [0x2]
                7 mremap(0x7e0000100000, 8192, 20480, MREMAP_MAYMOVE) = 0x7e0000800000
                 > /opt/app(old+0x1) [0x2]
                7 mremap(0x7f0000100000, 12288, 4096, MREMAP_MAYMOVE) = 0x7f0000100000
                """))
                .containsExactly("7 fill+0x1 [app] 0 0", "7 grow+0x1 [app] 4096 1", "7 old+0x1 [app] 12288 1");
    }

    /** malloc makes a heap for a thread: it maps twice the size and cuts off what lies before the boundary and behind. */
    @Test
    void aPartThatIsUnmappedIsTakenFromWhatWasMapped() {
        assertThat(atTheEnd("""
                7 mmap(NULL, 134217728, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE, -1, 0) = 0x7f5a1f6f2000
                 > /usr/lib/libc.so.6(new_heap+0x1) [0x1]
                7 munmap(0x7f5a1f6f2000, 9494528) = 0
                7 munmap(0x7f5a24000000, 57614336) = 0
                """)).containsExactly("7 new_heap+0x1 [libc.so.6] 67108864 1");
    }

    @Test
    void aHeapThatIsTrimmedIsGivenBack() {
        String round = """
                7 brk(0x564000021000) = 0x564000021000
                 > /opt/app(load+0x1) [0x1]
                7 brk(0x564000001000) = 0x564000001000
                 > /opt/app(unload+0x1) [0x1]
                """;
        assertThat(atTheEnd(
                        "7 brk(NULL) = 0x564000000000\n7 brk(0x564000001000) = 0x564000001000\n" + round.repeat(20)))
                .containsExactly("7 load+0x1 [app] 0 0");
    }

    /** Two threads take turns at one heap, and nothing in the trace says that they are threads. */
    @Test
    void theHeapOfAProcessIsCountedOnceWhicheverThreadAsks() {
        StringBuilder trace = new StringBuilder("70 brk(NULL) = 0x564000000000\n");
        for (int i = 1; i <= 12; i++) {
            String at = String.format("0x564%09x", i * 0x21000);
            trace.append(i % 2 == 0 ? "71" : "70")
                    .append(" brk(")
                    .append(at)
                    .append(") = ")
                    .append(at)
                    .append("\n > /opt/app(take+0x1) [0x1]\n");
        }
        assertThat(atTheEnd(trace.toString())).containsExactly("70 take+0x1 [app] 1622016 12");
    }

    /** A child has a copy of all, and what it maps and takes along when it ends was never its parent's. */
    @Test
    void whatAChildMapsIsNotItsParents() {
        StringBuilder trace = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            int child = 100 + i;
            trace.append(
                            "7 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>\n")
                    .append(child)
                    .append(" mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000100000\n")
                    .append(" > /lib/ld.so(map+0x1) [0x1]\n")
                    .append("7 <... clone resumed>, child_tidptr=0x7f12) = ")
                    .append(child)
                    .append("\n > /bin/sh(fork+0x1) [0x1]\n")
                    .append(child)
                    .append(" +++ exited with 0 +++\n");
        }
        trace.append("7 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000100000\n")
                .append(" > /bin/sh(own+0x1) [0x1]\n");
        assertThat(atTheEnd(trace.toString()))
                .hasSize(13)
                .startsWith("7 own+0x1 [sh] 8192 1", "100 map+0x1 [ld.so] 4096 1", "101 map+0x1 [ld.so] 4096 1");
    }

    @Test
    void aNewProgramBeginsWithNothing() {
        assertThat(atTheEnd("""
                7 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000100000
                 > /bin/sh(sh+0x1) [0x1]
                7 execve("/opt/app", ["app"], 0x7ffd /* 1 var */) = 0
                7 mmap(NULL, 12288, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000200000
                 > /opt/app(app+0x1) [0x1]
                """)).containsExactly("7 sh+0x1 [sh] 0 0", "7 app+0x1 [app] 12288 1");
    }

    /** Names of C++ come with their parameters, and of a library that was replaced the kernel says so. */
    @Test
    void framesWithParametersAreKept() {
        assertThat(atTheEnd("""
                7 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000100000
                 > /usr/lib/libc.so.6(mmap64+0x17) [0x11a0e7]
                 > /opt/lib/libcache.so (deleted)((anonymous namespace)::Cache::add(std::vector<int>&, int)+0x12) [0x1234]
                 > /opt/my app(main+0x1) [0x2]
                 > unexpected_backtracing_error [0x7ffd00000000]
                """))
                .containsExactly("7 main+0x1 [my app];(anonymous namespace)::Cache::add(std::vector<int>&, int)+0x12"
                        + " [libcache.so (deleted)];mmap64+0x17 [libc.so.6] 4096 1");
    }

    @Test
    void aTraceWithTheSecondsSince1970HasTheTimesOfItsMoments() {
        StringBuilder trace = new StringBuilder();
        for (int i = 0; i < 13; i++) {
            trace.append("7 ")
                    .append(1_795_384_800L + i)
                    .append(".100000 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0) = ")
                    .append(String.format("0x7f%010x%n", i << 12))
                    .append(" > /opt/app(f+0x1) [0x1]\n");
        }
        assertThat(StraceStacks.parse(bytes(trace.toString()), PAGE))
                .extracting(StackAllocation::time, StackAllocation::clockSecond, StackAllocation::bytes)
                .containsExactly(
                        tuple(Instant.ofEpochSecond(1_795_384_802L), null, 12_288L),
                        tuple(Instant.ofEpochSecond(1_795_384_804L), null, 20_480L),
                        tuple(Instant.ofEpochSecond(1_795_384_806L), null, 28_672L),
                        tuple(Instant.ofEpochSecond(1_795_384_808L), null, 36_864L),
                        tuple(Instant.ofEpochSecond(1_795_384_810L), null, 45_056L),
                        tuple(Instant.ofEpochSecond(1_795_384_812L), null, 53_248L));
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
        // No address space has such ranges.
        assertThat(StraceStacks.parse(bytes(trace), PAGE)).isEmpty();
    }
}
