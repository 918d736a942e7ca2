package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ReadAheadTest {
    private final List<String> failures = new ArrayList<>();

    @Test
    void textsAreTakenInTheOrderInWhichTheyWereAdded() {
        List<Integer> taken = new ArrayList<>();
        try (ReadAhead ahead = new ReadAhead((path, failure) -> failures.add(path))) {
            for (int i = 0; i < 100; i++) {
                int number = i;
                ahead.add("text" + i, 1 << 20, () -> number, taken::add);
            }
            ahead.finish();
        }

        assertThat(taken)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
        assertThat(failures).isEmpty();
    }

    @Test
    void thousandsOfSmallTextsDoNotAllWaitAtOnce() {
        List<Integer> taken = new ArrayList<>();
        try (ReadAhead ahead = new ReadAhead((path, failure) -> failures.add(path))) {
            for (int i = 0; i < 20_000; i++) {
                int number = i;
                ahead.add("proc/" + i + "/statm", 30, () -> number, taken::add);
            }

            assertThat(taken).hasSizeGreaterThan(15_000);
            ahead.finish();
        }

        assertThat(taken).hasSize(20_000);
    }

    @Test
    void aTextThatItsParserCannotBearIsToldAndTheOthersGoOn() {
        List<Object> taken = new ArrayList<>();
        try (ReadAhead ahead = new ReadAhead((path, failure) -> failures.add(path + ": " + failure.getMessage()))) {
            ahead.add("good", 10, () -> "good", taken::add);
            ahead.add(
                    "bad",
                    10,
                    () -> {
                        throw new IllegalArgumentException("no header");
                    },
                    taken::add);
            ahead.add("later", 10, () -> "later", taken::add);
            ahead.finish();
        }

        assertThat(taken).containsExactly("good", "later");
        assertThat(failures).containsExactly("bad: no header");
    }
}
