package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Pitfall 18: command lines are not only in /proc/PID/cmdline. */
class HostTextMaskTest {
    private final Ledger ledger = new Ledger();
    private final HostTextMask mask = new HostTextMask(CommandLineMask.builtIn(), ledger);

    private String log(String text) {
        return new String(mask.log(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    @Test
    void theKernelsOwnCommandLineIsOneToo() {
        byte[] line = "BOOT_IMAGE=/vmlinuz root=/dev/vda1 ks=http://bob:x1@ks/ rd.iscsi.password=x2 quiet\n"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(new String(mask.commandLine(line, line.length), StandardCharsets.UTF_8))
                .isEqualTo("BOOT_IMAGE=/vmlinuz root=/dev/vda1 ks=http://***@ks/ rd.iscsi.password=*** quiet\n");
        assertThat(ledger.gaps())
                .containsExactly(new Ledger.Gap("proc/cmdline", Outcome.MASKED, 2, "secrets in arguments"));
    }

    @Test
    void inTheKernelsLogWhatItRepeatsIsMasked() {
        assertThat(log("""
                        5,0,0,-;Linux version 6.1.0-13-amd64 (gcc-12 (Debian 12.2.0-14) 12.2.0)
                        5,20,0,-;Kernel command line: root=/dev/vda1 rd.password=x1 quiet
                        30,801,5123456,-;systemd[1]: hook --token x2 done
                        5,900,9,-;audit: type=1309 audit(1700000000.123:45): argc=3 a0="mysql" a1="-px3" a2="x 4"
                        5,901,9,-;audit: type=1327 audit(1700000000.123:45): proctitle=6D7973716C002D707833
                        """)).isEqualTo("""
                        5,0,0,-;Linux version 6.1.0-13-amd64 (gcc-12 (Debian 12.2.0-14) 12.2.0)
                        5,20,0,-;Kernel command line: root=/dev/vda1 rd.password=*** quiet
                        30,801,5123456,-;systemd[1]: hook --token *** done
                        5,900,9,-;audit: type=1309 audit(1700000000.123:45): argc=3 a0=*** a1=*** a2=***
                        5,901,9,-;audit: type=1327 audit(1700000000.123:45): proctitle=***
                        """);
        assertThat(ledger.gaps())
                .containsExactly(new Ledger.Gap("dev/kmsg", Outcome.MASKED, 6, "secrets in arguments"));
    }

    @Test
    void whatTheKernelItselfSaysIsEvidence() {
        String killed = """
                6,1,1,-;Memory cgroup stats for /kubepods/pod-secret:
                6,2,1,-;anon 4096 token: 12
                6,3,1,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),task_memcg=/x/token,task=secret,pid=7,uid=0
                3,4,1,-;Memory cgroup out of memory: Killed process 7 (secret) total-vm:123kB, anon-rss:4kB
                 SUBSYSTEM=pci
                """;
        assertThat(log(killed)).isEqualTo(killed);
        assertThat(ledger.gaps()).isEmpty();
    }

    @Test
    void ofMountsTheSecretsOfTheirSourcesAreMasked() {
        byte[] table = """
                41 35 0:50 / /dav rw - fuse https://bob:x1@dav.example.org/ rw,user_id=0
                42 35 0:51 / /nas rw - cifs //nas/x rw,username=bob,password=x2,vers=3
                43 35 0:52 / /o rw - overlay overlay rw,lowerdir=/l/my-secret:/l/b,upperdir=/token:/c
                """.getBytes(StandardCharsets.UTF_8);
        assertThat(new String(mask.mounts(table, table.length, "proc/self/mountinfo"), StandardCharsets.UTF_8))
                .isEqualTo("""
                41 35 0:50 / /dav rw - fuse https://***@dav.example.org/ rw,user_id=0
                42 35 0:51 / /nas rw - cifs //nas/x rw,username=bob,password=***,vers=3
                43 35 0:52 / /o rw - overlay overlay rw,lowerdir=/l/my-secret:/l/b,upperdir=/token:/c
                """);
    }
}
