package org.postmem.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;

/**
 * The ledger of one capture as the page draws it: bands that stack to MemTotal, owners within them, over at most a few
 * hundred moments. Of what other tools tell, a band that is unknown at a moment drawn is left out, never drawn as
 * nought; then the bands stack to less.
 */
final class Balance {
    private static final int MOST_POINTS = 480;
    static final long UNKNOWN = -1;
    /** The band of the one owner that is accused. */
    static final String CULPRIT = "culprit";

    static final List<String> BANDS = List.of(
            "anon", "shmem", "page_tables", "slab", "vmalloc", "hugetlb", "other", "unaccounted", "page_cache", "free");

    private final int[] snapshots;
    private final double[] seconds;
    private final Map<String, long[]> bands;
    private final List<Owner> owners;
    private final long[] available;
    private final long totalBytes;
    private final int thinnedFrom;
    private final List<String> untold;
    private final int passedOver;

    private Balance(
            int[] snapshots,
            double[] seconds,
            Map<String, long[]> bands,
            List<Owner> owners,
            long[] available,
            long totalBytes,
            int thinnedFrom,
            List<String> untold,
            int passedOver) {
        this.snapshots = snapshots;
        this.seconds = seconds;
        this.bands = bands;
        this.owners = owners;
        this.available = available;
        this.totalBytes = totalBytes;
        this.thinnedFrom = thinnedFrom;
        this.untold = untold;
        this.passedOver = passedOver;
    }

    /** Who holds part of a band, at every moment. */
    static final class Owner {
        private final String band;
        private final String id;
        private final Integer processId;
        private final String name;
        private final int readings;
        private final long[] bytes;

        Owner(String band, String id, Integer processId, String name, int readings, long[] bytes) {
            this.band = band;
            this.id = id;
            this.processId = processId;
            this.name = name;
            this.readings = readings;
            this.bytes = bytes;
        }

        /** As {@code path_owner} calls it. */
        String id() {
            return id;
        }

        /** {@code null} where the owner is no process. */
        Integer processId() {
            return processId;
        }

        String band() {
            return band;
        }

        String name() {
            return name;
        }

        /** At how many moments what it holds was read; at all others it keeps what it had. */
        int readings() {
            return readings;
        }

        long[] bytes() {
            return bytes;
        }
    }

    /** Reads the ledger of a capture, {@code null} when meminfo was never read. */
    static Balance of(CaseRows rows, int captureId) {
        TreeMap<Integer, Map<String, Long>> bySnapshot = new TreeMap<>();
        Map<Integer, Double> seconds = new HashMap<>();
        Map<String, Set<Integer>> told = new LinkedHashMap<>();
        for (Map<String, Object> row :
                rows.rows("SELECT snapshot, t_seconds, bucket, bytes FROM ledger_bucket WHERE capture_id = " + captureId
                        + " ORDER BY position, snapshot")) {
            String bucket = (String) row.get("bucket");
            Set<Integer> moments = told.computeIfAbsent(bucket, b -> new TreeSet<>());
            if (row.get("bytes") instanceof Number bytes) {
                int snapshot = ((Number) row.get("snapshot")).intValue();
                moments.add(snapshot);
                seconds.put(snapshot, ((Number) row.get("t_seconds")).doubleValue());
                bySnapshot
                        .computeIfAbsent(snapshot, s -> new HashMap<>())
                        .merge(band(bucket), bytes.longValue(), Long::sum);
            }
        }
        if (bySnapshot.isEmpty()) {
            return null;
        }
        Drawable drawable = drawable(told, bySnapshot.navigableKeySet());
        int[] all = drawable.moments().stream().mapToInt(Integer::intValue).toArray();
        int[] kept = thinned(all, s -> bySnapshot.get(s).getOrDefault("free", 0L));
        Map<String, long[]> bands = new LinkedHashMap<>();
        for (String band : BANDS) {
            if (drawable.bands().contains(band)) {
                long[] series = Arrays.stream(kept)
                        .mapToLong(s -> bySnapshot.get(s).get(band))
                        .toArray();
                if (Arrays.stream(series).anyMatch(v -> v != 0)) {
                    bands.put(band, series);
                }
            }
        }
        if (bands.isEmpty()) {
            return null;
        }
        Map<Integer, Long> available = new HashMap<>();
        long total = 0;
        for (Map<String, Object> row :
                rows.rows("SELECT snapshot, mem_available_bytes, mem_total_bytes FROM memory_ledger WHERE capture_id = "
                        + captureId + " ORDER BY snapshot")) {
            if (row.get("mem_available_bytes") instanceof Number bytes) {
                available.put(((Number) row.get("snapshot")).intValue(), bytes.longValue());
            }
            if (row.get("mem_total_bytes") instanceof Number bytes) {
                total = Math.max(total, bytes.longValue());
            }
        }
        return new Balance(
                kept,
                Arrays.stream(kept).mapToDouble(seconds::get).toArray(),
                bands,
                owners(rows, captureId, kept),
                available.isEmpty()
                        ? new long[0]
                        : Arrays.stream(kept)
                                .mapToLong(s -> available.getOrDefault(s, UNKNOWN))
                                .toArray(),
                total == 0 ? highest(bands, kept.length) : total,
                all.length == kept.length ? 0 : all.length,
                told.keySet().stream()
                        .filter(bucket ->
                                told.get(bucket).isEmpty() || !drawable.bands().contains(band(bucket)))
                        .toList(),
                bySnapshot.size() - all.length);
    }

