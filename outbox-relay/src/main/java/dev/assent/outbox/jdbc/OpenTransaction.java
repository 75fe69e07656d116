package dev.assent.outbox.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** Refuses to work on a connection that would commit each statement by itself, or to a database that is not known. */
public final class OpenTransaction {
    private OpenTransaction() {}

    /**
     * Checks that {@code connection} is inside a transaction.
     *
     * @param harm what would happen otherwise, for the message
     * @throws IllegalStateException if each statement would be committed by itself, or the database is not a {@link
     *     KnownDatabase}
     */
    public static void require(Connection connection, String harm) throws SQLException {
        KnownDatabase.require(connection);
        if (connection.getAutoCommit() && !isOpenAtTheServer(connection)) {
            throw new IllegalStateException(
                    harm + ", for the connection is in auto-commit mode: begin a transaction first");
        }
    }

    /** An XA branch of pgjdbc leaves the auto-commit flag on and begins the transaction itself. */
    private static boolean isOpenAtTheServer(Connection connection) throws SQLException {
        return connection.isWrapperFor(BaseConnection.class)
                && connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE;
    }
}
