package org.postmem.collector.source;

import java.io.FileInputStream;
import java.io.IOException;

/** By the public way of the JDK, which everything it runs on has. */
final class StreamCalls implements FileCalls {
    private FileInputStream in;

    @Override
    public void open(String path) throws IOException {
        in = new FileInputStream(path);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return in.read(into, offset, length);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            // was only read
        }
    }
}
