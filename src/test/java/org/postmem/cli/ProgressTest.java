package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ProgressTest {
    /** A second passes whenever it is asked. */
    private static final class Seconds extends Clock {
        private Instant now = Instant.parse("2026-11-25T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            now = now.plus(Duration.ofSeconds(1));
            return now;
        }
    }

    private static String said(boolean terminal) {
        StringWriter err = new StringWriter();
        PrintWriter writer = new PrintWriter(err);
        try (Progress progress = new Progress(new Console(writer, writer, new Seconds(), terminal, false))) {
            progress.show(0.1, "a.tar.zst: 1 snapshots read");
            progress.show(0.456, "a.tar.zst: 2 snapshots read");
            progress.show(1, "a.tar.zst: 3 snapshots read");
        }
        return err.toString();
    }

    @Test
    void aPersonWhoWaitsSeesOneLineThatRenewsItselfAndIsErased() {
        assertThat(said(true))
                .isEqualTo("\r\u001b[K[#########-----------] 45 % a.tar.zst: 2 snapshots read"
                        + "\r\u001b[K[####################] 100 % a.tar.zst: 3 snapshots read\r\u001b[K");
    }

    @Test
    void aPipeSeesNothing() {
        assertThat(said(false)).isEmpty();
    }
}
