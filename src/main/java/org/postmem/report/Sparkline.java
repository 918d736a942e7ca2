package org.postmem.report;

import java.util.ArrayList;
import java.util.List;

/** A series as a small line in a box of 100 × 24; the lowest value lies at the bottom, a flat series in the middle. */
final class Sparkline {
    private static final int MOST_POINTS = 48;
    private static final double WIDTH = 100;
    private static final double TOP = 2;
    private static final double HEIGHT = 20;

    private Sparkline() {}

    /** Draws a series, {@code null} when there are not two readings to draw a line between. */
    static ReportModel.Spark of(List<?> series, String name, Printing printing) {
        List<Double> values = new ArrayList<>();
        for (Object value : series) {
            if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
                values.add(number.doubleValue());
            }
        }
        if (values.size() < 2) {
            return null;
        }
        double low = values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double high = values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        boolean counted = values.stream().allMatch(value -> value == Math.rint(value));
        String alternative = printed(name, values.get(0), counted, printing) + " \u2192 "
                + printed(name, values.get(values.size() - 1), counted, printing) + "; "
                + printed(name, low, counted, printing) + " \u2026 " + printed(name, high, counted, printing);
        List<Double> shown = thinned(values);
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < shown.size(); i++) {
            double x = i * WIDTH / (shown.size() - 1);
            double y = high == low ? TOP + HEIGHT / 2 : TOP + HEIGHT - (shown.get(i) - low) / (high - low) * HEIGHT;
            path.append(i == 0 ? "M" : i == 1 ? "L" : " ")
                    .append(coordinate(x))
                    .append(' ')
                    .append(coordinate(y));
        }
        return new ReportModel.Spark(path.toString(), alternative);
    }

    /** What is whole in every reading is a count: 5 078 and not 5078.00. */
    private static String printed(String name, double value, boolean counted, Printing printing) {
        return counted ? printing.text(name, Math.round(value)) : printing.text(name, value);
    }

    /** Keeps the lowest and the highest of each stretch, in their order, and both ends. */
    private static List<Double> thinned(List<Double> values) {
        if (values.size() <= MOST_POINTS) {
            return values;
        }
        List<Double> kept = new ArrayList<>();
        kept.add(values.get(0));
        int stretches = MOST_POINTS / 2 - 1;
        for (int s = 0; s < stretches; s++) {
            int from = 1 + (values.size() - 2) * s / stretches;
            int to = 1 + (values.size() - 2) * (s + 1) / stretches;
            int low = from;
            int high = from;
            for (int i = from; i < to; i++) {
                low = values.get(i) < values.get(low) ? i : low;
                high = values.get(i) > values.get(high) ? i : high;
            }
            kept.add(values.get(Math.min(low, high)));
            if (low != high) {
                kept.add(values.get(Math.max(low, high)));
            }
        }
        kept.add(values.get(values.size() - 1));
        return kept;
    }

    static String coordinate(double value) {
        String text = Double.toString(Math.round(value * 10) / 10.0);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
