package org.postmem.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.postmem.findings.Scorecard;
import org.postmem.findings.Scorecard.Tally;

/** How often the verdict is right, as the Markdown table that stands in {@code README.md}. */
final class ScoreTable {
    private ScoreTable() {}

    /** The sets that are told apart, those with captures. */
    static Map<String, Scorecard> sets(Score score) {
        Map<String, Scorecard> sets = new LinkedHashMap<>();
        sets.put(
                "tuned on", score.card(i -> !i.origin().heldOut() && !i.origin().synthetic()));
        sets.put("held out", score.card(i -> i.origin().heldOut() && !i.origin().synthetic()));
        sets.put("synthetic", score.card(i -> i.origin().synthetic()));
        sets.values().removeIf(card -> card.lines().isEmpty());
        return sets;
    }

    static List<String> of(Score score) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| captures | leaks | kind named first | and culprit | recall | precision | healthy hosts | accused |");
        lines.add("|---|---:|---:|---:|---:|---:|---:|---:|");
        sets(score).forEach((set, card) -> lines.add(row(set, card)));
        Scorecard decisive = score.decisive();
        lines.add(row("all recorded", decisive));
        lines.add("");
        lines.add("| kind | leaks | named first, with the culprit | accusations | right |");
        lines.add("|---|---:|---:|---:|---:|");
        decisive.kinds()
                .forEach((kind, tally) -> lines.add("| `" + kind + "` | " + tally.leaks() + " | " + tally.found()
                        + " | " + tally.accusations() + " | " + tally.rightAccusations() + " |"));
        return lines;
    }

    private static String row(String set, Scorecard card) {
        Tally tally = card.all();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %.3f | %.3f | %d | %d |",
                set,
                tally.leaks(),
                tally.foundKinds(),
                tally.found(),
                tally.recall(),
                tally.precision(),
                card.healthy(),
                card.healthyAccused());
    }
}
