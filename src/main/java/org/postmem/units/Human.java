package org.postmem.units;

import java.util.Locale;

/** Numbers as a person reads them, the same in the terminal and in the report; {@code Locale.ROOT} throughout. */
public final class Human {
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final double STEP = 1024;
    private static final double SECONDS_PER_HOUR = 3600;
    private static final double SECONDS_PER_MINUTE = 60;
    private static final double SECONDS_PER_DAY = 86400;

    private Human() {}

    /** {@code 1.2 GiB}, {@code 61 MiB}, {@code 512 B}: two significant digits below ten, whole numbers above. */
    public static String bytes(long bytes) {
        return binary((double) bytes);
    }

    /** {@code 61 MiB/h}: a leak is counted by the hour, whatever its speed, so that two can be compared. */
    public static String rate(double bytesPerSecond) {
        double perHour = bytesPerSecond * SECONDS_PER_HOUR;
        return Double.isNaN(perHour) || Double.isInfinite(perHour) ? "unknown" : binary(perHour) + "/h";
    }

    /** {@code 42 s}, {@code 12 min}, {@code 3.5 h}, {@code 9 days}. */
    public static String duration(double seconds) {
        double size = Math.abs(seconds);
        if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
            return "unknown";
        }
        if (size < 1 && size > 0) {
            return round(seconds * 1000) + " ms";
        }
        if (size < 2 * SECONDS_PER_MINUTE) {
            return round(seconds) + " s";
        }
        if (size < 2 * SECONDS_PER_HOUR) {
            return round(seconds / SECONDS_PER_MINUTE) + " min";
        }
        if (size < 2 * SECONDS_PER_DAY) {
            return shortDecimal(seconds / SECONDS_PER_HOUR) + " h";
        }
        return shortDecimal(seconds / SECONDS_PER_DAY) + " days";
    }

    /** A share of 0 … 1: {@code 83 %}; {@code <1 %} for what is not nothing. */
    public static String percent(double share) {
        if (Double.isNaN(share) || Double.isInfinite(share)) {
            return "unknown";
        }
        double percent = share * 100;
        if (percent > 0 && percent < 1) {
            return "<1 %";
        }
        // Not "100 %" of what is less than all.
        if (percent < 100 && percent > 99) {
            return "99 %";
        }
        return round(percent) + " %";
    }

    private static String binary(double bytes) {
        double value = bytes;
        int unit = 0;
        // 1023.6 would print as 1024: the next unit says it better.
        while (Math.abs(value) >= STEP - 0.5 && unit < BINARY.length - 1) {
            value /= STEP;
            unit++;
        }
        return (unit == 0 ? round(value) : shortDecimal(value)) + " " + BINARY[unit];
    }

    private static String shortDecimal(double value) {
        return Math.abs(value) < 9.95 ? String.format(Locale.ROOT, "%.1f", value) : round(value);
    }

    private static String round(double value) {
        return String.format(Locale.ROOT, "%d", Math.round(value));
    }
}
