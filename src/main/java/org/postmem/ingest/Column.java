package org.postmem.ingest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBWritableVector;

/**
 * The cells of one column of a batch. A cell nobody set is NULL.
 *
 * <p>The copy loops stand alone, one a type, as DuckDB takes each cell by a call of its own: so each stays small and
 * sees one kind of vector.
 */
abstract sealed class Column {
    /** Characters of a text that a case keeps; a command line of megabytes explains no more than its beginning. */
    static final int LONGEST_TEXT = 64 << 10;

    static final int FIRST_CAPACITY = 64;

    /** A column as the database has it. */
    record Definition(String name, String sqlType) {}

    final String name;
    boolean[] present = new boolean[FIRST_CAPACITY];

    private Column(String name) {
        this.name = name;
    }

    static Column of(Definition column) {
        String name = column.name();
        return switch (column.sqlType()) {
            case "INTEGER" -> new Numbers(name, DuckDBColumnType.INTEGER);
            case "BIGINT" -> new Numbers(name, DuckDBColumnType.BIGINT);
            case "TIMESTAMP" -> new Timestamps(name);
            case "BOOLEAN" -> new Numbers(name, DuckDBColumnType.BOOLEAN);
            case "DOUBLE" -> new Fractions(name);
            case "VARCHAR" -> new Texts(name);
            default -> throw new IllegalStateException("column " + name + ": no way to load a " + column.sqlType());
        };
    }

    /** The type DuckDB is handed. */
    abstract DuckDBColumnType type();

    final String quoted() {
        return '"' + name + '"';
    }

    /** What makes the column of what DuckDB is handed. */
    String expression(String handed) {
        return handed;
    }

    /** What the first rows all say, as SQL; {@code null} when they differ, or one says nothing. */
    String common(int rows) {
        return null;
    }

    /** Do the first rows all have a value? */
    final boolean full(int rows) {
        for (int i = 0; i < rows; i++) {
            if (!present[i]) {
                return false;
            }
        }
        return true;
    }

    void number(int row, long value) {
        throw wrongType("a whole number");
    }

    void fraction(int row, double value) {
        throw wrongType("a fraction");
    }

    void truth(int row, boolean value) {
        throw wrongType("a truth value");
    }

    void text(int row, String value) {
        throw wrongType("a text");
    }

    /** Microseconds since 1970, UTC. */
    void instant(int row, long micros) {
        throw wrongType("an instant");
    }

    private IllegalArgumentException wrongType(String given) {
        return new IllegalArgumentException("column " + name + " is " + type() + " and was given " + given);
    }

    final void clear(int from, int to) {
        Arrays.fill(present, from, to, false);
    }

    /** Makes room for so many rows. */
    final void grow(int capacity) {
        present = Arrays.copyOf(present, capacity);
        growCells(capacity);
    }

    /** Has one of the first rows a value? */
    final boolean told(int rows) {
        for (int i = 0; i < rows; i++) {
            if (present[i]) {
                return true;
            }
        }
        return false;
    }

    abstract void growCells(int capacity);

    abstract void copy(DuckDBWritableVector vector, int from, int count);

    private static sealed class Numbers extends Column {
        private final DuckDBColumnType type;
        long[] cells = new long[FIRST_CAPACITY];

        Numbers(String name, DuckDBColumnType type) {
            super(name);
            this.type = type;
        }

        @Override
        DuckDBColumnType type() {
            return type;
        }

        @Override
        void number(int row, long value) {
            if (type == DuckDBColumnType.BOOLEAN) {
                super.number(row, value);
            }
            if (type == DuckDBColumnType.INTEGER && value != (int) value) {
                throw new ArithmeticException(name + " does not fit into 32 bits: " + value);
            }
            cells[row] = value;
            present[row] = true;
        }

        @Override
        void truth(int row, boolean value) {
            if (type != DuckDBColumnType.BOOLEAN) {
                super.truth(row, value);
            }
            cells[row] = value ? 1 : 0;
            present[row] = true;
        }

