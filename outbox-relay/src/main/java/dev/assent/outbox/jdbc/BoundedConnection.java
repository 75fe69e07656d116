package dev.assent.outbox.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * A connection, in auto-commit mode, on which no statement waits longer than it may for a database that hangs: the read
 * ends with an exception, and the connection is broken. How long connecting may take is the data source's affair.
 */
public final class BoundedConnection implements AutoCloseable {
    private final Connection connection;
    private final int readMillisBefore;
    private final int readMillis;

    private BoundedConnection(Connection connection, int readMillisBefore, int readMillis) {
        this.connection = connection;
        this.readMillis = readMillis;
        this.readMillisBefore = readMillisBefore;
    }

    /**
     * A connection of {@code database}.
     *
     * @throws IllegalStateException if it is not a {@link KnownDatabase}
     */
    public static BoundedConnection open(DataSource database, Duration statementMax) throws SQLException {
        Connection connection = database.getConnection();
        boolean ready = false;
        try {
            int before = connection.getNetworkTimeout();
            // pgjdbc sets the socket's time-out there and then, and so has no use for the executor.
            int readMillis = (int) statementMax.toMillis();
            connection.setNetworkTimeout(Runnable::run, readMillis);
            connection.setAutoCommit(true);
            KnownDatabase.requireServer(connection);
            ready = true;
            return new BoundedConnection(connection, before, readMillis);
        } finally {
            if (!ready) {
                connection.close();
            }
        }
    }

    public PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    /** What is done on a connection. */
    interface Work<T> {
        T run() throws SQLException;
    }

    /** Statements that wait no longer than {@code max}, nor than any other: the connection is broken then, too. */
    <T> T within(Duration max, Work<T> work) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, (int) Math.min(readMillis, max.toMillis()));
        try {
            return work.run();
        } finally {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, readMillis);
            }
        }
    }

    /** It may come from a pool, and goes back as it was. */
    @Override
    public void close() throws SQLException {
        try (connection) {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, readMillisBefore);
            }
        }
    }
}
