package org.postmem.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The balance sheet drawn without a script: areas in a box of 1000 × 1000 that stretches to the page, labels placed in
 * percent so that letters never stretch. The script draws over the same elements.
 */
final class BalanceChart {
    private static final int BOX = 1000;
    private static final int DRAWN_POINTS = 140;
    private static final int MOST_BARS = 10;
    // 11.5 px letters on a chart about 640 px wide
    private static final double PERCENT_PER_LETTER = 1.02;
    /** So many times as wide is a letter on a phone. */
    private static final double NARROW = 2.1;

    private final Balance balance;
    private final Printing printing;
    private final Texts texts;
    private final Instant start;
    private final double span;

    BalanceChart(Balance balance, Printing printing, Instant start) {
        this.balance = balance;
        this.printing = printing;
        this.texts = printing.texts();
        this.start = start;
        this.span = Math.max(balance.seconds()[balance.points() - 1] - balance.seconds()[0], 1e-9);
    }

    /** An event of the capture: what, when, how long. */
    record Event(String kind, Instant at, double seconds, String label) {}

    ReportModel.Chart chart(
            int index, String hotBand, List<Event> events, Instant onset, ReportModel.Heat heat, String note) {
        int last = balance.points() - 1;
        int from = onset == null ? 0 : balance.nearest(onset.toEpochMilli() / 1000.0 - start.toEpochMilli() / 1000.0);
        from = from >= last ? 0 : from;
        return new ReportModel.Chart(
                index,
                texts.text("chart.title"),
                alternative(last),
                texts.text(told("chart.lead")),
                note,
                bands(hotBand, last),
                yTicks(),
                xTicks(),
                marks(events),
                waterfall(from, last, hotBand),
                heat);
    }

    private List<ReportModel.Band> bands(String hotBand, int last) {
        List<Integer> drawn = drawnPoints();
        List<ReportModel.Band> bands = new ArrayList<>();
        long[] base = new long[balance.points()];
        for (Map.Entry<String, long[]> band : balance.bands().entrySet()) {
            long[] top = new long[base.length];
            for (int i = 0; i < base.length; i++) {
                top[i] = base[i] + Math.max(0, band.getValue()[i]);
            }
            StringBuilder path = new StringBuilder("M");
            for (int i : drawn) {
                path.append(x(i)).append(' ').append(y(top[i])).append(' ');
            }
            for (int n = drawn.size() - 1; n >= 0; n--) {
                path.append(x(drawn.get(n)))
                        .append(' ')
                        .append(y(base[drawn.get(n)]))
                        .append(' ');
            }
            path.setCharAt(path.length() - 1, 'Z');
            long value = band.getValue()[last];
            bands.add(new ReportModel.Band(
                    band.getKey(),
                    label(band.getKey()),
                    "b-" + band.getKey(),
                    path.toString(),
                    Quantity.bytes(value),
                    printing.exact("_bytes", value),
                    band.getKey().equals(hotBand)));
            base = top;
        }
        return bands;
    }

    private String label(String band) {
        return band.equals(Balance.CULPRIT)
                ? balance.owners().stream()
                        .filter(owner -> owner.band().equals(band))
                        .map(Balance.Owner::name)
                        .findFirst()
                        .orElseThrow()
                : texts.label(band);
    }

    private List<Integer> drawnPoints() {
        List<Integer> drawn = new ArrayList<>();
        int points = balance.points();
        int most = Math.min(points, DRAWN_POINTS);
        for (int n = 0; n < most; n++) {
            drawn.add(most == 1 ? 0 : (int) ((long) n * (points - 1) / (most - 1)));
        }
        return drawn;
    }

    private int x(int point) {
        return (int) Math.round((balance.seconds()[point] - balance.seconds()[0]) / span * BOX);
    }

    private int y(long bytes) {
        return (int) Math.round(BOX - Math.min(1.0, (double) bytes / balance.totalBytes()) * BOX);
    }

