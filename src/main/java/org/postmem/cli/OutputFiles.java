package org.postmem.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of one run: all of them appear, or none. */
final class OutputFiles implements AutoCloseable {
    private final List<OutputFile> files = new ArrayList<>();

    /** Where to write what will be {@code target}; {@code null} when nobody asked for it. */
    Path reserve(Path target) {
        if (target == null) {
            return null;
        }
        OutputFile file = OutputFile.of(target);
        files.add(file);
        return file.path();
    }

    void complete() {
        files.forEach(OutputFile::complete);
    }

    @Override
    public void close() {
        files.forEach(OutputFile::close);
    }
}
