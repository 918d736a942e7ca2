package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnchangedTextTest {
    private static List<String> read(String entry) {
        List<String> read = new ArrayList<>();
        UnchangedText.forEach(
                entry.getBytes(StandardCharsets.ISO_8859_1),
                (pid, statSnapshot) -> read.add(pid + " in " + statSnapshot),
                offset -> read.add("bad at " + offset));
        return read;
    }

    @Test
    void saysWhereTheStatOfEachIs() {
        UnchangedText.Writer writer = new UnchangedText.Writer();
        writer.add(1, 1).add(4_194_304, 999_999);
        String entry = new String(Arrays.copyOf(writer.array(), writer.length()), StandardCharsets.US_ASCII);
        assertThat(entry).isEqualTo("1 1\n4194304 999999\n");
        assertThat(read(entry)).containsExactly("1 in 1", "4194304 in 999999");
        writer.reset();
        assertThat(writer.length()).isZero();
    }

    @Test
    void aLineThatIsNoneCostsOnlyItself() {
        assertThat(read("42 1\nabc\n43 2\n 5 6\n0 1\n7 0\n8 1234567890\n9 1 2\n\n44 3\n45 4"))
                .containsExactly(
                        "42 in 1",
                        "bad at 5",
                        "43 in 2",
                        "bad at 14",
                        "bad at 19",
                        "bad at 23",
                        "bad at 27",
                        "bad at 40",
                        "bad at 46",
                        "44 in 3",
                        // cut: nobody knows whether more digits followed
                        "bad at 52");
        assertThat(read("")).isEmpty();
    }
}
