package dev.assent.outbox.jdbc;

import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.OutboxStore;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/** The outbox of one PostgreSQL database. Each claimed shard holds one connection, in auto-commit mode. */
public final class JdbcOutboxStore implements OutboxStore {
    /** How long a statement waits for a database that hangs. */
    public static final Duration STATEMENT_MAX = Duration.ofSeconds(10);

    private final DataSource database;
    private final Duration statementMax;

    /** Over a data source whose connections are in READ COMMITTED, and which does not connect for ever. */
    public JdbcOutboxStore(DataSource database) {
        this(database, STATEMENT_MAX);
    }

    public JdbcOutboxStore(DataSource database, Duration statementMax) {
        this.database = database;
        this.statementMax = statementMax;
    }

    @Override
    public int shards() throws IOException {
        try (BoundedConnection connection = open();
                PreparedStatement select = connection.prepare(OutboxSchema.COUNT_SHARDS);
                ResultSet rows = select.executeQuery()) {
            rows.next();
            int shards = rows.getInt(1);
            if (shards == 0) {
                throw new IOException("the outbox has no shards: install its schema (OutboxSchema.install)");
            }
            return shards;
        } catch (SQLException e) {
            throw new IOException(
                    "cannot read assent_outbox_shard: " + e.getMessage()
                            + ". Check the database's address and rights, and"
                            + " that the outbox's schema is installed (schema.shards=<n> has the relay do it)",
                    e);
        }
    }

    @Override
    public ShardEpoch epochOf(ShardId shard) throws IOException {
        try (BoundedConnection connection = open();
                PreparedStatement select = connection.prepare(ShardSql.EPOCH)) {
            select.setInt(1, shard.number());
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    throw new IOException("assent_outbox_shard has no shard " + shard);
                }
                return new ShardEpoch(rows.getLong(1));
            }
        } catch (SQLException e) {
            throw new IOException("cannot read the epoch of shard " + shard + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<ShardOutbox> claim(ShardLease lease) throws IOException {
        BoundedConnection connection;
        try {
            connection = open();
        } catch (SQLException e) {
            throw new IOException("cannot claim " + lease + ": " + e.getMessage(), e);
        }
        boolean claimed = false;
        try {
            if (!raiseEpoch(connection, lease)) {
                return Optional.empty();
            }
            JdbcShardOutbox outbox = new JdbcShardOutbox(connection, lease);
            claimed = outbox.tryNoMore() == Ownership.KEPT;
            return claimed ? Optional.of(outbox) : Optional.empty();
        } catch (SQLException e) {
            throw new IOException("cannot claim " + lease + ": " + e.getMessage(), e);
        } finally {
            if (!claimed) {
                closeAfterFailure(connection);
            }
        }
    }

    private BoundedConnection open() throws SQLException {
        return BoundedConnection.open(database, statementMax);
    }

    /** The owner itself may claim again after a lost connection, hence the equality. */
    private static boolean raiseEpoch(BoundedConnection connection, ShardLease lease) throws SQLException {
        try (PreparedStatement update =
                connection.prepare("UPDATE assent_outbox_shard SET epoch = ? WHERE shard = ? AND epoch <= ?")) {
            update.setLong(1, lease.epoch().number());
            update.setInt(2, lease.shard().number());
            update.setLong(3, lease.epoch().number());
            return update.executeUpdate() == 1;
        }
    }

    private static void closeAfterFailure(BoundedConnection connection) throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IOException("cannot close a connection: " + e.getMessage(), e);
        }
    }
}
