package org.postmem.collector.archive;

import java.io.IOException;

/** Passes everything on to another file; a test overrides what is to fail. */
public class ArchiveFileAround implements ArchiveFile {
    private final ArchiveFile file;

    public ArchiveFileAround(ArchiveFile file) {
        this.file = file;
    }

    @Override
    public void write(long position, byte[] bytes, int offset, int length) throws IOException {
        file.write(position, bytes, offset, length);
    }

    @Override
    public int read(long position, byte[] bytes, int offset, int length) throws IOException {
        return file.read(position, bytes, offset, length);
    }

    @Override
    public void truncate(long size) throws IOException {
        file.truncate(size);
    }

    @Override
    public void sync() throws IOException {
        file.sync();
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
