package org.postmem.ingest;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Lays the components of a record into the columns of the same name: {@code memTotalBytes} into {@code
 * mem_total_bytes}. A component without a column is an error unless it is named as one that has none, so that a renamed
 * component cannot silently become NULL.
 */
final class RecordColumns<R extends Record> {
    private record Cell(RecordComponent component, Method accessor, int column) {}

    private final List<Cell> cells = new ArrayList<>();

    private RecordColumns() {}

    static <R extends Record> RecordColumns<R> of(Class<R> type, TableWriter table, String... without) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (Column.Definition column : table.columns()) {
            columns.put(bare(column.name()), column.name());
        }
        RecordColumns<R> result = new RecordColumns<>();
        Set<String> skipped = Set.of(without);
        for (RecordComponent component : type.getRecordComponents()) {
            if (skipped.contains(component.getName())) {
                continue;
            }
            String column = columns.get(bare(component.getName()));
            if (column == null) {
                throw new IllegalArgumentException("table " + table.table() + " has no column for "
                        + component.getName() + " of " + type.getSimpleName());
            }
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            result.cells.add(new Cell(component, accessor, table.place(column)));
        }
        return result;
    }

    private static String bare(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** Sets the columns of the row that was begun. Returns the row. */
    TableWriter set(TableWriter row, R record) {
        for (Cell cell : cells) {
            Object value = value(cell, record);
            if (value instanceof Long || value instanceof Integer) {
                row.set(cell.column, ((Number) value).longValue());
            } else if (value instanceof Double number) {
                row.set(cell.column, number);
            } else if (value instanceof Boolean truth) {
                row.set(cell.column, truth);
            } else if (value instanceof String text) {
                row.set(cell.column, text);
            } else if (value instanceof Instant instant) {
                row.set(cell.column, instant);
            } else if (value instanceof Enum<?> constant) {
                row.set(cell.column, constant.name().toLowerCase(Locale.ROOT));
            } else if (value != null) {
                throw new IllegalStateException(cell.component + " is of a type no column takes");
            }
        }
        return row;
    }

    private static Object value(Cell cell, Record record) {
        try {
            return cell.accessor.invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + cell.component, e);
        }
    }
}
