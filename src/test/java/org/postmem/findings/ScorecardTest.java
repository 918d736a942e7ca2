package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Finding.Culprit;
import org.postmem.findings.Finding.Severity;
import org.postmem.findings.Truth.Leak;

class ScorecardTest {
    private static final Truth HEALTHY = new Truth(true, false, true, List.of());
    private static final Truth HEAP =
            leaking(new Leak(List.of("private_anonymous", "swap"), "process", "ordersvc", 353L));
    private static final Truth TMPFS = leaking(new Leak(List.of("tmpfs"), "mount", "/run", null));

    @Test
    void aRightVerdictCountsForRecallAndPrecision() {
        Scorecard card = new Scorecard();
        card.add("heap", HEAP, verdict(process("private_anonymous", "ordersvc", 353)));
        assertThat(card.lines()).hasSize(1).allMatch(line -> line.right() && line.rank() == 1);
        assertThat(card.all().recall()).isEqualTo(1);
        assertThat(card.all().precision()).isEqualTo(1);
        assertThat(card.passes()).isTrue();
    }

    @Test
    void anotherAcceptedKindOfTheSameCulpritIsRight() {
        Scorecard card = new Scorecard();
        card.add("heap", HEAP, verdict(process("swap", "ordersvc", 353)));
        assertThat(card.lines().get(0).right()).isTrue();
    }

    @Test
    void anotherProcessOfTheSameNameIsWrong() {
        Scorecard card = new Scorecard();
        card.add("heap", HEAP, verdict(process("private_anonymous", "ordersvc", 354)));
        assertThat(card.lines().get(0).right()).isFalse();
        assertThat(card.lines().get(0).rank()).isNull();
        assertThat(card.all().recall()).isZero();
        assertThat(card.all().precision()).isZero();
    }

    @Test
    void theSameProcessMayBeCalledByWhatItRuns() {
        Leak java = new Leak(List.of("private_anonymous"), "process", "java", 359L);
        assertThat(java.isNamedBy(run("Sessions", 359, "/usr/bin/java -cp /opt/app Sessions"), true))
                .isTrue();
        assertThat(java.isNamedBy(run("Sessions", 360, "/usr/bin/java -cp /opt/app Sessions"), true))
                .isFalse();
        assertThat(java.isNamedBy(run("Sessions", 359, "/usr/bin/javac Sessions"), true))
                .isFalse();
    }

    private static Finding run(String name, int pid, String command) {
        return finding("private_anonymous", new Culprit("process", name, null, pid, null, command, null));
    }

    @Test
    void theRightKindWithAnotherCulpritIsCountedApart() {
        Scorecard card = new Scorecard();
        card.add("heap", HEAP, verdict(process("private_anonymous", "java", 12)));
        assertThat(card.lines()).allMatch(line -> line.kindIsRight() && !line.right());
        assertThat(card.all().foundKinds()).isEqualTo(1);
        assertThat(card.all().rightKinds()).isEqualTo(1);
        assertThat(card.all().found()).isZero();
        assertThat(card.all().rightAccusations()).isZero();
    }

    @Test
    void theRightFindingInSecondPlaceIsAMissAndTheRankSaysSo() {
        Scorecard card = new Scorecard();
        card.add(
                "heap",
                HEAP,
                verdict(process("private_anonymous", "java", 12), process("private_anonymous", "ordersvc", 353)));
        assertThat(card.lines().get(0).right()).isFalse();
        assertThat(card.lines().get(0).rank()).isEqualTo(2);
    }

    @Test
    void aHealthyHostIsAccusedOnlyByAVerdictOfALeak() {
        Scorecard card = new Scorecard();
        card.add("none", HEALTHY, quiet());
        card.add("sawtooth", HEALTHY, verdict(process("private_anonymous", "gcapp", 7)));
        assertThat(card.healthy()).isEqualTo(2);
        assertThat(card.healthyAccused()).isEqualTo(1);
        assertThat(card.all().precision()).isZero();
        assertThat(card.passes()).isFalse();
    }

