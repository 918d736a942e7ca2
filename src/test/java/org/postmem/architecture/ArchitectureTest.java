package org.postmem.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds what CONTRIBUTING.md says about packages, against the compiled classes of both modules. */
class ArchitectureTest {
    private static final Path ROOT = Path.of(System.getProperty("postmem.root", ".."));
    private static final List<ClassFile> COLLECTOR = classes(ROOT.resolve("collector/target/classes"));
    private static final List<ClassFile> ANALYZER = classes(ROOT.resolve("src/target/classes"));

    /** What a package of the analyzer may know besides itself and {@code org.postmem}; null is everything. */
    private static final Map<String, Set<String>> ANALYZER_MAY_KNOW = Map.of(
            "units", Set.of(),
            "tools", Set.of("PARSERS", "units", "collector.archive"),
            "evidence", Set.of("units"),
            "ingest", Set.of("collector.archive", "sql", "tools", "evidence", "PARSERS", "units"),
            "sql", Set.of(),
            "findings", Set.of("collector.archive", "sql", "units"),
            "report", Set.of("findings", "sql", "units"));

    private static final Set<String> KNOW_EVERYTHING = Set.of("cli", "demo");

    private static final Pattern AREA = Pattern.compile("(collector\\.[a-z]\\w*|[a-z]\\w*)\\.");

    /** Packages that are not named above parse something: they know units, and each other not. */
    private static final Set<String> PARSERS_MAY_KNOW = Set.of("units");

    @Test
    void analyzerPackagesKnowOnlyWhatLiesBelowThem() {
        List<String> violations = new ArrayList<>();
        for (ClassFile file : ANALYZER) {
            String from = area(file.name());
            if (KNOW_EVERYTHING.contains(from)) {
                continue;
            }
            for (String referenced : file.classes()) {
                String to = area(referenced);
                if (to == null || to.isEmpty() || to.equals(from)) {
                    continue;
                }
                if (!mayKnow(from, to)) {
                    violations.add(file.name() + " knows " + referenced);
                }
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void collectorPackagesKnowOnlyWhatLiesBelowThem() {
        List<String> violations = new ArrayList<>();
        for (ClassFile file : COLLECTOR) {
            String from = area(file.name());
            for (String referenced : file.classes()) {
                String to = area(referenced);
                if (to == null || to.equals(from) || from.equals("collector.cli")) {
                    continue;
                }
                boolean allowed = to.equals("collector")
                        || (to.startsWith("collector.")
                                && !to.equals("collector.cli")
                                && !from.equals("collector.archive")
                                && (!from.equals("collector.source") || to.equals("collector.archive")));
                if (!allowed) {
                    violations.add(file.name() + " knows " + referenced);
                }
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void collectorStartsNoProcessAndOpensNoSocket() {
        List<String> violations = new ArrayList<>();
        for (ClassFile file : COLLECTOR) {
            for (String referenced : file.classes()) {
                if (startsProcessOrSpeaksToNetwork(referenced)) {
                    violations.add(file.name() + " knows " + referenced);
                }
            }
            if (file.calls().contains("java.lang.Runtime.exec")) {
                violations.add(file.name() + " calls Runtime.exec");
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void textParsersKnowNeitherDatabaseNorFiles() {
        List<String> violations = new ArrayList<>();
        for (ClassFile file : ANALYZER) {
            if (!Set.of("procfs", "tools").contains(area(file.name()))) {
                continue;
            }
            for (String referenced : file.classes()) {
                if (referenced.startsWith("java.sql.")
                        || referenced.startsWith("org.duckdb.")
                        || referenced.startsWith("java.nio.file.")
                        || referenced.startsWith("java.io.File")
                        || referenced.equals("java.io.RandomAccessFile")) {
                    violations.add(file.name() + " knows " + referenced);
                }
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void namesSayWhatAClassDoes() {
        Pattern says = Pattern.compile(".*(Utils?|Manager|Helper)");
        assertThat(Stream.concat(COLLECTOR.stream(), ANALYZER.stream())
                        .filter(file -> says.matcher(file.simpleName()).matches())
                        .map(ClassFile::name))
                .isEmpty();
    }

    @Test
    void nothingStaticChanges() {
        assertThat(Stream.concat(COLLECTOR.stream(), ANALYZER.stream()).flatMap(file -> file.staticState().stream()))
                .isEmpty();
    }

    @Test
    void bothModulesAreLookedAt() {
        assertThat(COLLECTOR).extracting(ClassFile::packageName).contains("org.postmem.collector.archive");
        assertThat(ANALYZER).extracting(ClassFile::packageName).contains("org.postmem.procfs", "org.postmem.cli");
    }

    @Test
    void readsWhatAClassNamesAndCalls() throws IOException {
        ClassFile file =
                ClassFile.of(getClass().getResourceAsStream("Offender.class").readAllBytes());
        assertThat(file.name()).isEqualTo("org.postmem.architecture.Offender");
        assertThat(file.simpleName()).isEqualTo("Offender");
        assertThat(file.classes()).contains("java.lang.ProcessBuilder", "java.net.Socket");
        assertThat(file.classes().stream().filter(ArchitectureTest::startsProcessOrSpeaksToNetwork))
                .containsExactly("java.lang.Process", "java.lang.ProcessBuilder", "java.net.Socket");
        assertThat(file.calls()).contains("java.lang.Runtime.exec");
        assertThat(file.staticState()).containsExactly("org.postmem.architecture.Offender.starts");
    }

    private static boolean startsProcessOrSpeaksToNetwork(String name) {
        return name.equals("java.lang.Process")
                || name.startsWith("java.lang.ProcessBuilder")
                || (name.startsWith("java.net.") && !name.startsWith("java.net.URI"))
                || name.startsWith("javax.net.")
                || (name.startsWith("java.nio.channels.") && name.contains("Socket"))
                || name.startsWith("java.nio.channels.Datagram");
    }

    private static boolean mayKnow(String from, String to) {
        Set<String> allowed = ANALYZER_MAY_KNOW.getOrDefault(from, PARSERS_MAY_KNOW);
        boolean toParser =
                !ANALYZER_MAY_KNOW.containsKey(to) && !KNOW_EVERYTHING.contains(to) && !to.startsWith("collector");
        return allowed.contains(toParser ? "PARSERS" : to);
    }

    /** {@code ingest} of {@code org.postmem.ingest.x.Y}, {@code collector.archive}; empty for the root, null for strangers. */
    private static String area(String className) {
        if (!className.startsWith("org.postmem.")) {
            return null;
        }
        String inside = className.substring("org.postmem.".length());
        Matcher matcher = AREA.matcher(inside);
        return matcher.lookingAt() ? matcher.group(1) : "";
    }

    private static List<ClassFile> classes(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .map(ArchitectureTest::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClassFile parse(Path file) {
        try {
            return ClassFile.of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
