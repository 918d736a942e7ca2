package org.postmem.ingest;

import java.time.Instant;
import java.util.HashMap;
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
    private final List<Column.Definition> definitions;
    private final Map<String, Integer> places = new HashMap<>();
    private final CaseTables tables;
    private RowBatch batch;
    private RowBatch spare;
    private boolean begun;
    private long written;

    TableWriter(String table, List<Column.Definition> definitions, CaseTables tables) {
        this.table = table;
        this.definitions = List.copyOf(definitions);
        this.tables = tables;
        this.batch = new RowBatch(table, this.definitions);
        for (int i = 0; i < definitions.size(); i++) {
            places.put(definitions.get(i).name(), i);
        }
    }

    /** Begins a row of NULLs. */
    public TableWriter row() {
        if (begun) {
            batch.forgetRow();
        }
        begun = true;
        batch.room();
        return this;
    }

    public TableWriter set(String column, long value) {
        return set(place(column), value);
    }

    public TableWriter set(String column, Long value) {
        return value == null ? this : set(column, value.longValue());
    }

    public TableWriter set(String column, Integer value) {
        return value == null ? this : set(column, value.longValue());
    }

    public TableWriter set(String column, double value) {
        return set(place(column), value);
    }

    public TableWriter set(String column, Double value) {
        return value == null ? this : set(column, value.doubleValue());
    }

    public TableWriter set(String column, boolean value) {
        return set(place(column), value);
    }

    public TableWriter set(String column, Boolean value) {
        return value == null ? this : set(column, value.booleanValue());
    }

    public TableWriter set(String column, String value) {
        return set(place(column), value);
    }

    public TableWriter set(String column, Instant value) {
        return set(place(column), value);
    }

    /** Where a column stands: for the one that sets it a million times. */
    int place(String column) {
        Integer place = places.get(column);
        if (place == null) {
            throw new IllegalArgumentException("table " + table + " has no column " + column);
        }
        return place;
    }

    TableWriter set(int place, long value) {
        batch.column(place).number(batch.rows(), value);
        return this;
    }

    TableWriter set(int place, Long value) {
        return value == null ? this : set(place, value.longValue());
    }

    TableWriter set(int place, double value) {
        batch.column(place).fraction(batch.rows(), value);
        return this;
    }

    TableWriter set(int place, boolean value) {
        batch.column(place).truth(batch.rows(), value);
        return this;
    }

    TableWriter set(int place, String value) {
        if (value != null) {
            batch.column(place).text(batch.rows(), value);
        }
        return this;
    }

    TableWriter set(int place, Instant value) {
        if (value != null) {
            long micros = Math.addExact(Math.multiplyExact(value.getEpochSecond(), 1_000_000L), value.getNano() / 1000);
            batch.column(place).instant(batch.rows(), micros);
        }
        return this;
    }

    /** Keeps the row. */
    public void end() {
        begun = false;
        batch.endRow();
        written++;
        if (batch.rows() == BATCH_ROWS) {
            tables.load(this);
        }
    }

    String table() {
        return table;
    }

    List<Column.Definition> columns() {
        return definitions;
    }

    /** Rows that wait to be loaded. */
    int waiting() {
        return batch.rows();
    }

    /** Hands over the rows that wait; what is written next goes into another batch. */
    RowBatch take() {
        RowBatch full = batch;
        batch = spare == null ? new RowBatch(table, definitions) : spare;
        spare = null;
        begun = false;
        return full;
    }

    /** Takes a batch back whose rows are loaded, or forgotten. */
    void giveBack(RowBatch loaded) {
        loaded.forgetAll();
        spare = loaded;
    }

    /** Forgets the rows that wait. */
    void forget() {
        begun = false;
        batch.forgetAll();
    }

    /** Rows ended since the writer was made. */
    long written() {
        return written;
    }
}