    /** @param bands known at every one of the moments */
    private record Drawable(Set<String> bands, List<Integer> moments) {}

    /**
     * A band is known at a moment at which every bucket of it is told that is ever told. One known at half of the moments
     * or more is drawn, and the moments at which one of these is unknown are left out: one torn text among many costs
     * itself, and a rare print-out that tells more than the others makes no spikes.
     */
    private static Drawable drawable(Map<String, Set<Integer>> told, Set<Integer> moments) {
        Map<String, Set<Integer>> known = new HashMap<>();
        told.forEach((bucket, at) -> {
            if (!at.isEmpty()) {
                known.merge(band(bucket), at, (one, other) -> {
                    Set<Integer> both = new TreeSet<>(one);
                    both.retainAll(other);
                    return both;
                });
            }
        });
        Set<String> bands = new TreeSet<>();
        Set<Integer> left = new TreeSet<>(moments);
        int most = known.values().stream().mapToInt(Set::size).max().orElse(0);
        List<String> bestKnownFirst = new ArrayList<>(BANDS);
        bestKnownFirst.retainAll(known.keySet());
        bestKnownFirst.sort(Comparator.comparingInt(band -> -known.get(band).size()));
        for (String band : bestKnownFirst) {
            Set<Integer> both = new TreeSet<>(left);
            both.retainAll(known.get(band));
            if (both.size() * 2 >= most) {
                bands.add(band);
                left = both;
            }
        }
        return new Drawable(bands, List.copyOf(left));
    }

    private static long highest(Map<String, long[]> bands, int points) {
        long highest = 0;
        for (int i = 0; i < points; i++) {
            int at = i;
            highest = Math.max(
                    highest,
                    bands.values().stream().mapToLong(series -> series[at]).sum());
        }
        return highest;
    }

    static String band(String bucket) {
        return switch (bucket) {
            case "slab_reclaimable", "slab_unreclaimable" -> "slab";
            case "vmalloc", "kernel_stack" -> "vmalloc";
            case "percpu", "other", "other_reclaimable" -> "other";
            case "percpu_free" -> "free";
            default -> bucket;
        };
    }

