package org.postmem.findings;

/**
 * A finding on its way into the order of all.
 *
 * @param rank bytes explained times confidence
 */
record RankedFinding(Finding finding, double rank) {}
