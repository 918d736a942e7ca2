package org.postmem.ingest;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Lays readings of several tools on one axis of snapshots. What two tools read within seconds is one snapshot, so that
 * their rows can be held against each other; two readings of one file never are, nor two copies of /proc, nor two files
 * of one name.
 */
final class ReadingMoments {
    /** Cron starts tools within seconds of each other, and what is read once belongs to what is read beside it. */
    private static final int BESIDE_SECONDS = 15;

    private static final double SHARE_OF_STEP = 0.4;
    private static final long FIRST_SECOND =
            Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();

    private final TreeMap<Integer, Set<Integer>> moments = new TreeMap<>();
    private final Map<Integer, Instant> times = new HashMap<>();

    /** Has it a place? Years before 2000 and after 2060 are clocks that were never set. */
    static boolean plausible(Instant time) {
        long second = time.getEpochSecond() - FIRST_SECOND;
        return second > 0 && second < 60L * 366 * 86_400;
    }

    /**
     * The number of the snapshot, in the order of time; numbers have gaps.
     *
     * @param reader who read it, of {@link ReaderNumbers}: a negative one copied a whole tree of /proc
     * @param stepSeconds to the nearest other reading of the same file
     */
    int place(Instant time, int reader, long stepSeconds) {
        int second = (int) (time.getEpochSecond() - FIRST_SECOND);
        int reach = (int) Math.min(BESIDE_SECONDS, SHARE_OF_STEP * stepSeconds);
        Integer found = null;
        for (int distance = 0; distance <= reach && found == null; distance++) {
            found = free(second - distance, reader);
            found = found == null ? free(second + distance, reader) : found;
        }
        int snapshot = found == null ? second : found;
        moments.computeIfAbsent(snapshot, s -> new HashSet<>(4)).add(reader);
        times.putIfAbsent(snapshot, Instant.ofEpochSecond(FIRST_SECOND + snapshot));
        return snapshot;
    }

    private Integer free(int second, int reader) {
        Set<Integer> readers = moments.get(second);
        boolean taken = readers == null
                || (reader < 0
                        ? readers.stream().anyMatch(other -> other < 0 && other != reader)
                        : readers.contains(reader));
        return taken ? null : second;
    }

    Instant time(int snapshot) {
        return times.get(snapshot);
    }

    /** All snapshots in order. */
    Iterable<Integer> all() {
        return moments.keySet();
    }

    int size() {
        return moments.size();
    }

    Instant first() {
        return moments.isEmpty() ? null : time(moments.firstKey());
    }

    Instant last() {
        return moments.isEmpty() ? null : time(moments.lastKey());
    }
}
