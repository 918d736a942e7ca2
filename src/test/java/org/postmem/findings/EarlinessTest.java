package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Earliness.Prefix;

class EarlinessTest {
    private static final Instant ONSET = Instant.parse("2026-11-25T03:00:00Z");

    @Test
    void countsFromTheOnsetToTheFirstVerdictThatStaysRight() {
        assertThat(Earliness.of(
                        List.of(
                                prefix(-10, false, false),
                                prefix(20, true, true),
                                prefix(40, false, true),
                                prefix(60, true, true),
                                prefix(80, true, true)),
                        ONSET,
                        1024.0))
                .isEqualTo(new Earliness(1, 0, 4, 1, 0, 60.0, 61440L));
    }

    @Test
    void aVerdictThatIsWrongInTheEndWasNeverRight() {
        assertThat(Earliness.of(List.of(prefix(20, true, true), prefix(40, false, false)), ONSET, 1024.0))
                .isEqualTo(new Earliness(0, 0, 2, 0, 0, null, null));
    }

    @Test
    void anAccusationBeforeTheOnsetIsAFalseOne() {
        assertThat(Earliness.of(List.of(prefix(-30, false, true), prefix(-5, false, false)), ONSET, null))
                .isEqualTo(new Earliness(2, 1, 0, 0, 0, null, null));
    }

    @Test
    void everyPrefixOfAHealthyCaptureIsHealthy() {
        assertThat(Earliness.of(List.of(prefix(0, true, false), prefix(30, false, true)), null, null))
                .isEqualTo(new Earliness(2, 1, 0, 0, 0, null, null));
    }

    @Test
    void withoutARateTheBytesStayUnknown() {
        assertThat(Earliness.of(List.of(prefix(15, true, true)), ONSET, null))
                .isEqualTo(new Earliness(0, 0, 1, 0, 0, 15.0, null));
    }

    @Test
    void aLeakWhoseOwnerIsNotKnownYetNamesNobodyWrongly() {
        assertThat(Earliness.of(
                        List.of(
                                new Prefix(ONSET.plusSeconds(20), false, true, false),
                                new Prefix(ONSET.plusSeconds(40), false, true, true),
                                new Prefix(ONSET.plusSeconds(60), true, true, true)),
                        ONSET,
                        null))
                .isEqualTo(new Earliness(0, 0, 3, 1, 1, 60.0, null));
    }

    private static Prefix prefix(long seconds, boolean right, boolean accuses) {
        return new Prefix(ONSET.plusSeconds(seconds), right, accuses, accuses);
    }
}
