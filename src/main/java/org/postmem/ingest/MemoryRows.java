package org.postmem.ingest;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.postmem.procfs.MemInfo;

/**
 * The rows of meminfo that several tools fill together. Where two of them tell one value differently at one moment, the
 * more exact one stands in the row, both stand in {@code evidence_conflict}, and nothing is averaged.
 */
final class MemoryRows {
    /** What moves in a second is no contradiction: a sixteenth of the memory, or twice what it moved between two moments. */
    private static final long SHARE_OF_TOTAL = 16;

    private static final long LEAST_BYTES = 64L << 20;
    private static final int KEPT_CONFLICTS = 200;

    private record Cell(long value, String member, long exactBytes) {}

    private record Conflict(int snapshot, Instant time, String column, Cell before, String member, long value) {
        long apart() {
            return Math.abs(before.value() - value);
        }
    }

    private final TableWriter table;
    private final Map<String, Method> accessors = new LinkedHashMap<>();
    private final TreeMap<Integer, Map<String, Cell>> rows = new TreeMap<>();
    private final Map<String, Conflict> conflicts = new LinkedHashMap<>();
    private final int captureId;
    private final TableWriter conflictTable;

    MemoryRows(int captureId, CaseTables tables) {
        this.captureId = captureId;
        this.table = tables.table("meminfo");
        this.conflictTable = tables.table("evidence_conflict");
        Map<String, String> columns = new HashMap<>();
        for (Column.Definition column : table.columns()) {
            columns.put(bare(column.name()), column.name());
        }
        for (RecordComponent component : MemInfo.class.getRecordComponents()) {
            String column = columns.get(bare(component.getName()));
            if (column != null && component.getType() == Long.class) {
                Method accessor = component.getAccessor();
                accessor.setAccessible(true);
                accessors.put(column, accessor);
            }
        }
    }

    private static String bare(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** Adds what a tool says about a moment. */
    void add(int snapshot, Instant time, String member, Map<String, Long> values, long exactBytes) {
        if (values.isEmpty()) {
            return;
        }
        Map<String, Cell> row = rows.computeIfAbsent(snapshot, s -> new HashMap<>());
        values.forEach((column, value) -> {
            Cell before = row.get(column);
            if (before != null && contradicts(row, column, before, value, exactBytes)) {
                conflict(snapshot, time, column, before, member, value);
            }
            if (before == null || before.exactBytes() > exactBytes) {
                row.put(column, new Cell(value, member, exactBytes));
            }
        });
    }

    /** Adds a whole meminfo. */
    void add(int snapshot, Instant time, String member, MemInfo memInfo) {
        Map<String, Long> values = new LinkedHashMap<>();
        accessors.forEach((column, accessor) -> {
            Long value = value(accessor, memInfo);
            if (value != null) {
                values.put(column, value);
            }
        });
        add(snapshot, time, member, values, 1);
    }

    private static Long value(Method accessor, MemInfo memInfo) {
        try {
            return (Long) accessor.invoke(memInfo);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + accessor, e);
        }
    }

    private static boolean contradicts(Map<String, Cell> row, String column, Cell before, long value, long exactBytes) {
        long apart = Math.abs(before.value() - value);
        long rounding = before.exactBytes() + exactBytes;
        if (isFixed(column)) {
            return apart > rounding;
        }
        Cell total = row.get("mem_total_bytes");
        long moves =
                Math.max(LEAST_BYTES, total == null ? before.value() / SHARE_OF_TOTAL : total.value() / SHARE_OF_TOTAL);
        return apart > rounding + moves;
    }

    /** Set when the host started: two values of it are those of two hosts. */
    private static boolean isFixed(String column) {
        return column.equals("mem_total_bytes") || column.equals("swap_total_bytes");
    }

    private void conflict(int snapshot, Instant time, String column, Cell before, String member, long value) {
        String pair = column + '\0' + before.member() + '\0' + member;
        // One moment shows the contradiction; a thousand of the same two files show no more.
        if (conflicts.size() < KEPT_CONFLICTS) {
            conflicts.putIfAbsent(pair, new Conflict(snapshot, time, column, before, member, value));
        }
    }

    /** The most that each value moved from one moment to the next, as one file told both: two may tell of different hours. */
    private Map<String, Long> moves() {
        Map<String, Long> moves = new HashMap<>();
        Map<String, Cell> last = new HashMap<>();
        rows.values()
                .forEach(row -> row.forEach((column, cell) -> {
                    Cell before = last.put(column, cell);
                    if (before != null && before.member().equals(cell.member())) {
                        moves.merge(column, Math.abs(cell.value() - before.value()), Math::max);
                    }
                }));
        return moves;
    }

    private void writeConflicts() {
        Map<String, Long> moves = moves();
        for (Conflict conflict : conflicts.values()) {
            String column = conflict.column();
            if (!isFixed(column) && conflict.apart() <= 2 * moves.getOrDefault(column, 0L)) {
                continue;
            }
            conflictTable
                    .row()
                    .set("capture_id", captureId)
                    .set("snapshot", conflict.snapshot())
                    .set("ts", conflict.time())
                    .set("what", column)
                    .set("member", conflict.before().member())
                    .set("value", conflict.before().value())
                    .set("other_member", conflict.member())
                    .set("other_value", conflict.value())
                    .end();
        }
    }

    /** Writes the rows, and where two files contradict each other. */
    void write() {
        writeConflicts();
        rows.forEach((snapshot, row) -> {
            TableWriter writer = table.row().set("capture_id", captureId).set("snapshot", snapshot);
            row.forEach((column, cell) -> writer.set(column, cell.value()));
            writer.end();
        });
    }
}
