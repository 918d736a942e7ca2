package org.postmem.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.tools.ToolTexts.bytes;
import static org.postmem.tools.ToolTexts.sample;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;

class StackTextsTest {
    private static final String BIG = "__libc_start_call_main+0x7a [libc.so.6];main+0x12c [leak];leak_big+0x18 [leak]";
    private static final String SMALL =
            "__libc_start_call_main+0x7a [libc.so.6];main+0xb3 [leak];leak_small+0x18 [leak]";

    private static List<StackAllocation> clean(Parsed<List<StackAllocation>> parsed) {
        assertThat(parsed.issues()).isEmpty();
        return parsed.value();
    }

    @Test
    void readsBlocksOfBccMemleak() {
        assertThat(clean(Memleak.parse(sample("bcc-memleak-genuine.txt"))))
                .containsExactly(
                        new StackAllocation(1, null, 76_666, 4705, BIG, 614_400L, 2L),
                        new StackAllocation(1, null, 76_666, 4705, SMALL, 851_968L, 13L),
                        new StackAllocation(2, null, 76_669, 4705, BIG, 1_228_800L, 4L),
                        new StackAllocation(2, null, 76_669, 4705, SMALL, 1_835_008L, 28L),
                        new StackAllocation(3, null, 76_672, 4705, BIG, 2_150_400L, 7L),
                        new StackAllocation(3, null, 76_672, 4705, SMALL, 2_818_048L, 43L));
    }

    @Test
    void stepsOverTheAddressesOfSingleAllocations() {
        assertThat(clean(Memleak.parse(sample("bcc-memleak-genuine-a-o.txt"))))
                .containsExactly(
                        new StackAllocation(1, null, 76_679, 4705, BIG, 1_228_800L, 4L),
                        new StackAllocation(1, null, 76_679, 4705, SMALL, 1_310_720L, 20L),
                        new StackAllocation(2, null, 76_683, 4705, BIG, 2_150_400L, 7L),
                        new StackAllocation(2, null, 76_683, 4705, SMALL, 2_621_440L, 40L));
    }

    @Test
    void readsFramesWithAddressAndWithout() {
        String stack = "__libc_start_main+0xf0 [libc-2.21.so];main+0x6d [allocs]";
        assertThat(clean(Memleak.parse(sample("bcc-memleak-user.txt"))))
                .containsExactly(
                        new StackAllocation(1, null, 40_593, 5193, stack, 80L, 5L),
                        new StackAllocation(2, null, 40_594, 5193, stack, 160L, 10L));
    }

    @Test
    void readsLibbpfMemleakOfTheKernel() {
        assertThat(clean(Memleak.parse(sample("libbpf-memleak.txt"))))
                .containsExactly(new StackAllocation(
                        1,
                        null,
                        75_909,
                        null,
                        "0xffffffff00000000 <null sym>;ftrace_set_hash+0x92;"
                                + "alloc_and_copy_ftrace_hash.constprop.59+0x45",
                        8192L,
                        1L));
    }

    @Test
    void keepsAStackWhoseFramesWereLost() {
        assertThat(clean(Memleak.parse(bytes("""
            [23:59:58] Top 10 stacks with outstanding allocations:
            	4096 bytes in 1 allocations from stack
            		stack information lost
            [00:00:03] Top 10 stacks with outstanding allocations:
            [00:00:08] Top 10 stacks with outstanding allocations:
            	16 bytes in 1 allocations from stack
            		0x00007f0000020840	[unknown]
            		0x00007f0000020850	operator;weird+0x1 [a b]
            	32 bytes in 2 allocations from stack
            		0x00007f0000020841	[unknown]
            		0x00007f0000020850	operator;weird+0x1 [a b]
            """))))
                .containsExactly(
                        new StackAllocation(1, null, 86_398, null, "stack information lost", 4096L, 1L),
                        new StackAllocation(
                                3,
                                null,
                                86_408,
                                null,
                                "operator,weird+0x1 [a b];0x00007f0000020840 [unknown]",
                                16L,
                                1L),
                        new StackAllocation(
                                3,
                                null,
                                86_408,
                                null,
                                "operator,weird+0x1 [a b];0x00007f0000020841 [unknown]",
                                32L,
                                2L));
    }

