package org.postmem.collector.watch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;
import org.postmem.collector.archive.GroupedText;

/**
 * Looks at the texts of a snapshot on their way into the archive, and says when one of the {@link TriggerRules} is met.
 * Nothing is read for its sake. A level that stays reached is named once, and again when it has been left for five
 * minutes; a kernel without a file has no trigger of it.
 */
public final class TriggerWatch {
    private static final long SLOPE_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int SLOPE_SAMPLES = 4;
    /** Memory that falls while most of it is free is a program that starts, not a host in trouble. */
    private static final double SLOPE_BELOW_SHARE = 0.3;

    private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int LEVEL_SNAPSHOTS = 2;
    private static final int MAX_GROUPS = 5000;

    private final TriggerRules rules;
    private final long pageBytes;
    private final Map<String, Level> levels = new HashMap<>();
    private final Deque<Available> available = new ArrayDeque<>();
    private final Map<String, Counts> groups = new HashMap<>();
    private final List<GroupEvent> groupEvents = new ArrayList<>();

    private Long totalKilobytes;
    private Long availableKilobytes;
    private Long oomKills;
    private Long swappedPages;
    private Double pressureFull;

    private Long lastOomKills;
    private Long lastSwappedPages;
    private Long lastNanos;

    private record Available(long nanos, long kilobytes) {}

    private record Counts(long oom, long oomKill, long max, long nanos) {}

    private record GroupEvent(String path, long oom, long oomKill, double maxPerSecond) {}

    private static final class Level {
        private int held;
        private boolean named;
        private long lastHeldNanos;
    }

    /** @param pageBytes of the host: swapping is counted in pages */
    public TriggerWatch(TriggerRules rules, long pageBytes) {
        this.rules = rules;
        this.pageBytes = pageBytes;
    }

    /** A new snapshot begins. */
    public void begin() {
        totalKilobytes = null;
        availableKilobytes = null;
        oomKills = null;
        swappedPages = null;
        pressureFull = null;
        groupEvents.clear();
    }

    /** Takes an entry of the snapshot; most are of no interest. */
    public void entry(String name, byte[] bytes, int offset, int length, long nowNanos) {
        switch (name) {
            case "proc/meminfo" ->
                keyed(bytes, offset, length, (key, value) -> {
                    if (key.equals("MemTotal:")) {
                        totalKilobytes = value;
                    } else if (key.equals("MemAvailable:")) {
                        availableKilobytes = value;
                    }
                });
            case "proc/vmstat" ->
                keyed(bytes, offset, length, (key, value) -> {
                    if (key.equals("oom_kill")) {
                        oomKills = value;
                    } else if (key.equals("pswpin") || key.equals("pswpout")) {
                        swappedPages = value + (swappedPages == null ? 0 : swappedPages);
                    }
                });
            case "proc/pressure/memory" -> pressure(bytes, offset, length);
            default -> {
                if (name.startsWith("cgroup/memory.events") && !name.contains("local")) {
                    groups(bytes, offset, length, nowNanos);
                } else if (name.startsWith("cgroup/v1/memory.oom_control")) {
                    groups(bytes, offset, length, nowNanos);
                }
            }
        }
    }

    private void groups(byte[] bytes, int offset, int length, long nowNanos) {
        byte[] entry = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
        try {
            GroupedText.forEach(entry, (path, text, from, size) -> {
                long[] counts = new long[3];
                keyed(text, from, size, (key, value) -> {
                    switch (key) {
                        case "oom" -> counts[0] = value;
                        case "oom_kill" -> counts[1] = value;
                        case "max" -> counts[2] = value;
                        default -> {
                            // low, high, oom_group_kill, under_oom …
                        }
                    }
                });
                group(path, counts[0], counts[1], counts[2], nowNanos);
            });
        } catch (GroupedText.MalformedGroupException e) {
            throw new IllegalStateException("an entry of our own is malformed", e);
        }
    }

    private void group(String path, long oom, long oomKill, long max, long nowNanos) {
        if (groups.size() >= MAX_GROUPS && !groups.containsKey(path)) {
            return;
        }
        Counts before = groups.put(path, new Counts(oom, oomKill, max, nowNanos));
        if (before == null) {
            return;
        }
        double seconds = (nowNanos - before.nanos()) / 1e9;
        GroupEvent event = new GroupEvent(
                path,
                delta(before.oom(), oom),
                delta(before.oomKill(), oomKill),
                seconds <= 0 ? 0 : delta(before.max(), max) / seconds);
        if (event.oom() > 0 || event.oomKill() > 0 || event.maxPerSecond() > 0) {
            groupEvents.add(event);
        }
    }

    /** A counter that fell is another one that began at 0: a group of the same name was made anew. */
    private static long delta(long before, long now) {
        return now >= before ? now - before : now;
    }

    /**
     * Says which triggers fire, once all entries are taken.
     *
     * @return names with what was measured, like {@code "oom-kill: 1 more"}; empty when none does
     */
    public List<String> fired(long nowNanos) {
        List<String> fired = new ArrayList<>();
        if (rules.oomKill() && oomKills != null && lastOomKills != null && oomKills > lastOomKills) {
            fired.add("oom-kill: " + (oomKills - lastOomKills) + " more");
        }
        groupEvents(fired, nowNanos);
        available(fired, nowNanos);
        boolean pressed =
                rules.pressurePercent() != null && pressureFull != null && pressureFull >= rules.pressurePercent();
        if (level("pressure", pressed, nowNanos)) {
            fired.add(format("pressure: all tasks wait %.1f %% of the time", pressureFull));
        }
        swap(fired, nowNanos);
        // a file that could not be read once hides no kill
        lastOomKills = oomKills == null ? lastOomKills : oomKills;
        lastSwappedPages = swappedPages;
        lastNanos = nowNanos;
        return fired;
    }

