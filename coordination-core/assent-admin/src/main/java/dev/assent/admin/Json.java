package dev.assent.admin;

import dev.assent.admin.view.Event;
import dev.assent.json.JsonWriter;

/** The views of the admin API as JSON, on one line. */
final class Json {
    private static final JsonWriter.Form FORM = new JsonWriter.Form() {
        @Override
        public boolean hasWritten(Object value, JsonWriter to) {
            return hasWrittenEvent(value, to);
        }
    };

    private Json() {}

    /**
     * The text of a record, a collection, a map, text, a number, or a boolean.
     *
     * @throws IllegalArgumentException something in it is of no JSON type
     */
    static String of(Object value) {
        return JsonWriter.line(value, FORM);
    }

    /** The told record's fields stand beside the event's own. */
    private static boolean hasWrittenEvent(Object value, JsonWriter to) {
        if (!(value instanceof Event event)) {
            return false;
        }
        to.object(() -> {
            to.field("number", event.number());
            to.field("at", event.at());
            to.field("name", event.name());
            to.fields((Record) event.record());
        });
        return true;
    }
}
