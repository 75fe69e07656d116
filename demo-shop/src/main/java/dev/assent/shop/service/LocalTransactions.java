package dev.assent.shop.service;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Predicate;
import javax.sql.DataSource;

/** Transactions of the service's own database and nothing else, as consumers of events have them. Thread-safe. */
public final class LocalTransactions {
    private final DataSource database;

    /** {@code database}: its connections may take part in global transactions; here they are used outside of any. */
    public LocalTransactions(DataSource database) {
        this.database = database;
    }

    /** Work over the connection of one transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T over(Connection connection) throws SQLException;
    }

    /** Commits what the work did, unless it throws. */
    public <T> T run(Work<T> work) throws SQLException {
        return run(work, result -> true);
    }

    /** Commits if the work comes to a result that {@code isKept}; else nothing of it remains. */
    public <T> T run(Work<T> work, Predicate<T> isKept) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            boolean ended = false;
            try {
                T result = work.over(connection);
                if (isKept.test(result)) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
                ended = true;
                return result;
            } finally {
                giveBack(connection, ended);
            }
        }
    }

    private static void giveBack(Connection connection, boolean ended) throws SQLException {
        if (connection.isClosed()) {
            return;
        }
        if (!ended) {
            connection.rollback();
        }
        connection.setAutoCommit(true);
    }
}
