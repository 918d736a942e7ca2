package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupedTextTest {
    private static List<String> read(byte[] entry) throws GroupedText.MalformedGroupException {
        return GroupedText.read(entry).stream()
                .map(block -> block.key() + "|" + new String(block.text(), StandardCharsets.ISO_8859_1))
                .toList();
    }

    @Test
    void writesTheShapeThatTheFormatNames() {
        GroupedText.Writer writer = new GroupedText.Writer();
        writer.add("42", Archives.utf8("x42 (java) Sy"), 1, 11).add("/a b\\c\nd", Archives.utf8("4096\n"));
        assertThat(new String(writer.toByteArray(), StandardCharsets.UTF_8))
                .isEqualTo("==> 42 <== 11\n42 (java) S\n==> /a\\040b\\134c\\012d <== 5\n4096\n\n");
    }

    @Test
    void readsBackKeysAndTextsOfAnyBytes() throws GroupedText.MalformedGroupException {
        GroupedText.Writer writer = new GroupedText.Writer();
        writer.add("1", Archives.utf8("==> 2 <== 5\nhello\n"));
        writer.add("/é \t\\x2d\\040", new byte[0]);
        writer.add("3", "\0\n\377".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(read(writer.toByteArray()))
                .containsExactly("1|==> 2 <== 5\nhello\n", "/é \t\\x2d\\040|", "3|\0\n\377");
        writer.reset();
        assertThat(writer.isEmpty()).isTrue();
        assertThat(read(writer.toByteArray())).isEmpty();
    }

    @Test
    void givesTheGoodBlocksAndTheOffsetOfTheFirstBadOne() {
        String good = "==> 1 <== 2\nok\n";
        for (String bad : List.of(
                "==> 2 <== 99\nabc\n",
                "==> 2 <== 99999999999999999999\nabc\n",
                "==> 2 <== -1\nabc\n",
                "==> 2 <== 2\nabc\n",
                "==> 2 <== \nabc\n",
                "==> 2 <== 3",
                "==>  <== 1\na\n",
                "text\n",
                "==> 2 <== 3\nabc")) {
            List<String> seen = new ArrayList<>();
            GroupedText.MalformedGroupException failure = catchThrowableOfType(
                    GroupedText.MalformedGroupException.class,
                    () -> GroupedText.forEach(
                            Archives.utf8(good + bad), (key, entry, offset, length) -> seen.add(key + "@" + offset)));
            assertThat(failure).as(bad).isNotNull();
            assertThat(failure.offset()).as(bad).isEqualTo(good.length());
            assertThat(seen).as(bad).containsExactly("1@12");
        }
    }
}
