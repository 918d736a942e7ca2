package org.postmem.ingest;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the rows of one table: {@code writer.row().set("capture_id", 1).set("snapshot", 42).end()}. Columns that are not
 * set are NULL. Rows go to the database in batches; a row that was begun and not ended is forgotten.
 */
public final class TableWriter {
    /** Large enough that the cost of an INSERT vanishes, small enough that the batches of all tables fit in 100 MB. */
    static final int BATCH_ROWS = 1 << 15;

    private final String table;
    private final List<Column> columns;
    private final Map<String, Column> byName = new LinkedHashMap<>();
    private final CaseTables tables;
    private int rows;
    private long written;

    TableWriter(String table, List<Column> columns, CaseTables tables) {
        this.table = table;
        this.columns = List.copyOf(columns);
        this.tables = tables;
        columns.forEach(column -> byName.put(column.name, column));
    }

    /** Begins a row of NULLs. */
    public TableWriter row() {
        for (Column column : columns) {
            column.clear(rows);
        }
        return this;
    }

    public TableWriter set(String column, long value) {
        column(column).number(rows, value);
        return this;
    }

    public TableWriter set(String column, Long value) {
        return value == null ? this : set(column, value.longValue());
    }

    public TableWriter set(String column, Integer value) {
        return value == null ? this : set(column, value.longValue());
    }

    public TableWriter set(String column, double value) {
        column(column).fraction(rows, value);
        return this;
    }

    public TableWriter set(String column, Double value) {
        return value == null ? this : set(column, value.doubleValue());
    }

    public TableWriter set(String column, boolean value) {
        column(column).truth(rows, value);
        return this;
    }

    public TableWriter set(String column, Boolean value) {
        return value == null ? this : set(column, value.booleanValue());
    }

    public TableWriter set(String column, String value) {
        if (value != null) {
            column(column).text(rows, value);
        }
        return this;
    }

    public TableWriter set(String column, Instant value) {
        if (value != null) {
            long micros = Math.addExact(Math.multiplyExact(value.getEpochSecond(), 1_000_000L), value.getNano() / 1000);
            column(column).instant(rows, micros);
        }
        return this;
    }

    /** Keeps the row. */
    public void end() {
        rows++;
        written++;
        if (rows == BATCH_ROWS) {
            tables.load(this);
        }
    }

    String table() {
        return table;
    }

    List<Column> columns() {
        return columns;
    }

    /** Those of which a row that waits has a value; the others are NULL without being handed over cell by cell. */
    List<Column> columnsTold() {
        return columns.stream().filter(column -> column.told(rows)).toList();
    }

    /** Rows that wait to be loaded. */
    int waiting() {
        return rows;
    }

    void loaded() {
        rows = 0;
    }

    /** Rows ended since the writer was made. */
    long written() {
        return written;
    }

    private Column column(String name) {
        Column column = byName.get(name);
        if (column == null) {
            throw new IllegalArgumentException("table " + table + " has no column " + name);
        }
        return column;
    }
}
