package org.postmem.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.postmem.UserException;

/** The files of one run: all of them appear, or none, and none takes the place of another or of what was read. */
final class OutputFiles implements AutoCloseable {
    private final Collection<Path> inputs;
    private final List<OutputFile> files = new ArrayList<>();

    /** @param inputs which this run reads, folders left out */
    OutputFiles(Collection<Path> inputs) {
        this.inputs = List.copyOf(inputs);
    }

    /**
     * Where to write what will be {@code target}; {@code null} when nobody asked for it.
     *
     * @throws UserException when it cannot be written, is an input, or the place of another file of this run
     */
    Path reserve(Path target) {
        if (target == null) {
            return null;
        }
        if (Files.isRegularFile(target) && inputs.stream().anyMatch(input -> same(input, target))) {
            throw UserException.usage(target + " is an input, which would be lost; name another file");
        }
        OutputFile file = OutputFile.of(target);
        if (files.stream().anyMatch(file::same)) {
            throw UserException.usage(target + " is named for two outputs; give each a file of its own");
        }
        files.add(file);
        return file.path();
    }

    private static boolean same(Path input, Path target) {
        try {
            return Files.isSameFile(input, target);
        } catch (IOException e) {
            // an input that is not there is said by whoever reads it
            return false;
        }
    }

    void complete() {
        files.forEach(OutputFile::complete);
    }

    @Override
    public void close() {
        files.forEach(OutputFile::close);
    }
}
