package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.MIB;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Finding.Severity;

/** An import grows as long as it runs, ends, and gives back what it took: that is told, and is nobody's leak. */
class EndedJobTest {
    private static final int SNAPSHOTS = 90;

    @Test
    void aJobThatEndedByItselfIsToldAndNotAccused() {
        assertThat(told(job(30)))
                .singleElement()
                .asString()
                .matches("INFO importd \\(pid 1002\\) grew by .* ended and gave it back");
        try (SyntheticHost host = job(30)) {
            assertThat(host.analysed().verdict().headline())
                    .isEqualTo("No memory leak was found: what grew came back, came to rest or slows down.");
        }
    }

    @Test
    void whoMayHaveEndedForAnotherReasonIsAccused() {
        List<String> accused = List.of("leaks 1002");
        assertThat(told(job(70))).as("nobody knows whether it comes again").isEqualTo(accused);
        assertThat(told(job(30).born(40, "importd", t -> 10 * MIB)))
                .as("it was started again")
                .isEqualTo(accused);
        assertThat(told(job(30).sql("UPDATE meminfo SET mem_available_bytes = mem_available_bytes - 555745280")))
                .as("there was little left for it")
                .isEqualTo(accused);
        assertThat(told(job(30).sql("UPDATE capture SET origin = 'evidence'")))
                .as("what other tools print may leave a process out that lives")
                .isEqualTo(accused);
    }

    /** 7.5 minutes of a service, and of a job that takes 1 MiB a second until its last snapshot. */
    private static SyntheticHost job(int last) {
        double end = 5 * last;
        return new SyntheticHost(5, SNAPSHOTS)
                .process("shopd", t -> 40 * MIB)
                .process("importd", t -> (8 + t) * MIB)
                .sql("UPDATE process SET last_snapshot = " + last + " WHERE process_id = 2")
                .sql("DELETE FROM process_sample WHERE process_id = 2 AND snapshot > " + last)
                .takes("anon_pages_bytes", t -> t <= end ? t * MIB : 0);
    }

    /** Who is said to grow, and whether that is an accusation. */
    private static List<String> told(SyntheticHost host) {
        try (host) {
            return host.analysed().findings().stream()
                    .filter(finding -> finding.rule().equals("R05") && finding.severity() != Severity.OK)
                    .map(finding -> finding.severity() == Severity.INFO
                            ? "INFO " + finding.title()
                            : "leaks " + finding.culprit().pid())
                    .toList();
        }
    }
}
