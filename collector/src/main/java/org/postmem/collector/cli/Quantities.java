package org.postmem.collector.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations, sizes and shares as a person writes them: {@code 5s}, {@code 500MB}, {@code 1%}. */
public final class Quantities {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z%]*)");
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Quantities() {}

    /** {@code 500ms}, {@code 5s}, {@code 4m}, {@code 2h}, {@code 1d}; a bare number is seconds. */
    public static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            Matcher matcher = matcher(value, "a duration like 500ms, 5s, 4m, 2h");
            double seconds = Double.parseDouble(matcher.group(1))
                    * switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                        case "ms" -> 0.001;
                        case "", "s" -> 1;
                        case "m", "min" -> 60;
                        case "h" -> 3600;
                        case "d" -> 86_400;
                        default ->
                            throw new TypeConversionException(
                                    "'" + value + "' is not a duration like 500ms, 5s, 4m, 2h");
                    };
            return Duration.ofNanos((long) (seconds * NANOS_PER_SECOND));
        }
    }

    /** {@code 500MB}, {@code 2GiB}, {@code 1000000}: K, M, G are powers of ten, Ki, Mi, Gi of two. */
    public static final class SizeConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            Matcher matcher = matcher(value, "a size like 500MB or 2GiB");
            double factor = switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                case "", "b" -> 1;
                case "k", "kb" -> 1e3;
                case "m", "mb" -> 1e6;
                case "g", "gb" -> 1e9;
                case "ki", "kib" -> 1L << 10;
                case "mi", "mib" -> 1L << 20;
                case "gi", "gib" -> 1L << 30;
                default -> throw new TypeConversionException("'" + value + "' is not a size like 500MB or 2GiB");
            };
            return (long) (Double.parseDouble(matcher.group(1)) * factor);
        }
    }

    /** {@code 1%} of one core is 0.01. */
    public static final class ShareConverter implements ITypeConverter<Double> {
        @Override
        public Double convert(String value) {
            Matcher matcher = matcher(value, "a share of one core like 1%");
            if (!matcher.group(2).equals("%")) {
                throw new TypeConversionException("'" + value + "' is not a share of one core like 1%");
            }
            double share = Double.parseDouble(matcher.group(1)) / 100;
            if (share <= 0) {
                throw new TypeConversionException("'" + value + "' of a core is nothing; take a share like 1% or 0.1%");
            }
            return share;
        }
    }

    private static Matcher matcher(String value, String wanted) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(value.trim());
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + value + "' is not " + wanted);
        }
        return matcher;
    }
}
