package dev.assent.flight;

import dev.assent.event.Told;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Writes events and messages as JSON (RFC 8259), an object on one line. A record within says what it {@code is}, by its name
 * and that of the interface around it.
 */
public final class FlightText {
    /** Of a text, in characters; the rest is cut off. */
    public static final int TEXT_MAX = 500;

    /** So many characters of a text are looked at for secrets. */
    private static final int READ_MAX = 16 * TEXT_MAX;

    /** What a record is. */
    public static final String IS = "is";

    /** Texts are causes in the words of databases and brokers, and those have been seen to repeat how they are reached. */
    private static final Pattern SECRET =
            Pattern.compile("(?i)((?:password|passwd|pwd|secret|api[-_]?key)[\"']?\\s*[=:]\\s*[\"']?)[^\\s,;&\"')]+");

    private static final Pattern CREDENTIALS = Pattern.compile("(://[^/\\s:@]+:)[^/\\s@]+@");

    private final StringBuilder out = new StringBuilder();

    private FlightText() {}

    /** One event as a line. */
    static String of(Told told) {
        FlightText text = new FlightText();
        text.out.append('{');
        text.field("number", told.number());
        text.field("at", told.epochMillis());
        text.field("event", told.event().name());
        text.fields((Record) told.event());
        text.out.append('}');
        return text.out.toString();
    }

    /** A map's fields as a line. */
    static String of(Map<String, ?> fields) {
        FlightText text = new FlightText();
        text.value(new TreeMap<>(fields));
        return text.out.toString();
    }

    /** A record by itself, as it stands within an event. */
    static String of(Record record) {
        FlightText text = new FlightText();
        text.value(record);
        return text.out.toString();
    }

    /** The same, read again. */
    public static Map<String, Object> form(Record record) {
        return JsonLine.read(of(record));
    }

    /** What a record of that type is called. */
    public static String name(Class<?> type) {
        Class<?> around = type.getEnclosingClass();
        return around == null ? type.getSimpleName() : around.getSimpleName() + "." + type.getSimpleName();
    }

    private void value(Object value) {
        if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            out.append(value);
        } else if (value instanceof CharSequence || value instanceof Enum || value instanceof UUID) {
            string(value.toString());
        } else if (value instanceof Collection<?> many) {
            many(many);
        } else if (value instanceof Map<?, ?> map) {
            out.append('{');
            map.forEach((name, of) -> field(String.valueOf(name), of));
            out.append('}');
        } else if (value instanceof Record record) {
            out.append('{');
            field(IS, name(record.getClass()));
            fields(record);
            out.append('}');
        } else {
            throw new IllegalArgumentException("no recording is made of a " + value.getClass());
        }
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

    private static Object component(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException("a record that shows no " + component.getName() + ": " + record, e);
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

    private static String shown(String text) {
        String read = text.length() > READ_MAX ? text.substring(0, READ_MAX) : text;
        // Before it is cut: half a secret is not seen to be one.
        String clean =
                CREDENTIALS.matcher(SECRET.matcher(read).replaceAll("$1***")).replaceAll("$1***@");
        return clean.length() > TEXT_MAX ? clean.substring(0, TEXT_MAX) + "..." : clean;
    }

    private void string(String text) {
        out.append('"');
        shown(text).chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c < ' ' || c > '~') {
                out.append(String.format("\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        out.append('"');
    }
}
