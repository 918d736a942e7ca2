package org.postmem.collector.source;

import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * What every source works with: where the host lies, the buffer, the ledger of the snapshot, the readers that may hang,
 * the monotonic clock.
 */
record Reading(Roots roots, WholeFile file, Ledger ledger, DeadlineReaders readers, LongSupplier nanoClock) {
    /** Reads one file and hands it on under {@code entry}; notes how it went under the same name. */
    boolean copy(EntrySink sink, String path, String entry) throws IOException {
        String outcome = file.read(path);
        if (!ledger.note(entry, outcome)) {
            return false;
        }
        sink.entry(entry, file.bytes(), 0, file.length());
        return true;
    }

    /** Like {@link #copy} but a file this kernel simply does not have is no gap. */
    boolean copyIfThere(EntrySink sink, String path, String entry) throws IOException {
        String outcome = file.read(path);
        if (Outcome.ENOENT.equals(outcome)) {
            return false;
        }
        if (!ledger.note(entry, outcome)) {
            return false;
        }
        sink.entry(entry, file.bytes(), 0, file.length());
        return true;
    }

    long nanos() {
        return nanoClock.getAsLong();
    }
}