    /** One file that two runs were written into: what the kernel asked for is not of the process traced before. */
    @Test
    void aRunOverTheKernelIsOfNoProcess() {
        assertThat(clean(Memleak.parse(bytes("""
            Attaching to pid 5193, Ctrl+C to quit.
            [10:00:01] Top 10 stacks with outstanding allocations:
            	16 bytes in 1 allocations from stack
            		main+0x6d [allocs]
            Attaching to kernel allocators, Ctrl+C to quit.
            [10:00:02] Top 10 stacks with outstanding allocations:
            	32 bytes in 1 allocations from stack
            		kmalloc_trace+0x1a [kernel]
            """))))
                .containsExactly(
                        new StackAllocation(1, null, 36_001, 5193, "main+0x6d [allocs]", 16L, 1L),
                        new StackAllocation(2, null, 36_002, null, "kmalloc_trace+0x1a [kernel]", 32L, 1L));
    }

    @Test
    void namesTheLineThatIsNotOfMemleak() {
        Parsed<List<StackAllocation>> parsed = Memleak.parse(bytes("""
            [21:17:46] Top 10 stacks with outstanding allocations:
            	16 bytes in 1 allocations from stack
            	32 bytes in 1 allocations from stack
            		main+0x6d [allocs]
            Killed
            """));
        assertThat(parsed.value())
                .containsExactly(new StackAllocation(1, null, 76_666, null, "main+0x6d [allocs]", 32L, 1L));
        assertThat(parsed.issues())
                .containsExactly(
                        new ParseIssue(
                                3,
                                0,
                                "block 1 has a stack without frames; it was not read",
                                "\t32 bytes in 1 allocations from stack"),
                        new ParseIssue(5, 0, "not a line of memleak", "Killed"));
    }

    @Test
    void readsAnObjectOfKmemleak() {
        assertThat(clean(Kmemleak.parse(sample("kmemleak.txt"))))
                .containsExactly(new StackAllocation(
                        1,
                        null,
                        null,
                        null,
                        "jffs2_do_mount_fs+0x745/0x2120;jffs2_sum_init+0x96/0x1a0;"
                                + "kmem_cache_alloc_trace+0x475/0x8a0",
                        64L,
                        1L));
    }

    /** Nothing tells one reading from the next, but no object is there twice. */
    @Test
    void anObjectOfKmemleakThatStandsThereTwiceIsCountedOnce() {
        byte[] once = sample("kmemleak.txt");
        byte[] twice = java.util.Arrays.copyOf(once, once.length * 2);
        System.arraycopy(once, 0, twice, once.length, once.length);
        Parsed<List<StackAllocation>> parsed = Kmemleak.parse(twice);
        assertThat(parsed.value()).isEqualTo(clean(Kmemleak.parse(once)));
        assertThat(parsed.issues()).hasSize(1);
    }

    @Test
    void sumsObjectsOfOneStackOfKmemleak() {
        String object = """
            unreferenced object 0xffff888105a653%d (size %d):
              comm "insmod", pid 710, jiffies 4302851558
              hex dump (first 32 bytes):
                00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
              backtrace (crc 5a3c8b1e):
                __kmalloc+0x4b/0x150
                frob_init+0x2f/0x1000 [frob]
            """;
        assertThat(clean(Kmemleak.parse(bytes(object.formatted(40, 64) + object.formatted(41, 192)))))
                .containsExactly(new StackAllocation(
                        1, null, null, null, "frob_init+0x2f/0x1000 [frob];__kmalloc+0x4b/0x150", 256L, 2L));
    }
}
