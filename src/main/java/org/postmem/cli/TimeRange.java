package org.postmem.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.postmem.UserException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

// 10:40..11:00   ..10:42:30   2026-11-22T10:40:00Z..

/**
 * Two moments of a capture as a person writes them: a time of day on the host's clock, or an instant. Either end may be
 * left out, then it is the capture's own.
 *
 * @param from empty when left out, likewise {@code to}
 */
record TimeRange(String from, String to) {
    private static final String BETWEEN = "..";

    /**
     * A capture as its clock shows it.
     *
     * @param offset of the host's time zone
     */
    record Span(Instant first, Instant last, ZoneOffset offset) {}

    /** A range with its ends known, both included. */
    record Moments(Instant from, Instant to) {}

    /** For picocli. */
    static final class Converter implements ITypeConverter<TimeRange> {
        @Override
        public TimeRange convert(String text) {
            int between = text.indexOf(BETWEEN);
            if (between < 0) {
                throw new TypeConversionException(
                        "'" + text + "' is no range; write 10:40..11:00, ..10:42 or 2026-11-22T10:40:00Z..");
            }
            return new TimeRange(
                    text.substring(0, between).strip(),
                    text.substring(between + BETWEEN.length()).strip());
        }
    }

    /** @throws UserException when an end is no time, or the time of day comes more than once in the capture */
    Moments within(Span span) {
        return new Moments(
                from.isEmpty() ? span.first() : moment(from, span), to.isEmpty() ? span.last() : moment(to, span));
    }

    /**
     * A moment of a capture.
     *
     * @param text 10:42, 10:42:30 or 2026-11-22T10:42:00Z
     * @throws UserException when it is neither, or the time of day comes more than once in the capture
     */
    static Instant moment(String text, Span span) {
        try {
            if (text.indexOf('T') > 0) {
                return Instant.parse(text);
            }
            LocalTime time = LocalTime.parse(text);
            if (Duration.between(span.first(), span.last()).compareTo(Duration.ofDays(1)) >= 0) {
                throw UserException.usage(text + " comes more than once in a capture of " + span.first() + " to "
                        + span.last() + "; write an instant, like " + span.first());
            }
            LocalDate day = span.first().atOffset(span.offset()).toLocalDate();
            Instant onFirstDay = time.atDate(day).toInstant(span.offset());
            return onFirstDay.isBefore(span.first())
                            && !span.last()
                                    .atOffset(span.offset())
                                    .toLocalDate()
                                    .equals(day)
                    ? time.atDate(day.plusDays(1)).toInstant(span.offset())
                    : onFirstDay;
        } catch (DateTimeParseException e) {
            throw UserException.usage("'" + text + "' is no time; write 10:42, 10:42:30 or 2026-11-22T10:42:00Z", e);
        }
    }
}
