package org.postmem.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Rows of one table that go to the database with one INSERT. */
final class RowBatch {
    /** Fewer rows are handed over as they are: to look for what they have in common costs more than it saves. */
    private static final int FEW_ROWS = 1 << 10;

    private final String table;
    private final List<Column> columns = new ArrayList<>();
    private int rows;
    private int capacity = Column.FIRST_CAPACITY;
    private List<Column> fed = List.of();

    RowBatch(String table, List<Column.Definition> definitions) {
        this.table = table;
        definitions.forEach(definition -> columns.add(Column.of(definition)));
    }

    Column column(int place) {
        return columns.get(place);
    }

    int rows() {
        return rows;
    }

    /** Makes room for one more row. */
    void room() {
        if (rows == capacity) {
            int larger = Math.min(capacity * 2, TableWriter.BATCH_ROWS);
            columns.forEach(column -> column.grow(larger));
            capacity = larger;
        }
    }

    void endRow() {
        rows++;
    }

    /** Forgets the row that was begun and not ended. */
    void forgetRow() {
        if (rows < capacity) {
            columns.forEach(column -> column.clear(rows, rows + 1));
        }
    }

    void forgetAll() {
        // a row may have been begun behind the last one
        int used = Math.min(rows + 1, capacity);
        columns.forEach(column -> column.clear(0, used));
        rows = 0;
        fed = List.of();
    }

    /**
     * The INSERT that takes the rows from {@link TableFeed}. Columns without a value are left out, and what all rows have in
     * common stands in the statement: the driver takes a lock for each cell.
     */
    String insert() {
        StringJoiner names = new StringJoiner(", ", "INSERT INTO \"" + table + "\" (", ")");
        StringJoiner values = new StringJoiner(", ", " SELECT ", " FROM " + TableFeed.NAME + "()");
        fed = new ArrayList<>();
        List<Column> told = columns.stream().filter(column -> column.told(rows)).toList();
        for (int i = 0; i < told.size(); i++) {
            Column column = told.get(i);
            // a feed has at least one column
            boolean needed = fed.isEmpty() && i == told.size() - 1;
            String common = rows < FEW_ROWS || needed ? null : column.common(rows);
            if (common == null) {
                fed.add(column);
            }
            names.add(column.quoted());
            values.add(column.expression(common == null ? column.quoted() : common));
        }
        return names + values.toString();
    }

    /** The columns that the INSERT asks the feed for. */
    List<Column> fed() {
        return fed;
    }
}
