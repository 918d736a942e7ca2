package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuantityTest {
    @Test
    void printsBytesWithThreeDigitsThatCount() {
        assertThat(Quantity.bytes(0L)).isEqualTo("0\u00a0B");
        assertThat(Quantity.bytes(512L)).isEqualTo("512\u00a0B");
        assertThat(Quantity.bytes(1288490189L)).isEqualTo("1.20\u00a0GiB");
        assertThat(Quantity.bytes(45613056L)).isEqualTo("43.5\u00a0MiB");
        assertThat(Quantity.bytes(420478976L)).isEqualTo("401\u00a0MiB");
        assertThat(Quantity.bytes(1048575L)).isEqualTo("1.00\u00a0MiB");
        assertThat(Quantity.bytes(Long.MAX_VALUE)).isEqualTo("8.00\u00a0EiB");
    }

    @Test
    void signsGrowthAndLeavesZeroWithoutASign() {
        assertThat(Quantity.signedBytes(4096L)).isEqualTo("+4.00\u00a0KiB");
        assertThat(Quantity.signedBytes(-4096L)).isEqualTo("\u22124.00\u00a0KiB");
        assertThat(Quantity.signedBytes(0L)).isEqualTo("0\u00a0B");
    }

    @Test
    void printsRatesPerTheTimeAPersonCanWatch() {
        assertThat(Quantity.bytesPerSecond(22 * 1024 * 1024)).isEqualTo("22.0\u00a0MiB/s");
        assertThat(Quantity.bytesPerSecond(10 * 1024)).isEqualTo("600\u00a0KiB/min");
        assertThat(Quantity.bytesPerSecond(100)).isEqualTo("352\u00a0KiB/h");
    }

    @Test
    void printsTimesAndSharesWithoutFalseExactness() {
        assertThat(Quantity.seconds(0.0213)).isEqualTo("21\u00a0ms");
        assertThat(Quantity.seconds(50)).isEqualTo("50\u00a0s");
        assertThat(Quantity.seconds(110)).isEqualTo("110\u00a0s");
        assertThat(Quantity.seconds(814)).isEqualTo("14\u00a0min");
        assertThat(Quantity.seconds(9000)).isEqualTo("2.5\u00a0h");
        assertThat(Quantity.share(0.8312)).isEqualTo("83\u00a0%");
    }

    @Test
    void groupsLongCounts() {
        assertThat(Quantity.count(1234567)).isEqualTo("1\u202f234\u202f567");
        assertThat(Quantity.count(-1000)).isEqualTo("\u22121\u202f000");
        assertThat(Quantity.count(999)).isEqualTo("999");
    }
}
