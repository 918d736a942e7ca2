package org.postmem.synthetic;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.collector.archive.ArchiveReader;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.GroupedText;
import org.postmem.collector.archive.Snapshot;
import org.postmem.collector.archive.UnchangedText;

/**
 * A recorded capture of a quiet host, told again over days: each new snapshot is one of the recorded ones, drawn from a
 * seed, at another time, in which one process or one tmpfs holds so many bytes more. The texts stay the kernel's own; in
 * them only the lines change that such growth changes. Processes that were not there all the time are left out, and so is
 * what would contradict the growth (cgroup counters, single mappings, descriptors); counters stand still.
 */
final class LongCapture {
    private static final Instant START = Instant.parse("2026-11-02T00:00:00Z");
    private static final long UPTIME_SECONDS = 864_000;
    private static final double NOISE_BYTES = 1 << 19;
    private static final int PAGE_BITS = 12;

    /** Counters would run backwards when snapshots are drawn: they stay at the first one's. */
    private static final Set<String> STANDING_STILL = Set.of(
            "proc/vmstat", "proc/stat", "proc/pressure/memory", "proc/pressure/io", "proc/pressure/cpu", "pid/stat");

    private static final Set<String> LEFT_OUT = Set.of("pid/smaps", "pid/smaps_rollup", "pid/fd", "numa/meminfo");

    private final byte[] captureJson;
    private final List<Map<String, byte[]>> frames;
    private final Map<String, Object> summary;
    private final Set<String> pids;

    private LongCapture(
            byte[] captureJson, List<Map<String, byte[]>> frames, Map<String, Object> summary, Set<String> pids) {
        this.captureJson = captureJson;
        this.frames = frames;
        this.summary = summary;
        this.pids = pids;
    }

