package dev.assent.outbox.inbox;

import dev.assent.outbox.jdbc.OldRows;
import dev.assent.outbox.jdbc.OpenTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The messages that one consumer has seen. Stateless; safe for use by many threads, each with its own connection.
 *
 * <pre>{@code
 * if (inbox.firstSight(connection, event.source(), event.id())) {
 *     ... the effect, on the same connection
 * }
 * connection.commit(); // and only then acknowledge to the broker
 * }</pre>
 */
public final class Inbox {
    /** Most rows that one {@link #purge} deletes, so that it stays a short transaction. */
    public static final int PURGE_ROWS_MAX = 5_000;

    private final String consumer;

    /** The inbox of {@code consumer}: instances of one service share a name, different services must not. */
    public Inbox(String consumer) {
        if (consumer.isBlank()) {
            throw new IllegalArgumentException("an inbox needs the name of its consumer");
        }
        this.consumer = consumer;
    }

    /**
     * Records the message in the caller's transaction. While another transaction that records the same message is open,
     * this waits for its end.
     *
     * @param connection inside a READ COMMITTED transaction, never in auto-commit mode
     * @return true if this is the first sight, and the effect is to be made; false if the effect has been made
     * @throws IllegalStateException if the connection is in auto-commit mode
     */
    public boolean firstSight(Connection connection, String source, String id) throws SQLException {
        OpenTransaction.require(connection, "message " + id + " would be marked as seen without its effect");
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO assent_inbox (consumer, source, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, consumer);
            insert.setString(2, source);
            insert.setString(3, id);
            return insert.executeUpdate() == 1;
        }
    }

    /**
     * By hand what {@link dev.assent.outbox.purge.Purger} does by itself: forgets messages seen longer ago than
     * {@code retention}, which must exceed the longest time after which a message
     * can still come again: the topic's retention, if offsets may be reset. Call until it returns 0.
     *
     * @return rows deleted, at most {@value #PURGE_ROWS_MAX}
     */
    public int purge(Connection connection, Duration retention) throws SQLException {
        String sql = OldRows.deletion(
                "assent_inbox", "consumer = ? AND seen_at < now() - ? * interval '1 millisecond'", "seen_at");
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setString(1, consumer);
            delete.setLong(2, retention.toMillis());
            delete.setInt(3, PURGE_ROWS_MAX);
            return delete.executeUpdate();
        }
    }
}
