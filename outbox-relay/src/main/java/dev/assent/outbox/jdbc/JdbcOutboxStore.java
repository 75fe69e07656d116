package dev.assent.outbox.jdbc;

import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.OutboxStore;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/** The outbox of one PostgreSQL database. Each claimed shard holds one connection, in auto-commit mode. */
public final class JdbcOutboxStore implements OutboxStore {
    private final DataSource database;

    /** Over a data source whose connections are in READ COMMITTED and have time-outs for connecting and reading. */
    public JdbcOutboxStore(DataSource database) {
        this.database = database;
    }

    @Override
    public int shards() throws IOException {
        try (Connection connection = database.getConnection()) {
            int shards = OutboxSchema.countShards(connection);
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
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT epoch FROM assent_outbox_shard WHERE shard = ?")) {
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
        Connection connection = null;
        boolean claimed = false;
        try {
            connection = database.getConnection();
            connection.setAutoCommit(true);
            claimed = raiseEpoch(connection, lease);
            return claimed ? Optional.of(new JdbcShardOutbox(connection, lease)) : Optional.empty();
        } catch (SQLException e) {
            throw new IOException("cannot claim " + lease + ": " + e.getMessage(), e);
        } finally {
            if (connection != null && !claimed) {
                closeAfterFailure(connection);
            }
        }
    }

    /** The owner itself may claim again after a lost connection, hence the equality. */
    private static boolean raiseEpoch(Connection connection, ShardLease lease) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE assent_outbox_shard SET epoch = ? WHERE shard = ? AND epoch <= ?")) {
            update.setLong(1, lease.epoch().number());
            update.setInt(2, lease.shard().number());
            update.setLong(3, lease.epoch().number());
            return update.executeUpdate() == 1;
        }
    }

    private static void closeAfterFailure(Connection connection) throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IOException("cannot close a connection: " + e.getMessage(), e);
        }
    }
}