    /** Reads what is to be told again. */
    static LongCapture of(Path recorded) throws IOException {
        List<Map<String, byte[]>> frames = new ArrayList<>();
        Map<String, Map<String, byte[]>> carried = new LinkedHashMap<>();
        Set<String> pids = null;
        byte[] captureJson = null;
        Map<String, Object> summary = null;
        try (ArchiveReader reader = ArchiveReader.open(recorded)) {
            for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
                Map<String, byte[]> frame = new LinkedHashMap<>();
                for (Map.Entry<String, byte[]> member : snapshot.members().entrySet()) {
                    String name = member.getKey();
                    if (name.equals(UnchangedText.ENTRY)) {
                        // those are carried anyway
                        continue;
                    }
                    if (name.startsWith("pid/")) {
                        Map<String, byte[]> blocks = carried.computeIfAbsent(name, n -> new LinkedHashMap<>());
                        for (GroupedText.Block block : GroupedText.read(member.getValue())) {
                            blocks.put(block.key(), block.text());
                        }
                    } else if (!name.startsWith("cgroup/")) {
                        frame.put(name, member.getValue());
                    }
                }
                Set<String> alive = new TreeSet<>();
                for (GroupedText.Block block :
                        GroupedText.read(snapshot.members().getOrDefault("pid/stat", new byte[0]))) {
                    alive.add(block.key());
                }
                UnchangedText.forEach(
                        snapshot.members().getOrDefault(UnchangedText.ENTRY, new byte[0]),
                        (pid, statSnapshot) -> alive.add(Integer.toString(pid)),
                        offset -> {});
                if (pids == null) {
                    pids = alive;
                    captureJson = snapshot.captureJson();
                    summary = snapshot.summary();
                }
                pids.retainAll(alive);
                for (Map.Entry<String, Map<String, byte[]>> group : carried.entrySet()) {
                    GroupedText.Writer writer = new GroupedText.Writer();
                    group.getValue().forEach(writer::add);
                    frame.put(group.getKey(), writer.toByteArray());
                }
                frame.keySet().removeAll(LEFT_OUT);
                frames.add(frame);
            }
        } catch (GroupedText.MalformedGroupException e) {
            throw new IOException(recorded + ": " + e.getMessage(), e);
        }
        return new LongCapture(captureJson, frames, summary, pids);
    }

    /** Who is there all the time, by the name in its status. */
    int pidOf(String comm) throws IOException {
        try {
            for (GroupedText.Block block :
                    GroupedText.read(frames.get(frames.size() - 1).get("pid/status"))) {
                if (pids.contains(block.key()) && new String(block.text(), UTF_8).startsWith("Name:\t" + comm + "\n")) {
                    return Integer.parseInt(block.key());
                }
            }
        } catch (GroupedText.MalformedGroupException e) {
            throw new IOException(e);
        }
        throw new IOException("no process named " + comm + " was there all the time");
    }

    static Instant start() {
        return START;
    }

    /**
     * Writes it.
     *
     * @param growth of whom, by how many bytes at so many seconds from the start
     */
    void write(Path archive, Duration interval, int snapshots, long seed, List<Growth> growth) throws IOException {
        Random random = new Random(seed);
        byte[] capture = new String(captureJson, UTF_8)
                .replaceAll("\"interval_seconds\":[0-9.]+", "\"interval_seconds\":" + interval.toSeconds() + ".0")
                .replaceAll("\"started_at\":\"[^\"]+\"", "\"started_at\":\"" + START + "\"")
                .getBytes(UTF_8);
        try (ArchiveWriter writer = ArchiveWriter.create(
                archive,
                ArchiveWriter.Options.standard(Compression.ZSTD),
                capture,
                Clock.fixed(START, ZoneOffset.UTC),
                segment -> {})) {
            for (int i = 0; i < snapshots; i++) {
                double seconds = i * (double) interval.toSeconds();
                Instant at = START.plusSeconds((long) seconds);
                Map<String, byte[]> frame = frames.get(i == 0 ? 0 : random.nextInt(frames.size()));
                Map<String, Long> bytes = new LinkedHashMap<>();
                for (Growth one : growth) {
                    double noise = one.noisy() ? random.nextGaussian() * NOISE_BYTES : 0;
                    long grown = Math.round(one.bytes().applyAsDouble(seconds) + noise);
                    bytes.put(one.name(), Math.max(0, grown >> PAGE_BITS << PAGE_BITS));
                }
                writer.beginSnapshot(i + 1, at);
                for (Map.Entry<String, byte[]> member : frame.entrySet()) {
                    String name = member.getKey();
                    byte[] text = STANDING_STILL.contains(name) ? frames.get(0).get(name) : member.getValue();
                    writer.entry(name, retold(name, text, seconds, growth, bytes));
                }
                Map<String, Object> told = new LinkedHashMap<>(summary);
                told.keySet().removeAll(Set.of("snapshot", "segment", "frame_sha256", "crc32c"));
                told.put("wall_clock", at.toString());
                told.put("monotonic_ns", Math.round((UPTIME_SECONDS + seconds) * 1e9));
                told.put("uptime_seconds", UPTIME_SECONDS + seconds);
                told.put("missed_ticks", 0L);
                writer.endSnapshot(told);
            }
        }
    }

    /**
     * What grows.
     *
     * @param name of a tmpfs' mount point when it begins with a slash, else the pid of a process
     * @param bytes more than was recorded, of the seconds since the start
     */
    record Growth(String name, boolean noisy, DoubleUnaryOperator bytes) {
        boolean isMount() {
            return name.startsWith("/");
        }
    }

    private byte[] retold(String name, byte[] text, double seconds, List<Growth> growth, Map<String, Long> bytes)
            throws IOException {
        if (name.startsWith("pid/")) {
            return processes(name, text, growth, bytes);
        }
        String changed = new String(text, UTF_8);
        switch (name) {
            case "proc/uptime" -> changed = String.format(Locale.ROOT, "%.2f 0.00\n", UPTIME_SECONDS + seconds);
            case "proc/meminfo" -> {
                for (Growth one : growth) {
                    long kilobytes = bytes.get(one.name()) / 1024;
                    changed = one.isMount()
                            ? add(add(changed, "Shmem", kilobytes), "Cached", kilobytes)
                            : add(changed, "AnonPages", kilobytes);
                    changed = add(add(changed, "MemFree", -kilobytes), "MemAvailable", -kilobytes);
                }
            }
            case "fs/statvfs" -> {
                for (Growth one : growth) {
                    changed = one.isMount() ? filled(changed, one.name(), bytes.get(one.name())) : changed;
                }
            }
            default -> {
                return text;
            }
        }
        return changed.getBytes(UTF_8);
    }

    private byte[] processes(String name, byte[] text, List<Growth> growth, Map<String, Long> bytes)
            throws IOException {
        GroupedText.Writer writer = new GroupedText.Writer();
        try {
            // what a process that grows had is that of the last one recorded: its own warming up is over then
            Map<String, byte[]> last = new LinkedHashMap<>();
            for (GroupedText.Block block :
                    GroupedText.read(frames.get(frames.size() - 1).get(name))) {
                last.put(block.key(), block.text());
            }
            for (GroupedText.Block block : GroupedText.read(text)) {
                if (!pids.contains(block.key())) {
                    continue;
                }
                byte[] told = block.text();
                for (Growth one : growth) {
                    if (one.name().equals(block.key()) && !STANDING_STILL.contains(name)) {
                        told = process(name, last.get(block.key()), bytes.get(one.name()));
                    }
                }
                writer.add(block.key(), told);
            }
        } catch (GroupedText.MalformedGroupException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
        return writer.toByteArray();
    }

    private static byte[] process(String name, byte[] text, long bytes) throws IOException {
        String changed = new String(text, UTF_8);
        if (name.equals("pid/status")) {
            for (String key : List.of("VmPeak", "VmSize", "VmHWM", "VmRSS", "RssAnon", "VmData")) {
                changed = add(changed, key, bytes / 1024);
            }
        } else if (name.equals("pid/statm")) {
            String[] pages = changed.trim().split(" ");
            for (int i : new int[] {0, 1, 5}) {
                pages[i] = Long.toString(Long.parseLong(pages[i]) + (bytes >> PAGE_BITS));
            }
            changed = String.join(" ", pages) + "\n";
        }
        return changed.getBytes(UTF_8);
    }

    /** Adds to the value of a line {@code Key:   123 kB}. */
    private static String add(String text, String key, long kilobytes) throws IOException {
        Matcher line = Pattern.compile("(?m)^(" + key + ":\\s+)(\\d+)( kB)$").matcher(text);
        if (!line.find()) {
            throw new IOException("no line " + key);
        }
        long value = Long.parseLong(line.group(2)) + kilobytes;
        if (value < 0) {
            throw new IOException(key + " would be negative: the shape takes more than the host has");
        }
        return text.substring(0, line.start()) + line.group(1) + value + line.group(3) + text.substring(line.end());
    }

    /** Takes from the free and available bytes of a mount: {@code 4026531841 0:23 tmpfs 704962560 704888832 704888832 /run}. */
    private static String filled(String text, String mount, long bytes) {
        Matcher line = Pattern.compile("(?m)^(\\S+ \\S+ tmpfs \\d+) (\\d+) (\\d+) (" + Pattern.quote(mount) + ")$")
                .matcher(text);
        return line.replaceFirst(found -> found.group(1) + " " + (Long.parseLong(found.group(2)) - bytes) + " "
                + (Long.parseLong(found.group(3)) - bytes) + " " + found.group(4));
    }
}
