package org.postmem.findings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.postmem.findings.Finding.Severity;

/**
 * Findings held against the truth. Recall counts leaks: one is found when its kind and culprit stand first, or among the
 * first where a capture has several. Precision counts accusations: one a capture, the finding its verdict rests on.
 */
public final class Scorecard {
    /** Of the leaks, as many must be found. */
    public static final double LEAST_RECALL = 0.95;

    /** Of the accusations, as many must be right. */
    public static final double LEAST_PRECISION = 0.97;

    private final List<Line> lines = new ArrayList<>();
    private final Map<String, Tally> tallies = new TreeMap<>();
    private final Tally all = new Tally();
    private int healthy;
    private int healthyAccused;

    /**
     * One leak of one capture, or one healthy capture.
     *
     * @param leak {@code null} of a healthy capture
     * @param first the finding its verdict rests on, {@code null} when it accuses nobody
     * @param kindIsRight does the first finding name the right kind, whoever the culprit is? {@code true} of a healthy
     *     capture in which nobody is accused
     * @param rank at which the right finding stands among those above {@code info}, 1 is first; {@code null} nowhere
     */
    public record Line(
            String incident,
            Truth.Leak leak,
            Finding first,
            Integer rank,
            boolean kindIsRight,
            boolean right,
            boolean counted) {}

    /** How many leaks there were, were found; how many accusations there were, were right. */
    public static final class Tally {
        private int leaks;
        private int found;
        private int foundKinds;
        private int accusations;
        private int rightAccusations;
        private int rightKinds;

        public int leaks() {
            return leaks;
        }

        public int found() {
            return found;
        }

        /** Leaks whose kind stood first, whoever was named as the culprit. */
        public int foundKinds() {
            return foundKinds;
        }

        public int accusations() {
            return accusations;
        }

        public int rightAccusations() {
            return rightAccusations;
        }

        /** Accusations of the right kind, whoever was named as the culprit. */
        public int rightKinds() {
            return rightKinds;
        }

        /** 1 when there was nothing to find. */
        public double recall() {
            return leaks == 0 ? 1 : (double) found / leaks;
        }

        /** 1 when nobody was accused. */
        public double precision() {
            return accusations == 0 ? 1 : (double) rightAccusations / accusations;
        }
    }

    /** Holds what was found in a capture against its truth. */
    public void add(String incident, Truth truth, Analysis analysis) {
        boolean counted = !truth.debatable();
        List<Finding> loud = analysis.findings().stream()
                .filter(finding -> finding.severity().compareTo(Severity.INFO) < 0)
                .toList();
        Finding first = loud.stream()
                .filter(finding -> finding.id().equals(analysis.verdict().findingId()))
                .findFirst()
                .orElse(null);
        Finding accused = analysis.verdict().leak() ? first : null;
        if (truth.healthy()) {
            lines.add(new Line(incident, null, accused, null, accused == null, accused == null, counted));
            if (counted) {
                healthy++;
                healthyAccused += accused == null ? 0 : 1;
                accuse(accused, false, false);
            }
            return;
        }
        boolean firstIsRight =
                first != null && truth.leaks().stream().anyMatch(leak -> leak.isNamedBy(first, truth.privileged()));
        for (Truth.Leak leak : truth.leaks()) {
            Integer rank = rank(leak, loud, truth.privileged());
            boolean right = firstIsRight
                    && rank != null
                    && (truth.leaks().size() > 1 || leak.isNamedBy(first, truth.privileged()));
            boolean kind = first != null && (right || leak.kinds().contains(first.kind()));
            lines.add(new Line(incident, leak, first, rank, kind, right, counted));
            if (counted) {
                for (Tally tally : List.of(all, tally(leak.kind()))) {
                    tally.leaks++;
                    tally.found += right ? 1 : 0;
                    tally.foundKinds += kind ? 1 : 0;
                }
            }
        }
        if (counted) {
            boolean kind = first != null
                    && truth.leaks().stream().anyMatch(leak -> leak.kinds().contains(first.kind()));
            accuse(first, kind, firstIsRight);
        }
    }

    private void accuse(Finding first, boolean kind, boolean right) {
        if (first != null) {
            for (Tally tally : List.of(all, tally(first.kind()))) {
                tally.accusations++;
                tally.rightAccusations += right ? 1 : 0;
                tally.rightKinds += kind ? 1 : 0;
            }
        }
    }

    private static Integer rank(Truth.Leak leak, List<Finding> loud, boolean privileged) {
        for (int i = 0; i < loud.size(); i++) {
            if (leak.isNamedBy(loud.get(i), privileged)) {
                return i + 1;
            }
        }
        return null;
    }

    private Tally tally(String kind) {
        return tallies.computeIfAbsent(kind, unused -> new Tally());
    }

    /** In the order the captures were added. */
    public List<Line> lines() {
        return List.copyOf(lines);
    }

    /** By kind of {@code findings.json}. */
    public Map<String, Tally> kinds() {
        return new TreeMap<>(tallies);
    }

    public Tally all() {
        return all;
    }

    public int healthy() {
        return healthy;
    }

    public int healthyAccused() {
        return healthyAccused;
    }

    /** Is it as good as it has to be? */
    public boolean passes() {
        return all.recall() >= LEAST_RECALL && all.precision() >= LEAST_PRECISION && healthyAccused == 0;
    }
}
