package dev.assent.flight;

import dev.assent.event.Told;
import dev.assent.json.JsonReader;
import dev.assent.json.JsonWriter;
import java.util.Map;
import java.util.TreeMap;
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

    private static final JsonWriter.Form FORM = new JsonWriter.Form() {
        @Override
        public boolean hasWritten(Object value, JsonWriter to) {
            return hasWrittenRecord(value, to);
        }

        @Override
        public String shown(String text) {
            return FlightText.shown(text);
        }

        @Override
        public boolean isEscaped(int character) {
            return character > '~';
        }
    };

    private FlightText() {}

    private static boolean hasWrittenRecord(Object value, JsonWriter to) {
        if (value instanceof Told told) {
            to.object(() -> {
                to.field("number", told.number());
                to.field("at", told.epochMillis());
                to.field("event", told.event().name());
                to.fields((Record) told.event());
            });
            return true;
        }
        if (value instanceof Record record) {
            to.object(() -> {
                to.field(IS, name(record.getClass()));
                to.fields(record);
            });
            return true;
        }
        return false;
    }

    /** One event as a line. */
    static String of(Told told) {
        return JsonWriter.line(told, FORM);
    }

    /** A map's fields as a line. */
    static String of(Map<String, ?> fields) {
        return JsonWriter.line(new TreeMap<>(fields), FORM);
    }

    /** A record by itself, as it stands within an event. */
    static String of(Record record) {
        return JsonWriter.line(record, FORM);
    }

    /** The same, read again. */
    public static Map<String, Object> form(Record record) {
        return JsonReader.object(of(record));
    }

    /** What a record of that type is called. */
    public static String name(Class<?> type) {
        Class<?> around = type.getEnclosingClass();
        return around == null ? type.getSimpleName() : around.getSimpleName() + "." + type.getSimpleName();
    }

    private static String shown(String text) {
        String read = text.length() > READ_MAX ? text.substring(0, READ_MAX) : text;
        // Before it is cut: half a secret is not seen to be one.
        String clean =
                CREDENTIALS.matcher(SECRET.matcher(read).replaceAll("$1***")).replaceAll("$1***@");
        return clean.length() > TEXT_MAX ? clean.substring(0, TEXT_MAX) + "..." : clean;
    }
}
