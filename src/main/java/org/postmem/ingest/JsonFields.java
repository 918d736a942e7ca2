package org.postmem.ingest;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.postmem.collector.archive.Json;

/** The members of a JSON object by name; {@code null} where there is none, or one of another type. */
final class JsonFields {
    private final Map<?, ?> members;

    private JsonFields(Map<?, ?> members) {
        this.members = members;
    }

    static JsonFields of(byte[] utf8) {
        return new JsonFields(Json.readObject(utf8));
    }

    static JsonFields of(Map<String, Object> members) {
        return new JsonFields(members);
    }

    Object value(String name) {
        return members.get(name);
    }

    String text(String name) {
        return members.get(name) instanceof String text ? text : null;
    }

    Long number(String name) {
        return members.get(name) instanceof Long number ? number : null;
    }

    Integer integer(String name) {
        Long number = number(name);
        return number == null || number.intValue() != number ? null : (Integer) number.intValue();
    }

    Double fraction(String name) {
        return members.get(name) instanceof Number number ? (Double) number.doubleValue() : null;
    }

    Boolean truth(String name) {
        return members.get(name) instanceof Boolean truth ? truth : null;
    }

    Instant instant(String name) {
        try {
            return members.get(name) instanceof String text ? Instant.parse(text) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Empty where there is none. */
    JsonFields object(String name) {
        return new JsonFields(members.get(name) instanceof Map<?, ?> object ? object : Map.of());
    }

    List<JsonFields> objects(String name) {
        List<JsonFields> objects = new ArrayList<>();
        if (members.get(name) instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> object) {
                    objects.add(new JsonFields(object));
                }
            }
        }
        return objects;
    }
}
