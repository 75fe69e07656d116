package dev.assent.outbox.jdbc;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One claimed shard. Each method is one statement and so one transaction; a statement that changes something holds a
 * share lock on the shard's row while it does, and so cannot overlap with another owner's claim. Used by one thread.
 */
final class JdbcShardOutbox implements ShardOutbox {
    /** The guard of every change: a row while the epoch is ours, locked against a claim until the change is durable. */
    private static final String OWN =
            "WITH own AS MATERIALIZED (SELECT 1 FROM assent_outbox_shard WHERE shard = ? AND epoch = ? FOR SHARE)";

    /**
     * The head of the shard within the limits, joined to the shard's row so that an idle shard and a lost one differ.
     * Ordered by number, without a cursor: a row that commits late is found by the next read.
     */
    private static final String DUE = "SELECT s.epoch, r.seq, r.created_at, r.failures, " + RecordRows.COLUMNS
            + " FROM assent_outbox_shard s LEFT JOIN (SELECT * FROM ("
            + "   SELECT head.*, coalesce(p.failures, 0) AS failures, row_number() OVER w AS position,"
            + "          sum(octet_length(head.payload) + 512) OVER w AS running"
            + "   FROM (SELECT o.* FROM assent_outbox o WHERE o.shard = ? AND NOT EXISTS (SELECT 1"
            + "           FROM assent_outbox_parked k WHERE k.key = o.key AND k.next_attempt_at > now())"
            + "         ORDER BY o.seq LIMIT ?) head"
            + "   LEFT JOIN assent_outbox_parked p ON p.key = head.key"
            + "   WINDOW w AS (ORDER BY head.seq)) sized"
            + " WHERE sized.running <= ? OR sized.position = 1) r ON true"
            + " WHERE s.shard = ? ORDER BY r.seq";

    private static final String ACKNOWLEDGE = OWN
            + ", freed AS (DELETE FROM assent_outbox_parked p USING own WHERE p.key = ANY (?))"
            + ", gone AS (DELETE FROM assent_outbox o USING own WHERE o.shard = ? AND o.seq = ANY (?))"
            + " SELECT count(*) FROM own";

    private static final String PARK = OWN
            + ", parked AS (INSERT INTO assent_outbox_parked"
            + "   (key, shard, seq, failures, state, next_attempt_at, reason)"
            + "   SELECT ?, ?, ?, ?, ?, now() + ? * interval '1 millisecond', ? FROM own"
            + "   ON CONFLICT (key) DO UPDATE SET seq = excluded.seq, failures = excluded.failures,"
            + "     state = excluded.state, next_attempt_at = excluded.next_attempt_at, reason = excluded.reason)"
            + " SELECT count(*) FROM own";

    private static final String STOP = PARK.replace("now() + ? * interval '1 millisecond'", "'infinity'");

    private static final String DEAD_LETTER = OWN
            + ", dead AS (DELETE FROM assent_outbox o USING own WHERE o.shard = ? AND o.seq = ? RETURNING o.*)"
            + ", kept AS (INSERT INTO assent_outbox_dead_letter (seq, key, topic, id, source, type, subject,"
            + "   content_type, traceparent, headers, payload, created_at, failures, reason)"
            + "   SELECT seq, key, topic, id, source, type, subject, content_type, traceparent, headers, payload,"
            + "     created_at, ?, ? FROM dead)"
            + ", freed AS (DELETE FROM assent_outbox_parked p USING own WHERE p.key = ?)"
            + " SELECT count(*) FROM own";

    /** A reason is shown to people; a broker's longest text is cut here. */
    private static final int REASON_LENGTH_MAX = 2000;

    private final Connection connection;
    private final ShardLease lease;

    JdbcShardOutbox(Connection connection, ShardLease lease) {
        this.connection = connection;
        this.lease = lease;
    }

