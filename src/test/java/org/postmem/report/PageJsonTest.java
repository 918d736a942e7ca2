package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageJsonTest {
    @Test
    void nothingInAStringEndsTheScriptElement() {
        String json = new PageJson()
                .open('[')
                .value("</script><!-- & \u2028\u2029\u0000\"\\")
                .close(']')
                .toString();
        assertThat(json).isEqualTo("[\"\\u003c/script\\u003e\\u003c!-- \\u0026 \\u2028\\u2029\\u0000\\\"\\\\\"]");
    }

    @Test
    void seriesAreTheirDifferences() {
        assertThat(new PageJson()
                        .open('{')
                        .name("v")
                        .differences(new long[] {100, 100, 90})
                        .close('}')
                        .toString())
                .isEqualTo("{\"v\":[100,0,-10]}");
    }
}
