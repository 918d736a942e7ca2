package org.postmem.collector.source;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The places of a text that are to be hidden; those that overlap are one. */
final class SecretRanges {
    private static final String MASK = "***";

    private final List<Range> ranges = new ArrayList<>();

    private record Range(int from, int to) {}

    void add(int from, int to) {
        if (from < to) {
            ranges.add(new Range(from, to));
        }
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Writes the text with what is hidden as {@code ***}; returns how many that were. */
    int write(String text, StringBuilder out) {
        ranges.sort(Comparator.comparingInt(Range::from));
        int at = 0;
        int hidden = 0;
        int i = 0;
        while (i < ranges.size()) {
            Range first = ranges.get(i);
            int to = first.to();
            for (i++; i < ranges.size() && ranges.get(i).from() < to; i++) {
                to = Math.max(to, ranges.get(i).to());
            }
            out.append(text, at, first.from()).append(MASK);
            at = to;
            hidden++;
        }
        out.append(text, at, text.length());
        ranges.clear();
        return hidden;
    }
}
