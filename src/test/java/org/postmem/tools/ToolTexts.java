package org.postmem.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The genuine texts below testdata/tools. */
final class ToolTexts {
    private ToolTexts() {}

    static byte[] sample(String name) {
        try {
            return Files.readAllBytes(Path.of(System.getProperty("postmem.root"), "testdata", "tools", "text", name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
