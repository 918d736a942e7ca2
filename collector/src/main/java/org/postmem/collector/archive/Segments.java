package org.postmem.collector.archive;

import java.util.ArrayList;
import java.util.List;

/** The segments of the archive that is written: those that are closed, oldest first, and the open one behind them. */
final class Segments {
    private final List<SealedSegment> closed = new ArrayList<>();

    /** Of the last one begun, -1 before the first. */
    private int number = -1;

    /** Of the last one closed; null before there is one. */
    private String sha256;

    /** Null between two. */
    private OpenSegment open;

    int number() {
        return number;
    }

    /** Null between two. */
    OpenSegment open() {
        return open;
    }

    void begin() {
        // in this order: where there is no memory for it none was begun
        open = new OpenSegment(number + 1, sha256);
        number++;
    }

    /** The open one has no snapshot in the file: the next has its number. */
    void takeBack() {
        number--;
        open = null;
    }

    /** The open one is closed, its trailer ends there. */
    void close(Trailer trailer, long trailerEnd) {
        closed.add(new SealedSegment(trailer, trailerEnd, open.steps()));
        sha256 = trailer.sha256();
        open = null;
    }

    List<SealedSegment> closed() {
        return closed;
    }

    /** Those that can be dropped, oldest first, of an archive that is published up to there. */
    List<ClosedSegment> droppable(long publishedEnd) {
        List<ClosedSegment> segments = new ArrayList<>();
        long start = 0;
        for (SealedSegment segment : closed) {
            if (segment.end() <= publishedEnd && !segment.dropped()) {
                segments.add(ClosedSegment.of(segment, start));
            }
            start = segment.end();
        }
        return segments;
    }

    /** What is left of those that are closed. */
    void shortened(List<SealedSegment> left) {
        closed.clear();
        closed.addAll(left);
    }
}
