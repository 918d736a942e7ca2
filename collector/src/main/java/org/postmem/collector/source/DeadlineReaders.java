package org.postmem.collector.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Reads that may hang, on a few threads that may be lost. A read of another process's memory map waits for that
 * process's lock; when the process is stuck so is its reader. A reader that does not answer within its deadline is left
 * behind with what it hangs on; the subject is not asked again before the reader has come back. The first time that is
 * all: on a busy host a read may be late once, the more so while the JVM is cold. From the second time in a row on a
 * back-off, doubling from a minute to an hour, must have passed as well. Threads and descriptors never grow past the fixed number of readers.
 */
public final class DeadlineReaders {
    private static final long FIRST_BACK_OFF_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LAST_BACK_OFF_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int MAX_QUARANTINED = 4096;

    private final List<Reader> readers = new ArrayList<>();
    private final Map<Object, Quarantine> quarantined = new HashMap<>();
    private final LongSupplier nanoClock;

    /** Something that may hang; runs on a reader, with that reader's own buffer. */
    @FunctionalInterface
    public interface Task<T> {
        T run(WholeFile file) throws IOException;
    }

    /**
     * What a task came to.
     *
     * @param outcome null when the task came to its end, else an {@link Outcome}
     * @param value what the task returned, null when it did not
     * @param nanos how long it took
     */
    public record Answer<T>(String outcome, T value, long nanos) {}

    private static final class Job<T> {
        private final Task<T> task;
        private final CountDownLatch done = new CountDownLatch(1);
        private String outcome;
        private T value;

        Job(Task<T> task) {
            this.task = task;
        }

        void run(WholeFile file) {
            try {
                value = task.run(file);
            } catch (IOException e) {
                outcome = Outcome.of(e);
            } catch (RuntimeException e) {
                // a fault in one task must not take a reader away for good
                outcome = e.getClass().getSimpleName();
            } finally {
                done.countDown();
            }
        }

        boolean isDone() {
            return done.getCount() == 0;
        }
    }

    private static final class Reader extends Thread {
        private final BlockingQueue<Job<?>> queue = new ArrayBlockingQueue<>(1);
        private final WholeFile file;
        private Job<?> current;

        Reader(int number, int capBytes) {
            super("postmem-reader-" + number);
            setDaemon(true);
            file = new WholeFile(capBytes);
        }

        @Override
        public void run() {
            try {
                while (true) {
                    queue.take().run(file);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class Quarantine {
        private Job<?> hanging;
        private long until;
        private long backOff;
    }

    public DeadlineReaders(int count, int capBytes, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        for (int i = 0; i < count; i++) {
            Reader reader = new Reader(i, capBytes);
            readers.add(reader);
            reader.start();
        }
    }

    /**
     * Runs the task and waits for it at most {@code deadlineNanos}.
     *
     * @param subject what may hang: a process, a mount
     */
    public <T> Answer<T> read(Object subject, long deadlineNanos, Task<T> task) {
        long begun = nanoClock.getAsLong();
        Quarantine quarantine = quarantined.get(subject);
        if (quarantine != null) {
            if (!quarantine.hanging.isDone() || begun - quarantine.until < 0) {
                return new Answer<>(Outcome.QUARANTINED, null, 0);
            }
        }
        Reader reader = idleReader();
        if (reader == null) {
            return new Answer<>(Outcome.QUARANTINED, null, 0);
        }
        Job<T> job = new Job<>(task);
        reader.current = job;
        reader.queue.add(job);
        boolean answered;
        try {
            answered = job.done.await(deadlineNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answered = job.isDone();
        }
        long nanos = nanoClock.getAsLong() - begun;
        if (answered) {
            if (quarantine != null) {
                quarantined.remove(subject);
            }
            return new Answer<>(job.outcome, job.value, nanos);
        }
        if (quarantine == null) {
            if (quarantined.size() >= MAX_QUARANTINED) {
                quarantined.values().removeIf(q -> q.hanging.isDone());
            }
            quarantine = new Quarantine();
            quarantined.put(subject, quarantine);
        } else {
            long doubled = Math.max(quarantine.backOff * 2, FIRST_BACK_OFF_NANOS);
            quarantine.backOff = Math.min(doubled, LAST_BACK_OFF_NANOS);
        }
        quarantine.hanging = job;
        quarantine.until = begun + quarantine.backOff;
        return new Answer<>(Outcome.TIMEOUT, null, nanos);
    }

    public boolean isQuarantined(Object subject) {
        return quarantined.containsKey(subject);
    }

    /** How many readers hang right now. */
    public int hanging() {
        int count = 0;
        for (Reader reader : readers) {
            if (reader.current != null && !reader.current.isDone()) {
                count++;
            }
        }
        return count;
    }

    private Reader idleReader() {
        for (Reader reader : readers) {
            if (reader.current == null || reader.current.isDone()) {
                return reader;
            }
        }
        return null;
    }
}
