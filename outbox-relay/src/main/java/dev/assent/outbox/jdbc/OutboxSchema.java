package dev.assent.outbox.jdbc;

import dev.assent.outbox.model.ShardId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Installs the outbox's tables. The number of shards is part of the schema, because every writer must agree on it; it
 * bounds how many relay instances can share the work.
 */
public final class OutboxSchema {
    static final String COUNT_SHARDS = "SELECT count(*) FROM assent_outbox_shard";

    private OutboxSchema() {}

    /**
     * Creates what is missing; safe to call at every start, from several processes at once.
     *
     * @param shards 1 to {@value ShardId#SHARDS_MAX}
     * @throws IllegalStateException if the outbox exists with another number of shards
     */
    public static void install(DataSource database, int shards) throws SQLException {
        if (shards < 1 || shards > ShardId.SHARDS_MAX) {
            throw new IllegalArgumentException(shards + " shards; there must be 1 to " + ShardId.SHARDS_MAX);
        }
        Ddl.OUTBOX.install(database, connection -> fillShards(connection, shards));
    }

    private static void fillShards(Connection connection, int shards) throws SQLException {
        int present = countShards(connection);
        if (present == 0) {
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO assent_outbox_shard (shard) SELECT generate_series(0, ? - 1)")) {
                insert.setInt(1, shards);
                insert.executeUpdate();
            }
        } else if (present != shards) {
            throw new IllegalStateException("the outbox has " + present + " shards, not " + shards
                    + ": ask for " + present
                    + ", or stop the writers, let the relay drain assent_outbox, and change the"
                    + " rows of assent_outbox_shard");
        }
    }

    private static int countShards(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(COUNT_SHARDS)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
