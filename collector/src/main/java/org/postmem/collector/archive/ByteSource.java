package org.postmem.collector.archive;

import java.io.IOException;

/** The bytes of a file, from any place in it. */
@FunctionalInterface
interface ByteSource {
    /** Some bytes, -1 behind the end. */
    int read(long position, byte[] bytes, int offset, int length) throws IOException;
}