    /** Of each stretch of snapshots the first, the lowest and the highest are kept, and the last of all. */
    static int[] thinned(int[] snapshots, IntToLongFunction value) {
        if (snapshots.length <= MOST_POINTS) {
            return snapshots;
        }
        TreeSet<Integer> kept = new TreeSet<>();
        int stretches = MOST_POINTS / 3;
        for (int s = 0; s < stretches; s++) {
            int from = (int) ((long) snapshots.length * s / stretches);
            int to = (int) ((long) snapshots.length * (s + 1) / stretches);
            int low = from;
            int high = from;
            for (int i = from; i < to; i++) {
                low = value.applyAsLong(snapshots[i]) < value.applyAsLong(snapshots[low]) ? i : low;
                high = value.applyAsLong(snapshots[i]) > value.applyAsLong(snapshots[high]) ? i : high;
            }
            kept.addAll(List.of(snapshots[from], snapshots[low], snapshots[high]));
        }
        kept.add(snapshots[snapshots.length - 1]);
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * The owners at the moments kept. At a snapshot at which its source was read, one that is not there holds nothing; in
     * between, each keeps what it had at the reading before (before the first: what it had at the first). Processes that
     * grow are read by themselves between two readings of all.
     */
    private static List<Owner> owners(CaseRows rows, int captureId, int[] kept) {
        Map<String, TreeSet<Integer>> readings = new HashMap<>();
        for (Map<String, Object> row : rows.rows("SELECT source, snapshot FROM path_owner_read WHERE capture_id = "
                + captureId + " ORDER BY source, snapshot")) {
            readings.computeIfAbsent((String) row.get("source"), source -> new TreeSet<>())
                    .add(((Number) row.get("snapshot")).intValue());
        }
        record Key(String bucket, String source, String owner, Integer processId) {}
        Map<Key, Map<Integer, Long>> values = new LinkedHashMap<>();
        Map<Key, String> names = new HashMap<>();
        for (Map<String, Object> row : rows.rows(
                "SELECT o.bucket, o.source, o.id, o.process_id, s.owner, s.place, o.snapshot, o.bytes FROM path_owner o "
                        + "JOIN path_owner_shown s USING (capture_id, bucket, id) WHERE o.capture_id = " + captureId
                        + " ORDER BY s.place, o.snapshot")) {
            Key key = new Key((String) row.get("bucket"), (String) row.get("source"), (String) row.get("id"), (Integer)
                    row.get("process_id"));
            names.put(key, (String) row.get("owner"));
            values.computeIfAbsent(key, k -> new HashMap<>())
                    .put(((Number) row.get("snapshot")).intValue(), ((Number) row.get("bytes")).longValue());
        }
        Map<String, TreeMap<Integer, Long>> watched = new HashMap<>();
        for (Map<String, Object> row :
                rows.rows("SELECT id, snapshot, bytes FROM path_owner_watched WHERE capture_id = " + captureId
                        + " ORDER BY id, snapshot")) {
            watched.computeIfAbsent((String) row.get("id"), id -> new TreeMap<>())
                    .put(((Number) row.get("snapshot")).intValue(), ((Number) row.get("bytes")).longValue());
        }
        List<Owner> owners = new ArrayList<>();
        values.forEach((key, bytes) -> {
            TreeSet<Integer> read = readings.get(key.source());
            TreeMap<Integer, Long> between = key.bucket().equals("anon") ? watched.get(key.owner()) : null;
            if (between != null) {
                between.forEach(bytes::putIfAbsent);
                read = new TreeSet<>(read);
                read.addAll(between.keySet());
            }
            TreeSet<Integer> moments = read;
            long[] series = Arrays.stream(kept)
                    .mapToLong(s -> {
                        Integer at = moments.floor(s);
                        return bytes.getOrDefault(at == null ? moments.first() : at, 0L);
                    })
                    .toArray();
            owners.add(new Owner(key.bucket(), key.owner(), key.processId(), names.get(key), moments.size(), series));
        });
        return owners;
    }

    /**
     * Takes one owner out of its band and puts it below all others, so that its growth stands on the ground. The same
     * where that band is unknown: top tells processes, and nothing of the host's anonymous memory.
     */
    Balance withCulprit(Owner culprit) {
        Map<String, long[]> split = new LinkedHashMap<>();
        long[] within = bands.get(culprit.band());
        if (within == null) {
            return this;
        }
        long[] taken = new long[within.length];
        long[] left = new long[within.length];
        for (int i = 0; i < within.length; i++) {
            // RssAnon counts a page shared with a child in both: never more than the band has.
            taken[i] = Math.min(culprit.bytes()[i], Math.max(0, within[i]));
            left[i] = within[i] - taken[i];
        }
        split.put(CULPRIT, taken);
        bands.forEach((band, series) -> split.put(band, band.equals(culprit.band()) ? left : series));
        List<Owner> moved = new ArrayList<>();
        for (Owner owner : owners) {
            moved.add(
                    owner.equals(culprit)
                            ? new Owner(CULPRIT, owner.id(), owner.processId(), owner.name(), owner.readings(), taken)
                            : owner);
        }
        return new Balance(snapshots, seconds, split, moved, available, totalBytes, thinnedFrom, untold, passedOver);
    }

    /** Seconds since the first snapshot of the capture. */
    double[] seconds() {
        return seconds;
    }

    /** By id, from the bottom of the stack to its top; bytes. */
    Map<String, long[]> bands() {
        return bands;
    }

    List<Owner> owners() {
        return owners;
    }

    /** MemAvailable, {@link #UNKNOWN} at a moment at which it is not told; empty where it never is. */
    long[] available() {
        return available;
    }

    /** MemTotal; where nobody told it, the highest of the stack. */
    long totalBytes() {
        return totalBytes;
    }

    /** How many snapshots there were when some were left out, else 0. */
    int thinnedFrom() {
        return thinnedFrom;
    }

    /** The buckets that are not in the bands, as they are not told at every moment drawn. */
    List<String> untold() {
        return untold;
    }

    /** How many moments were left out because less was told of them. */
    int passedOver() {
        return passedOver;
    }

    int points() {
        return snapshots.length;
    }

    /** The moment nearest to a number of seconds since the start. */
    int nearest(double second) {
        int best = 0;
        for (int i = 1; i < seconds.length; i++) {
            best = Math.abs(seconds[i] - second) < Math.abs(seconds[best] - second) ? i : best;
        }
        return best;
    }

    /** @param band for its colour */
    record Step(String label, String band, long bytes, boolean rest) {}

    /**
     * Growth between two moments: owners by name, then what of each band no shown owner explains. The steps sum to what
     * free memory lost, where all of it is told.
     */
    List<Step> growth(int from, int to, Texts texts) {
        List<Step> steps = new ArrayList<>();
        bands.forEach((band, series) -> {
            if (band.equals("free")) {
                return;
            }
            long left = series[to] - series[from];
            boolean owned = false;
            for (Owner owner : owners) {
                if (owner.band().equals(band)) {
                    owned = true;
                    long grown = owner.bytes()[to] - owner.bytes()[from];
                    left -= grown;
                    steps.add(new Step(owner.name(), band, grown, false));
                }
            }
            steps.add(new Step(
                    owned ? texts.label(band) + texts.text("waterfall.rest") : texts.label(band), band, left, true));
        });
        return steps;
    }
}
