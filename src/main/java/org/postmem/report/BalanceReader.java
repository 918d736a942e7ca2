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

/** Reads the ledger of one capture into what the page draws: which moments, which bands are known at them, which owners. */
final class BalanceReader {
    private static final int MOST_POINTS = 480;

    private final CaseRows rows;
    private final int captureId;

    BalanceReader(CaseRows rows, int captureId) {
        this.rows = rows;
        this.captureId = captureId;
    }

    /** Reads the ledger of a capture, {@code null} when meminfo was never read. */
    Balance read() {
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
                        .merge(Balance.band(bucket), bytes.longValue(), Long::sum);
            }
        }
        if (bySnapshot.isEmpty()) {
            return null;
        }
        Drawable drawable = drawable(told, bySnapshot.navigableKeySet());
        int[] all = drawable.moments().stream().mapToInt(Integer::intValue).toArray();
        int[] kept = thinned(all, s -> bySnapshot.get(s).getOrDefault("free", 0L));
        Map<String, long[]> bands = new LinkedHashMap<>();
        for (String band : Balance.BANDS) {
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
                owners(kept),
                available.isEmpty()
                        ? new long[0]
                        : Arrays.stream(kept)
                                .mapToLong(s -> available.getOrDefault(s, Balance.UNKNOWN))
                                .toArray(),
                total == 0 ? highest(bands, kept.length) : total,
                all.length == kept.length ? 0 : all.length,
                told.keySet().stream()
                        .filter(bucket ->
                                told.get(bucket).isEmpty() || !drawable.bands().contains(Balance.band(bucket)))
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
                known.merge(Balance.band(bucket), at, (one, other) -> {
                    Set<Integer> both = new TreeSet<>(one);
                    both.retainAll(other);
                    return both;
                });
            }
        });
        Set<String> bands = new TreeSet<>();
        Set<Integer> left = new TreeSet<>(moments);
        int most = known.values().stream().mapToInt(Set::size).max().orElse(0);
        List<String> bestKnownFirst = new ArrayList<>(Balance.BANDS);
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
    private List<Balance.Owner> owners(int[] kept) {
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
        List<Balance.Owner> owners = new ArrayList<>();
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
            owners.add(new Balance.Owner(
                    key.bucket(), key.owner(), key.processId(), names.get(key), moments.size(), series));
        });
        return owners;
    }
}
