package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.MIB;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Finding.Severity;

/**
 * A database writes itself out through a child: what is written to meanwhile is there twice, and given back when the child
 * ends. That is no leak, also where the capture ends first.
 */
class ForkedChildTest {
    private static final int SNAPSHOTS = 180;
    private static final int LIFE = 40;

    /** RssAnon of the child is that of its parent from its first moment on, however many pages have become two. */
    @Test
    void pagesThatAForkMakesTwoOfAreNobodysLeak() {
        assertThat(told(forked(0, 40, 100, SNAPSHOTS - LIFE))).isEmpty();
        assertThat(told(forked(0, SNAPSHOTS - LIFE))).as("the first of them").isEmpty();
        SyntheticHost tight = forked(0, SNAPSHOTS - LIFE)
                .sql("UPDATE meminfo SET mem_available_bytes = mem_available_bytes - 524288000");
        assertThat(told(tight)).as("where little is left").isEmpty();
    }

    @Test
    void aChildThatGrowsAsOthersDidThatEndedIsToldAndNotAccused() {
        assertThat(told(forked(0.4, 20, 80, SNAPSHOTS - LIFE)))
                .hasSize(3)
                .allSatisfy(
                        told -> assertThat(told)
                                .matches(
                                        "INFO keystore \\(pid 100[234]\\) grew by .*, as other children of its parent did that ended"));
    }

    @Test
    void aChildOfWhichNothingTellsThatItWillEndIsAccused() {
        assertThat(told(forked(0.4, SNAPSHOTS - LIFE))).as("the first").containsExactly("CRITICAL leaks 1002");
        assertThat(told(forked(0.4, 80, SNAPSHOTS - LIFE)))
                .as("one more may be chance")
                .containsExactlyInAnyOrder("CRITICAL leaks 1002", "CRITICAL leaks 1003");
        assertThat(
                        told(
                                forked(0.4, 20, 80, SNAPSHOTS - LIFE)
                                        .sql(
                                                "UPDATE process_sample SET rss_anon_bytes = rss_anon_bytes + (snapshot - 140) * 4194304 WHERE process_id = 4")))
                .as("more than they had")
                .contains("CRITICAL leaks 1004");
        assertThat(told(forked(0.4, 20, 80, SNAPSHOTS - LIFE).sql("UPDATE process SET ppid = 1")))
                .as("children of init")
                .contains("CRITICAL leaks 1004");
        assertThat(told(forked(0.4, 20, 40, SNAPSHOTS - LIFE)))
                .as("two at a time are workers")
                .contains("CRITICAL leaks 1004");
    }

    /**
     * 15 minutes of a parent of 140 MiB. Its children are forked at these snapshots and live for 200 s each, in which 100
     * MiB of pages become two.
     *
     * @param own MiB a second that each takes for itself, as buffers of what it writes
     */
    private static SyntheticHost forked(double own, int... births) {
        double parent = 140 * MIB;
        SyntheticHost host = new SyntheticHost(5, SNAPSHOTS).process("keystore", t -> parent);
        for (int birth : births) {
            host.born(birth, "keystore", t -> parent + own * (t - 5 * birth) * MIB);
        }
        return host.sql("UPDATE process SET ppid = CASE WHEN process_id = 1 THEN 1 ELSE 1001 END")
                .sql("UPDATE process SET last_snapshot = least(first_snapshot + " + LIFE
                        + ", last_snapshot) WHERE process_id > 1")
                .sql("DELETE FROM process_sample AS s USING process AS p WHERE s.process_id = p.process_id"
                        + " AND s.snapshot > p.last_snapshot")
                .takes("anon_pages_bytes", t -> {
                    double taken = 0;
                    for (int birth : births) {
                        double age = t - 5 * birth;
                        taken += age >= 0 && age <= 5 * LIFE ? age * (0.5 + own) * MIB : 0;
                    }
                    return taken;
                });
    }

    /** Who is said to grow, and how loud. */
    private static List<String> told(SyntheticHost host) {
        try (host) {
            return host.analysed().findings().stream()
                    .filter(finding -> finding.severity().compareTo(Severity.INFO) <= 0)
                    .filter(finding -> FindingKinds.LEAKS.contains(finding.kind()))
                    .map(finding -> finding.severity() == Severity.INFO
                            ? "INFO " + finding.title()
                            : finding.severity() + " leaks " + finding.culprit().pid())
                    .toList();
        }
    }
}
