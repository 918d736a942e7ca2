package org.postmem.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.tools.ToolTexts.bytes;
import static org.postmem.tools.ToolTexts.sample;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.units.PageSize;

class StraceTest {
    private static final PageSize PAGE = new PageSize(4096);

    private static List<SyscallSum> clean(byte[] text) {
        Parsed<List<SyscallSum>> parsed = Strace.parse(text, PAGE);
        assertThat(parsed.issues()).isEmpty();
        return parsed.value();
    }

    @Test
    void sumsCallsBySecond() {
        assertThat(clean(sample("strace-leak.txt")))
                .containsExactly(
                        new SyscallSum(null, 76_632, 4653, "brk", 21, 4_538_368L, 0),
                        new SyscallSum(null, 76_632, 4653, "mmap", 10, 2_662_400L, 0),
                        new SyscallSum(null, 76_632, 4653, "mprotect", 3, null, 0),
                        new SyscallSum(null, 76_632, 4653, "munmap", 2, -356_352L, 0),
                        new SyscallSum(null, 76_633, 4653, "brk", 32, 7_372_800L, 0),
                        new SyscallSum(null, 76_634, 4653, "brk", 32, 7_372_800L, 0),
                        new SyscallSum(null, 76_635, 4653, "brk", 29, 6_656_000L, 0),
                        new SyscallSum(null, 76_636, 4653, "brk", 27, 6_250_496L, 0));
    }

    @Test
    void sumsATraceWithoutClock() {
        assertThat(clean(sample("strace-memory.txt")))
                .containsExactly(
                        new SyscallSum(null, null, 79, "brk", 3, 135_168L, 0),
                        new SyscallSum(null, null, 79, "mmap", 30, 3_289_088L, 0),
                        new SyscallSum(null, null, 79, "mprotect", 5, null, 0),
                        new SyscallSum(null, null, 79, "munmap", 1, -45_056L, 0));
    }

    @Test
    void stepsOverStacks() {
        assertThat(clean(sample("strace-memory-ttTk.txt")))
                .containsExactly(
                        new SyscallSum(null, 75_929, 83, "brk", 3, 135_168L, 0),
                        new SyscallSum(null, 75_929, 83, "mmap", 30, 3_289_088L, 0),
                        new SyscallSum(null, 75_929, 83, "mprotect", 5, null, 0),
                        new SyscallSum(null, 75_929, 83, "munmap", 1, -45_056L, 0));
    }

    @Test
    void readsTheSummary() {
        assertThat(clean(sample("strace-memory-c.txt")))
                .containsExactly(
                        new SyscallSum(null, null, null, "mmap", 30, null, 0),
                        new SyscallSum(null, null, null, "mprotect", 5, null, 0),
                        new SyscallSum(null, null, null, "munmap", 1, null, 0),
                        new SyscallSum(null, null, null, "brk", 3, null, 0));
    }

    @Test
    void countsErrorsOfTheSummary() {
        assertThat(clean(bytes("""
                        % time     seconds  usecs/call     calls    errors syscall
                        ------ ----------- ----------- --------- --------- ----------------
                         60.00    0.000120           4        30         7 mmap
                         40.00    0.000080          16         5           openat
                        ------ ----------- ----------- --------- --------- ----------------
                        100.00    0.000200           5        35         7 total
                        """))).containsExactly(new SyscallSum(null, null, null, "mmap", 30, null, 7));
    }

    @Test
    void joinsACallThatWasInterrupted() {
        assertThat(clean(bytes("""
                        [pid  4653] 23:59:59.405263 mmap(NULL, 5000, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>
                        [pid  4654] 23:59:59.405300 munmap(0x7fdd2a884000, 4096 <unfinished ...>
                        [pid  4653] 23:59:59.405363 <... mmap resumed>) = 0x7fdd2a88f000 <0.000100>
                        [pid  4655] 23:59:59.405400 <... mremap resumed>) = 0x7fdd2a88f000
                        [pid  4654] 00:00:00.000001 <... munmap resumed>) = 0
                        [pid  4653] 00:00:00.000002 mremap(0x7fdd2a88f000, 8192, 20480, MREMAP_MAYMOVE) = 0x7fdd2a88f000
                        [pid  4653] 00:00:00.000003 --- SIGCHLD {si_signo=SIGCHLD} ---
                        [pid  4654] 00:00:00.000004 munmap(0x7fdd2a884000, 4096 <unfinished ...>
                        [pid  4654] 00:00:00.000005 +++ killed by SIGKILL +++
                        """)))
                .containsExactly(
                        new SyscallSum(null, 86_399, 4653, "mmap", 1, 8192L, 0),
                        new SyscallSum(null, 86_399, 4655, "mremap", 1, null, 0),
                        new SyscallSum(null, 86_400, 4654, "munmap", 1, -4096L, 0),
                        new SyscallSum(null, 86_400, 4653, "mremap", 1, 12_288L, 0));
    }

