package org.postmem.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * When a host came up, as sar says it in so many words, and as the time that it had been up tells, which begins at 0 again.
 * What grew in one life of the host is not held against what another one holds.
 */
final class Restarts {
    /** It is printed in whole minutes. */
    private static final Duration PRINTED = Duration.ofMinutes(1);
    /** Two moments at which a host came up are one when they lie closer: a clock is set by less. */
    private static final Duration SAME = Duration.ofMinutes(5);

    private final TreeSet<Instant> said = new TreeSet<>();
    private final TreeMap<Instant, Duration> ups = new TreeMap<>();
    private NavigableSet<Instant> all;

    /** The host came up at this moment. */
    void add(Instant time) {
        said.add(time);
        all = null;
    }

    /** The host had been up for so long. */
    void add(Instant time, Duration up) {
        ups.putIfAbsent(time, up);
        all = null;
    }

    /** How many lie behind a moment: the number of the boot. */
    int before(Instant time) {
        if (all == null) {
            all = all();
        }
        return all.headSet(time, true).size();
    }

    private NavigableSet<Instant> all() {
        TreeSet<Instant> found = new TreeSet<>(said);
        List<Instant> starts = new ArrayList<>();
        Map.Entry<Instant, Duration> last = null;
        for (Map.Entry<Instant, Duration> reading : ups.entrySet()) {
            Instant start = reading.getKey().minus(reading.getValue());
            boolean first = last == null;
            boolean anew = !first
                    && (reading.getValue().compareTo(last.getValue()) < 0
                            || start.minus(PRINTED).isAfter(last.getKey()));
            if (anew && starts.stream().anyMatch(other -> isSame(other, start))) {
                // up for as long as before all the same: a clock was set back, or these are two hosts
                return said;
            }
            if (first || anew) {
                starts.add(start);
            }
            if (anew
                    && said.subSet(last.getKey(), false, reading.getKey(), true).isEmpty()) {
                Instant earliest = start.minus(PRINTED);
                found.add(
                        earliest.isAfter(last.getKey())
                                ? earliest
                                : last.getKey().plusSeconds(1));
            }
            last = reading;
        }
        return found;
    }

    private static boolean isSame(Instant one, Instant next) {
        return Duration.between(one, next).abs().compareTo(SAME) <= 0;
    }
}
