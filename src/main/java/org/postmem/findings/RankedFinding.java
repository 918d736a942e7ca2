package org.postmem.findings;

import java.util.Set;

/**
 * A finding on its way into the order of all.
 *
 * @param rank bytes explained times confidence
 * @param series number of the series whose growth it tells of; null for none
 * @param explains numbers of the series whose growth is a part of what it tells
 */
record RankedFinding(Finding finding, double rank, String series, Set<String> explains) {
    RankedFinding {
        explains = Set.copyOf(explains);
    }

    /** Of no series of its own. */
    RankedFinding(Finding finding, double rank) {
        this(finding, rank, null, Set.of());
    }

    RankedFinding with(Finding other) {
        return new RankedFinding(other, rank, series, explains);
    }
}