    /** With -r, with -r and -t, with -i and -n, with -Y, and the lines of older ones. */
    @Test
    void readsWhateverStandsBeforeACall() {
        String call = "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7fdd2a88f000\n";
        assertThat(clean(bytes("     0.000000 " + call
                        + "     0.000113 " + call
                        + "79         0.000021 " + call
                        + "10:00:01 (+     0.000011) " + call
                        + "[pid    79] 10:00:01 (+     0.000011) " + call
                        + "[00007fdd2a79e7a7] " + call
                        + "[   9] [00007fdd2a79e7a7] " + call
                        + "[pid    79<java>] " + call
                        + "79<java> 10:00:01.000001 " + call
                        + "Process 80 attached\nProcess 80 detached\nstrace: Process 81 attached with 3 threads\n")))
                .containsExactly(
                        new SyscallSum(null, null, null, "mmap", 4, 16_384L, 0),
                        new SyscallSum(null, null, 79, "mmap", 2, 8192L, 0),
                        new SyscallSum(null, 36_001, null, "mmap", 1, 4096L, 0),
                        new SyscallSum(null, 36_001, 79, "mmap", 2, 8192L, 0));
    }

    /** Each thread was counted from the break it had seen itself: what the others added came in once more. */
    @Test
    void theBreakBelongsToTheProcess() {
        String clone = "7 clone(child_stack=0x7f01, flags=CLONE_VM|CLONE_FS|CLONE_THREAD|CLONE_SIGHAND) = 8\n";
        String calls = """
                7 brk(NULL) = 0x1000000
                7 brk(0x1021000) = 0x1021000
                8 brk(0x1042000) = 0x1042000
                7 brk(0x1063000) = 0x1063000
                8 brk(0x1084000) = 0x1084000
                """;
        List<SyscallSum> sums = List.of(
                new SyscallSum(null, null, 7, "brk", 3, 270_336L, 0),
                new SyscallSum(null, null, 8, "brk", 2, 270_336L, 0));
        assertThat(clean(bytes(clone + calls))).isEqualTo(sums);
        assertThat(clean(bytes(calls))).isEqualTo(sums);
    }

    /** Two processes made by fork: their heaps begin at one place and grow apart. */
    @Test
    void theHeapsOfTwoProcessesAreNotOne() {
        String calls = """
                8 brk(0x1021000) = 0x1021000
                9 brk(0x1021000) = 0x1021000
                8 brk(0x1042000) = 0x1042000
                9 brk(0x1042000) = 0x1042000
                """;
        String forks = """
                7 brk(NULL) = 0x1000000
                7 fork() = 8
                7 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 9
                """;
        assertThat(clean(bytes(forks + calls)))
                .containsExactly(
                        new SyscallSum(null, null, 7, "brk", 1, null, 0),
                        new SyscallSum(null, null, 8, "brk", 2, 270_336L, 0),
                        new SyscallSum(null, null, 9, "brk", 2, 270_336L, 0));
        assertThat(clean(bytes(calls)))
                .containsExactly(
                        new SyscallSum(null, null, 8, "brk", 2, 135_168L, 0),
                        new SyscallSum(null, null, 9, "brk", 2, 135_168L, 0));
    }

    @Test
    void countsNoGrowthForWhatFailedOrReplaces() {
        Parsed<List<SyscallSum>> parsed = Strace.parse(bytes("""
                1795384800.100000 mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE, -1, 0) = 0x7fdd2a88f000
                1795384800.200000 mmap(0x7fdd2a88f000, 4096, PROT_READ, MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS, -1, 0) = 0x7fdd2a88f000
                1795384800.300000 mmap(NULL, 99999999999, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = -1 ENOMEM (Cannot allocate memory)
                1795384801.000000 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3
                1795384801.000000 madvise(0x7fdd2a88f000, 4096, MADV_DONTNEED) = 0
                1795384801.000000 what is this
                """), PAGE);
        assertThat(parsed.value())
                .containsExactly(
                        new SyscallSum(Instant.parse("2026-11-22T22:00:00Z"), null, null, "mmap", 3, 8192L, 1),
                        new SyscallSum(Instant.parse("2026-11-22T22:00:01Z"), null, null, "madvise", 1, null, 0));
        assertThat(parsed.issues())
                .containsExactly(new ParseIssue(6, 0, "not a line of strace", "1795384801.000000 what is this"));
    }
}
