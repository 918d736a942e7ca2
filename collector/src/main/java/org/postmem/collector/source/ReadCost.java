package org.postmem.collector.source;

/**
 * What a scan of a process's memory map will cost, learned from what scans have cost: the kernel walks every mapped
 * page and every mapping. Starts with measured figures: about 9 ms per GiB in pages of 4 KiB and 2.5 µs a mapping.
 */
final class ReadCost {
    private static final double PAGES_NANOS_AT_START = 34;
    private static final double MAPPING_NANOS = 2_500;
    private static final double CALL_NANOS = 60_000;
    private static final double WEIGHT_OF_THE_NEW = 0.2;

    /** Processes smaller than this tell little of the cost of a page. */
    private static final long TELLING_PAGES = 4096;

    private double pageNanos = PAGES_NANOS_AT_START;

    long rollupNanos(ProcessState process) {
        return (long) (CALL_NANOS + pageNanos * process.residentPages() + 300.0 * process.mappings());
    }

    long smapsNanos(ProcessState process) {
        return (long) (CALL_NANOS + 1.2 * pageNanos * process.residentPages() + MAPPING_NANOS * process.mappings());
    }

    /**
     * Takes what a scan took by the clock on the wall and returns what of it is held against the budget: on a host in
     * trouble most of it is waiting for a processor, which is no cost to anyone.
     */
    long rollupTook(ProcessState process, long nanos) {
        long counted = counted(rollupNanos(process), nanos);
        if (process.residentPages() >= TELLING_PAGES) {
            double measured = Math.max(1, (counted - CALL_NANOS) / process.residentPages());
            // one slow scan must count at once, a fast one (huge pages) only by and by
            double weight = measured > pageNanos ? 0.5 : WEIGHT_OF_THE_NEW;
            pageNanos += weight * (measured - pageNanos);
        }
        return counted;
    }

    static long counted(long expectedNanos, long tookNanos) {
        return Math.min(tookNanos, 3 * expectedNanos);
    }
}
