package org.postmem.collector.source;

/**
 * What a scan of a process's memory map will cost, learned from what scans have cost: the kernel walks every mapped
 * page and every mapping. Starts with measured figures: about 9 ms per GiB in pages of 4 KiB, 0.3 µs a mapping for
 * smaps_rollup and 2.5 µs a mapping for the text of smaps. Each scan corrects its own two figures, each by the part it
 * has in what was expected.
 */
final class ReadCost {
    private static final double CALL_NANOS = 60_000;
    /** A page of 64 KiB is walked in the time of one of 4 KiB. */
    private static final double PAGE_NANOS_AT_START = 34;

    /** One slow scan must count at once, a fast one (huge pages) only by and by. */
    private static final double WEIGHT_OF_A_SLOW_SCAN = 0.5;

    private static final double WEIGHT_OF_A_FAST_SCAN = 0.2;

    /** Scans expected to take less tell more of the machine's load than of pages and mappings. */
    private static final double TELLING_NANOS = 100_000;

    /** How far a figure may move from where it began, down and up. */
    private static final double LEAST = 0.01;

    private static final double MOST = 30;

    /** Nobody tells how many mappings a process has before its smaps was read once. */
    private static final int USUAL_MAPPINGS = 100;

    private final Figures rollup = new Figures(PAGE_NANOS_AT_START, 300);
    private final Figures smaps = new Figures(1.2 * PAGE_NANOS_AT_START, 2_500);

    private static final class Figures {
        private final double pageAtStart;
        private final double mappingAtStart;
        private double pageNanos;
        private double mappingNanos;

        Figures(double pageNanos, double mappingNanos) {
            this.pageAtStart = pageNanos;
            this.mappingAtStart = mappingNanos;
            this.pageNanos = pageNanos;
            this.mappingNanos = mappingNanos;
        }

        double nanos(ProcessState process) {
            int mappings = process.mappings() == 0 ? USUAL_MAPPINGS : process.mappings();
            return CALL_NANOS + pageNanos * process.residentPages() + mappingNanos * mappings;
        }

        long took(ProcessState process, long nanos) {
            double expected = nanos(process);
            double counted = Math.min((double) nanos, 3 * expected);
            double walk = expected - CALL_NANOS;
            if (walk >= TELLING_NANOS) {
                double error = Math.max(0, counted - CALL_NANOS) / walk - 1;
                double weighed = error * (error > 0 ? WEIGHT_OF_A_SLOW_SCAN : WEIGHT_OF_A_FAST_SCAN);
                double pages = pageNanos * process.residentPages() / walk;
                pageNanos = moved(pageNanos, weighed * pages, pageAtStart);
                mappingNanos = moved(mappingNanos, weighed * (1 - pages), mappingAtStart);
            }
            return (long) counted;
        }

        private static double moved(double figure, double by, double atStart) {
            return Math.max(LEAST * atStart, Math.min(figure * (1 + by), MOST * atStart));
        }
    }

    long rollupNanos(ProcessState process) {
        return (long) rollup.nanos(process);
    }

    /** A scan that was once given up is expected to take twice as long as it had. */
    long smapsNanos(ProcessState process) {
        return Math.max((long) smaps.nanos(process), 2 * process.cutScanNanos());
    }

    /**
     * Takes the CPU time of a scan (on a host in trouble the clock on the wall mostly counts waiting) and returns what of
     * it is held against the budget.
     */
    long rollupTook(ProcessState process, long nanos) {
        return rollup.took(process, nanos);
    }

    long smapsTook(ProcessState process, long nanos) {
        return smaps.took(process, nanos);
    }
}
