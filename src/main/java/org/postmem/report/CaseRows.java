package org.postmem.report;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows of the case as maps from column to value, in the order of the columns. */
record CaseRows(Connection connection) {
    List<Map<String, Object>> rows(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            ResultSetMetaData columns = result.getMetaData();
            List<Map<String, Object>> rows = new ArrayList<>();
            while (result.next()) {
                Map<String, Object> row = new LinkedHashMap<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.put(columns.getColumnLabel(i), value(result.getObject(i)));
                }
                rows.add(Collections.unmodifiableMap(row));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException("the report cannot ask the case: " + sql, e);
        }
    }

    /** The only row, or an empty map. */
    Map<String, Object> row(String sql) {
        List<Map<String, Object>> rows = rows(sql);
        return rows.isEmpty() ? Map.of() : rows.get(0);
    }

    private static Object value(Object value) throws SQLException {
        return value instanceof Array list ? Arrays.asList((Object[]) list.getArray()) : value;
    }

    /** What a host is called; its archive where it has no name. */
    String hostName(int captureId) {
        return String.valueOf(row("SELECT coalesce(host, source) AS name FROM capture WHERE capture_id = " + captureId)
                .get("name"));
    }

    /** The row of {@code ended_process} of a process that runs no more; empty where it runs on. */
    Map<String, Object> ended(int captureId, Integer processId) {
        return row("SELECT * FROM ended_process WHERE capture_id = " + captureId + " AND process_id = " + processId);
    }

    /** 0 where the column has no number. */
    static int integer(Map<String, Object> row, String column) {
        return row.get(column) instanceof Number number ? number.intValue() : 0;
    }
}
