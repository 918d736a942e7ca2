package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ThinnedSegmentTest {
    private static final Thinning MINUTES = new Thinning(Set.of(), Set.of(0, 1), Set.of());
    private static final Thinning LASTING = new Thinning(Set.of(), Set.of(), Set.of(0, 1));

    @TempDir
    Path folder;

    /** A host as the collector stores it, whose processes come, go, sleep and grow; a pid is used again. */
    private static final class Host {
        private final Random random = new Random(7);
        /** By pid, then kind; the start time is the one of "stat". */
        private final Map<Integer, Map<String, String>> living = new TreeMap<>();

        private final Map<Integer, Map<String, String>> stored = new HashMap<>();
        private final Map<Integer, Integer> statIn = new HashMap<>();
        private final Map<String, String> settings = new TreeMap<>(Map.of("proc/sys/vm/swappiness", "60\n"));
        private final Map<String, String> storedSettings = new HashMap<>();
        private int born;

        Host(int processes) {
            for (int pid = 1; pid <= processes; pid++) {
                start(pid);
            }
        }

        private void start(int pid) {
            born++;
            living.put(pid, new LinkedHashMap<>());
            stored.remove(pid);
            statIn.remove(pid);
            put(pid, "stat", line(pid, born, 0));
            put(pid, "status", "Name: p" + born + "\nVmRSS: " + random.nextInt(100_000) + " kB\n");
            put(pid, "oom_score", born + "\n");
            put(pid, "cmdline", "/usr/bin/p" + born + "\0--serve\0");
            put(pid, "limits", "Max open files " + born + "\n");
        }

        /** Field 22 is when it was started. */
        private static String line(int pid, int start, int cpu) {
            return pid + " (p (x) " + start + ") S 1 1 1 0 -1 4194560 1 1 1 1 " + cpu + " 1 5 5 20 0 1 0 " + start
                    + " 174108672 3180\n";
        }

        private void put(int pid, String kind, String text) {
            living.get(pid).put(kind, text);
        }

        void live() {
            for (int pid : List.copyOf(living.keySet())) {
                int what = random.nextInt(60);
                String stat = living.get(pid).get("stat");
                int start = Integer.parseInt(
                        stat.substring(0, stat.indexOf(" 174108672")).replaceFirst(".* ", ""));
                if (what < 4) {
                    put(pid, "stat", line(pid, start, random.nextInt(1000)));
                    put(pid, "status", "Name: p" + start + "\nVmRSS: " + random.nextInt(100_000) + " kB\n");
                } else if (what == 4) {
                    put(pid, "smaps_rollup", "Pss: " + random.nextInt(100_000) + " kB\n");
                } else if (what == 5 && pid > 1) {
                    living.remove(pid);
                } else if (what == 6 && pid > 1) {
                    // another one of the same number, of which less is told
                    start(pid);
                    living.get(pid).remove("limits");
                } else if (what == 7 && !living.containsKey(pid + 1)) {
                    start(pid + 1);
                }
            }
            if (random.nextInt(10) == 0) {
                settings.put("proc/sys/vm/swappiness", random.nextInt(100) + "\n");
                settings.put("proc/modules", "nf_tables " + random.nextInt(1000) + "\n");
            }
        }

        void segmentStarts() {
            stored.clear();
            statIn.clear();
            storedSettings.clear();
        }

        void write(ArchiveWriter writer, int number, boolean pass) throws IOException {
            writer.entry("proc/meminfo", Archives.utf8("MemFree: " + random.nextInt(1_000_000) + " kB\n"));
            if (pass) {
                processes(writer, number);
            }
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                if (!setting.getValue().equals(storedSettings.put(setting.getKey(), setting.getValue()))) {
                    writer.entry(setting.getKey(), Archives.utf8(setting.getValue()));
                }
            }
        }

        private void processes(ArchiveWriter writer, int number) throws IOException {
            Map<String, GroupedText.Writer> groups = new TreeMap<>();
            UnchangedText.Writer unchanged = new UnchangedText.Writer();
            stored.keySet().retainAll(living.keySet());
            living.forEach((pid, texts) -> texts.forEach((kind, text) -> {
                String before =
                        stored.computeIfAbsent(pid, p -> new HashMap<>()).put(kind, text);
                if (!text.equals(before)) {
                    groups.computeIfAbsent("pid/" + kind, k -> new GroupedText.Writer())
                            .add(Integer.toString(pid), Archives.utf8(text));
                    if (kind.equals("stat")) {
                        statIn.put(pid, number);
                    }
                } else if (kind.equals("stat")) {
                    unchanged.add(pid, statIn.get(pid));
                }
            }));
            for (Map.Entry<String, GroupedText.Writer> group : groups.entrySet()) {
                writer.entry(group.getKey(), group.getValue());
            }
            if (unchanged.length() > 0) {
                writer.entry(UnchangedText.ENTRY, unchanged.array(), 0, unchanged.length());
            }
        }
    }

    private static Map<String, Object> summary(int number, long monotonicNanos, boolean slow) {
        Map<String, Object> summary = new LinkedHashMap<>(Archives.summary(number));
        summary.put("monotonic_ns", monotonicNanos);
        summary.put("tiers", slow ? List.of("tick", "slow") : List.of("tick"));
        return summary;
    }

    /** 300 snapshots a second apart in two segments, of which every {@code passes}-th tells of the processes. */
    private ArchiveWriter host(Compression compression, int passes) throws IOException {
        Host host = new Host(40);
        ArchiveWriter writer = ArchiveWriter.create(
                folder.resolve("lab"),
                Archives.options(compression, 150),
                Archives.CAPTURE,
                Archives.CLOCK,
                segment -> host.segmentStarts());
        for (int number = 1; number <= 320; number++) {
            host.live();
            writer.beginSnapshot(number, Archives.CLOCK.instant().plusSeconds(number));
            boolean opens = number % 150 == 1;
            host.write(writer, number, opens || number % passes == 0);
            writer.endSnapshot(summary(number, TimeUnit.SECONDS.toNanos(number), number % 6 == 1));
        }
        return writer;
    }

    /** What a reader makes of an archive that keeps to the format: a line a text, those carried forward included. */
    private static Map<Integer, List<String>> resolved(Path path) throws IOException {
        Map<Integer, List<String>> snapshots = new TreeMap<>();
        Map<String, String> files = new TreeMap<>();
        Map<String, Map<String, String>> texts = new TreeMap<>();
        Map<String, Integer> statIn = new HashMap<>();
        try (ArchiveReader reader = ArchiveReader.open(path)) {
            for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
                if (snapshot.forgetCarried()) {
                    files.clear();
                    texts.clear();
                    statIn.clear();
                }
                files.remove("proc/meminfo");
                Set<String> living = new java.util.TreeSet<>();
                boolean pass = false;
                for (Map.Entry<String, byte[]> member : snapshot.members().entrySet()) {
                    String name = member.getKey();
                    if (name.equals(UnchangedText.ENTRY)) {
                        pass = true;
                        UnchangedText.forEach(
                                member.getValue(),
                                (pid, named) -> {
                                    assertThat(statIn).containsEntry(Integer.toString(pid), named);
                                    living.add(Integer.toString(pid));
                                },
                                offset -> {
                                    throw new AssertionError("line at " + offset);
                                });
                    } else if (name.startsWith("pid/")) {
                        String kind = name.replaceFirst("\\.\\d+$", "");
                        pass |= kind.equals("pid/stat");
                        for (GroupedText.Block block : blocks(member.getValue())) {
                            String text = new String(block.text(), StandardCharsets.UTF_8);
                            Map<String, String> of = texts.computeIfAbsent(block.key(), k -> new TreeMap<>());
                            if (kind.equals("pid/stat")) {
                                living.add(block.key());
                                statIn.put(block.key(), snapshot.number());
                                String before = of.get(kind);
                                if (before != null && !start(before).equals(start(text))) {
                                    Map<String, String> own = texts.get("own " + block.key());
                                    of.clear();
                                    if (own != null) {
                                        of.putAll(own);
                                    }
                                }
                            }
                            texts.computeIfAbsent("own " + block.key(), k -> new TreeMap<>())
                                    .put(kind, text);
                            of.put(kind, text);
                        }
                    } else {
                        files.put(name, new String(member.getValue(), StandardCharsets.UTF_8));
                    }
                }
                texts.keySet().removeIf(key -> key.startsWith("own "));
                List<String> lines = new ArrayList<>();
                files.forEach((name, text) -> lines.add(name + " " + text));
                if (pass) {
                    texts.keySet().retainAll(living);
                    statIn.keySet().retainAll(living);
                    texts.forEach((pid, kinds) -> kinds.forEach((kind, text) -> lines.add(pid + kind + " " + text)));
                }
                Map<String, Object> summary = new TreeMap<>(snapshot.summary());
                summary.keySet().removeAll(Set.of("crc32c", "frame_sha256"));
                lines.add(summary.toString());
                snapshots.put(snapshot.number(), lines);
            }
        }
        return snapshots;
    }

    private static String start(String stat) {
        int end = stat.indexOf(" 174108672");
        return end < 0 ? stat : stat.substring(0, end).replaceFirst(".* ", "");
    }

    private static List<GroupedText.Block> blocks(byte[] entry) {
        try {
            return GroupedText.read(entry);
        } catch (GroupedText.MalformedGroupException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Integer> behind(int segments, Map<Integer, ?> snapshots) {
        return snapshots.keySet().stream()
                .filter(number -> number <= 150 * segments)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void everySnapshotThatIsLeftSaysWhatItSaidBefore(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = host(compression, 1)) {
            Map<Integer, List<String>> before = resolved(path);
            long bytes = writer.bytes();
            writer.shorten(MINUTES);
            Map<Integer, List<String>> after = resolved(path);
            // the first in a minute that has the slow tier
            assertThat(behind(2, after)).containsExactly(1, 61, 121, 151, 211, 271);
            after.forEach((number, lines) ->
                    assertThat(lines).as("snapshot " + number).isEqualTo(before.get(number)));
            assertThat(after.keySet())
                    .containsAll(IntStream.rangeClosed(301, 320).boxed().toList());
            assertThat(writer.bytes()).isLessThan(bytes / 2);
            assertThat(ArchiveVerifier.verify(path).damages()).isEmpty();
            assertThat(Files.size(path)).isEqualTo(writer.bytes());
        }
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path);
        assertThat(result.whole()).isTrue();
        assertThat(result.segments())
                .extracting(segment -> segment.segment() + " " + segment.readable() + " " + segment.detail())
                .containsExactly(
                        "0 3 segment 0 thinned by the collector: snapshots 1 to 150",
                        "1 3 segment 1 thinned by the collector: snapshots 151 to 300",
                        "2 20 null");
    }

    @ParameterizedTest
    @EnumSource
    void whereFewSnapshotsTellOfTheProcessesTheLastBeforeOneThatIsLeftIsLeftAsWell(Compression compression)
            throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = host(compression, 40)) {
            Map<Integer, List<String>> before = resolved(path);
            writer.shorten(MINUTES);
            Map<Integer, List<String>> after = resolved(path);
            assertThat(behind(1, after)).containsExactly(1, 40, 61, 120);
            after.forEach((number, lines) ->
                    assertThat(lines).as("snapshot " + number).isEqualTo(before.get(number)));
        }
        assertThat(ArchiveVerifier.verify(path).whole()).isTrue();
    }

    /** Two processes; in snapshot 20 the second changes, and in snapshot 30 there is no descriptor to read it with. */
    private ArchiveWriter starved(Compression compression) throws IOException {
        ArchiveWriter writer = ArchiveWriter.create(
                folder.resolve("lab"),
                Archives.options(compression, 90),
                Archives.CAPTURE,
                Archives.CLOCK,
                segment -> {});
        for (int number = 1; number <= 90; number++) {
            writer.beginSnapshot(number, Archives.CLOCK.instant().plusSeconds(number));
            GroupedText.Writer stat = new GroupedText.Writer();
            UnchangedText.Writer unchanged = new UnchangedText.Writer();
            Map<String, Object> summary = summary(number, TimeUnit.SECONDS.toNanos(number), number % 6 == 1);
            if (number == 1) {
                stat.add("1", Archives.utf8(Host.line(1, 1, 0)));
            } else {
                unchanged.add(1, 1);
            }
            if (number == 1 || number == 20) {
                stat.add("7", Archives.utf8(Host.line(7, 5, number)));
                GroupedText.Writer status = new GroupedText.Writer();
                status.add("7", Archives.utf8("VmRSS: " + number + " kB\n"));
                writer.entry("pid/status", status);
            } else if (number == 30) {
                summary.put(
                        "reads",
                        Map.of("not_ok", List.of(Map.of("path", "proc/*/stat", "outcome", "EMFILE", "count", 1))));
            } else {
                unchanged.add(7, number < 20 ? 1 : 20);
            }
            writer.entry("pid/stat", stat);
            writer.entry(UnchangedText.ENTRY, Arrays.copyOf(unchanged.array(), unchanged.length()));
            writer.endSnapshot(summary);
        }
        return writer;
    }

    @ParameterizedTest
    @EnumSource
    void whoCouldNotBeReadForWantOfDescriptorsIsNotTakenForGone(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = starved(compression)) {
            writer.shorten(new Thinning(Set.of(), Set.of(0), Set.of()));
        }
        List<String> left = new ArrayList<>();
        try (ArchiveReader reader = ArchiveReader.open(path)) {
            for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
                for (String kind : List.of("pid/stat", "pid/status")) {
                    for (GroupedText.Block block : blocks(snapshot.members().getOrDefault(kind, new byte[0]))) {
                        left.add(snapshot.number() + " " + new String(block.text(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
        assertThat(left)
                .containsExactly(
                        "1 " + Host.line(1, 1, 0),
                        "1 " + Host.line(7, 5, 1),
                        "1 VmRSS: 1 kB\n",
                        "61 " + Host.line(7, 5, 20),
                        "61 VmRSS: 20 kB\n");
        assertThat(ArchiveVerifier.verify(path).whole()).isTrue();
    }

    /** A file for one of whose writes the machine has no memory: when so many are left that it becomes 1. */
    private static ArchiveFile starving(Path path, AtomicInteger left) throws IOException {
        ArchiveFile file = ArchiveFile.create(path);
        return new ArchiveFileAround(file) {
            @Override
            public void write(long position, byte[] bytes, int offset, int length) throws IOException {
                if (left.getAndDecrement() == 1) {
                    throw new OutOfMemoryError("Java heap space");
                }
                file.write(position, bytes, offset, length);
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void wantOfMemoryAtAnyWriteLeavesTheOldArchiveAndItGoesOn(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = host(compression, 1)) {
            byte[] before = Files.readAllBytes(path);
            int starved = 0;
            boolean done = false;
            while (!done) {
                AtomicInteger left = new AtomicInteger(++starved);
                try {
                    writer.shorten(MINUTES, shortened -> starving(shortened, left));
                    left.set(0);
                    done = true;
                } catch (OutOfMemoryError e) {
                    assertThat(Files.readAllBytes(path)).as("write " + starved).isEqualTo(before);
                    assertThat(folder.toFile().list()).containsExactly("lab");
                }
            }
            assertThat(starved).isGreaterThan(2);
            assertThat(behind(2, resolved(path))).containsExactly(1, 61, 121, 151, 211, 271);
            Archives.write(writer, 321);
        }
        assertThat(ArchiveVerifier.verify(path).whole()).isTrue();
        assertThat(ArchiveVerifier.verify(path).lastSnapshot()).isEqualTo(321);
    }

    @ParameterizedTest
    @EnumSource
    void aStepIsMadeOnceAndTheLastLeavesTheFirstSnapshot(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = host(compression, 1)) {
            List<String> first = resolved(path).get(151);
            writer.shorten(MINUTES);
            assertThat(writer.closedSegments())
                    .extracting(ClosedSegment::minutes)
                    .containsExactly(0, 0);
            assertThat(writer.closedSegments())
                    .extracting(ClosedSegment::lasting)
                    .containsExactly(1, 1);
            byte[] thinned = Files.readAllBytes(path);
            writer.shorten(MINUTES);
            assertThat(Files.readAllBytes(path)).isEqualTo(thinned);
            writer.shorten(LASTING);
            assertThat(behind(2, resolved(path))).containsExactly(1, 151);
            assertThat(resolved(path).get(151)).isEqualTo(first);
            assertThat(writer.closedSegments())
                    .extracting(ClosedSegment::lasting)
                    .containsExactly(0, 0);
        }
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path);
        assertThat(result.whole()).isTrue();
        assertThat(result.segments().get(1).detail())
                .isEqualTo("segment 1 thinned by the collector: snapshots 151 to 300");
    }

    @ParameterizedTest
    @EnumSource
    void aDiskFullAtAnyByteLeavesTheOldArchive(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = host(compression, 1)) {
            writer.shorten(new Thinning(Set.of(), Set.of(), Set.of(0)));
            byte[] before = Files.readAllBytes(path);
            long start = writer.closedSegments().get(0).end();
            long behind = before.length - writer.closedSegments().get(1).end();
            Thinning second = new Thinning(Set.of(), Set.of(1), Set.of());
            // where the segment is written anew, and the first bytes behind it
            long capacity = start;
            boolean written = false;
            while (!written) {
                long room = capacity;
                try {
                    writer.shorten(second, at -> new DroppedSegmentsTest.Full(ArchiveFile.create(at), room));
                    written = true;
                } catch (IOException e) {
                    assertThat(e).hasMessage("No space left on device");
                    assertThat(Files.readAllBytes(path)).isEqualTo(before);
                    assertThat(folder.toFile().list()).containsExactly("lab");
                    capacity += capacity < before.length - behind - 3000 ? 31 : 997;
                }
            }
            assertThat(capacity).isBetween(Files.size(path), Files.size(path) + 1000);
        } catch (ArchiveWriteException e) {
            // the disk is as full as it was for the trailer
            assertThat(e).hasMessageContaining("No space left on device");
        }
        assertThat(ArchiveVerifier.verify(path).damages()).isEmpty();
        assertThat(behind(2, resolved(path))).containsExactly(1, 151, 211, 271);
    }

    @Test
    void aSegmentThatDoesNotHoldStaysAsItIs() throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = host(Compression.ZSTD, 1)) {
            byte[] bytes = Files.readAllBytes(path);
            bytes[(int) writer.closedSegments().get(0).end() / 2] ^= 1;
            Files.write(path, bytes);
            writer.shorten(MINUTES);
            assertThat(writer.closedSegments())
                    .extracting(ClosedSegment::lasting)
                    .containsExactly(0, 1);
        }
        ArchiveVerifier.Result result = ArchiveVerifier.verify(path);
        assertThat(result.segments())
                .extracting(SegmentState::state)
                .containsExactly(SegmentState.State.DAMAGED, SegmentState.State.INTACT, SegmentState.State.INTACT);
    }

    @Test
    void whatIsNoSmallerThanBeforeStaysWholeAndIsNotTriedAgain() throws IOException {
        Path path = folder.resolve("lab");
        Random random = new Random(3);
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(Compression.ZSTD, 3), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
            for (int number = 1; number <= 4; number++) {
                byte[] noise = new byte[3000];
                random.nextBytes(noise);
                writer.beginSnapshot(number);
                if (number == 2) {
                    // carried into the third: there is nothing to save
                    writer.entry("proc/sys/kernel/random", noise);
                }
                writer.endSnapshot(summary(number, TimeUnit.SECONDS.toNanos(80L * (number / 3)), true));
            }
            byte[] before = Files.readAllBytes(path);
            assertThat(writer.closedSegments().get(0).minutes()).isEqualTo(2);
            writer.shorten(MINUTES);
            assertThat(writer.closedSegments().get(0).minutes()).isZero();
            assertThat(Files.readAllBytes(path)).isEqualTo(before);
        }
        assertThat(ArchiveVerifier.verify(path).whole()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void snapshotsWithTheKernelsLogOrATriggerAreLeftByEveryStep(Compression compression) throws IOException {
        Path path = folder.resolve("lab");
        try (ArchiveWriter writer = ArchiveWriter.create(
                path, Archives.options(compression, 30), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
            for (int number = 1; number <= 31; number++) {
                writer.beginSnapshot(number);
                Map<String, byte[]> members = Archives.members(number);
                for (Map.Entry<String, byte[]> member : members.entrySet()) {
                    writer.entry(member.getKey(), member.getValue());
                }
                Map<String, Object> summary = summary(number, TimeUnit.SECONDS.toNanos(10L * number), false);
                if (number == 5) {
                    writer.entry("host/kmsg", Archives.utf8("6,1,1;a line of the kernel\n"));
                }
                if (number == 9) {
                    summary.put("trigger", "oom-kill: 1 more");
                }
                writer.endSnapshot(summary);
            }
            assertThat(writer.closedSegments().get(0).thinBytes()).isZero();
            writer.shorten(MINUTES);
            assertThat(resolved(path).keySet()).containsExactly(1, 5, 9, 15, 21, 27, 31);
            writer.shorten(LASTING);
            assertThat(resolved(path).keySet()).containsExactly(1, 5, 9, 31);
        }
        try (ArchiveReader reader = ArchiveReader.open(path)) {
            reader.next();
            assertThat(reader.next().hostMembers()).containsOnlyKeys("host/kmsg");
        }
        assertThat(ArchiveVerifier.verify(path).whole()).isTrue();
    }
}
