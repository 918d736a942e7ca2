package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlineReadersTest {
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong nanos = new AtomicLong();
    private final DeadlineReaders readers = new DeadlineReaders(2, 4096, nanos::get);

    @Test
    void asksALateSubjectAgainAsSoonAsItsReaderIsBackAndBacksOffFromTheSecondTimeOn() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        assertThat(hangingOn(first)).isEqualTo(Outcome.TIMEOUT);
        assertThat(answer()).isEqualTo(Outcome.QUARANTINED);

        release(first);
        CountDownLatch second = new CountDownLatch(1);
        assertThat(hangingOn(second)).isEqualTo(Outcome.TIMEOUT);
        release(second);
        assertThat(answer()).isEqualTo(Outcome.QUARANTINED);
        nanos.addAndGet(MINUTE_NANOS - 1);
        assertThat(answer()).isEqualTo(Outcome.QUARANTINED);

        nanos.addAndGet(1);
        assertThat(answer()).isNull();
    }

    private String hangingOn(CountDownLatch latch) {
        return readers.read("subject", 1, file -> waitFor(latch)).outcome();
    }

    private String answer() {
        return readers.read("subject", MINUTE_NANOS, file -> "text").outcome();
    }

    private void release(CountDownLatch latch) throws InterruptedException {
        latch.countDown();
        while (readers.hanging() > 0) {
            Thread.sleep(1);
        }
    }

    private static String waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "late";
    }
}
