package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void keepsOrderNumbersAndEveryCharacter() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("z", 9_007_199_254_740_993L);
        object.put("a", Arrays.asList(-1L, 0.25, null, true, "\u0000\u001b\"\\\n/é漢😀\ud800"));
        object.put("", Map.of());
        String text = Json.write(object);
        assertThat(text)
                .isEqualTo(
                        "{\"z\":9007199254740993,\"a\":[-1,0.25,null,true,\"\\u0000\\u001b\\\"\\\\\\n/é漢😀\\ud800\"],"
                                + "\"\":{}}");
        assertThat(Json.readObject(text)).isEqualTo(object);
        assertThat(Json.readObject(text).keySet()).containsExactly("z", "a", "");
    }

    @Test
    void readsNumbersThatDoNotFitAsDoubles() {
        assertThat(Json.read("[18446744073709551616, 1e3, -0.5, 0]"))
                .isEqualTo(List.of(1.8446744073709552E19, 1000.0, -0.5, 0L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "{\"a\":1,}",
                "{\"a\" 1}",
                "{\"a\":1}x",
                "01",
                "-",
                "1.",
                "1e",
                "nul",
                "\"a",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\n\"",
                "{\"a\":1,\"a\":2}",
                "NaN",
                "1e999",
                "'a'",
                "+1"
            })
    void refusesWhatIsNotJson(String text) {
        assertThatThrownBy(() -> Json.read(text)).isInstanceOf(Json.MalformedJsonException.class);
    }

    @Test
    void saysWhereItStopped() {
        assertThatThrownBy(() -> Json.read("{\"a\":tru}"))
                .hasMessage("a value expected at character 5")
                .extracting(e -> ((Json.MalformedJsonException) e).offset())
                .isEqualTo(5);
    }

    @Test
    void refusesDepthWithoutEndAndBytesThatAreNotUtf8() {
        assertThatThrownBy(() -> Json.read("[".repeat(100_000))).hasMessageContaining("deeper than 64");
        assertThatThrownBy(() -> Json.readObject(new byte[] {'{', (byte) 0xff, '}'}))
                .hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> Json.write(Map.of("a", Double.NaN))).isInstanceOf(IllegalArgumentException.class);
    }
}