    @Override
    public Optional<List<OutboxRecord>> due(BatchLimits limits) throws IOException {
        try (PreparedStatement select = connection.prepareStatement(DUE)) {
            select.setInt(1, lease.shard().number());
            select.setInt(2, limits.records());
            select.setLong(3, limits.bytes());
            select.setInt(4, lease.shard().number());
            try (ResultSet rows = select.executeQuery()) {
                return read(rows);
            }
        } catch (SQLException e) {
            throw failed("read", e);
        }
    }

    private Optional<List<OutboxRecord>> read(ResultSet rows) throws SQLException {
        List<OutboxRecord> due = new ArrayList<>();
        boolean owned = false;
        while (rows.next()) {
            owned = rows.getLong("epoch") == lease.epoch().number();
            long seq = rows.getLong("seq");
            if (rows.wasNull()) {
                break;
            }
            due.add(new OutboxRecord(
                    seq,
                    rows.getTimestamp("created_at").toInstant(),
                    rows.getInt("failures"),
                    RecordRows.message(rows)));
        }
        return owned ? Optional.of(due) : Optional.empty();
    }

    @Override
    public Ownership acknowledge(Batch batch) throws IOException {
        Object[] freed = batch.records().stream()
                .filter(record -> record.failedAttempts() > 0)
                .map(record -> record.key().value())
                .toArray();
        try (PreparedStatement change = guarded(ACKNOWLEDGE)) {
            change.setArray(3, connection.createArrayOf("text", freed));
            change.setInt(4, lease.shard().number());
            change.setArray(5, connection.createArrayOf("bigint", batch.seqs().toArray()));
            return carryOut(change);
        } catch (SQLException e) {
            throw failed("acknowledge " + batch.size() + " records of", e);
        }
    }

    @Override
    public Ownership park(OutboxRecord refused, int failures, Optional<Duration> wait, String reason)
            throws IOException {
        try (PreparedStatement change = guarded(wait.isPresent() ? PARK : STOP)) {
            int at = 3;
            change.setString(at++, refused.key().value());
            change.setInt(at++, lease.shard().number());
            change.setLong(at++, refused.seq());
            change.setInt(at++, failures);
            change.setString(at++, wait.isPresent() ? "RETRYING" : "STOPPED");
            if (wait.isPresent()) {
                change.setLong(at++, wait.get().toMillis());
            }
            change.setString(at, bounded(reason));
            return carryOut(change);
        } catch (SQLException e) {
            throw failed("park key " + refused.key() + " of", e);
        }
    }

    @Override
    public Ownership deadLetter(OutboxRecord refused, int failures, String reason) throws IOException {
        try (PreparedStatement change = guarded(DEAD_LETTER)) {
            change.setInt(3, lease.shard().number());
            change.setLong(4, refused.seq());
            change.setInt(5, failures);
            change.setString(6, bounded(reason));
            change.setString(7, refused.key().value());
            return carryOut(change);
        } catch (SQLException e) {
            throw failed("move record " + refused.seq() + " to the dead letters of", e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed("close the connection of", e);
        }
    }

    private PreparedStatement guarded(String sql) throws SQLException {
        PreparedStatement change = connection.prepareStatement(sql);
        change.setInt(1, lease.shard().number());
        change.setLong(2, lease.epoch().number());
        return change;
    }

    private static Ownership carryOut(PreparedStatement change) throws SQLException {
        try (ResultSet rows = change.executeQuery()) {
            rows.next();
            return rows.getLong(1) == 1 ? Ownership.KEPT : Ownership.LOST;
        }
    }

    private static String bounded(String reason) {
        String text = reason.replace('\0', ' ');
        return text.length() <= REASON_LENGTH_MAX ? text : text.substring(0, REASON_LENGTH_MAX);
    }

    private IOException failed(String what, SQLException cause) {
        return new IOException("cannot " + what + " " + lease + ": " + cause.getMessage(), cause);
    }
}