    /** The deepest group is the one it happened in: counts go up to the parents. */
    private void groupEvents(List<String> fired, long nowNanos) {
        GroupEvent out = null;
        GroupEvent busiest = null;
        for (GroupEvent event : groupEvents) {
            if ((event.oom() > 0 || event.oomKill() > 0) && (out == null || deeper(event, out))) {
                out = event;
            }
            if (busiest == null || event.maxPerSecond() >= busiest.maxPerSecond()) {
                busiest = event;
            }
        }
        if (rules.cgroupOom() && out != null) {
            fired.add("cgroup-oom: " + out.path()
                    + (out.oomKill() > 0 ? ", " + out.oomKill() + " killed" : ", nothing killed"));
        }
        boolean limited = rules.cgroupMaxPerSecond() != null
                && busiest != null
                && busiest.maxPerSecond() >= rules.cgroupMaxPerSecond();
        if (level("cgroup-max", limited, nowNanos)) {
            fired.add(format("cgroup-max: %.0f a second, ", busiest.maxPerSecond()) + busiest.path());
        }
    }

    private static boolean deeper(GroupEvent one, GroupEvent other) {
        return one.path().length() > other.path().length();
    }

    private void available(List<String> fired, long nowNanos) {
        if (totalKilobytes == null || availableKilobytes == null || totalKilobytes <= 0) {
            return;
        }
        double share = 100.0 * availableKilobytes / totalKilobytes;
        boolean low = rules.availablePercent() != null && share < rules.availablePercent();
        if (level("available", low, nowNanos)) {
            fired.add(format("available: %.1f %% of MemTotal", share));
        }
        available.addLast(new Available(nowNanos, availableKilobytes));
        while (available.size() > SLOPE_SAMPLES
                && nowNanos - available.getFirst().nanos() > SLOPE_WINDOW_NANOS) {
            available.removeFirst();
        }
        Available first = available.getFirst();
        double fall = available.size() < SLOPE_SAMPLES || nowNanos <= first.nanos()
                ? 0
                : (first.kilobytes() - availableKilobytes) / ((nowNanos - first.nanos()) / 1e9);
        double left = fall <= 0 ? Double.POSITIVE_INFINITY : availableKilobytes / fall;
        boolean falling =
                rules.exhaustedSeconds() != null && share < 100 * SLOPE_BELOW_SHARE && left < rules.exhaustedSeconds();
        if (level("exhausted", falling, nowNanos)) {
            fired.add(format("exhausted: MemAvailable gone in %.0f s at this rate", left));
        }
    }

    private void swap(List<String> fired, long nowNanos) {
        double rate = 0;
        if (swappedPages != null && lastSwappedPages != null && lastNanos != null && nowNanos > lastNanos) {
            rate = (double) delta(lastSwappedPages, swappedPages) * pageBytes / ((nowNanos - lastNanos) / 1e9);
        }
        boolean swapping = rules.swapBytesPerSecond() != null && rate >= rules.swapBytesPerSecond();
        if (level("swap", swapping, nowNanos)) {
            fired.add(format("swap: %.1f MB/s in and out", rate / 1e6));
        }
    }

    /** Does a level fire now? When it holds for the second time, unless it was named and has not been left for long. */
    private boolean level(String name, boolean holds, long nowNanos) {
        Level level = levels.computeIfAbsent(name, n -> new Level());
        if (!holds) {
            level.held = 0;
            return false;
        }
        boolean again = !level.named || nowNanos - level.lastHeldNanos >= AGAIN_NANOS;
        level.held++;
        if (level.held < LEVEL_SNAPSHOTS) {
            return false;
        }
        level.lastHeldNanos = nowNanos;
        level.named = true;
        return again;
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** {@code full avg10=1.53 avg60=0.87 avg300=0.22 total=58761459} */
    private void pressure(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, StandardCharsets.US_ASCII);
        int full = text.startsWith("full ") ? 0 : text.indexOf("\nfull ");
        int value = full < 0 ? -1 : text.indexOf("avg10=", full);
        int end = value < 0 ? -1 : text.indexOf(' ', value);
        if (end > 0) {
            try {
                pressureFull = Double.valueOf(text.substring(value + "avg10=".length(), end));
            } catch (NumberFormatException e) {
                // no pressure told
            }
        }
    }

    /** Lines {@code key value …}, blanks and tabs between; others are passed by. */
    private static void keyed(byte[] bytes, int offset, int length, ObjLongConsumer<String> taker) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            int line = at;
            while (at < end && bytes[at] != ' ' && bytes[at] != '\n') {
                at++;
            }
            int key = at;
            while (at < end && bytes[at] == ' ') {
                at++;
            }
            long value = 0;
            int digits = at;
            while (at < end && bytes[at] >= '0' && bytes[at] <= '9' && at - digits < 18) {
                value = value * 10 + (bytes[at++] - '0');
            }
            if (at > digits && key > line) {
                taker.accept(new String(bytes, line, key - line, StandardCharsets.US_ASCII), value);
            }
            while (at < end && bytes[at] != '\n') {
                at++;
            }
            at++;
        }
    }
}
