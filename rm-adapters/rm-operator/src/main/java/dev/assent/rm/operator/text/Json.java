package dev.assent.rm.operator.text;

import dev.assent.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/** What commands print for programs: JSON, with a line for each field and item. */
public final class Json {
    private static final JsonWriter.Form PLAIN = new JsonWriter.Form() {};

    private Json() {}

    /**
     * The text of a value.
     *
     * @throws IllegalArgumentException something in it is of no JSON type
     */
    public static String of(@Nullable Object value) {
        return JsonWriter.lines(value, PLAIN);
    }
}
