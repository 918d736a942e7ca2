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
import java.util.concurrent.atomic.AtomicReferenceArray;
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

    /**
     * One of many.
     *
     * @param subject what may hang: a process, a mount
     */
    public record Request<T>(Object subject, Task<T> task) {}

    /** Tasks that one reader runs one after the other, so that it is woken but once. */
    private static final class Job<T> {
        private final List<Task<T>> tasks;
        private final LongSupplier nanoClock;
        private final CountDownLatch done = new CountDownLatch(1);
        /** Of the tasks that came to their end, in order; visible up to {@link #answered}. */
        private final AtomicReferenceArray<Answer<T>> answers;

        private volatile int answered;
        private volatile boolean abandoned;
        private int hangsAt;

        Job(List<Task<T>> tasks, LongSupplier nanoClock) {
            this.tasks = tasks;
            this.nanoClock = nanoClock;
            this.answers = new AtomicReferenceArray<>(tasks.size());
        }

        void run(WholeFile file) {
            try {
                for (int i = 0; i < tasks.size() && !(abandoned && i > hangsAt); i++) {
                    answers.set(i, run(tasks.get(i), file));
                    answered = i + 1;
                }
            } finally {
                done.countDown();
            }
        }

        private Answer<T> run(Task<T> task, WholeFile file) {
            T value = null;
            String outcome = null;
            long begun = 0;
            try {
                begun = nanoClock.getAsLong();
                value = task.run(file);
            } catch (IOException e) {
                outcome = Outcome.of(e);
            } catch (RuntimeException e) {
                // a fault in one task must not take a reader away for good
                outcome = e.getClass().getSimpleName();
            } catch (OutOfMemoryError e) {
                // nor must a moment without memory: whoever asked it next would wait for a thread that has gone
                outcome = "ENOMEM";
            }
            return new Answer<>(outcome, value, nanoClock.getAsLong() - begun);
        }

        /**
         * Waits for as long as no task takes longer than the deadline; false when one did, and then the reader stops
         * behind it.
         */
        boolean await(long deadlineNanos) {
            try {
                do {
                    hangsAt = answered;
                    if (done.await(deadlineNanos, TimeUnit.NANOSECONDS)) {
                        return true;
                    }
                } while (answered != hangsAt);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            abandoned = true;
            return isDone();
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
        return readAll(List.of(new Request<>(subject, task)), deadlineNanos).get(0);
    }

    /**
     * Runs one task after the other, each of which may take {@code deadlineNanos}, twice that before it is noticed. One
     * that hangs is left behind with its reader, and the next reader goes on behind it. Tasks share their reader's
     * buffer: what they return must not lie in it, unless there is only one.
     *
     * @return an answer a request, in the same order
     */
    public <T> List<Answer<T>> readAll(List<Request<T>> requests, long deadlineNanos) {
        List<Answer<T>> answers = new ArrayList<>(requests.size());
        while (answers.size() < requests.size()) {
            Request<T> next = requests.get(answers.size());
            Reader reader = isRefused(next.subject()) ? null : idleReader();
            if (reader == null) {
                answers.add(new Answer<>(Outcome.QUARANTINED, null, 0));
            } else {
                answers.addAll(readOn(reader, requests.subList(answers.size(), requests.size()), deadlineNanos));
            }
        }
        return answers;
    }

    /** Runs those up to the first that hangs or may not be asked; returns their answers. */
    private <T> List<Answer<T>> readOn(Reader reader, List<Request<T>> requests, long deadlineNanos) {
        long begun = nanoClock.getAsLong();
        List<Task<T>> tasks = new ArrayList<>(requests.size());
        for (Request<T> request : requests) {
            if (isRefused(request.subject())) {
                break;
            }
            tasks.add(request.task());
        }
        Job<T> job = new Job<>(tasks, nanoClock);
        reader.current = job;
        reader.queue.add(job);
        boolean ended = job.await(deadlineNanos);
        int answered = ended ? job.answered : job.hangsAt;
        List<Answer<T>> answers = new ArrayList<>(answered + 1);
        for (int i = 0; i < answered; i++) {
            answers.add(job.answers.get(i));
            quarantined.remove(requests.get(i).subject());
        }
        if (!ended) {
            quarantine(requests.get(answered).subject(), job, begun);
            answers.add(new Answer<>(Outcome.TIMEOUT, null, nanoClock.getAsLong() - begun));
        }
        return answers;
    }

    private boolean isRefused(Object subject) {
        Quarantine quarantine = quarantined.get(subject);
        return quarantine != null && (!quarantine.hanging.isDone() || nanoClock.getAsLong() - quarantine.until < 0);
    }

    private void quarantine(Object subject, Job<?> job, long begun) {
        Quarantine quarantine = quarantined.get(subject);
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
