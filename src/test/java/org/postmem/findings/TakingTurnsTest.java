package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.MIB;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Finding.Severity;

/** Workers of which one at a time grows, rests and keeps what it has: each comes to rest, all of them do not. */
class TakingTurnsTest {
    private static final int SNAPSHOTS = 90;
    private static final int WORKERS = 5;

    @Test
    void workersThatGrowAgainAtTheirNextTurnAreOneLeak() {
        try (SyntheticHost host = workers(50)) {
            Analysis analysis = host.analysed();
            assertThat(analysis.verdict().leak()).isTrue();
            assertThat(told(analysis, "R32"))
                    .singleElement()
                    .asString()
                    .matches("CRITICAL Processes of ticketd leak one after the other: .* in 5 processes");
            assertThat(told(analysis, "R06"))
                    .as("what each of them does is said of all")
                    .isEmpty();
        }
    }

    @Test
    void aSingleTurnOfEachMayBeItsWarmUp() {
        try (SyntheticHost host = workers(82)) {
            Analysis analysis = host.analysed();
            assertThat(told(analysis, "R32"))
                    .singleElement()
                    .asString()
                    .matches("INFO Processes of ticketd grew one after the other: .* in 5 processes");
            assertThat(analysis.verdict().headline())
                    .startsWith("No memory leak can be told yet: Processes of ticketd grew one after the other");
        }
    }

    /** 7.5 minutes of five workers: each takes 0.35 MiB a second for so long, then the next one. */
    private static SyntheticHost workers(int turnSeconds) {
        SyntheticHost host = new SyntheticHost(5, SNAPSHOTS).takes("anon_pages_bytes", t -> t * 0.35 * MIB);
        for (int worker = 0; worker < WORKERS; worker++) {
            int number = worker;
            host.process("ticketd", t -> (8 + 0.35 * secondsOfTurns(t, number, turnSeconds)) * MIB);
        }
        return host;
    }

    /** How long that worker has had the turn in the first t seconds. */
    private static double secondsOfTurns(double t, int worker, int turnSeconds) {
        int round = WORKERS * turnSeconds;
        double since = t % round - worker * turnSeconds;
        return Math.floor(t / round) * turnSeconds + Math.max(0, Math.min(turnSeconds, since));
    }

    private static List<String> told(Analysis analysis, String rule) {
        return analysis.findings().stream()
                .filter(finding -> finding.rule().equals(rule) && finding.severity() != Severity.OK)
                .map(finding -> finding.severity() + " " + finding.title())
                .toList();
    }
}
