package org.postmem.collector.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Lines about troubles that last or come again, so that a log is not filled by what fills a disk: one line when a
 * trouble begins, one when it is over, and no further pair of the same kind within ten minutes.
 */
final class Notices {
    private static final long SILENCE_NANOS = Duration.ofMinutes(10).toNanos();

    private final Consumer<String> progress;
    private final Map<String, Trouble> troubles = new HashMap<>();

    private static final class Trouble {
        private boolean lasts;
        private boolean said;
        private boolean saidBefore;
        private long saidNanos;
        private long unsaid;
    }

    Notices(Consumer<String> progress) {
        this.progress = progress;
    }

    /** There is trouble; called as often as it shows. */
    void trouble(String kind, String line, long nowNanos) {
        Trouble trouble = troubles.computeIfAbsent(kind, k -> new Trouble());
        if (trouble.lasts) {
            return;
        }
        trouble.lasts = true;
        trouble.said = !trouble.saidBefore || nowNanos - trouble.saidNanos >= SILENCE_NANOS;
        if (trouble.said) {
            trouble.saidBefore = true;
            trouble.saidNanos = nowNanos;
            progress.accept("postmem: " + line
                    + (trouble.unsaid == 0 ? "" : " (as " + trouble.unsaid + " times since this was last said)"));
            trouble.unsaid = 0;
        } else {
            trouble.unsaid++;
        }
    }

    /** There is none (any more); says so when there was, and its beginning was said. */
    void over(String kind, String line) {
        Trouble trouble = troubles.get(kind);
        if (trouble != null && trouble.lasts) {
            trouble.lasts = false;
            if (trouble.said) {
                progress.accept("postmem: " + line);
            }
        }
    }
}
