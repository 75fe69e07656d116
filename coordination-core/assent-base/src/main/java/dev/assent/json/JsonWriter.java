package dev.assent.json;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes one value as JSON: null, booleans, numbers, text, collections, maps, and records, a field for each component
 * and none where that is an empty {@link Optional}. Times are RFC 3339, names of enums are text. Used by one thread.
 */
public final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final Form form;
    private final boolean indented;
    private int depth;

    private JsonWriter(Form form, boolean indented) {
        this.form = form;
        this.indented = indented;
    }

    /** What whoever writes has to say about it. */
    public interface Form {
        /** Whether it has written that value itself, as an {@link #object}. */
        default boolean hasWritten(Object value, JsonWriter to) {
            return false;
        }

        /** The text that is shown of a text. */
        default String shown(String text) {
            return text;
        }

        /** Whether a character is escaped that need not be. */
        default boolean isEscaped(int character) {
            return character == 0x2028 || character == 0x2029 || (character > '~' && character < 0xA0);
        }
    }

    /**
     * On one line.
     *
     * @throws IllegalArgumentException something in it is of no JSON type
     */
    public static String line(@Nullable Object value, Form form) {
        return written(value, form, false);
    }

    /** As {@link #line}, with a line for each field and item, and two spaces a level. */
    public static String lines(@Nullable Object value, Form form) {
        return written(value, form, true);
    }

    private static String written(@Nullable Object value, Form form, boolean indented) {
        JsonWriter json = new JsonWriter(form, indented);
        json.value(value);
        return json.out.toString();
    }

    private void value(@Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof Number) {
            out.append(value);
        } else if (form.hasWritten(value, this)) {
            return;
        } else if (isText(value)) {
            string(value.toString());
        } else if (value instanceof Collection<?> many) {
            many(many);
        } else if (value instanceof Map<?, ?> map) {
            object(() -> map.forEach((name, of) -> field(String.valueOf(name), of)));
        } else if (value instanceof Record record) {
            object(() -> fields(record));
        } else {
            throw new IllegalArgumentException("no JSON is made of a " + value.getClass());
        }
    }

    private static boolean isText(Object value) {
        return value instanceof CharSequence
                || value instanceof Enum
                || value instanceof Instant
                || value instanceof UUID;
    }

    /** An object of the fields that {@code fields} writes. */
    public void object(Runnable fields) {
        begin('{');
        fields.run();
        end('}');
    }

    public void field(String name, @Nullable Object value) {
        separate();
        string(name);
        out.append(indented ? ": " : ":");
        value(value);
    }

    /** A field for each component. */
    public void fields(Record record) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = component(record, component);
            if (value instanceof Optional<?> optional) {
                optional.ifPresent(there -> field(component.getName(), there));
            } else {
                field(component.getName(), value);
            }
        }
    }

    private static Object component(Record record, RecordComponent component) {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true); // of a record that only its own package sees
        try {
            return accessor.invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException("a record that shows no " + component.getName() + ": " + record, e);
        }
    }

    private void many(Collection<?> many) {
        begin('[');
        for (Object one : many) {
            separate();
            value(one);
        }
        end(']');
    }

    private void begin(char bracket) {
        out.append(bracket);
        depth++;
    }

    private void end(char bracket) {
        depth--;
        if (!isAtBegin()) {
            newLine();
        }
        out.append(bracket);
    }

    private void separate() {
        if (!isAtBegin()) {
            out.append(',');
        }
        newLine();
    }

    /** Values end in something else. */
    private boolean isAtBegin() {
        char last = out.charAt(out.length() - 1);
        return last == '{' || last == '[';
    }

    private void newLine() {
        if (indented) {
            out.append('\n').append("  ".repeat(depth));
        }
    }

    private void string(String text) {
        out.append('"');
        form.shown(text).chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c < ' ' || form.isEscaped(c)) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        out.append('"');
    }
}