    private List<ReportModel.Tick> yTicks() {
        long step = 1;
        for (long candidate = 1; candidate * 3 <= balance.totalBytes(); candidate *= 2) {
            step = candidate;
        }
        List<ReportModel.Tick> ticks = new ArrayList<>();
        for (long at = step; at < balance.totalBytes() * 0.97; at += step) {
            ticks.add(new ReportModel.Tick(percent(100 - 100.0 * at / balance.totalBytes()), Quantity.bytes(at)));
        }
        return ticks;
    }

    List<ReportModel.Tick> xTicks() {
        List<ReportModel.Tick> ticks = new ArrayList<>();
        double[] steps = {
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800
        };
        double step = steps[steps.length - 1];
        for (int i = steps.length - 1; i >= 0; i--) {
            step = span / steps[i] <= 6 ? steps[i] : step;
        }
        long offset = printing.time().offset().getTotalSeconds();
        double local = start.toEpochMilli() / 1000.0 + offset + balance.seconds()[0];
        for (double at = Math.ceil(local / step) * step; at <= local + span; at += step) {
            double share = (at - local) / span * 100;
            if (share > 4 && share < 96) {
                ticks.add(new ReportModel.Tick(
                        percent(share), printing.time().time(Instant.ofEpochMilli(Math.round((at - offset) * 1000)))));
            }
        }
        return ticks;
    }

    private List<ReportModel.Mark> marks(List<Event> events) {
        List<ReportModel.Mark> marks = new ArrayList<>();
        double[] rowEnds = {-1, -1, -1};
        double[] narrowEnds = {-1, -1, -1};
        List<Event> inTime =
                events.stream().sorted(Comparator.comparing(Event::at)).toList();
        for (Event event : inTime) {
            double at = place(event);
            boolean leftwards = at > 72;
            double width = event.label().codePointCount(0, event.label().length()) * PERCENT_PER_LETTER + 2;
            int row = 0;
            while (row < rowEnds.length && rowEnds[row] > (leftwards ? at - width : at)) {
                row++;
            }
            boolean labelled = row < rowEnds.length;
            boolean wideOnly = labelled && narrowEnds[row] > (leftwards ? at - NARROW * width : at);
            if (labelled) {
                rowEnds[row] = leftwards ? at + 1 : at + width;
                if (!wideOnly) {
                    narrowEnds[row] = leftwards ? at + 1 : at + NARROW * width;
                }
            }
            marks.add(new ReportModel.Mark(
                    percent(at),
                    percent(Math.max(0, Math.min(100 - at, event.seconds() / span * 100))),
                    event.kind(),
                    labelled ? event.label() : "",
                    leftwards ? "end" : "start",
                    Integer.toString(14 + 15 * Math.min(row, 2)),
                    wideOnly));
        }
        return marks;
    }

    private double place(Event event) {
        double second = (event.at().toEpochMilli() - start.toEpochMilli()) / 1000.0 - balance.seconds()[0];
        return Math.max(0, Math.min(100, second / span * 100));
    }

