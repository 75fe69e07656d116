package dev.assent.rm.testing;

import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jdbc.PoolLimits;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.PostgresServer.Database;
import io.agroal.api.AgroalDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Two databases with accounts, pooled, and money to move between them. */
public record Shop(Database first, Database second, AgroalDataSource firstPool, AgroalDataSource secondPool)
        implements AutoCloseable {

    public static Shop open(PostgresServer server, AssentTransactions transactions) throws SQLException {
        Database first = server.newDatabase().withAccounts();
        Database second = server.newDatabase().withAccounts();
        PoolLimits limits = PoolLimits.DEFAULT.withConnectionsMax(4);
        return new Shop(
                first,
                second,
                DataSources.pool("first", first.xa(), transactions, limits),
                DataSources.pool("second", second.xa(), transactions, limits));
    }

    /** Moves money from account 1 of the first database to account 1 of the second. */
    public void move(int amount) throws SQLException {
        add(firstPool, -amount);
        add(secondPool, amount);
    }

    public static void add(DataSource pool, int amount) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE account SET balance = balance + " + amount + " WHERE id = 1");
        }
    }

    @Override
    public void close() {
        firstPool.close();
        secondPool.close();
    }
}
