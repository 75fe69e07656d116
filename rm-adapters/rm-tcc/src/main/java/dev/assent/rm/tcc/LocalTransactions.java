package dev.assent.rm.tcc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Local transactions over a data source, each on a connection that it borrows, bounded in how long the database may be
 * silent, and durable when they have committed. Thread-safe.
 */
final class LocalTransactions {
    private static final Logger LOG = LoggerFactory.getLogger(LocalTransactions.class);

    private final DataSource source;
    private final int silenceMillis;
    private volatile boolean commitsAsynchronously;

    LocalTransactions(DataSource source, Duration silence) {
        this.source = source;
        this.silenceMillis = Math.toIntExact(silence.toMillis());
    }

    /** Work over the connection of one local transaction. */
    interface Work<T> {
        T over(Connection connection) throws Exception;
    }

    /** Sessions of this database answer a commit before it is durable, so each of ours has to ask for more. */
    void commitsAsynchronously() {
        commitsAsynchronously = true;
    }

    <T> T run(Work<T> work) throws LocalFailure {
        Connection connection;
        try {
            connection = source.getConnection();
        } catch (SQLException | RuntimeException e) {
            throw new LocalFailure(false, e);
        }
        boolean committing = false;
        int networkTimeout = 0;
        try {
            networkTimeout = connection.getNetworkTimeout();
            begin(connection);
            T result = work.over(connection);
            committing = true;
            connection.commit();
            return result;
        } catch (Exception | Error e) {
            if (!committing) {
                rollback(connection);
            }
            throw new LocalFailure(committing, e);
        } finally {
            giveBack(connection, networkTimeout);
        }
    }

    private void begin(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, silenceMillis);
        connection.setAutoCommit(false);
        if (commitsAsynchronously) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("set local synchronous_commit = on");
            }
        }
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debug("a local transaction was not rolled back; its connection is lost, and it with that", e);
        }
    }

    /** As it came, for whoever borrows it next. */
    private static void giveBack(Connection connection, int networkTimeout) {
        try (connection) {
            if (!connection.isClosed()) {
                connection.setAutoCommit(true);
                connection.setNetworkTimeout(Runnable::run, networkTimeout);
            }
        } catch (SQLException e) {
            LOG.debug("a connection did not go back cleanly", e);
        }
    }
}
