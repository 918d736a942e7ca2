package org.postmem.collector.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Says that collecting is to end after the snapshot in flight and a last one. */
public final class StopSignal {
    private final CountDownLatch stopped = new CountDownLatch(1);

    public void stop() {
        stopped.countDown();
    }

    public boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** Waits for the moment, returns at once and true when stopped. */
    boolean awaitUntil(long targetNanos, long nowNanos) throws InterruptedException {
        return stopped.await(Math.max(0, targetNanos - nowNanos), TimeUnit.NANOSECONDS);
    }
}
