package org.postmem.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The collector's memory is what was measured only with the launcher's flags: wherever a JVM is started for it, it has them. */
class CollectorFlagsTest {
    private static final Path ROOT = Path.of(System.getProperty("postmem.root", ".."));
    private static final Pattern FLAG =
            Pattern.compile("-X(?:m[sxn]\\d+m|ss\\d+k|X:(?:M(?:in|ax)HeapFreeRatio|ReservedCodeCacheSize)=\\w+)");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "collector/README.md",
                "postmem",
                "src/main/java/org/postmem/demo/DemoCommand.java",
                "collector/src/test/java/org/postmem/collector/source/ManyProcessesTest.java",
                "testdata/lab/guest/init"
            })
    void areThoseOfTheLauncherEverywhere(String file) throws IOException {
        assertThat(flags(file)).isEqualTo(flags("collector/src/dist/bin/postmem-collector"));
    }

    @Test
    void areSizesOfHeapStackAndCode() throws IOException {
        assertThat(flags("collector/src/dist/bin/postmem-collector"))
                .hasSize(7)
                .containsAll(List.of("-Xmx32m", "-Xss256k", "-XX:ReservedCodeCacheSize=16m"));
    }

    /** Of the first command or list that has them. */
    private static Set<String> flags(String file) throws IOException {
        String text = Files.readString(ROOT.resolve(file));
        int from = text.indexOf("-Xms");
        assertThat(from).as(file).isNotNegative();
        Set<String> flags = new TreeSet<>();
        Matcher flag = FLAG.matcher(text.substring(from, Math.min(text.length(), from + 600)));
        while (flag.find()) {
            flags.add(flag.group());
        }
        return flags;
    }
}
