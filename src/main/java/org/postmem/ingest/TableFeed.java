package org.postmem.ingest;

import java.util.List;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;

/**
 * The SQL table function {@code postmem_feed()}: the rows of the batch that is being loaded. It takes a quarter of the CPU
 * time of the driver's row appender, whose {@code close()} moreover swallows errors.
 */
final class TableFeed implements DuckDBTableFunction<RowBatch, TableFeed.Cursor, Object> {
    static final String NAME = "postmem_feed";

    private volatile RowBatch batch;

    /** The batch that the next INSERT loads. */
    void feed(RowBatch next) {
        batch = next;
    }

    @Override
    public RowBatch bind(DuckDBTableFunctionBindInfo info) {
        RowBatch bound = batch;
        for (Column column : bound.fed()) {
            info.addResultColumn(column.name, column.type());
        }
        info.setCardinality(bound.rows(), true);
        return bound;
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

        Cursor(RowBatch batch) {
            this.columns = batch.fed();
            this.rows = batch.rows();
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
