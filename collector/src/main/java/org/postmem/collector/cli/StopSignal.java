package org.postmem.collector.cli;

import java.util.concurrent.TimeUnit;

/** What a running capture is told from outside: to end after the snapshot in flight and a last one, or to freeze what it has. */
public final class StopSignal {
    private boolean stopped;
    private boolean freezeAsked;

    public synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    public synchronized boolean isStopped() {
        return stopped;
    }

    /** Somebody has seen something: a snapshot at once, and what led to it is kept. */
    public synchronized void freeze() {
        freezeAsked = true;
        notifyAll();
    }

    /** Was it asked since the last call? */
    synchronized boolean takeFreeze() {
        boolean asked = freezeAsked;
        freezeAsked = false;
        return asked;
    }

    /** Waits for the moment, or until somebody asks for something; returns at once and true when stopped. */
    synchronized boolean awaitUntil(long targetNanos, long nowNanos) throws InterruptedException {
        long begun = System.nanoTime();
        while (!stopped && !freezeAsked) {
            long left = targetNanos - nowNanos - (System.nanoTime() - begun);
            if (left <= 0) {
                break;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return stopped;
    }
}
