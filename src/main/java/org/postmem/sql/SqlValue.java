package org.postmem.sql;

import java.sql.Array;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;

/** What the driver of DuckDB hands over, as plain Java. */
public final class SqlValue {
    private SqlValue() {}

    /**
     * A TIMESTAMP as an instant, a list as one of texts, all else as it is.
     *
     * @throws SQLException when the driver cannot hand over the elements of a list
     */
    public static Object of(Object raw) throws SQLException {
        if (raw instanceof Timestamp) {
            return instant(raw);
        }
        if (raw instanceof Array array) {
            return Arrays.stream((Object[]) array.getArray())
                    .map(String::valueOf)
                    .toList();
        }
        return raw;
    }

    /** A TIMESTAMP, which is UTC without saying so; null for what is no time. */
    public static Instant instant(Object raw) {
        if (raw instanceof Instant instant) {
            return instant;
        }
        // the driver hands a TIMESTAMP over as wall clock of the JVM's own zone; the case keeps UTC
        return raw instanceof Timestamp stamp ? stamp.toLocalDateTime().toInstant(ZoneOffset.UTC) : null;
    }
}
