package org.postmem.procfs;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.postmem.procfs.OomReport.OomTask;

/**
 * Whom the kernel's rule would choose from the task dump of a report, held against whom it chose.
 *
 * @param outcome whether it can be told, and whether it is right
 * @param pid the one with most points, the first in the dump of several; {@code null} where it cannot be told, likewise
 *     {@code name} and {@code points}
 * @param points pages, {@code oom_score_adj} counted in
 * @param tied how many have as many
 */
public record OomPrediction(Outcome outcome, Integer pid, String name, Long points, int tied) {

    /** What a prediction came to. */
    public enum Outcome {
        /** The one predicted was chosen, or one with as many points. */
        HIT,
        MISS,
        /** The report names nobody who was killed. */
        NO_VICTIM,
        /** Nothing to choose from: the dump is lost, switched off, or of a group that is killed as a whole. */
        NO_TASKS,
        /** A kernel before 3.0, or whose release is lost, or whose dump lacks what the rule counts. */
        NO_RULE,
        /** {@code oom_score_adj} differs between the tasks, and what it is a thousandth of is unknown. */
        NO_TOTAL,
        /** {@code vm.oom_kill_allocating_task}: size did not matter. */
        ALLOCATING_TASK;

        /** Was there a prediction at all? */
        public boolean told() {
            return this == HIT || this == MISS;
        }
    }

    private static final int NEVER = -1000;

    /** Of a report. */
    public static OomPrediction of(OomReport report) {
        Integer chosen = report.chosenPid() == null ? report.victimPid() : report.chosenPid();
        if (chosen == null) {
            return none(Outcome.NO_VICTIM);
        }
        if (report.tasks().isEmpty()) {
            return none(Outcome.NO_TASKS);
        }
        if (report.allocatingTask()) {
            return none(Outcome.ALLOCATING_TASK);
        }
        List<OomTask> candidates = report.tasks().stream()
                .filter(task -> task.oomScoreAdj() == null || task.oomScoreAdj() != NEVER)
                .toList();
        if (report.kernel() == null || !OomScore.isRelease(report.kernel())) {
            return none(Outcome.NO_RULE);
        }
        // The same adjustment for all moves nobody before another.
        boolean alike = candidates.stream().map(OomTask::oomScoreAdj).distinct().count() <= 1;
        if (report.totalPages() == null && !alike) {
            return none(Outcome.NO_TOTAL);
        }
        OomScore rule = OomScore.of(report.kernel(), report.totalPages() == null ? 0 : report.totalPages());
        if (!rule.isPredictable()) {
            return none(Outcome.NO_RULE);
        }
        return best(candidates, chosen, rule, report.pageBytes());
    }

    private static OomPrediction best(List<OomTask> candidates, int chosen, OomScore rule, long pageBytes) {
        OomTask best = null;
        long most = Long.MIN_VALUE;
        int tied = 0;
        boolean chosenIsBest = false;
        for (OomTask task : candidates) {
            OptionalLong points = points(task, rule, pageBytes);
            if (points.isEmpty()) {
                return none(Outcome.NO_RULE);
            }
            if (points.getAsLong() > most) {
                most = points.getAsLong();
                best = task;
                tied = 0;
                chosenIsBest = false;
            }
            if (points.getAsLong() == most) {
                tied++;
                chosenIsBest |= task.pid() == chosen;
            }
        }
        if (best == null) {
            return none(Outcome.NO_TASKS);
        }
        return new OomPrediction(chosenIsBest ? Outcome.HIT : Outcome.MISS, best.pid(), best.name(), most, tied);
    }

    /** Empty where the dump does not say what the rule counts. */
    private static OptionalLong points(OomTask task, OomScore rule, long pageBytes) {
        if (task.rssBytes() == null
                || task.swapBytes() == null
                || task.pageTablesBytes() == null
                || task.oomScoreAdj() == null) {
            return OptionalLong.empty();
        }
        return rule.points(new OomScore.Footprint(
                task.rssBytes() / pageBytes,
                task.swapBytes() / pageBytes,
                task.pageTablesBytes() / pageBytes,
                task.oomScoreAdj(),
                Objects.equals(task.uid(), 0L)));
    }

    private static OomPrediction none(Outcome outcome) {
        return new OomPrediction(outcome, null, null, null, 0);
    }
}
