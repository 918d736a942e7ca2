package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.MIB;

import org.junit.jupiter.api.Test;

/** Two files that tell one value differently: which they are, and what each says. */
class ContradictionTest {
    private static final String MERGED = "(1, 3, NULL, 'rss_bytes of process 7', NULL, 31457280, NULL, 10485760)";
    private static final String FILES =
            "(1, 5, TIMESTAMP '2026-11-22 10:00:00', 'mem_free_bytes', 'a.txt', 4194304, 'b.txt', 1048576)";

    @Test
    void isToldOfOneRowAlone() {
        assertThat(told(MERGED + ", " + FILES))
                .startsWith("The first: mem_free_bytes is 4.00 MiB in a.txt and 1.00 MiB in b.txt, at 10:00:00 UTC.")
                .doesNotContain("process 7");
    }

    @Test
    void namesNoFileWhereNobodyKnowsIt() {
        assertThat(told(MERGED))
                .isEqualTo("rss_bytes of process 7: 30.0 MiB in one file and 10.0 MiB in another, at one moment.");
    }

    private static String told(String rows) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("ordersvc", t -> 20 * MIB).sql("INSERT INTO evidence_conflict VALUES " + rows);
            return host.explanationOf("R34");
        }
    }
}
