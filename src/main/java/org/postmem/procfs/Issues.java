package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

/** Collects the issues of one text: a text that is garbage throughout gives a hundred, and the count of the rest. */
final class Issues {
    static final int KEPT = 100;

    private final List<ParseIssue> kept = new ArrayList<>(0);
    private long dropped;

    void add(ParseIssue issue) {
        if (kept.size() < KEPT) {
            kept.add(issue);
        } else {
            dropped++;
        }
    }

    /** May the next one be dropped unseen? Then its excerpt need not be made. */
    boolean full() {
        return kept.size() >= KEPT;
    }

    void drop() {
        dropped++;
    }

    List<ParseIssue> list() {
        if (dropped == 0) {
            return kept;
        }
        List<ParseIssue> all = new ArrayList<>(kept);
        all.add(new ParseIssue(0, 0, dropped + " more issues in this text", ""));
        return all;
    }
}
