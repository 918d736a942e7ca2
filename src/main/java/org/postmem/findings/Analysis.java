package org.postmem.findings;

import java.time.Instant;
import java.util.List;

/**
 * What a case comes to.
 *
 * @param captures in the order they were loaded
 * @param findings worst first
 */
public record Analysis(List<Capture> captures, Verdict verdict, List<Finding> findings) {
    public Analysis {
        captures = List.copyOf(captures);
        findings = List.copyOf(findings);
    }

    /**
     * One capture of the case.
     *
     * @param host {@code null} when the archive does not say; likewise kernel, from, to
     */
    public record Capture(
            int captureId,
            String source,
            String host,
            String kernel,
            Instant from,
            Instant to,
            long snapshots,
            List<Gap> gaps) {
        public Capture {
            gaps = List.copyOf(gaps);
        }
    }

    /** A time in which nothing was read, although the interval asked for it. */
    public record Gap(Instant from, Instant to) {}
}
