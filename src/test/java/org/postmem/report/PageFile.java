package org.postmem.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the demo page to a file, to look at it in a browser. */
final class PageFile {
    private PageFile() {}

    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), DemoCase.leakingPage());
    }
}
