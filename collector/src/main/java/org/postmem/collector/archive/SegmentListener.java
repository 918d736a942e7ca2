package org.postmem.collector.archive;

/** Hears when a segment begins: everything must then be stored anew, as every segment stands alone. */
@FunctionalInterface
public interface SegmentListener {
    /** Called within {@link ArchiveWriter#beginSnapshot}, before the first entry. */
    void segmentStarted(int segment);
}
