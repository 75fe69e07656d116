package dev.assent.outbox.jdbc;

import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.outbox.model.ShardId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** What an operator can see and do about parked keys and dead letters; works while the relay runs. */
public final class OutboxOperations {
    /** Most rows that a list returns. */
    public static final int ROWS_MAX = 1000;

    private final DataSource database;
    private final Outbox outbox = new Outbox();

    public OutboxOperations(DataSource database) {
        this.database = database;
    }

    /** What a parked key waits for. */
    public enum ParkedState {
        /** The relay tries again by itself. */
        RETRYING,
        /** Its topic takes no records now; the relay goes on by itself when it does. */
        HELD,
        /** An operator must skip or retry. */
        STOPPED,
        /** Nothing: what has waited is being sent. */
        RESUMING
    }

    /** A key that waits because the broker refused the record {@code seq}. */
    public record ParkedKey(
            MessageKey key, ShardId shard, long seq, int failures, ParkedState state, String reason, Instant since) {}

    /** A record that was given up; {@code replayedAsSeq} once it has been appended again. */
    public record DeadLetter(
            long seq, OutboxMessage message, int failures, String reason, Optional<Long> replayedAsSeq) {}

    /** The longest parked first, at most {@value #ROWS_MAX}. */
    public List<ParkedKey> parkedKeys() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT key, shard, seq, failures, state, reason,"
                                + " parked_at FROM assent_outbox_parked ORDER BY parked_at, key LIMIT " + ROWS_MAX);
                ResultSet rows = select.executeQuery()) {
            List<ParkedKey> parked = new ArrayList<>();
            while (rows.next()) {
                parked.add(new ParkedKey(
                        new MessageKey(rows.getString("key")),
                        new ShardId(rows.getInt("shard")),
                        rows.getLong("seq"),
                        rows.getInt("failures"),
                        ParkedState.valueOf(rows.getString("state")),
                        rows.getString("reason"),
                        rows.getTimestamp("parked_at").toInstant()));
            }
            return parked;
        }
    }

    /**
     * Has the relay try a parked key at once, with its failures forgotten.
     *
     * @return false if the key is not parked, or is being tried at this moment
     */
    public boolean retry(MessageKey key) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement("UPDATE assent_outbox_parked"
                        + " SET failures = 1, state = 'RETRYING', next_attempt_at = now(), topic = NULL WHERE key = ?"
                        + " AND NOT (state = 'HELD' AND next_attempt_at < 'infinity')")) {
            connection.setAutoCommit(true);
            update.setString(1, key.value());
            return update.executeUpdate() == 1;
        }
    }

    /**
     * Moves the record that stopped {@code key} to the dead letters; the key's later records go on.
     *
     * @return false if the key is neither stopped nor held; one that is being tried cannot be skipped, for the relay
     *     might be sending the record at this moment
     */
    public boolean skip(MessageKey key) throws SQLException {
        String sql = "WITH stopped AS (SELECT * FROM assent_outbox_parked"
                + "   WHERE key = ? AND state IN ('STOPPED', 'HELD') AND next_attempt_at = 'infinity' FOR UPDATE)"
                + ", dead AS (DELETE FROM assent_outbox o USING stopped s"
                + "   WHERE o.shard = ANY (ARRAY[s.shard, -1 - s.shard]) AND o.seq = s.seq"
                + "   RETURNING o.*, s.failures, s.reason)"
                + ", kept AS (INSERT INTO assent_outbox_dead_letter (seq, key, topic, id, source, type, subject,"
                + "   content_type, traceparent, headers, payload, created_at, failures, reason)"
                + "   SELECT seq, key, topic, id, source, type, subject, content_type, traceparent, headers, payload,"
                + "     created_at, failures, reason FROM dead)"
                + ", resumed AS (UPDATE assent_outbox_parked p SET state = 'RESUMING', failures = 0,"
                + "   next_attempt_at = now(), topic = NULL FROM stopped s WHERE p.key = s.key)"
                + " SELECT count(*) FROM stopped";
        try (Connection connection = database.getConnection();
                PreparedStatement change = connection.prepareStatement(sql)) {
            connection.setAutoCommit(true);
            change.setString(1, key.value());
            try (ResultSet rows = change.executeQuery()) {
                rows.next();
                return rows.getInt(1) == 1;
            }
        }
    }

    /** The newest first, at most {@value #ROWS_MAX}. */
    public List<DeadLetter> deadLetters() throws SQLException {
        return deadLetters(RecordRows.COLUMNS);
    }

    /** The same with empty bodies, which may be large and many. */
    public List<DeadLetter> deadLettersWithoutBodies() throws SQLException {
        return deadLetters(RecordRows.COLUMNS_WITHOUT_BODY);
    }

    private List<DeadLetter> deadLetters(String columns) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT r.seq, r.failures, r.reason, r.replayed_as_seq, " + columns
                                + " FROM assent_outbox_dead_letter r ORDER BY r.seq DESC LIMIT " + ROWS_MAX);
                ResultSet rows = select.executeQuery()) {
            List<DeadLetter> letters = new ArrayList<>();
            while (rows.next()) {
                letters.add(letter(rows));
            }
            return letters;
        }
    }

    /**
     * Appends a dead letter again, as the newest message of its key and under its old event id, so that consumers which
     * have seen it ignore it.
     *
     * @return its new sequence number; empty if there is no such dead letter or it was replayed before
     */
    public Optional<Long> replay(long seq) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                Optional<Long> replayed = replay(connection, seq);
                connection.commit();
                return replayed;
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private Optional<Long> replay(Connection connection, long seq) throws SQLException {
        Optional<DeadLetter> letter = Optional.empty();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT r.seq, r.failures, r.reason, r.replayed_as_seq, " + RecordRows.COLUMNS
                        + " FROM assent_outbox_dead_letter r WHERE r.seq = ? AND r.replayed_as_seq IS NULL FOR UPDATE")) {
            select.setLong(1, seq);
            try (ResultSet rows = select.executeQuery()) {
                if (rows.next()) {
                    letter = Optional.of(letter(rows));
                }
            }
        }
        if (letter.isEmpty()) {
            return Optional.empty();
        }
        long replayed = outbox.append(connection, letter.get().message());
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE assent_outbox_dead_letter SET replayed_as_seq = ? WHERE seq = ?")) {
            update.setLong(1, replayed);
            update.setLong(2, seq);
            update.executeUpdate();
        }
        return Optional.of(replayed);
    }

    private static DeadLetter letter(ResultSet row) throws SQLException {
        long replayed = row.getLong("replayed_as_seq");
        Optional<Long> replayedAsSeq = row.wasNull() ? Optional.empty() : Optional.of(replayed);
        return new DeadLetter(
                row.getLong("seq"),
                RecordRows.message(row),
                row.getInt("failures"),
                row.getString("reason"),
                replayedAsSeq);
    }
}
