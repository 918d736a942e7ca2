package org.postmem.report;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.postmem.sql.SqlValue;

/**
 * Prints a value by the unit that ends the name of its column: {@code rss_bytes}, {@code waited_seconds},
 * {@code at_ts}. What is not known is a dash, never a zero.
 */
record Printing(HostTime time, Texts texts) {
    static final String UNKNOWN = "\u2013";

    String text(String name, Object value) {
        if (value == null) {
            return UNKNOWN;
        }
        if (value instanceof Number number) {
            return number(name, number);
        }
        if (value instanceof Timestamp || value instanceof Instant) {
            return time.time(SqlValue.instant(value));
        }
        return name.endsWith("_label") ? texts.label(value.toString()) : value.toString();
    }

    private static String number(String name, Number number) {
        double value = number.doubleValue();
        if (name.endsWith("_bytes_per_second")) {
            return signed(name, value) + Quantity.bytesPerSecond(value);
        }
        if (name.endsWith("_bytes")) {
            return signed(name, value) + Quantity.bytes(value);
        }
        if (name.endsWith("_per_second")) {
            return Quantity.decimal(value, 2);
        }
        if (name.endsWith("_seconds")) {
            return Quantity.seconds(value);
        }
        if (name.endsWith("_share")) {
            return Quantity.share(value);
        }
        if (name.endsWith("_percent")) {
            return Quantity.decimal(value, value != 0 && Math.abs(value) < 0.95 ? 2 : 1);
        }
        if (number instanceof Double || number instanceof Float) {
            return Quantity.decimal(value, 2);
        }
        return identifies(name) ? Long.toString(number.longValue()) : Quantity.count(number.longValue());
    }

    private static String signed(String name, double value) {
        return name.contains("growth") && value > 0 ? "+" : "";
    }

    /** Names and numbers that are names: nothing to group, nothing to add up. */
    static boolean identifies(String name) {
        return switch (name) {
            case "pid",
                    "uid",
                    "tgid",
                    "cpid",
                    "lpid",
                    "victim_pid",
                    "shmid",
                    "owner_uid",
                    "oom_score_adj",
                    "adj",
                    "line" -> true;
            default -> false;
        };
    }

    /** The exact value, for those who point at the rounded one; {@code null} where nothing was rounded. */
    String exact(String name, Object value) {
        if (value instanceof Timestamp || value instanceof Instant) {
            return time.utc(SqlValue.instant(value));
        }
        if (value instanceof Number number) {
            if (name.endsWith("_bytes")) {
                return Quantity.count(number.longValue()) + " B";
            }
            if (name.endsWith("_kb")) {
                return Quantity.bytes(number.doubleValue() * 1024);
            }
            if (name.endsWith("_per_second")) {
                return Quantity.decimal(number.doubleValue(), 3) + "/s";
            }
        }
        return null;
    }

    /** What a column is sorted by. */
    static String sortKey(Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Timestamp || value instanceof Instant) {
            return Long.toString(SqlValue.instant(value).toEpochMilli());
        }
        if (value instanceof List<?> list) {
            return list.isEmpty() ? "" : String.valueOf(list.get(list.size() - 1));
        }
        return value.toString();
    }
}
