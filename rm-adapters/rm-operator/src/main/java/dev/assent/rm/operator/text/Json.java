package dev.assent.rm.operator.text;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, text, numbers and booleans as JSON (RFC 8259), two spaces a level. */
public final class Json {
    private final StringBuilder out = new StringBuilder();

    private Json() {}

    /**
     * The text of a value.
     *
     * @throws IllegalArgumentException something in it is of no JSON type
     */
    public static String of(@Nullable Object value) {
        Json json = new Json();
        json.value(value, "\n");
        return json.out.toString();
    }

    private void value(@Nullable Object value, String newLine) {
        if (value == null || value instanceof Boolean || value instanceof Number) {
            out.append(value);
        } else if (value instanceof String text) {
            string(text);
        } else if (value instanceof Map<?, ?> map) {
            map(map, newLine);
        } else if (value instanceof List<?> list) {
            list(list, newLine);
        } else {
            throw new IllegalArgumentException("no JSON is made of a " + value.getClass());
        }
    }

    private void map(Map<?, ?> map, String newLine) {
        out.append('{');
        String inner = newLine + "  ";
        for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator(); entries.hasNext(); ) {
            Map.Entry<?, ?> entry = entries.next();
            out.append(inner);
            string(String.valueOf(entry.getKey()));
            out.append(": ");
            value(entry.getValue(), inner);
            out.append(entries.hasNext() ? "," : newLine);
        }
        out.append('}');
    }

    private void list(List<?> list, String newLine) {
        out.append('[');
        String inner = newLine + "  ";
        for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
            out.append(inner);
            value(items.next(), inner);
            out.append(items.hasNext() ? "," : newLine);
        }
        out.append(']');
    }

    private void string(String text) {
        out.append('"');
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c < ' ' || (c > '~' && c < 0xA0)) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        out.append('"');
    }
}
