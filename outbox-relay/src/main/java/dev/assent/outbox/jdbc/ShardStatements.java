package dev.assent.outbox.jdbc;

import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The statements of one owner of a shard, on its connection. One that changes something begins with the guard that the
 * epoch is still the owner's. Used by one thread.
 */
final class ShardStatements implements AutoCloseable {
    /** A reason is shown to people; a broker's longest text is cut here. */
    private static final int REASON_LENGTH_MAX = 2000;

    private final BoundedConnection connection;
    private final ShardLease lease;

    ShardStatements(BoundedConnection connection, ShardLease lease) {
        this.connection = connection;
        this.lease = lease;
    }

    /** Sets the parameters of a statement behind those of its guard. */
    interface Filling {
        void fill(Parameters guarded) throws SQLException;
    }

    PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepare(sql);
    }

    <T> T within(Duration max, BoundedConnection.Work<T> work) throws SQLException {
        return connection.within(max, work);
    }

    long epoch() {
        return lease.epoch().number();
    }

    Ownership change(String what, String sql, Filling filling) throws IOException {
        return count(what, sql, filling) == 1 ? Ownership.KEPT : Ownership.LOST;
    }

    /** What a guarded statement counts. */
    long count(String what, String sql, Filling filling) throws IOException {
        try (PreparedStatement change = prepare(sql)) {
            filling.fill(new Parameters(change).number(lease.shard().number()).number(epoch()));
            try (ResultSet rows = change.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        } catch (SQLException e) {
            throw failed(what, e);
        }
    }

    static String bounded(String reason) {
        String text = reason.replace('\0', ' ');
        return text.length() <= REASON_LENGTH_MAX ? text : text.substring(0, REASON_LENGTH_MAX);
    }

    IOException failed(String what, SQLException cause) {
        return new IOException("cannot " + what + " " + lease + ": " + cause.getMessage(), cause);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
