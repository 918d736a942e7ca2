package org.postmem.ingest;

import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Texts are parsed in threads of their own while the one that asked fills the tables with what was parsed before: in the
 * order in which they were added, and only so many bytes ahead. Parsers are pure, tables know one thread.
 */
final class ReadAhead implements AutoCloseable {
    private static final int MOST_THREADS = 2;
    /** What is parsed takes several times the memory of its text. */
    private static final long MOST_BYTES = 12L << 20;
    /** What waiting costs beside the text: copies of /proc are thousands of files of some hundred bytes. */
    private static final long LEAST_BYTES = 4096;

    private record Waiting<T>(String path, long bytes, Future<T> parsed, Consumer<T> then) {}

    private final ExecutorService readers = Executors.newFixedThreadPool(
            Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()), ReadAhead::thread);
    private final ArrayDeque<Waiting<?>> waiting = new ArrayDeque<>();
    private final BiConsumer<String, RuntimeException> failed;
    private long bytes;

    /** @param failed told the path of a text that its parser, or whoever took it, could not bear; the others go on */
    ReadAhead(BiConsumer<String, RuntimeException> failed) {
        this.failed = failed;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "read-ahead");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Parses a text some time; {@code then} is called by this thread, now or in a later call.
     *
     * @param length of the text in bytes
     */
    <T> void add(String path, long length, Supplier<T> parser, Consumer<T> then) {
        long held = Math.max(length, LEAST_BYTES);
        while (!waiting.isEmpty() && bytes + held > MOST_BYTES) {
            takeFirst();
        }
        waiting.add(new Waiting<>(path, held, readers.submit(parser::get), then));
        bytes += held;
    }

    /** Waits for what was added. */
    void finish() {
        while (!waiting.isEmpty()) {
            takeFirst();
        }
    }

    private void takeFirst() {
        Waiting<?> first = waiting.remove();
        bytes -= first.bytes();
        take(first);
    }

    private <T> void take(Waiting<T> one) {
        try {
            one.then().accept(one.parsed().get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                failed.accept(one.path(), cause);
            } else if (e.getCause() instanceof Error cause) {
                throw cause;
            } else {
                throw new IllegalStateException("a parser threw what none may throw", e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a text was read", e);
        } catch (RuntimeException e) {
            failed.accept(one.path(), e);
        }
    }

    /** Ends the threads; what waits is forgotten. */
    @Override
    public void close() {
        readers.shutdownNow();
    }
}
