package org.postmem.tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Torn, flipped and shuffled samples through the recogniser and every reader: answers, never an exception. */
class HostileEvidenceTest {
    private static final Path TESTDATA = Path.of(System.getProperty("postmem.root"), "testdata");
    private static final int LONGEST_SAMPLE = 64 << 10;

    private static List<Path> samples() throws IOException {
        List<Path> samples = new ArrayList<>();
        for (String folder : List.of("tools", "proc", "oom", "evidence", "bad")) {
            if (Files.isDirectory(TESTDATA.resolve(folder))) {
                try (Stream<Path> files = Files.walk(TESTDATA.resolve(folder))) {
                    files.filter(Files::isRegularFile).sorted().forEach(samples::add);
                }
            }
        }
        return samples;
    }

    /** Every reader is asked, whatever the text is taken for: a recogniser may be wrong about a torn one. */
    private static void readByAll(String name, byte[] text) throws IOException {
        EvidenceKind taken = EvidenceKind.of(name, text);
        EvidenceOrigin.host(taken, text);
        for (EveryReader.Reader reader : EveryReader.byName().values()) {
            reader.read(text);
        }
    }

    @Test
    void answersEverySampleCutFlippedAndShuffled() throws IOException {
        Random random = new Random(20261125);
        for (Path sample : samples()) {
            byte[] whole = Files.readAllBytes(sample);
            byte[] text = Arrays.copyOf(whole, Math.min(whole.length, LONGEST_SAMPLE));
            String name = sample.getFileName().toString();
            readByAll(name, text);
            readByAll(name, Arrays.copyOf(text, text.length == 0 ? 0 : random.nextInt(text.length)));
            byte[] flipped = text.clone();
            for (int i = 0; i < Math.min(20, text.length); i++) {
                flipped[random.nextInt(flipped.length)] = (byte) random.nextInt(256);
            }
            readByAll(name, flipped);
            List<String> words =
                    new ArrayList<>(List.of(new String(text, StandardCharsets.UTF_8).split("(?<=\\s)", -1)));
            if (words.size() < 5000) {
                Collections.shuffle(words.subList(words.size() / 2, words.size()), random);
                readByAll(name, String.join("", words).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void answersLinesThatAreMeantToHang() throws IOException {
        List<String> lines = List.of(
                "Linux " + "a".repeat(50_000) + " (" + "b".repeat(50_000),
                " ".repeat(100_000) + "x",
                "1234567890".repeat(20_000),
                "MiB Mem : " + "1.".repeat(50_000) + " total",
                "PID COMMAND RES\n" + "1 ".repeat(50_000),
                "top - 10:00:00 up load average: " + ",".repeat(60_000),
                "zzz ***" + "Sun ".repeat(20_000),
                "# hostname;interval;timestamp;" + ";".repeat(60_000) + "\nvm;1;2026-11-22 21:02:31 UTC"
                        + ";1".repeat(60_000),
                "1: x\n" + "0".repeat(60_000) + "K rw---",
                "{\"sysstat\": " + "[".repeat(60_000),
                "<?xml version=\"1.0\"?><sysstat>" + "<a>".repeat(20_000),
                "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"" + "x".repeat(1000)
                        + "\"><!ENTITY c \"&b;&b;\">]><sysstat>&c;",
                "Filesystem 1K-blocks Used Available Use% Mounted on\n" + "x ".repeat(50_000),
                "Filesystem 1K-blocks Used Available Use% Mounted on\ntmpfs 1 % 2 3% -",
                "99:99:99 kbmemfree\n",
                "Linux 5 (x) 99/99/99 _x_ (1 CPU)\n\n10:00:00 kbmemfree kbmemused\n10:10:00 1 2\n",
                "PID USER VIRT RES SHR COMMAND\n",
                "               total        used        free      shared  buff/cache   available\nMem:\nSwap:\n",
                "MEM x 99999999999 2026/11/22 21:05:16 1 4096",
                "MEM x 999999999 2026/11/22 21:05:16 1 " + "9".repeat(19) + " " + "9".repeat(19));
        for (String line : lines) {
            readByAll("x", line.getBytes(StandardCharsets.UTF_8));
            readByAll("x", (line + "\n").repeat(3).getBytes(StandardCharsets.UTF_8));
        }
    }
}
