package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Small archives whose every byte is known. */
final class Archives {
    static final byte[] CAPTURE = utf8("{\"format\":1,\"collector\":\"0.1.0\",\"host\":\"lab\",\"page_bytes\":4096}");
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC);

    private Archives() {}

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static ArchiveWriter.Options options(Compression compression, int perSegment) {
        return new ArchiveWriter.Options(compression, perSegment, 0);
    }

    /** Snapshots 1 to {@code count}; gives the size of the file after each. */
    static List<Long> write(Path path, Compression compression, int perSegment, int count) throws IOException {
        List<Long> sizes = new ArrayList<>();
        try (ArchiveWriter writer =
                ArchiveWriter.create(path, options(compression, perSegment), CAPTURE, CLOCK, segment -> {})) {
            for (int number = 1; number <= count; number++) {
                write(writer, number);
                sizes.add(writer.bytes());
            }
        }
        return sizes;
    }

    static ArchiveWriter.Written write(ArchiveWriter writer, int number) throws IOException {
        writer.beginSnapshot(number, CLOCK.instant().plusSeconds(number));
        for (Map.Entry<String, byte[]> member : members(number).entrySet()) {
            writer.entry(member.getKey(), member.getValue());
        }
        return writer.endSnapshot(summary(number));
    }

    /** Nothing is to be left of these segments. */
    static Thinning dropping(Integer... segments) {
        return new Thinning(Set.of(segments), Set.of(), Set.of());
    }

    static Map<String, Object> summary(int number) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("wall_clock", CLOCK.instant().plusSeconds(number).toString());
        summary.put("processes", 2);
        return summary;
    }

    /** What snapshot {@code number} holds: texts that repeat, and some that do not compress. */
    static Map<String, byte[]> members(int number) {
        Random random = new Random(number);
        byte[] noise = new byte[120];
        random.nextBytes(noise);
        GroupedText.Writer stat = new GroupedText.Writer();
        stat.add("1", utf8("1 (init) S 0 1 1 " + number));
        stat.add("42", utf8("42 (a b) c) R 1 42 42 " + random.nextInt()));
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("proc/meminfo", utf8("MemTotal: 1000000 kB\nMemFree: " + random.nextInt(1_000_000) + " kB\n"));
        members.put("pid/stat", stat.toByteArray());
        members.put("sys/noise", noise);
        members.put("proc/empty", new byte[0]);
        return members;
    }

    /** One line a snapshot, all bytes included. */
    static String text(int number, Map<String, byte[]> members) {
        StringBuilder out = new StringBuilder().append(number);
        members.forEach((name, bytes) -> out.append(' ')
                .append(name)
                .append('=')
                .append(new String(bytes, StandardCharsets.ISO_8859_1).hashCode())
                .append('/')
                .append(bytes.length));
        return out.toString();
    }

    static List<String> expected(int... numbers) {
        List<String> lines = new ArrayList<>();
        for (int number : numbers) {
            lines.add(text(number, members(number)));
        }
        return lines;
    }

    static List<String> expectedUpTo(int count) {
        List<String> lines = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            lines.add(text(number, members(number)));
        }
        return lines;
    }

    /** What a reader reads, an archive that cannot be opened being no snapshots. */
    static List<String> readable(Path path) throws IOException {
        try (ArchiveReader reader = ArchiveReader.open(path)) {
            return readable(reader);
        } catch (ArchiveException e) {
            return List.of();
        }
    }

    static List<String> readable(ArchiveReader reader) throws IOException {
        List<String> lines = new ArrayList<>();
        Snapshot snapshot = reader.next();
        while (snapshot != null) {
            lines.add(text(snapshot.number(), snapshot.members()));
            snapshot = reader.next();
        }
        return lines;
    }
}
