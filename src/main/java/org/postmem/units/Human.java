package org.postmem.units;

import java.util.Locale;

/** Numbers as a person reads them, the same in the terminal and in the report; {@code Locale.ROOT} throughout. */
public final class Human {
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final double STEP = 1024;
    private static final double LEAST_RATE = 100 * STEP;
    private static final double SECONDS_PER_HOUR = 3600;
    private static final double SECONDS_PER_MINUTE = 60;
    private static final double SECONDS_PER_DAY = 86400;
    private static final double LEAST_BESIDE = 0.001;

    private Human() {}

    /** {@code 1.20 GiB}, {@code 61.0 MiB}, {@code 512 B}: three digits that count. */
    public static String bytes(double bytes) {
        int unit = unit(bytes);
        double size = Math.abs(bytes) / Math.pow(STEP, unit);
        return (bytes <= -0.5 ? "-" : "") + (unit == 0 ? round(size) : threeDigits(size)) + " " + BINARY[unit];
    }

    private static int unit(double bytes) {
        double size = Math.abs(bytes);
        int unit = 0;
        // 999.6 would print as 1000: the next unit says it in three digits
        while (size >= 999.5 && unit < BINARY.length - 1) {
            size /= STEP;
            unit++;
        }
        return unit;
    }

    /** {@code 1.20 MiB/s}: per second where that is at least 100 KiB, else per minute or per hour: what a person can count on. */
    public static String rate(double bytesPerSecond) {
        if (Double.isNaN(bytesPerSecond) || Double.isInfinite(bytesPerSecond)) {
            return "unknown";
        }
        Per per = Per.of(bytesPerSecond);
        return bytes(bytesPerSecond * per.seconds) + per.sign;
    }

    /**
     * {@code 0.093 MiB/s}: an end of the range around a rate, in the unit that the rate itself is printed in, with at least
     * two digits that count. Of two ends in units of their own nobody sees which is the greater; one a thousand times
     * smaller has a unit of its own all the same.
     */
    public static String rateBeside(double bytesPerSecond, double end) {
        if (Double.isNaN(end) || Double.isInfinite(end) || rate(bytesPerSecond).equals("unknown")) {
            return rate(end);
        }
        Per per = Per.of(bytesPerSecond);
        int unit = unit(bytesPerSecond * per.seconds);
        double value = end * per.seconds / Math.pow(STEP, unit);
        double size = Math.abs(value);
        if (unit > 0 && size > 0 && size < LEAST_BESIDE) {
            return rate(end);
        }
        String digits = unit == 0 || size == 0
                ? round(value)
                : size >= 0.095
                        ? threeDigits(value)
                        : String.format(Locale.ROOT, size >= 0.0095 ? "%.3f" : "%.4f", value);
        return digits + " " + BINARY[unit] + per.sign;
    }

    /** What a rate is told per: the shortest time in which it comes to 100 KiB. */
    private enum Per {
        SECOND(1, "/s"),
        MINUTE(SECONDS_PER_MINUTE, "/min"),
        HOUR(SECONDS_PER_HOUR, "/h");

        private final double seconds;
        private final String sign;

        Per(double seconds, String sign) {
            this.seconds = seconds;
            this.sign = sign;
        }

        static Per of(double bytesPerSecond) {
            double size = Math.abs(bytesPerSecond);
            return size >= LEAST_RATE ? SECOND : size * SECONDS_PER_MINUTE >= LEAST_RATE ? MINUTE : HOUR;
        }
    }

    /** {@code 250 ms}, {@code 4.2 s}, {@code 110 s}, {@code 12 min}, {@code 3.5 h}, {@code 9 d}: never a false exactness. */
    public static String duration(double seconds) {
        double size = Math.abs(seconds);
        if (Double.isNaN(size) || Double.isInfinite(size)) {
            return "unknown";
        }
        // 0.9996 would print as 1000 ms, 119.6 as 120 s: the next unit says it
        if (size > 0 && size < 0.9995) {
            return twoDigits(seconds * 1000) + " ms";
        }
        if (size < 2 * SECONDS_PER_MINUTE - 0.5) {
            return twoDigits(seconds) + " s";
        }
        if (size < 2 * SECONDS_PER_HOUR - SECONDS_PER_MINUTE / 2) {
            return twoDigits(seconds / SECONDS_PER_MINUTE) + " min";
        }
        return size < 2 * SECONDS_PER_DAY
                ? twoDigits(seconds / SECONDS_PER_HOUR) + " h"
                : twoDigits(seconds / SECONDS_PER_DAY) + " d";
    }

    /** {@code 1.20}, {@code 43.5}, {@code 401}. */
    public static String threeDigits(double value) {
        double size = Math.abs(value);
        int decimals = size >= 99.5 ? 0 : size >= 9.95 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** {@code 4.2}, {@code 4}, {@code 43}. */
    private static String twoDigits(double value) {
        return Math.abs(value) < 9.95
                ? String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", "")
                : round(value);
    }

    private static String round(double value) {
        return String.format(Locale.ROOT, "%d", Math.round(value));
    }
}
