package dev.assent.rm.xa;

import java.sql.Connection;
import java.sql.SQLException;
import javax.transaction.xa.XAResource;

/** A connection of a driver without XA, in the form in which recovery uses those of others. */
final class LocalConnection extends UnpooledConnection {
    private final Connection connection;

    private LocalConnection(Connection connection) {
        this.connection = connection;
    }

    /** What recovery says is to be committed at once, whatever the driver's settings are. */
    static LocalConnection of(Connection connection) throws SQLException {
        try {
            if (!connection.getAutoCommit()) {
                connection.setAutoCommit(true);
            }
            return new LocalConnection(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public XAResource getXAResource() {
        return new LocalXaResource(connection);
    }

    @Override
    public Connection getConnection() {
        return connection;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
