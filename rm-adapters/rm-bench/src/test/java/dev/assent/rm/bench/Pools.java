package dev.assent.rm.bench;

import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jdbc.PoolLimits;
import dev.assent.rm.jta.AssentTransactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import javax.sql.XADataSource;

/**
 * Our own pools, as applications have them: a connection enlists itself with the first request in a transaction, and
 * its branch is driven by our adapter, not by the driver. What taking a connection and making a statement costs is
 * measured with the rest; the other contenders' branches are pinned.
 */
final class Pools {
    private final Map<String, DataSource> pools = new HashMap<>();

    Pools(AssentTransactions transactions, Map<String, ? extends XADataSource> databases, int threads)
            throws SQLException {
        for (Map.Entry<String, ? extends XADataSource> database : databases.entrySet()) {
            pools.put(
                    database.getKey(),
                    DataSources.pool(
                            database.getKey(),
                            database.getValue(),
                            transactions,
                            PoolLimits.DEFAULT.withConnectionsMax(threads + 2)));
        }
    }

    void work(String database, long id) throws SQLException {
        DataSource pool = pools.get(database);
        if (pool == null) {
            throw new IllegalArgumentException("no pool of " + database);
        }
        try (Connection connection = pool.getConnection();
                PreparedStatement insert = connection.prepareStatement(PinnedBranch.INSERT)) {
            insert.setLong(1, id);
            int unused = insert.executeUpdate();
        }
    }
}
