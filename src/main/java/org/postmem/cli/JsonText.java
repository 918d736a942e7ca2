package org.postmem.cli;

import java.sql.Array;
import java.sql.SQLException;
import java.util.Map;
import org.duckdb.DuckDBStruct;
import org.postmem.collector.archive.Json;

/** Writes what a result set holds as JSON. A fraction that JSON has no word for (NaN, infinity) becomes null. */
final class JsonText {
    private JsonText() {}

    static void append(StringBuilder json, Object value) throws SQLException {
        if (value == null) {
            json.append("null");
        } else if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            json.append(Double.isFinite(number) ? value.toString() : "null");
        } else if (value instanceof Number || value instanceof Boolean) {
            json.append(value);
        } else if (value instanceof Array array) {
            String separator = "[";
            for (Object element : (Object[]) array.getArray()) {
                json.append(separator);
                append(json, element);
                separator = ",";
            }
            json.append("[".equals(separator) ? "[]" : "]");
        } else if (value instanceof DuckDBStruct struct) {
            object(json, struct.getMap());
        } else {
            Json.quote(value.toString(), json);
        }
    }

    static void object(StringBuilder json, Map<String, Object> members) throws SQLException {
        String separator = "{";
        for (Map.Entry<String, Object> member : members.entrySet()) {
            json.append(separator);
            Json.quote(member.getKey(), json);
            json.append(':');
            append(json, member.getValue());
            separator = ",";
        }
        json.append("{".equals(separator) ? "{}" : "}");
    }
}
