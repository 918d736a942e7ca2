package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways to call the kernel, of which each must say the same. */
@EnabledOnOs(OS.LINUX)
class FileCallsTest {
    @TempDir
    Path folder;

    static Stream<FileCalls> bothWays() {
        return Stream.of(new StreamCalls(), new NativeCalls());
    }

    static Stream<WholeFile> wholeFilesOfBothWays() {
        return Stream.of(new WholeFile(1 << 20, false), new WholeFile(1 << 20, true));
    }

    /** What the pom opens for tests, the manifest of the jar and the launcher of the image open, too. */
    @Test
    void theFunctionsOfThisJdkAreFound() {
        assertThat(NativeCalls.isAvailable()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("wholeFilesOfBothWays")
    void readsTheSameBytes(WholeFile file) throws IOException {
        byte[] bytes = new byte[100_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + i / 256);
        }
        Path large = Files.write(folder.resolve("large"), bytes);
        assertThat(file.read(large.toString())).isNull();
        assertThat(file.bytes()).startsWith(bytes);
        assertThat(file.length()).isEqualTo(bytes.length);
        assertThat(file.readShownAtOnce("/proc/self/limits")).isNull();
        assertThat(new String(file.bytes(), 0, file.length(), StandardCharsets.US_ASCII))
                .isEqualTo(Files.readString(Path.of("/proc/self/limits")));
        assertThat(file.read("/proc/vmstat")).isNull();
        assertThat(new String(file.bytes(), 0, file.length(), StandardCharsets.US_ASCII))
                .startsWith("nr_free_pages ")
                .endsWith("\n");
    }

    @ParameterizedTest
    @MethodSource("wholeFilesOfBothWays")
    void namesTheSameErrors(WholeFile file) throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "x");
        assertThat(file.read(folder.resolve("none").toString())).isEqualTo("ENOENT");
        assertThat(file.read(folder.toString())).isEqualTo("EISDIR");
        assertThat(file.read(plain + "/x")).isEqualTo("ENOTDIR");
        assertThat(file.read("/proc/self/mem")).isEqualTo("EIO");
        assertThat(file.read(folder + "/" + "x".repeat(300))).isEqualTo("ENAMETOOLONG");
        Path loop = folder.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        assertThat(file.read(loop.toString())).isEqualTo("ELOOP");
        assertThat(file.length()).isZero();
        assertThat(file.read(plain.toString())).isNull();
        assertThat(file.length()).isEqualTo(1);
    }

    /** Of a setting that is for writing only; of other files root may read all. */
    @ParameterizedTest
    @MethodSource("wholeFilesOfBothWays")
    void whatMayNotBeReadIsDenied(WholeFile file) {
        String forWriting = "/proc/sys/vm/compact_memory";
        assumeTrue(Files.exists(Path.of(forWriting)));
        assertThat(file.read(forWriting)).isEqualTo("EACCES");
    }

    @ParameterizedTest
    @MethodSource("bothWays")
    void aProcessThatEndsWhileItsFileIsOpenIsNoSuchProcess(FileCalls calls) throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        calls.open("/proc/" + process.pid() + "/stat");
        try {
            process.destroyForcibly().waitFor();
            assertThatThrownBy(() -> calls.read(new byte[100], 0, 100))
                    .isInstanceOfSatisfying(
                            IOException.class, e -> assertThat(Outcome.of(e)).isEqualTo(Outcome.ESRCH));
        } finally {
            calls.close();
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @MethodSource("bothWays")
    void readsOnWhereItStoppedAndWhatWasAppended(FileCalls calls) throws IOException {
        Path growing = Files.writeString(folder.resolve("growing"), "first second ");
        byte[] into = "..........................".getBytes(StandardCharsets.US_ASCII);
        calls.open(growing.toString());
        assertThat(calls.read(into, 2, 6)).isEqualTo(6);
        assertThat(calls.read(into, 8, 18)).isEqualTo(7);
        assertThat(calls.read(into, 15, 11)).isLessThanOrEqualTo(0);
        Files.writeString(growing, "third", StandardOpenOption.APPEND);
        assertThat(calls.read(into, 15, 11)).isEqualTo(5);
        calls.close();
        assertThat(new String(into, StandardCharsets.US_ASCII)).isEqualTo("..first second third......");
    }

    @ParameterizedTest
    @MethodSource("bothWays")
    void waitsForAPipeAndTakesWhatThereIs(FileCalls calls) throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process writer =
                new ProcessBuilder("sh", "-c", "sleep 0.2; (printf one; sleep 0.2; printf two) >" + pipe).start();
        byte[] into = new byte[100];
        calls.open(pipe.toString());
        assertThat(calls.read(into, 0, 100)).isEqualTo(3);
        assertThat(calls.read(into, 3, 97)).isEqualTo(3);
        assertThat(calls.read(into, 6, 94)).isLessThanOrEqualTo(0);
        calls.close();
        assertThat(new String(into, 0, 6, StandardCharsets.US_ASCII)).isEqualTo("onetwo");
        assertThat(writer.waitFor()).isZero();
    }

    @ParameterizedTest
    @MethodSource("wholeFilesOfBothWays")
    void keepsNoDescriptorWhateverHappens(WholeFile file) throws IOException {
        Path plain = Files.writeString(folder.resolve("kept"), "x".repeat(100));
        for (int i = 0; i < 20; i++) {
            file.read(plain.toString());
            file.read(plain.toString(), 10);
            file.read(plain.toString(), () -> true);
            file.read(folder.toString());
            file.read(folder.resolve("none").toString());
        }
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(links.map(FileCallsTest::target)).noneMatch(target -> target.startsWith(folder.toString()));
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** The JDK translates it, or says itself that it cannot. */
    @Test
    void leavesNamesThatNeedTranslationToTheJdk() {
        assertThat(NativeCalls.takes("/proc/1/stat")).isTrue();
        assertThat(NativeCalls.takes("/sys/fs/cgroup/x" + "y".repeat(1007))).isTrue();
        assertThat(NativeCalls.takes("/sys/fs/cgroup/x" + "y".repeat(1008))).isFalse();
        assertThat(NativeCalls.takes("/sys/fs/cgroup/caf\u00e9.slice")).isFalse();
        assertThat(NativeCalls.takes("/proc/1/st\0at")).isFalse();
        assertThat(NativeCalls.takes("")).isFalse();
        assertThat(new WholeFile(0, true).read("/proc/self/st\0at")).isEqualTo("EUNKNOWN");
    }
}
