package org.postmem.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class QuantitiesTest {
    @Test
    void readsDurations() {
        Quantities.DurationConverter durations = new Quantities.DurationConverter();
        assertThat(durations.convert("5s")).isEqualTo(Duration.ofSeconds(5));
        assertThat(durations.convert("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(durations.convert("4m")).isEqualTo(Duration.ofMinutes(4));
        assertThat(durations.convert("1.5h")).isEqualTo(Duration.ofMinutes(90));
        assertThat(durations.convert("7")).isEqualTo(Duration.ofSeconds(7));
        assertThatThrownBy(() -> durations.convert("5 parsecs")).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void readsSizesAndShares() {
        assertThat(new Quantities.SizeConverter().convert("500MB")).isEqualTo(500_000_000L);
        assertThat(new Quantities.SizeConverter().convert("2GiB")).isEqualTo(2L << 30);
        assertThat(new Quantities.SizeConverter().convert("17")).isEqualTo(17L);
        assertThat(new Quantities.ShareConverter().convert("1%")).isEqualTo(0.01);
        assertThatThrownBy(() -> new Quantities.ShareConverter().convert("1"))
                .isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> new Quantities.ShareConverter().convert("0%"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'0%' of a core is nothing; take a share like 1% or 0.1%");
    }
}
