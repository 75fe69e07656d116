package dev.assent.outbox.jdbc;

import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.OutboxMessage;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** From a row of the outbox, or of its dead letters, to a message. */
final class RecordRows {
    /** The columns that {@link #message} reads, of a table or query named {@code r}; headers come as two arrays. */
    static final String COLUMNS = columns("r.payload");

    /** The same for who wants no body, which may be large: it is empty. */
    static final String COLUMNS_WITHOUT_BODY = columns("''::bytea AS payload");

    private RecordRows() {}

    private static String columns(String payload) {
        return "r.topic, r.key, r.id, r.source, r.type, r.subject, r.content_type, r.traceparent,"
                + " " + payload + ","
                + " CASE WHEN r.headers IS NOT NULL"
                + " THEN ARRAY(SELECT h.key FROM jsonb_each_text(r.headers) h ORDER BY h.key) END AS header_names,"
                + " CASE WHEN r.headers IS NOT NULL"
                + " THEN ARRAY(SELECT h.value FROM jsonb_each_text(r.headers) h ORDER BY h.key) END AS header_values";
    }

    static OutboxMessage message(ResultSet row) throws SQLException {
        EventAttributes event = new EventAttributes(
                row.getObject("id", UUID.class),
                row.getString("source"),
                row.getString("type"),
                Optional.ofNullable(row.getString("subject")),
                row.getString("content_type"),
                Optional.ofNullable(row.getString("traceparent")));
        return new OutboxMessage(
                row.getString("topic"),
                new MessageKey(row.getString("key")),
                event,
                headers(row),
                Body.copyOf(row.getBytes("payload")));
    }

    private static Map<String, String> headers(ResultSet row) throws SQLException {
        Array names = row.getArray("header_names");
        if (names == null) {
            return Map.of();
        }
        String[] name = (String[]) names.getArray();
        String[] value = (String[]) row.getArray("header_values").getArray();
        Map<String, String> headers = new TreeMap<>();
        for (int i = 0; i < name.length; i++) {
            headers.put(name[i], value[i]);
        }
        return headers;
    }
}
