package org.postmem.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The files of {@code reports/} as they lie on the class path, in a folder of classes or in a jar. A class path cannot
 * be listed, so a file that is always there tells where the others are.
 */
public final class ReportFiles {
    private static final String LANDMARK = "/reports/README.md";

    private final URL landmark;

    private ReportFiles(URL landmark) {
        this.landmark = landmark;
    }

    public static ReportFiles onClassPath() {
        URL landmark = ReportFiles.class.getResource(LANDMARK);
        if (landmark == null) {
            throw new IllegalStateException(LANDMARK + " is not on the class path: reports/ was not packaged");
        }
        return new ReportFiles(landmark);
    }

    /** Paths below {@code reports/}, such as {@code sql/schema/01_capture.sql}, of a folder and those below it; sorted. */
    public List<String> list(String folder, String suffix) {
        String prefix = folder.endsWith("/") ? folder : folder + "/";
        try {
            return names().stream()
                    .filter(name -> name.startsWith(prefix) && name.endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The statements of {@code sql/schema/01_capture.sql}. */
    public SqlScript script(String path) {
        return new SqlScript(path, text(path));
    }

    /** The text of {@code sql/schema/01_capture.sql}. */
    public String text(String path) {
        try (InputStream in = ReportFiles.class.getResourceAsStream("/reports/" + path)) {
            if (in == null) {
                throw new IllegalArgumentException("reports/" + path + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> names() throws IOException {
        URLConnection connection = landmark.openConnection();
        if (connection instanceof JarURLConnection inJar) {
            inJar.setUseCaches(false);
            String folder = folderOf(inJar.getEntryName());
            try (JarFile jar = inJar.getJarFile()) {
                return jar.stream()
                        .filter(entry -> !entry.isDirectory() && entry.getName().startsWith(folder))
                        .map(entry -> entry.getName().substring(folder.length()))
                        .toList();
            }
        }
        Path folder = Path.of(uri(landmark)).getParent();
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .toList();
        }
    }

    private static String folderOf(String entry) {
        return entry.substring(0, entry.lastIndexOf('/') + 1);
    }

    private static URI uri(URL url) {
        try {
            return url.toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(url + " is no path", e);
        }
    }
}
