package org.postmem.cli;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import picocli.CommandLine.Option;

/** What every command that writes a page is asked about it. */
final class PageOptions {
    @Option(
            names = "--lang",
            paramLabel = "LANG",
            defaultValue = "en",
            description = "Language of the texts: en or zh; default: ${DEFAULT-VALUE}.")
    private Language language;

    @Option(
            names = "--made-at",
            paramLabel = "INSTANT",
            description = "The time the page says it was made, like 2026-11-22T08:00:00Z, to make the very same file"
                    + " again; default: now.")
    private Instant madeAt;

    /** {@code en} or {@code zh}. */
    String language() {
        return language.tag();
    }

    /** What time the page says it was made. */
    Clock clock(Console console) {
        return madeAt == null ? console.clock() : Clock.fixed(madeAt, ZoneOffset.UTC);
    }
}
