package org.postmem.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @Test
    void overflowIsRefusedAndNeverWraps() {
        assertThat(Kilobytes.toBytes(9007199254740988L)).isEqualTo(9223372036854771712L);
        assertThatThrownBy(() -> Kilobytes.toBytes(1L << 53)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new PageSize(65536).toBytes(1L << 48)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void pagesAndTicksAreThoseOfTheHost() {
        assertThat(new PageSize(65536).toBytes(3)).isEqualTo(196608);
        assertThat(new ClockTicks(100).toSeconds(7)).isEqualTo(0.07);
        assertThatThrownBy(() -> new PageSize(5000)).hasMessage("page size is not a power of two: 5000");
        assertThatThrownBy(() -> new ClockTicks(0)).hasMessage("clock ticks per second are not positive: 0");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "512, 512 B",
        "999, 999 B",
        "1023, 1.00 KiB",
        "1024, 1.00 KiB",
        "1288490189, 1.20 GiB",
        "63963136, 61.0 MiB",
        "10485760, 10.0 MiB",
        "10432283, 9.95 MiB",
        "420478976, 401 MiB",
        "1073741823, 1.00 GiB",
        "-1536, -1.50 KiB",
        "9223372036854775807, 8.00 EiB"
    })
    void printsBytes(long bytes, String text) {
        assertThat(Human.bytes((double) bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1073741.8, 1.02 MiB/s",
        "17767.537, 1.02 MiB/min",
        "100, 352 KiB/h",
        "0, 0 B/h",
        "-1, -3.52 KiB/h",
        "NaN, unknown"
    })
    void printsRatesByWhatAPersonCanCountOn(double rate, String text) {
        assertThat(Human.rate(rate)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        // 5.59 MiB/min and 0.99 MiB/s by themselves
        "1038090, 97692, 0.093 MiB/s",
        "1038090, 2097152, 2.00 MiB/s",
        "97692, 97692, 5.59 MiB/min",
        "97692, 1038090, 59.4 MiB/min",
        "100, 0, 0 KiB/h",
        "100, -1, -3.52 KiB/h",
        "1073741824, 2147483, 0.0020 GiB/s",
        "1073741824, 1, 3.52 KiB/h",
        "0.1, 0.2, 720 B/h",
        "NaN, 1073741.8, 1.02 MiB/s",
        "1, Infinity, unknown"
    })
    void printsTheEndsOfARangeInTheUnitOfItsMiddle(double rate, double end, String text) {
        assertThat(Human.rateBeside(rate, end)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 s",
        "0.0023, 2.3 ms",
        "0.25, 250 ms",
        "0.9996, 1 s",
        "4.2, 4.2 s",
        "42, 42 s",
        "110, 110 s",
        "119.6, 2 min",
        "720, 12 min",
        "7170, 2 h",
        "12600, 3.5 h",
        "86400, 24 h",
        "777600, 9 d",
        "1e7, 116 d",
        "-90, -90 s",
        "Infinity, unknown"
    })
    void printsDurations(double seconds, String text) {
        assertThat(Human.duration(seconds)).isEqualTo(text);
    }
}
