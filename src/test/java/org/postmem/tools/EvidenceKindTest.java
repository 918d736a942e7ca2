package org.postmem.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.tools.ToolTexts.bytes;
import static org.postmem.tools.ToolTexts.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceKindTest {
    private static EvidenceKind kind(String sample) {
        return EvidenceKind.of("attached/x", sample(sample));
    }

    private static EvidenceKind kindOf(String text) {
        return EvidenceKind.of("attached/x", bytes(text));
    }

    @Test
    void aKernelLogIsNamedByItsFileAndNotByItsFolder() {
        assertThat(EvidenceKind.of("snap/sys/kernel/slab/jbd2_journal_head/object_size", bytes("120\n")))
                .isEqualTo(EvidenceKind.UNKNOWN);
        assertThat(EvidenceKind.of("sos_commands/logs/journalctl_--no-pager_--boot", bytes("no time stamp\n")))
                .isEqualTo(EvidenceKind.KERNEL_LOG);
    }

    @Test
    void knowsToolsByWhatTheyPrint() {
        assertThat(List.of(
                        kind("bcc-memleak-genuine.txt"),
                        kind("bcc-memleak-genuine-a-o.txt"),
                        kind("bcc-memleak-user.txt"),
                        kind("libbpf-memleak.txt"),
                        kind("kmemleak.txt"),
                        kind("strace-leak.txt"),
                        kind("strace-memory.txt"),
                        kind("strace-memory-ttTk.txt"),
                        kind("strace-memory-c.txt")))
                .containsExactly(
                        EvidenceKind.MEMLEAK,
                        EvidenceKind.MEMLEAK,
                        EvidenceKind.MEMLEAK,
                        EvidenceKind.MEMLEAK,
                        EvidenceKind.KMEMLEAK,
                        EvidenceKind.STRACE,
                        EvidenceKind.STRACE,
                        EvidenceKind.STRACE,
                        EvidenceKind.STRACE);
    }

    @Test
    void knowsKernelLogsInEveryFraming() throws IOException {
        Path oom = Path.of(System.getProperty("postmem.root"), "testdata", "oom");
        assertThat(EvidenceKind.of("x", Files.readAllBytes(oom.resolve("debian-6.1.176-global.txt"))))
                .isEqualTo(EvidenceKind.KERNEL_LOG);
        assertThat(EvidenceKind.of("x", Files.readAllBytes(oom.resolve("published-el7-3.10.0-514-global.txt"))))
                .isEqualTo(EvidenceKind.KERNEL_LOG);
        assertThat(kindOf("Nov 22 10:00:05 db1 systemd[1]: Started x.\nNov 22 10:00:05 db1 kernel: Mem-Info:\n"))
                .isEqualTo(EvidenceKind.KERNEL_LOG);
        assertThat(kindOf("[Sun Nov 22 10:00:05 2026] Mem-Info:\n")).isEqualTo(EvidenceKind.KERNEL_LOG);
        assertThat(kindOf("6,339,5140900,-;NET: Registered PF_INET6 protocol family\n SUBSYSTEM=net\n"))
                .isEqualTo(EvidenceKind.KERNEL_RECORDS);
    }

    @Test
    void takesTheNameOnlyForALogWithoutStamps() {
        byte[] text = bytes("Mem-Info:\nactive_anon:1 inactive_anon:2\n");
        assertThat(EvidenceKind.of("attached/dmesg.txt", text)).isEqualTo(EvidenceKind.KERNEL_LOG);
        assertThat(EvidenceKind.of("attached/notes.txt", text)).isEqualTo(EvidenceKind.UNKNOWN);
        assertThat(EvidenceKind.of("attached/dmesg.txt", sample("strace-leak.txt")))
                .isEqualTo(EvidenceKind.STRACE);
    }

    @Test
    void leavesTheRestUnknown() {
        assertThat(kindOf("")).isEqualTo(EvidenceKind.UNKNOWN);
        assertThat(kindOf("It began at 10:00, I think.\n")).isEqualTo(EvidenceKind.UNKNOWN);
        assertThat(EvidenceKind.of("dmesg", new byte[] {'[', ' ', '1', '.', '0', ']', ' ', 0}))
                .isEqualTo(EvidenceKind.UNKNOWN);
    }
}
