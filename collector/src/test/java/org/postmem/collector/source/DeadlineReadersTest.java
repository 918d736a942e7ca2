package org.postmem.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.NoSuchFileException;
import java.util.List;
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

    @Test
    void oneOfManyThatHangsCostsItselfAloneAndIsNotAskedAgain() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        List<DeadlineReaders.Request<String>> requests = List.of(
                new DeadlineReaders.Request<>("a", file -> "text of a"),
                new DeadlineReaders.Request<>("b", file -> waitFor(latch)),
                new DeadlineReaders.Request<>("c", file -> {
                    throw new NoSuchFileException("c");
                }),
                new DeadlineReaders.Request<>("d", file -> "text of d"));
        assertThat(values(requests)).containsExactly("text of a", Outcome.TIMEOUT, Outcome.ENOENT, "text of d");
        assertThat(values(requests)).containsExactly("text of a", Outcome.QUARANTINED, Outcome.ENOENT, "text of d");
        assertThat(readers.hanging()).isEqualTo(1);

        release(latch);
        assertThat(values(requests)).containsExactly("text of a", "late", Outcome.ENOENT, "text of d");
    }

    @Test
    void whatIsLeftWhenAllReadersHangIsNotRead() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        List<DeadlineReaders.Request<String>> requests = List.of(
                new DeadlineReaders.Request<>("a", file -> waitFor(latch)),
                new DeadlineReaders.Request<>("b", file -> waitFor(latch)),
                new DeadlineReaders.Request<>("c", file -> "text of c"));
        assertThat(values(requests)).containsExactly(Outcome.TIMEOUT, Outcome.TIMEOUT, Outcome.QUARANTINED);
        release(latch);
        assertThat(values(requests)).containsExactly("late", "late", "text of c");
    }

    @Test
    void aReaderThatHadNoMemoryForAMomentReadsOn() {
        List<DeadlineReaders.Request<String>> requests = List.of(
                new DeadlineReaders.Request<>("a", file -> {
                    throw new OutOfMemoryError("Java heap space");
                }),
                new DeadlineReaders.Request<>("b", file -> "text of b"));
        assertThat(values(requests)).containsExactly("ENOMEM", "text of b");
        assertThat(values(requests)).containsExactly("ENOMEM", "text of b");
    }

    /** What each request came to: its text or its outcome. */
    private List<String> values(List<DeadlineReaders.Request<String>> requests) {
        return readers.readAll(requests, TimeUnit.MILLISECONDS.toNanos(200)).stream()
                .map(answer -> answer.outcome() == null ? answer.value() : answer.outcome())
                .toList();
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
