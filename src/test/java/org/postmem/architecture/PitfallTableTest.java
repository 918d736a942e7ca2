package org.postmem.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of collector/README.md names the test that covers each pitfall: there is such a test. */
class PitfallTableTest {
    private static final Path ROOT = Path.of(System.getProperty("postmem.root", ".."));

    // `RingTest.whatATriggerFrozeIsNotThinned`, `aDiskFullAtAnyByte`: the second is of the class named last
    private static final Pattern QUOTED = Pattern.compile("`([^`]*)`");

    private static final Pattern TEST = Pattern.compile("(\\w+Test\\.)?\\w+");

    @Test
    void namesTestsThatThereAre() throws IOException {
        List<String> missing = new ArrayList<>();
        int pitfalls = 0;
        for (String line : Files.readAllLines(ROOT.resolve("collector/README.md"))) {
            if (line.matches("\\| \\d+ \\|.*")) {
                pitfalls++;
                missing.addAll(missing(line));
            }
        }
        assertThat(pitfalls).isGreaterThanOrEqualTo(20);
        assertThat(missing).isEmpty();
    }

    private static List<String> missing(String row) throws IOException {
        List<String> missing = new ArrayList<>();
        String source = "";
        Matcher named = QUOTED.matcher(row.split("\\|", -1)[3]);
        while (named.find()) {
            String name = named.group(1);
            if (!TEST.matcher(name).matches()) {
                continue;
            }
            int dot = name.indexOf('.');
            if (dot > 0 || name.endsWith("Test")) {
                source = source(dot > 0 ? name.substring(0, dot) : name);
            }
            String method = name.substring(dot + 1);
            if (!source.contains(method.endsWith("Test") ? "class " + method : "void " + method + "(")) {
                missing.add(name);
            }
        }
        return missing;
    }

    private static String source(String testClass) throws IOException {
        for (String module : List.of("collector/src/test/java", "src/test/java")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
                Path found = files.filter(file -> file.endsWith(testClass + ".java"))
                        .findFirst()
                        .orElse(null);
                if (found != null) {
                    return Files.readString(found);
                }
            }
        }
        return "";
    }
}
