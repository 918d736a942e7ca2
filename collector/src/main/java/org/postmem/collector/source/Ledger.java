package org.postmem.collector.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The reads of one snapshot: how many went well, and for the others what happened, summed by file or pattern
 * ({@code proc/*}{@code /smaps_rollup}). What is missing in an archive is data; it must never look like zero.
 */
public final class Ledger {
    /** A hostile tree must not make the ledger larger than what it describes. */
    private static final int MAX_ROWS = 500;

    private final Map<Key, Tally> notOk = new LinkedHashMap<>();
    private long okReads;
    private long carried;

    /** One row: {@code count} reads of {@code path} ended as {@code outcome}; {@code detail} tells of the first. */
    public record Gap(String path, String outcome, long count, String detail) {}

    private record Key(String path, String outcome) {
        /** By hand, as {@link #equals}: what a record is given makes twenty classes at its first call, which stay in memory. */
        @Override
        public int hashCode() {
            return 31 * path.hashCode() + outcome.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && path.equals(key.path) && outcome.equals(key.outcome);
        }
    }

    private static final class Tally {
        private final String detail;
        private long count;

        Tally(String detail) {
            this.detail = detail;
        }
    }

    public void ok() {
        okReads++;
    }

    public void ok(long reads) {
        okReads += reads;
    }

    public void gap(String path, String outcome) {
        gap(path, outcome, 1, "");
    }

    public void gap(String path, String outcome, long count, String detail) {
        Key key = new Key(path, outcome);
        if (!notOk.containsKey(key) && notOk.size() >= MAX_ROWS) {
            key = new Key("*", outcome);
        }
        notOk.computeIfAbsent(key, k -> new Tally(detail)).count += count;
    }

    /** Notes the outcome of a read: null is success, as {@link WholeFile#read} says it. */
    public boolean note(String path, String outcome) {
        if (outcome == null) {
            okReads++;
            return true;
        }
        gap(path, outcome);
        return Outcome.hasBytes(outcome);
    }

    /** So many texts were not read because what was read says that they tell nothing new. */
    public void carried(long texts) {
        carried += texts;
    }

    /** Texts that stand as they were stored last, without having been read again. */
    public long carried() {
        return carried;
    }

    public long okReads() {
        return okReads;
    }

    public List<Gap> gaps() {
        List<Gap> gaps = new ArrayList<>(notOk.size());
        notOk.forEach((key, tally) -> gaps.add(new Gap(key.path(), key.outcome(), tally.count, tally.detail)));
        return gaps;
    }

    /** Forgets everything: a ledger is used for one snapshot after another. */
    public void clear() {
        notOk.clear();
        okReads = 0;
        carried = 0;
    }
}