    @Test
    void recallAndPrecisionAreToldByKind() {
        Scorecard card = new Scorecard();
        card.add("heap", HEAP, verdict(process("private_anonymous", "ordersvc", 353)));
        card.add("heap 2", HEAP, quiet());
        card.add("tmpfs", TMPFS, verdict(process("private_anonymous", "weblog", 9)));
        card.add("tmpfs 2", TMPFS, verdict(finding("tmpfs", "mount", "/run", null)));
        assertThat(card.kinds()).containsOnlyKeys("private_anonymous", "tmpfs");
        assertThat(card.kinds().get("private_anonymous").recall()).isEqualTo(0.5);
        assertThat(card.kinds().get("private_anonymous").precision()).isEqualTo(0.5);
        assertThat(card.kinds().get("tmpfs").recall()).isEqualTo(0.5);
        assertThat(card.kinds().get("tmpfs").precision()).isEqualTo(1);
        assertThat(card.all().recall()).isEqualTo(0.5);
        assertThat(card.all().precision()).isEqualTo(2.0 / 3, within(1e-9));
    }

    @Test
    void ofTwoLeaksBothHaveToStandAmongTheAccused() {
        Leak heap = HEAP.leaks().get(0);
        Leak memfd = new Leak(List.of("memfd"), "process", "mailer", 12L);
        Truth two = new Truth(false, false, true, List.of(heap, memfd));
        Scorecard both = new Scorecard();
        both.add("two", two, verdict(process("memfd", "mailer", 12), process("private_anonymous", "ordersvc", 353)));
        assertThat(both.all().recall()).isEqualTo(1);
        Scorecard one = new Scorecard();
        one.add("two", two, verdict(process("private_anonymous", "ordersvc", 353)));
        assertThat(one.all().recall()).isEqualTo(0.5);
        assertThat(one.all().precision()).isEqualTo(1);
    }

    @Test
    void withoutPrivilegesTheOwnerMayStayUnknownButNobodyElseMayBeBlamed() {
        Truth unprivileged = new Truth(false, false, false, TMPFS.leaks());
        Scorecard card = new Scorecard();
        card.add("unknown", unprivileged, verdict(finding("tmpfs", "host", "owner unknown", null)));
        card.add("blamed", unprivileged, verdict(process("tmpfs", "sshd", 1)));
        assertThat(card.lines()).extracting(Scorecard.Line::right).containsExactly(true, false);
        Scorecard privileged = new Scorecard();
        privileged.add("unknown", TMPFS, verdict(finding("tmpfs", "host", "owner unknown", null)));
        assertThat(privileged.lines().get(0).right()).isFalse();
    }

    @Test
    void theDebatableIsShownAndNotCounted() {
        Scorecard card = new Scorecard();
        card.add("stops", new Truth(false, true, true, HEAP.leaks()), quiet());
        assertThat(card.lines()).hasSize(1).noneMatch(line -> line.counted() || line.right());
        assertThat(card.all().leaks()).isZero();
        assertThat(card.passes()).isTrue();
    }

    @Test
    void nineteenOfTwentyAreEnoughAndOneLessIsNot() {
        Scorecard card = new Scorecard();
        for (int i = 0; i < 19; i++) {
            card.add("heap " + i, HEAP, verdict(process("private_anonymous", "ordersvc", 353)));
        }
        card.add("missed", HEAP, quiet());
        assertThat(card.passes()).isTrue();
        card.add("missed too", HEAP, quiet());
        assertThat(card.passes()).isFalse();
    }

    private static Truth leaking(Leak leak) {
        return new Truth(false, false, true, List.of(leak));
    }

    private static Analysis quiet() {
        return new Analysis(List.of(), new Verdict(false, "healthy", null), List.of());
    }

    private static Analysis verdict(Finding... findings) {
        List<Finding> numbered = new ArrayList<>(List.of(findings));
        return new Analysis(
                List.of(), new Verdict(true, "a leak", numbered.get(0).id()), numbered);
    }

    private static Finding process(String kind, String name, int pid) {
        return finding(kind, "process", name, pid);
    }

    private static Finding finding(String kind, String type, String name, Integer pid) {
        return finding(kind, new Culprit(type, name, null, pid, null, null, null));
    }

    private static Finding finding(String kind, Culprit culprit) {
        return new Finding(
                "R-" + culprit.name(),
                "R",
                1,
                Severity.WARNING,
                50,
                kind,
                "top",
                "title",
                "explanation",
                List.of(),
                List.of(),
                culprit,
                "leak",
                0.8,
                1L,
                1.0,
                1.0,
                1.0,
                1.0,
                null,
                null,
                null,
                null,
                Map.of(),
                List.of());
    }
}
