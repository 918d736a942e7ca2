package org.postmem.collector.source;

import java.io.IOException;

/** Opens one file after another and reads it; of one thread. */
interface FileCalls {
    /** The one before must have been closed. */
    void open(String path) throws IOException;

    /**
     * Reads on, as read(2) does.
     *
     * @return how much was read; 0 or less at the end of the file
     */
    int read(byte[] into, int offset, int length) throws IOException;

    void close();
}
