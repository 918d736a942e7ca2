package org.postmem.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.postmem.cli.Score.Judged;
import org.postmem.findings.Earliness;
import org.postmem.units.Human;

/** How early the verdict is right, kind by kind, as the Markdown table that stands in {@code README.md}. */
final class EarlinessTable {
    private EarlinessTable() {}

    static List<String> of(Score score) {
        Map<String, List<Judged>> kinds = new TreeMap<>();
        List<Judged> leaks = new ArrayList<>();
        for (Judged one : score.judged()) {
            if (!one.incident().truth().healthy() && !one.incident().truth().debatable()) {
                kinds.computeIfAbsent(one.incident().truth().leaks().get(0).kind(), unused -> new ArrayList<>())
                        .add(one);
                leaks.add(one);
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(
                "| kind | leaks | right for good after: median | nine of ten | leaked by then: median | nine of ten | beginnings with the leak | owner unknown | wrong |");
        lines.add("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        kinds.forEach((kind, some) -> lines.add(row("`" + kind + "`", some)));
        lines.add(row("all leaks", leaks));
        lines.add("");
        lines.add("Beginnings that hold no leak: " + sum(score.judged(), Earliness::healthyPrefixes) + ", accused: "
                + sum(score.judged(), Earliness::healthyAccused) + ".");
        return lines;
    }

    private static String row(String kind, List<Judged> some) {
        List<Double> seconds = some.stream()
                .map(one -> one.earliness().rightAfterSeconds())
                .filter(Objects::nonNull)
                .sorted()
                .toList();
        List<Double> bytes = some.stream()
                .map(one -> one.earliness().rightAfterBytes())
                .filter(Objects::nonNull)
                .map(Long::doubleValue)
                .sorted()
                .toList();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %s | %s | %s | %s | %d | %d | %d |",
                kind,
                some.size(),
                seconds(rank(seconds, some.size(), 0.5)),
                seconds(rank(seconds, some.size(), 0.9)),
                bytes(rank(bytes, bytes.size(), 0.5)),
                bytes(rank(bytes, bytes.size(), 0.9)),
                sum(some, Earliness::leakPrefixes),
                sum(some, Earliness::leakUnnamed),
                sum(some, Earliness::leakWrong));
    }

    /**
     * The value below or at which a share of so many lies.
     *
     * @return {@code null} where more than the others never were right
     */
    static Double rank(List<Double> sorted, int of, double share) {
        int index = Math.max(0, (int) Math.ceil(share * of) - 1);
        return index < sorted.size() ? sorted.get(index) : null;
    }

    private static String seconds(Double value) {
        return value == null ? "–" : String.format(Locale.ROOT, "%.0f s", value);
    }

    private static String bytes(Double value) {
        return value == null ? "–" : Human.bytes(value);
    }

    private static int sum(List<Judged> some, ToIntFunction<Earliness> count) {
        return some.stream().mapToInt(one -> count.applyAsInt(one.earliness())).sum();
    }
}
