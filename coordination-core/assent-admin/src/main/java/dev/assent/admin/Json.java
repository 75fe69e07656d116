package dev.assent.admin;

import dev.assent.admin.view.Event;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Writes records as JSON (RFC 8259), on one line: a field for each component, none where that is an empty
 * {@link Optional}. Times are RFC 3339, names of enums are text.
 */
final class Json {
    private final StringBuilder out = new StringBuilder();

    private Json() {}

    /**
     * The text of a record, a collection, a map, text, a number, or a boolean.
     *
     * @throws IllegalArgumentException something in it is of no JSON type
     */
    static String of(Object value) {
        Json json = new Json();
        json.value(value);
        return json.out.toString();
    }

    private void value(Object value) {
        if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            out.append(value);
        } else if (value instanceof CharSequence || value instanceof Enum || value instanceof Instant) {
            string(value.toString());
        } else if (value instanceof Collection<?> many) {
            many(many);
        } else if (value instanceof Map<?, ?> map) {
            map(map);
        } else if (value instanceof Event event) {
            event(event);
        } else if (value instanceof Record record) {
            out.append('{');
            fields(record);
            out.append('}');
        } else {
            throw new IllegalArgumentException("no JSON is made of a " + value.getClass());
        }
    }

    /** The told record's fields stand beside the event's own. */
    private void event(Event event) {
        out.append('{');
        field("number", event.number());
        field("at", event.at());
        field("name", event.name());
        fields((Record) event.record());
        out.append('}');
    }

    private void fields(Record record) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = component(record, component);
            if (value instanceof Optional<?> optional) {
                optional.ifPresent(there -> field(component.getName(), there));
            } else {
                field(component.getName(), value);
            }
        }
    }

    private void field(String name, Object value) {
        if (out.charAt(out.length() - 1) != '{') {
            out.append(',');
        }
        string(name);
        out.append(':');
        value(value);
    }

    private static Object component(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException("a record that shows no " + component.getName() + ": " + record, e);
        }
    }

    private void many(Collection<?> many) {
        out.append('[');
        String before = "";
        for (Object one : many) {
            out.append(before);
            value(one);
            before = ",";
        }
        out.append(']');
    }

    private void map(Map<?, ?> map) {
        out.append('{');
        map.forEach((name, value) -> field(String.valueOf(name), value));
        out.append('}');
    }

    private void string(String text) {
        out.append('"');
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c < ' ' || c == 0x2028 || c == 0x2029 || (c > '~' && c < 0xA0)) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        out.append('"');
    }
}