        @Override
        String common(int rows) {
            for (int i = 1; i < rows; i++) {
                if (cells[i] != cells[0]) {
                    return null;
                }
            }
            if (!full(rows)) {
                return null;
            }
            return type == DuckDBColumnType.BOOLEAN ? String.valueOf(cells[0] != 0) : String.valueOf(cells[0]);
        }

        @Override
        void growCells(int capacity) {
            cells = Arrays.copyOf(cells, capacity);
        }

        @Override
        void copy(DuckDBWritableVector vector, int from, int count) {
            if (type == DuckDBColumnType.BIGINT) {
                longs(vector, cells, present, from, count);
            } else if (type == DuckDBColumnType.INTEGER) {
                ints(vector, cells, present, from, count);
            } else {
                booleans(vector, cells, present, from, count);
            }
        }
    }

    /** Tables want timestamps, the driver only takes calendar objects: so the microseconds go over. */
    private static final class Timestamps extends Numbers {
        Timestamps(String name) {
            super(name, DuckDBColumnType.BIGINT);
        }

        @Override
        String expression(String handed) {
            return "make_timestamp(" + handed + ")";
        }

        @Override
        void number(int row, long value) {
            throw new IllegalArgumentException("column " + name + " is a TIMESTAMP and was given a whole number");
        }

        @Override
        void instant(int row, long micros) {
            cells[row] = micros;
            present[row] = true;
        }
    }

    private static final class Fractions extends Column {
        private double[] cells = new double[FIRST_CAPACITY];

        Fractions(String name) {
            super(name);
        }

        @Override
        DuckDBColumnType type() {
            return DuckDBColumnType.DOUBLE;
        }

        @Override
        void fraction(int row, double value) {
            cells[row] = value;
            present[row] = true;
        }

        @Override
        void growCells(int capacity) {
            cells = Arrays.copyOf(cells, capacity);
        }

        @Override
        void copy(DuckDBWritableVector vector, int from, int count) {
            doubles(vector, cells, present, from, count);
        }
    }

    private static final class Texts extends Column {
        private String[] cells = new String[FIRST_CAPACITY];

        Texts(String name) {
            super(name);
        }

        @Override
        DuckDBColumnType type() {
            return DuckDBColumnType.VARCHAR;
        }

        @Override
        void text(int row, String value) {
            cells[row] = value.length() > LONGEST_TEXT ? value.substring(0, LONGEST_TEXT) : value;
            present[row] = true;
        }

        @Override
        void growCells(int capacity) {
            cells = Arrays.copyOf(cells, capacity);
        }

        @Override
        void copy(DuckDBWritableVector vector, int from, int count) {
            byte[][] texts = new byte[count][];
            for (int i = 0; i < count; i++) {
                if (present[from + i]) {
                    texts[i] = cells[from + i].getBytes(StandardCharsets.UTF_8);
                    cells[from + i] = null;
                }
            }
            vector.setStringUtf8Batch(0, texts);
        }
    }

    private static void longs(DuckDBWritableVector vector, long[] cells, boolean[] present, int from, int count) {
        for (int i = 0; i < count; i++) {
            if (present[from + i]) {
                vector.setLong(i, cells[from + i]);
            } else {
                vector.setNull(i);
            }
        }
    }

    private static void ints(DuckDBWritableVector vector, long[] cells, boolean[] present, int from, int count) {
        for (int i = 0; i < count; i++) {
            if (present[from + i]) {
                vector.setInt(i, (int) cells[from + i]);
            } else {
                vector.setNull(i);
            }
        }
    }

    private static void booleans(DuckDBWritableVector vector, long[] cells, boolean[] present, int from, int count) {
        for (int i = 0; i < count; i++) {
            if (present[from + i]) {
                vector.setBoolean(i, cells[from + i] != 0);
            } else {
                vector.setNull(i);
            }
        }
    }

    private static void doubles(DuckDBWritableVector vector, double[] cells, boolean[] present, int from, int count) {
        for (int i = 0; i < count; i++) {
            if (present[from + i]) {
                vector.setDouble(i, cells[from + i]);
            } else {
                vector.setNull(i);
            }
        }
    }
}
