package org.postmem.collector.privacy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postmem.collector.archive.GroupedText;

/** Pitfall 18: names get out, in nested texts too, and host names that look like addresses. */
class PseudonymsTest {
    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/bash
            mysql:x:105:112:MySQL Server,,,:/nonexistent:/bin/false
            alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash
            nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
            """;

    @TempDir
    Path folder;

    private PseudonymKey key;
    private Pseudonyms pseudonyms;

    @BeforeEach
    void key() throws IOException {
        Files.writeString(folder.resolve("passwd"), PASSWD);
        Path file = Files.writeString(folder.resolve("key"), "00".repeat(31) + "2a\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        key = PseudonymKey.of(file);
        pseudonyms = of("dhcp-192-168-0-66.corp.example.org");
    }

    private Pseudonyms of(String host) {
        return Pseudonyms.of(key, host, folder.resolve("passwd"));
    }

    private static String pattern(String text) {
        return text.replaceAll("(host|user|domain|ip6?|mac)-[0-9a-f]{10}", "<$1>");
    }

    private String replaced(String text) {
        return pattern(pseudonyms.replace(text));
    }

    @Test
    void theHostIsReplacedWithAndWithoutItsDomain() {
        assertThat(pattern(pseudonyms.host())).isEqualTo("<host>");
        assertThat(replaced("dhcp-192-168-0-66.corp.example.org up")).isEqualTo("<host> up");
        assertThat(replaced("6,1,1,-;Hostname set to <DHCP-192-168-0-66>."))
                .isEqualTo("6,1,1,-;Hostname set to <<host>>.");
        assertThat(replaced("x.corp.example.org")).isEqualTo("x.<domain>");
        assertThat(replaced("mydhcp-192-168-0-66")).isEqualTo("mydhcp-192-168-0-66");
    }

    @Test
    void aHostWithAShortNameHasAPseudonym() {
        pseudonyms = of("vm");
        assertThat(pattern(pseudonyms.host())).isEqualTo("<host>");
        assertThat(replaced("ssh vm uptime; vmstat")).isEqualTo("ssh <host> uptime; vmstat");
    }

    @Test
    void peopleAreReplacedAndServicesAreNot() {
        assertThat(replaced("/home/alice/bin/app\0--user=alice\0")).isEqualTo("/home/<user>/bin/app\0--user=<user>\0");
        assertThat(replaced("/media/of\\040alice\\040x rw")).isEqualTo("/media/of\\040<user>\\040x rw");
        assertThat(replaced("sshd: alice@pts/0")).isEqualTo("sshd: <user>@pts/0");
        assertThat(replaced("/usr/sbin/mysqld\0--user=mysql\0")).isEqualTo("/usr/sbin/mysqld\0--user=mysql\0");
        // a user of a directory service is learned from where he lives, and known from then on
        assertThat(replaced("/home/bob.smith/x")).isEqualTo("/home/<user>/x");
        assertThat(replaced("sudo: bob.smith : TTY=pts/1")).isEqualTo("sudo: <user> : TTY=pts/1");
    }

    @Test
    void addressesAreReplacedAndThoseThatSpeakOfNobodyStay() {
        assertThat(replaced("postgres: shop 10.0.0.7(52144) idle")).isEqualTo("postgres: shop <ip>(52144) idle");
        assertThat(replaced("listen 0.0.0.0:80 127.0.0.1:25 [::1]:53"))
                .isEqualTo("listen 0.0.0.0:80 127.0.0.1:25 [::1]:53");
        assertThat(replaced("peer [2001:db8::1]:443 fe80::5054:ff:fe12:3456")).isEqualTo("peer [<ip6>]:443 <ip6>");
        assertThat(replaced("eth0: MAC 52:54:00:12:34:56 ok")).isEqualTo("eth0: MAC <mac> ok");
    }

    @Test
    void whatLooksAlikeIsLeftAlone() {
        for (String text : List.of(
                "0::/system.slice/cron.service",
                "36 35 0:27 / /dev/shm rw,nosuid,nodev shared:4 - tmpfs tmpfs rw,size=24684096k",
                "12:memory:/docker/3f9a1c2b",
                "/usr/lib/libfoo.so.1.2.3.4",
                "java\0-cp\0app-1.2.3.jar\0com.example.Main\0",
                "std::vector<abc::def>",
                "getty@tty1.service",
                "node left-pad@1.3.0",
                "7f12a0000000-7f12a0021000 rw-p 00000000 fd:01 1234 /usr/bin/x",
                "6,1234,5678901,-;CPU: 0 PID: 1 Comm: swapper/0 Not tainted 6.1.0-13-amd64 #1")) {
            assertThat(pseudonyms.replace(text)).isEqualTo(text);
        }
    }

    @Test
    void hostsOfOthersAreLearnedAndKnownEverywhereFromThenOn() {
        assertThat(replaced("- nfs4 filer1:/export rw,addr=10.0.0.9")).isEqualTo("- nfs4 filer1:/export rw,addr=<ip>");
        assertThat(replaced("41 35 0:50 / /mnt rw - nfs4 filer1:/export rw,vers=4.2,addr=10.0.0.9"))
                .isEqualTo("41 35 0:50 / /mnt rw - nfs4 <host>:/export rw,vers=4.2,addr=<ip>");
        assertThat(replaced("4,9,9,-;nfs: server filer1 not responding, still trying"))
                .isEqualTo("4,9,9,-;nfs: server <host> not responding, still trying");
        assertThat(replaced("app\0--bootstrap-servers\0kafka-a:9092,kafka-b:9092\0"))
                .isEqualTo("app\0--bootstrap-servers\0<host>:9092,<host>:9092\0");
        assertThat(replaced("psql postgresql://***@shop-db.corp.example.org:5432/x"))
                .isEqualTo("psql postgresql://***@<host>:5432/x");
        assertThat(replaced("ssh carol@build7")).isEqualTo("ssh <user>@<host>");
    }

    /** Anybody's command line; the collector's threads have a stack of 256 KiB. */
    @ParameterizedTest
    @ValueSource(strings = {"http://%s/", "bob@%s", "app\0--host=%s,b\0", "41 35 0:50 / /m rw - nfs4 %s:/x rw"})
    void aNameOfTensOfThousandsOfLabelsIsNoEnd(String where) throws InterruptedException {
        String text = where.replace("%s", "a.".repeat(30_000) + "a");
        List<Throwable> thrown = new ArrayList<>();
        Thread small = new Thread(null, () -> pseudonyms.replace(text), "small", 256 << 10);
        small.setUncaughtExceptionHandler((thread, e) -> thrown.add(e));
        small.start();
        small.join();
        assertThat(thrown).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a.",
                "a-",
                "_",
                "a.b@",
                "@",
                "://",
                "a://",
                "a://b",
                "http://a@",
                "-host ",
                "\0-host=a,",
                "/home/a",
                "1.",
                "::",
                "fe80:",
                "user "
            })
    @Timeout(20)
    void isAsQuickWithAnyText(String part) {
        String text = part.repeat((64 << 10) / part.length());
        for (int i = 0; i < 5; i++) {
            of("a.a.example").replace(text);
        }
    }

    /** A host has 64 KiB of command line for whoever wants other names to be passed on. */
    @Test
    @Timeout(20)
    void manyNamesNeitherKeepOthersFromBeingReplacedNorCostMore() {
        for (int i = 0; i < 21_000; i += 500) {
            StringBuilder flood = new StringBuilder();
            for (int k = 0; k < 500; k++) {
                flood.append("http://h").append(i + k).append(".example/ ");
            }
            pseudonyms.replace(flood.toString());
        }
        pseudonyms.replace("app\0--url=https://shop-db.example.net/\0");
        assertThat(replaced("cgroup of shop-db.example.net and alice on dhcp-192-168-0-66"))
                .isEqualTo("cgroup of <host> and <user> on <host>");
        String words = "some words of h1 a-log.that-names nobody ".repeat(2_000);
        assertThat(pseudonyms.replace(words)).isEqualTo(words);
    }

    @Test
    void aUserWithAnUmlautIsReplaced() throws IOException {
        Files.writeString(folder.resolve("passwd"), "jürgen:x:1001:1001::/srv/j:/bin/sh\n");
        pseudonyms = of("web");
        String text = new String("user Jürgen, jürgens".getBytes(UTF_8), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(new String(pseudonyms.replace(text).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), UTF_8))
                .matches("user user-[0-9a-f]{10}, jürgens");
    }

    @Test
    void theSameNameIsTheSamePseudonymInEveryCaptureOfOneKeyAndOfNoOther() throws IOException {
        String once = pseudonyms.replace("alice at 10.0.0.7");
        assertThat(of("another-host").replace("ALICE at 10.0.0.7")).isEqualTo(once);
        assertThat(pseudonyms.replace(once)).isEqualTo(once);
        Path made = folder.resolve("made");
        PseudonymKey other = PseudonymKey.of(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(made)).matches("[0-9a-f]{64}\n");
        assertThat(Pseudonyms.of(other, "x", folder.resolve("passwd")).replace("alice at 10.0.0.7"))
                .isNotEqualTo(once);
        assertThat(Pseudonyms.of(PseudonymKey.of(made), "x", folder.resolve("passwd"))
                        .replace("alice"))
                .isEqualTo(Pseudonyms.of(other, "y", folder.resolve("passwd")).replace("alice"));
    }

    @Test
    void aKeyThatOthersMayReadIsRefused() throws IOException {
        Path open = Files.writeString(folder.resolve("open"), "00".repeat(32));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> PseudonymKey.of(open)).hasMessageContaining("may be read by others; chmod 600 it");
        Files.writeString(open, "secret");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> PseudonymKey.of(open)).hasMessageContaining("holds no key");
    }

    /** What a sink was given. */
    private Map<String, byte[]> through(String name, byte[] bytes) throws IOException {
        Map<String, byte[]> out = new LinkedHashMap<>();
        new PseudonymSink(
                        pseudonyms,
                        "dhcp-192-168-0-66.corp.example.org",
                        (entry, array, offset, length) ->
                                out.put(entry, Arrays.copyOfRange(array, offset, offset + length)))
                .entry(name, bytes, 0, bytes.length);
        return out;
    }

    @Test
    void groupedEntriesStayWellFormedKeysIncluded() throws Exception {
        byte[] cgroups = new GroupedText.Writer()
                .add("/user.slice/alice s", "4096\n".getBytes(UTF_8))
                .add("/system.slice", "1\n".getBytes(UTF_8))
                .toByteArray();
        List<GroupedText.Block> blocks =
                GroupedText.read(through("cgroup/memory.current", cgroups).get("cgroup/memory.current"));
        assertThat(blocks)
                .extracting(block -> pattern(block.key()))
                .containsExactly("/user.slice/<user> s", "/system.slice");
        assertThat(new String(blocks.get(0).text(), UTF_8)).isEqualTo("4096\n");
        byte[] stat = new GroupedText.Writer()
                .add("7", "7 (10.0.0.9-manager) S 2 0 0 0 -1 2129984 0".getBytes(UTF_8))
                .toByteArray();
        assertThat(pattern(new String(
                        GroupedText.read(through("pid/stat", stat).get("pid/stat"))
                                .get(0)
                                .text(),
                        UTF_8)))
                .isEqualTo("7 (<ip>-manager) S 2 0 0 0 -1 2129984 0");
    }

    @Test
    void bytesThatAreNoTextComeThroughAsTheyAre() throws IOException {
        byte[] odd = {(byte) 0xff, 0, (byte) 0xc3, 'a', '\n'};
        assertThat(through("host/kmsg", odd).get("host/kmsg")).isEqualTo(odd);
    }

    private static byte[] history(String host, String rest) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x96, (byte) 0xd5, 0x75, 0x21, 1, 2, 3});
        out.writeBytes(Arrays.copyOf("Linux".getBytes(UTF_8), 65));
        out.writeBytes(Arrays.copyOf(host.getBytes(UTF_8), 65));
        out.writeBytes(rest.getBytes(UTF_8));
        out.writeBytes(new byte[500]);
        return out.toByteArray();
    }

    @Test
    void inSysstatsBinaryHistoryTheNameInTheHeadIsReplacedInPlace() throws IOException {
        byte[] file = history("dhcp-192-168-0-66.corp.example.org", "x86_64");
        byte[] safe = through("host/sa/sa22", file).get("host/sa/sa22");
        assertThat(safe).hasSameSizeAs(file);
        assertThat(safe).isEqualTo(history(pseudonyms.host(), "x86_64"));
    }

    @Test
    void sysstatsHistoryThatHoldsMoreNamesOrAnotherHostsIsLeftOut() throws IOException {
        assertThat(through("host/sa/sa22", history("dhcp-192-168-0-66.corp.example.org", "/home/alice\0")))
                .isEmpty();
        assertThat(through("host/sa/sa22", history("its-old-name", ""))).isEmpty();
    }
}
