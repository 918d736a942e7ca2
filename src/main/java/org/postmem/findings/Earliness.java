package org.postmem.findings;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How early a capture was judged right: the same capture ended earlier and earlier, each of these prefixes analysed as
 * if there were no more.
 *
 * @param healthyPrefixes that hold no leak: all of a healthy capture, those before the onset of another
 * @param healthyAccused of these, in how many a leak was seen
 * @param leakPrefixes that end after the onset
 * @param leakWrong of these, in how many another kind or culprit than the leak's was named first
 * @param leakUnnamed of these, in how many something was said to leak whose owner is not known yet
 * @param rightAfterSeconds from the onset to the end of the first prefix from which on every verdict was right, to the
 *     resolution of the prefixes; {@code null} when there is none, or no onset is known
 * @param rightAfterBytes what had leaked by then at the rate the culprit itself told; {@code null} when it told none
 */
public record Earliness(
        int healthyPrefixes,
        int healthyAccused,
        int leakPrefixes,
        int leakWrong,
        int leakUnnamed,
        Double rightAfterSeconds,
        Long rightAfterBytes) {
    /**
     * A capture that ended early.
     *
     * @param end of its last snapshot, by the host's wall clock
     * @param right does the verdict name the leaks?
     * @param accuses is anything said to leak?
     * @param names and is somebody said to be its owner?
     */
    public record Prefix(Instant end, boolean right, boolean accuses, boolean names) {}

    /**
     * Of the prefixes in the order of their ends.
     *
     * @param onset of the leak, {@code null} when the capture is healthy
     * @param rateBytesPerSecond {@code null} when the culprit did not tell it
     */
    public static Earliness of(List<Prefix> prefixes, Instant onset, Double rateBytesPerSecond) {
        int healthy = 0;
        int healthyAccused = 0;
        int leaking = 0;
        int wrong = 0;
        int unnamed = 0;
        Instant rightSince = null;
        for (Prefix prefix : prefixes) {
            if (onset == null || prefix.end().isBefore(onset)) {
                healthy++;
                healthyAccused += prefix.accuses() ? 1 : 0;
                continue;
            }
            leaking++;
            wrong += prefix.accuses() && prefix.names() && !prefix.right() ? 1 : 0;
            unnamed += prefix.accuses() && !prefix.names() && !prefix.right() ? 1 : 0;
            if (!prefix.right()) {
                rightSince = null;
            } else if (rightSince == null) {
                rightSince = prefix.end();
            }
        }
        Double seconds = onset == null || rightSince == null
                ? null
                : Double.valueOf(Duration.between(onset, rightSince).toMillis() / 1e3);
        Long bytes = seconds == null || rateBytesPerSecond == null
                ? null
                : Long.valueOf(Math.round(seconds * rateBytesPerSecond));
        return new Earliness(healthy, healthyAccused, leaking, wrong, unnamed, seconds, bytes);
    }
}
