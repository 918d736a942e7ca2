package org.postmem.collector.source;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;

/**
 * The kernel's log from {@code /dev/kmsg}, oldest record first, raw. A read waits when there is no further record, so
 * one thread does nothing else; what it has read since is taken at slow ticks. Bounded: when the kernel says more than
 * the cap between two of them, the rest is dropped and counted.
 */
public final class KernelLog {
    /** The largest record the kernel makes fits; a smaller buffer would be refused. */
    private static final int RECORD_BYTES = 8192;

    private static final int CAP_BYTES = 2 << 20;
    private static final long QUIET_MILLIS = 20;
    private static final long LONGEST_WAIT_MILLIS = 500;

    private final String path;
    private final ByteArrayOutputStream unread = new ByteArrayOutputStream();
    private long dropped;
    private long overwritten;
    private String failure;
    private boolean started;

    /**
     * What came since the last call.
     *
     * @param outcome null, or why the log can (no longer) be read
     * @param dropped records that did not fit
     * @param overwritten how often the kernel had thrown away records before they were read
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record Part(byte[] bytes, String outcome, long dropped, long overwritten) {}

    public KernelLog(String path) {
        this.path = path;
    }

    public synchronized void start() {
        if (!started) {
            started = true;
            Thread thread = new Thread(this::follow, "postmem-kernel-log");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void follow() {
        byte[] record = new byte[RECORD_BYTES];
        int errors = 0;
        try (FileInputStream in = new FileInputStream(path)) {
            while (errors < 1000) {
                try {
                    int length = in.read(record);
                    if (length <= 0) {
                        fail("EOF");
                        return;
                    }
                    errors = 0;
                    add(record, length);
                } catch (IOException e) {
                    // EPIPE: records were overwritten while nobody read; the next read goes on behind them
                    errors++;
                    if (e.getMessage() == null || !e.getMessage().contains("Broken pipe")) {
                        fail(Outcome.of(e));
                        return;
                    }
                    lost();
                }
            }
        } catch (IOException e) {
            fail(Outcome.of(e));
        }
    }

    private synchronized void add(byte[] record, int length) {
        if (unread.size() + length > CAP_BYTES) {
            dropped++;
        } else {
            unread.write(record, 0, length);
        }
        notifyAll();
    }

    private synchronized void lost() {
        overwritten++;
    }

    private synchronized void fail(String outcome) {
        failure = outcome;
        notifyAll();
    }

    /** Waits, half a second at most, until the log since boot is read: until no record came for a moment. */
    public synchronized void awaitQuiet() throws InterruptedException {
        long end = System.nanoTime() + LONGEST_WAIT_MILLIS * 1_000_000;
        long lastGrowth = System.nanoTime();
        int size = 0;
        while (failure == null) {
            long now = System.nanoTime();
            if (unread.size() != size) {
                size = unread.size();
                lastGrowth = now;
            }
            boolean quiet = size > 0 && now - lastGrowth >= QUIET_MILLIS * 1_000_000;
            if (quiet || now - end >= 0) {
                return;
            }
            wait(QUIET_MILLIS);
        }
    }

    /** Takes back what was taken and could not be stored; what does not fit beside the newer records is counted as dropped. */
    public synchronized void putBack(Part part) {
        byte[] newer = unread.toByteArray();
        unread.reset();
        if (part.bytes().length + newer.length <= CAP_BYTES) {
            unread.writeBytes(part.bytes());
        } else {
            dropped++;
        }
        unread.writeBytes(newer);
        dropped += part.dropped();
        overwritten += part.overwritten();
    }

    public synchronized Part take() {
        // "end of file" is what a plain file in place of the device says, after all of it
        String outcome = "EOF".equals(failure) ? null : failure;
        Part part = new Part(unread.toByteArray(), outcome, dropped, overwritten);
        unread.reset();
        dropped = 0;
        overwritten = 0;
        return part;
    }
}
