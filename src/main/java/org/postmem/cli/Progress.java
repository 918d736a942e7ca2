package org.postmem.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** One line that renews itself, for a person at a terminal who has waited for two seconds; nothing otherwise. */
final class Progress implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration BETWEEN = Duration.ofMillis(200);
    private static final int BAR_LETTERS = 20;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final Console console;
    private final Clock clock;
    private Instant next;
    private boolean shown;

    Progress(Console console) {
        this.console = console;
        this.clock = console.clock();
        this.next = clock.instant().plus(PATIENCE);
    }

    /**
     * A bar before the line.
     *
     * @param share of the work that is done, 0 to 1
     */
    void show(double share, String line) {
        int full = (int) Math.round(share * BAR_LETTERS);
        show("[" + "#".repeat(full) + "-".repeat(BAR_LETTERS - full) + "] " + (int) (share * 100) + " % " + line);
    }

    void show(String line) {
        if (!console.terminal()) {
            return;
        }
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(BETWEEN);
        shown = true;
        console.err().print(ERASE_LINE + line);
        console.err().flush();
    }

    @Override
    public void close() {
        if (shown) {
            console.err().print(ERASE_LINE);
            console.err().flush();
        }
    }
}
