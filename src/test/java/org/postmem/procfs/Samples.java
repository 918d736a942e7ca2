package org.postmem.procfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The genuine texts below testdata. */
final class Samples {
    private Samples() {}

    static byte[] proc(String name) {
        return read("proc/" + name);
    }

    static byte[] oom(String name) {
        return read("oom/" + name);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] read(String path) {
        try {
            return Files.readAllBytes(Path.of(System.getProperty("postmem.root"), "testdata", path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
