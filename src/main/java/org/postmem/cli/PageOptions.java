package org.postmem.cli;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

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
            converter = InstantConverter.class,
            description = "The time the page says it was made, like 2026-11-22T08:00:00Z, to make the very same file"
                    + " again; default: now.")
    private Instant madeAt;

    /** For picocli. */
    static final class InstantConverter implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("'" + text + "' is no instant; write 2026-11-22T08:00:00Z");
            }
        }
    }

    /** {@code en} or {@code zh}. */
    String language() {
        return language.tag();
    }

    /** What time the page says it was made. */
    Clock clock(Console console) {
        return madeAt == null ? console.clock() : Clock.fixed(madeAt, ZoneOffset.UTC);
    }
}