    private ReportModel.Waterfall waterfall(int from, int to, String hotBand) {
        List<Balance.Step> steps = new ArrayList<>(balance.growth(from, to, texts));
        steps.sort(Comparator.comparingLong((Balance.Step step) -> -Math.abs(step.bytes()))
                .thenComparing(Balance.Step::band)
                .thenComparing(Balance.Step::label));
        List<Balance.Step> shown = new ArrayList<>(steps.subList(0, Math.min(MOST_BARS, steps.size())));
        shown.removeIf(step -> step.bytes() == 0);
        List<Balance.Step> left =
                steps.stream().filter(s -> !shown.contains(s) && s.bytes() != 0).toList();
        long leftBytes = left.stream().mapToLong(Balance.Step::bytes).sum();
        if (leftBytes != 0) {
            shown.add(new Balance.Step(texts.counted("waterfall.smaller", left.size()), "rest", leftBytes, true));
        }
        long low = 0;
        long high = 0;
        long at = 0;
        for (Balance.Step step : shown) {
            at += step.bytes();
            low = Math.min(low, at);
            high = Math.max(high, at);
        }
        double scale = high == low ? 0 : 100.0 / (high - low);
        List<ReportModel.Bar> bars = new ArrayList<>();
        long before = 0;
        for (Balance.Step step : shown) {
            long after = before + step.bytes();
            bars.add(new ReportModel.Bar(
                    step.label(),
                    Quantity.signedBytes(step.bytes()),
                    printing.exact("_bytes", step.bytes()),
                    percent((Math.min(before, after) - low) * scale),
                    percent(Math.max(0.4, Math.abs(step.bytes()) * scale)),
                    "b-" + step.band() + (step.band().equals(hotBand) ? " hot" : "")
                            + (step.bytes() < 0 ? " back" : "")));
            before = after;
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("from_ts", moment(from));
        facts.put("to_ts", moment(to));
        facts.put("growth_bytes", at);
        return new ReportModel.Waterfall(
                texts.fill("waterfall.title", facts, printing),
                bars,
                texts.fill(told("waterfall.sum"), facts, printing));
    }

    private Instant moment(int point) {
        return start.plusMillis(Math.round(balance.seconds()[point] * 1000));
    }

    private String alternative(int last) {
        StringBuilder words = new StringBuilder(texts.text(told("chart.alternative")));
        balance.bands()
                .forEach((band, series) -> words.append(' ')
                        .append(label(band))
                        .append(": ")
                        .append(Quantity.bytes(series[0]))
                        .append(" \u2192 ")
                        .append(Quantity.bytes(series[last]))
                        .append(';'));
        words.setCharAt(words.length() - 1, '.');
        return words.toString();
    }

    /** The text for a stack of all of MemTotal, or the one for a stack of what was told of it. */
    private String told(String key) {
        return balance.untold().isEmpty() ? key : key + ".part";
    }

    private static String percent(double percent) {
        return Sparkline.coordinate(percent) + "%";
    }

    /** The same for the script: kibibytes where that is exact. */
    void write(PageJson json, List<Event> events, String hotBand, HeatMap heat) {
        long unit = balance.bands().values().stream()
                        .flatMapToLong(java.util.Arrays::stream)
                        .allMatch(v -> v % 1024 == 0)
                ? 1024
                : 1;
        for (Balance.Owner owner : balance.owners()) {
            for (long bytes : owner.bytes()) {
                unit = bytes % unit == 0 ? unit : 1;
            }
        }
        long divisor = unit;
        json.open('{').name("unit").value(unit).name("total").value(balance.totalBytes());
        json.name("start").value(start.toEpochMilli());
        json.name("offset").value(printing.time().offset().getTotalSeconds());
        json.name("days").value(printing.time().severalDays() ? 1 : 0);
        json.name("hot").value(hotBand);
        json.name("sum").value(told("js.sum"));
        json.name("ms")
                .differences(java.util.Arrays.stream(balance.seconds())
                        .mapToLong(s -> Math.round(s * 1000))
                        .toArray());
        json.name("bands").open('[');
        balance.bands()
                .forEach((band, series) -> json.open('{')
                        .name("id")
                        .value(band)
                        .name("label")
                        .value(label(band))
                        .name("v")
                        .differences(scaled(series, divisor))
                        .close('}'));
        json.close(']').name("available").differences(scaled(balance.available(), 1024));
        json.name("owners").open('[');
        for (Balance.Owner owner : balance.owners()) {
            json.open('{').name("b").value(owner.band()).name("o").value(owner.name());
            json.name("v").differences(scaled(owner.bytes(), divisor)).close('}');
        }
        json.close(']').name("events").open('[');
        for (Event event : events) {
            json.open('{').name("at").value(event.at().toEpochMilli() - start.toEpochMilli());
            json.name("kind")
                    .value(event.kind())
                    .name("label")
                    .value(event.label())
                    .close('}');
        }
        json.close(']').name("heat");
        if (heat == null) {
            json.value((String) null);
        } else {
            heat.write(json);
        }
        json.close('}');
    }

    private static long[] scaled(long[] series, long unit) {
        return java.util.Arrays.stream(series).map(v -> Math.floorDiv(v, unit)).toArray();
    }
}
