package org.postmem.ingest;

import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;
import org.duckdb.DuckDBValue;

/**
 * The SQL table function {@code postmem_feed('process_sample')}: the rows that wait in the writer of that table. It
 * takes a quarter of the CPU time of the driver's row appender, whose {@code close()} moreover swallows errors.
 */
final class TableFeed implements DuckDBTableFunction<TableWriter, TableFeed.Cursor, Object> {
    static final String NAME = "postmem_feed";

    private final Map<String, TableWriter> writers;

    TableFeed(Map<String, TableWriter> writers) {
        this.writers = writers;
    }

    @Override
    public TableWriter bind(DuckDBTableFunctionBindInfo info) {
        TableWriter writer;
        try (DuckDBValue table = info.getParameter(0)) {
            writer = writers.get(table.getString());
        }
        for (Column column : writer.columnsTold()) {
            info.addResultColumn(column.name, column.type());
        }
        info.setCardinality(writer.waiting(), true);
        return writer;
    }

    @Override
    public Cursor init(DuckDBTableFunctionInitInfo info) {
        info.setMaxThreads(1);
        return new Cursor(info.getBindData());
    }

    @Override
    public long apply(DuckDBTableFunctionCallInfo call, DuckDBDataChunkWriter chunk) {
        Cursor cursor = call.getInitData();
        return cursor.fill(chunk);
    }

    /** How far one INSERT has come. */
    static final class Cursor {
        private final List<Column> columns;
        private final int rows;
        private int next;

        Cursor(TableWriter writer) {
            this.columns = writer.columnsTold();
            this.rows = writer.waiting();
        }

        /** More rows than the chunk's capacity would be taken for none at all, without an error. */
        int fill(DuckDBDataChunkWriter chunk) {
            int count = (int) Math.min(chunk.capacity(), rows - next);
            if (count == 0) {
                return 0;
            }
            for (int i = 0; i < columns.size(); i++) {
                columns.get(i).copy(chunk.vector(i), next, count);
            }
            next += count;
            return count;
        }
    }
}
