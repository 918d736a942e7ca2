package org.postmem.cli;

import java.sql.Array;
import java.sql.SQLException;
import java.util.Map;
import org.duckdb.DuckDBStruct;

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
            string(json, value.toString());
        }
    }

    static void object(StringBuilder json, Map<String, Object> members) throws SQLException {
        String separator = "{";
        for (Map.Entry<String, Object> member : members.entrySet()) {
            json.append(separator);
            string(json, member.getKey());
            json.append(':');
            append(json, member.getValue());
            separator = ",";
        }
        json.append("{".equals(separator) ? "{}" : "}");
    }

    static void string(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < 0x20 || (Character.isSurrogate(c) && !paired(text, i))) {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    private static boolean paired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
