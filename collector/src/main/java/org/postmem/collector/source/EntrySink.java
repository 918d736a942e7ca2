package org.postmem.collector.source;

import java.io.IOException;

/** Takes what the sources read, entry by entry; the bytes are only valid during the call. */
@FunctionalInterface
public interface EntrySink {
    /**
     * Takes one entry.
     *
     * @param name path inside the snapshot, without a leading slash: {@code proc/meminfo}, {@code pid/stat}
     */
    void entry(String name, byte[] bytes, int offset, int length) throws IOException;
}
