package org.postmem.collector.archive;

import java.io.IOException;

/**
 * fdatasync on a thread of its own: on a disk that others keep busy it takes seconds, and the ticks that fall into them
 * are those of a host in trouble. While one goes on the next is only remembered, so there are never more than two, and what
 * was written last is always synced in the end.
 */
final class BackgroundSync {
    /** Null when nothing is to be synced. */
    private ArchiveFile wanted;

    private Thread thread;
    private boolean ended;
    private volatile boolean failed;

    /** Soon, and without waiting for it. */
    synchronized void request(ArchiveFile file) {
        if (ended) {
            return;
        }
        wanted = file;
        if (thread == null) {
            thread = new Thread(this::run, "postmem-sync");
            thread.setDaemon(true);
            thread.start();
        }
        notifyAll();
    }

    /** Did the last one that came to an end fail? Then what it was for may not be on the disk. */
    boolean failed() {
        return failed;
    }

    /** No more of them; one that hangs is left to itself. */
    synchronized void end() {
        ended = true;
        wanted = null;
        notifyAll();
    }

    private void run() {
        for (ArchiveFile file = next(); file != null; file = next()) {
            try {
                file.sync();
                failed = false;
            } catch (IOException e) {
                // written it is, or a write would have said so; whether it is on the disk is the next one's concern
                failed = true;
            }
        }
    }

    /** Returns null when there will be none. */
    private synchronized ArchiveFile next() {
        try {
            while (wanted == null && !ended) {
                wait();
            }
        } catch (InterruptedException e) {
            return null;
        }
        ArchiveFile file = wanted;
        wanted = null;
        return file;
    }
}
