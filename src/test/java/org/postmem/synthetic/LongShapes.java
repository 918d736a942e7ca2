package org.postmem.synthetic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import org.postmem.synthetic.LongCapture.Growth;

/**
 * Labelled captures of shapes that no recording in a guest can wait for: days and weeks. Made from the recorded capture of
 * a quiet guest and a seed; the same seed makes the same captures. They are synthetic, are named so in their truth, and are
 * scored apart.
 */
public final class LongShapes {
    private static final double MIB = 1 << 20;
    private static final double HOUR = 3600;
    private static final double DAY = 24 * HOUR;
    private static final Duration HALF_HOUR = Duration.ofMinutes(30);
    private static final int WEEK_OF_HALF_HOURS = 336;
    /** A process of the recorded guest that stands still for all of it. */
    private static final String SERVICE = "cached";

    private final LongCapture recorded;
    private final Path root;
    private final long seed;
    private final String pid;

    private LongShapes(LongCapture recorded, Path root, long seed) throws IOException {
        this.recorded = recorded;
        this.root = root;
        this.seed = seed;
        this.pid = Integer.toString(recorded.pidOf(SERVICE));
    }

    /** {@code LongShapes CAPTURE DIR [SEED]}: see {@link #write}. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2 || arguments.length > 3) {
            System.err.println(
                    "usage: LongShapes CAPTURE DIR [SEED]   CAPTURE: of a quiet guest, testdata/incidents/none");
            System.exit(2);
        }
        write(Path.of(arguments[0]), Path.of(arguments[1]), arguments.length == 3 ? Long.parseLong(arguments[2]) : 1);
    }

    /**
     * Makes all of them, a folder each.
     *
     * @param recorded capture of a quiet host
     * @param root where the folders go
     */
    public static void write(Path recorded, Path root, long seed) throws IOException {
        LongShapes shapes = new LongShapes(LongCapture.of(recorded), root, seed);
        shapes.healthy();
        shapes.leaking();
    }

    private void healthy() throws IOException {
        week("daily_cycle", null, heap(t -> 80 * MIB * day(t)));
        week("nightly_batch", null, heap(t -> t % DAY > 2 * HOUR && t % DAY < 3.5 * HOUR ? 200 * MIB : 0));
        week("cache_fills_for_days", null, heap(t -> 160 * MIB * (1 - Math.exp(-t / DAY))));
        week("tmpfs_cleaned_every_night", null, mount("/run", t -> 90 * MIB * (t % DAY) / DAY));
        week("deploy_on_wednesday", null, heap(t -> t < 2.4 * DAY ? 0 : 60 * MIB));
        shape("weekdays_and_weekends", Duration.ofHours(1), 336, null, heap(t -> 90 * MIB * day(t) * weekday(t)));
        shape("rising_half_of_a_day", Duration.ofMinutes(5), 145, null, heap(t -> 120 * MIB * day(t)));
    }

    private void leaking() throws IOException {
        week("slow_leak_for_a_week", heapTruth(0, 512), heap(t -> 512 * t));
        week("slow_leak_under_a_daily_cycle", heapTruth(0, 512), heap(t -> 512 * t + 60 * MIB * day(t)));
        week("leak_every_night", heapTruth(0, 270), heap(t -> Math.floor(t / DAY + 0.9) * 24 * MIB));
        week("leak_since_friday", heapTruth(4.5 * DAY, 1024), heap(t -> Math.max(0, t - 4.5 * DAY) * 1024));
        week("tmpfs_for_a_week", mountTruth("/run", 384), mount("/run", t -> 384 * t));
        shape("slow_leak_for_a_day", Duration.ofMinutes(5), 288, heapTruth(0, 2048), heap(t -> 2048 * t));
    }

    /** 0 at midnight, 1 at noon. */
    private static double day(double seconds) {
        return 0.5 - 0.5 * Math.cos(2 * Math.PI * seconds / DAY);
    }

    private static double weekday(double seconds) {
        return seconds / DAY % 7 < 5 ? 1 : 0.15;
    }

    private Growth heap(DoubleUnaryOperator bytes) {
        return new Growth(pid, true, bytes);
    }

    private static Growth mount(String path, DoubleUnaryOperator bytes) {
        return new Growth(path, false, bytes);
    }

    private record Leak(String kind, String culprit, double onsetSeconds, double rateBytesPerSecond) {}

    private Leak heapTruth(double onsetSeconds, double rate) {
        return new Leak(
                "private_anonymous",
                "{\"type\": \"process\", \"name\": \"" + SERVICE + "\", \"pid\": " + pid + "}",
                onsetSeconds,
                rate);
    }

    private static Leak mountTruth(String path, double rate) {
        return new Leak("tmpfs", "{\"type\": \"mount\", \"name\": \"" + path + "\"}", 0, rate);
    }

    private void week(String name, Leak leak, Growth... growth) throws IOException {
        shape(name, HALF_HOUR, WEEK_OF_HALF_HOURS, leak, growth);
    }

    private void shape(String name, Duration interval, int snapshots, Leak leak, Growth... growth) throws IOException {
        Path folder = Files.createDirectories(root.resolve(name));
        recorded.write(
                folder.resolve("capture.tar.zst"), interval, snapshots, seed * 31 + name.hashCode(), List.of(growth));
        List<String> members = new ArrayList<>(List.of("\"synthetic\": true", "\"healthy\": " + (leak == null)));
        if (leak != null) {
            members.add("\"kind\": \"" + leak.kind() + "\"");
            members.add("\"culprit\": " + leak.culprit());
            members.add("\"onset_epoch\": "
                    + LongCapture.start()
                            .plusSeconds((long) leak.onsetSeconds())
                            .getEpochSecond());
            members.add(String.format(Locale.ROOT, "\"rate_bytes_per_second\": %.0f", leak.rateBytesPerSecond()));
        }
        Files.writeString(folder.resolve("truth.json"), "{" + String.join(", ", members) + "}\n");
    }
}
