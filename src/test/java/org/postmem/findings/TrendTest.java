package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.MIB;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrendTest {
    @ParameterizedTest(name = "{1} snapshots, one every {0} s")
    @CsvSource({"1, 120", "1, 240", "5, 48", "10, 60", "15, 40"})
    void tellsALeakFromWhatComesToRest(double interval, int snapshots) {
        double span = interval * (snapshots - 1);
        Random random = new Random(4711);
        DoubleUnaryOperator noise = t -> (random.nextDouble() - 0.5) * MIB;
        Map<String, DoubleUnaryOperator> shapes = new LinkedHashMap<>();
        shapes.put("linear", t -> 20 * MIB + 200 * MIB * t / span + noise.applyAsDouble(t));
        shapes.put("staircase", t -> (20 + 20 * Math.floor(8 * t / span)) * MIB);
        shapes.put("rising saw", t -> (20 + 40 * (9 * t / span % 1) + 100 * t / span) * MIB);
        shapes.put("late start", t -> (20 + Math.max(0, t - span / 2) * 400 / span) * MIB);
        shapes.put("saw", t -> (64 + 192 * (5.5 * t / span % 1)) * MIB);
        shapes.put("ramp, then flat", t -> Math.min(20 + t * 708 / span, 256) * MIB + noise.applyAsDouble(t));
        shapes.put("filling cache", t -> 200 * (1 - Math.exp(-6 * t / span)) * MIB + noise.applyAsDouble(t));
        shapes.put("step", t -> (t > 0.6 * span ? 120 : 20) * MIB + noise.applyAsDouble(t));
        shapes.put(
                "two flights of stairs",
                t -> (20
                                + 60 * Math.min(1, t / (0.12 * span))
                                + 120 * Math.min(1, Math.max(0, (t - 0.45 * span) / (0.15 * span))))
                        * MIB);
        shapes.put("burst", t -> (t > 0.4 * span && t < 0.5 * span ? 120 : 20) * MIB + noise.applyAsDouble(t));
        shapes.put("noise", t -> 20 * MIB + 8 * noise.applyAsDouble(t));

        Map<String, String> verdicts = new LinkedHashMap<>();
        try (SyntheticHost host = new SyntheticHost(interval, snapshots)) {
            shapes.forEach(host::process);
            host.database().makeViews();
            shapes.keySet().forEach(name -> verdicts.put(name, host.verdictOf(name)));
        }

        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("linear", "leak");
        expected.put("staircase", "leak");
        expected.put("rising saw", "leak");
        expected.put("late start", "leak");
        expected.put("saw", "sawtooth");
        expected.put("ramp, then flat", "saturating");
        expected.put("filling cache", "saturating");
        expected.put("step", "step");
        expected.put("two flights of stairs", "saturating");
        expected.put("burst", "burst");
        // a short capture asks about less, and finds nothing in it
        expected.put("noise", span < 300 ? "flat" : "none");
        assertThat(verdicts).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{1} snapshots, one every {0} s: {2}")
    @CsvSource({"1, 60, leak", "5, 13, leak", "5, 4, insufficient", "1, 15, insufficient"})
    void aMinuteIsEnoughForALeakFarAboveTheFloor(double interval, int snapshots, String verdict) {
        try (SyntheticHost host = new SyntheticHost(interval, snapshots)) {
            host.process("demo", t -> 20 * MIB + 4 * MIB * t);
            host.database().makeViews();
            assertThat(host.verdictOf("demo")).isEqualTo(verdict);
        }
    }

    /** Twelve readings, ten seconds apart: a service takes 190 MiB in 50 s and then stands still until the end, half a minute later. */
    @Test
    void whatHasStoodStillOfLateIsNoLeakThoughItWasReadTooSeldomToBeAtRest() {
        try (SyntheticHost host = new SyntheticHost(10, 13)) {
            host.process("warms up", t -> (67 + Math.max(0, Math.min(50, t - 40)) * 3.8) * MIB)
                    .process("grows on", t -> (67 + Math.max(0, t - 40) * 3.8) * MIB);
            host.database().makeViews();
            assertThat(List.of(host.verdictOf("warms up"), host.verdictOf("grows on")))
                    .isEqualTo(List.of("thin", "leak"));
        }
    }

    /** As copies of /proc and most tools have it: no start time, and a start-up of a minute that the last readings follow. */
    @Test
    void whoIsListedForTheFirstTimeWasStartedSinceTheListBefore() {
        try (SyntheticHost host = new SyntheticHost(5, 25)) {
            host.process("listed later", t -> (48 + 3.8 * Math.max(0, Math.min(54, t - 50))) * MIB)
                    .process("listed before", t -> (48 + 3.8 * Math.max(0, Math.min(54, t - 50))) * MIB)
                    .sql("UPDATE process SET started_at = NULL")
                    .sql("DELETE FROM process_sample WHERE snapshot < 10 AND process_id = 1")
                    .sql("UPDATE process SET first_snapshot = 10 WHERE process_id = 1");
            host.database().makeViews();
            assertThat(List.of(host.verdictOf("listed later"), host.verdictOf("listed before")))
                    .isEqualTo(List.of("thin", "leak"));
        }
    }

    /** RssAnon of a virtual machine in a lab guest from its second second on, in MiB, every 5 s: no collection has made it fall yet. */
    @Test
    void aStartUpThatSlowsDownIsNoLeakInItsFirstTwoMinutes() {
        double[] readings = {
            1.5, 19.5, 22, 23.8, 24.1, 24.7, 25, 25.2, 26.6, 27.4, 30.4, 32.3, 33.2, 34.5, 35.2, 38, 38.6, 38.8, 46.3
        };
        DoubleUnaryOperator heap = t -> 4 * readings[(int) Math.round(t / 5)] * MIB;
        try (SyntheticHost host = new SyntheticHost(5, readings.length)) {
            host.process("just started", heap)
                    .process("older", heap)
                    .process("steady", t -> (20 + t) * MIB)
                    .sql("UPDATE process SET started_at = TIMESTAMP '2026-11-22 09:59:58' WHERE process_id <> 2");
            host.database().makeViews();
            assertThat(List.of(host.verdictOf("just started"), host.verdictOf("older"), host.verdictOf("steady")))
                    .isEqualTo(List.of("thin", "leak", "leak"));
        }
    }

    /** As a Java heap that keeps every object: it stands still for forty seconds, and takes the next piece at the very end. */
    @Test
    void whatRisesAgainInItsLastReadingHasNotComeToRest() {
        DoubleUnaryOperator heap = t -> 18 + 3.4 * Math.min(t, 40);
        try (SyntheticHost host = new SyntheticHost(2, 42)) {
            host.process("rises", t -> (heap.applyAsDouble(t) + (t >= 82 ? 32 : 0)) * MIB)
                    .process("rests", t -> heap.applyAsDouble(t) * MIB);
            host.database().makeViews();
            assertThat(List.of(host.verdictOf("rises"), host.verdictOf("rests")))
                    .isEqualTo(List.of("thin", "saturating"));
        }
    }

    /** Nothing but 25 MiB is left when the first one stops; the second one stopped two minutes before. */
    @Test
    void whatStoodStillBecauseNothingWasLeftDidNotComeToRest() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("takes all", t -> (20 + 5 * Math.min(t, 145)) * MIB)
                    .process("started up", t -> (20 + 2 * Math.min(t, 30)) * MIB)
                    .takes("anon_pages_bytes", t -> 5 * Math.min(t, 145) * MIB);
            host.database().makeViews();
            assertThat(List.of(host.verdictOf("takes all"), host.verdictOf("started up")))
                    .isEqualTo(List.of("leak", "saturating"));
        }
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("takes all", t -> (20 + 5 * Math.min(t, 145)) * MIB);
            host.database().makeViews();
            assertThat(host.verdictOf("takes all")).as("with room to grow on").isEqualTo("saturating");
        }
    }
}
