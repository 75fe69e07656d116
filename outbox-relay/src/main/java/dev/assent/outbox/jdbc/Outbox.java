package dev.assent.outbox.jdbc;

import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Appends messages to the outbox inside the caller's business transaction, whoever commits it: plain JDBC, Spring, or a
 * global transaction whose branch is this connection. If the transaction rolls back, the message never existed.
 *
 * <p>An append locks its key until the transaction ends, so that two transactions that append to one key take turns.
 * Append late in the transaction; for several keys use {@link #appendAll}, which locks them in one order for everybody
 * and so avoids deadlocks. Stateless; safe for use by many threads, each with its own connection.
 */
public final class Outbox {
    private static final String APPEND =
            "SELECT assent_outbox_append(?, ?, ?, ?, ?, ?, ?, ?," + " jsonb_object(?::text[], ?::text[]), ?)";

    /**
     * Appends one message: one round trip.
     *
     * @param connection inside a transaction, never in auto-commit mode; READ COMMITTED or stricter
     * @return the record's sequence number
     * @throws IllegalStateException if the connection is in auto-commit mode
     */
    public long append(Connection connection, OutboxMessage message) throws SQLException {
        OpenTransaction.require(
                connection,
                "the message for topic " + message.topic() + " would be committed without the business data");
        EventAttributes event = message.attributes();
        try (PreparedStatement call = connection.prepareStatement(APPEND)) {
            call.setString(1, message.topic());
            call.setString(2, message.key().value());
            call.setObject(3, event.id());
            call.setString(4, event.source());
            call.setString(5, event.type());
            call.setString(6, event.subject().orElse(null));
            call.setString(7, event.contentType());
            call.setString(8, event.traceparent().orElse(null));
            setHeaders(connection, call, message.headers());
            call.setBytes(11, message.body().toByteArray());
            try (ResultSet rows = call.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    /** Appends the messages in ascending order of their keys, and of one key in the order given. */
    public void appendAll(Connection connection, List<OutboxMessage> messages) throws SQLException {
        List<OutboxMessage> ordered = messages.stream()
                .sorted(Comparator.comparing(OutboxMessage::key))
                .toList();
        for (OutboxMessage message : ordered) {
            append(connection, message);
        }
    }

    private static void setHeaders(Connection connection, PreparedStatement call, Map<String, String> headers)
            throws SQLException {
        if (headers.isEmpty()) {
            call.setNull(9, java.sql.Types.ARRAY);
            call.setNull(10, java.sql.Types.ARRAY);
            return;
        }
        Array names = connection.createArrayOf("text", headers.keySet().toArray());
        Array values = connection.createArrayOf("text", headers.values().toArray());
        call.setArray(9, names);
        call.setArray(10, values);
    }
}
