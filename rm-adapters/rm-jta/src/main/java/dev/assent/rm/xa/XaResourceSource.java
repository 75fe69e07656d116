package dev.assent.rm.xa;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;

/**
 * Where recovery gets at a resource manager that is no JDBC database, as a message broker: any way to open a connection
 * to it that has an {@link XAResource} and can be closed.
 */
@FunctionalInterface
public interface XaResourceSource {

    /**
     * A connection of its own, which the caller closes.
     *
     * @throws Exception the resource manager cannot be reached now; that is tried again
     */
    Opened open() throws Exception;

    /**
     * An open connection.
     *
     * @param resource of the connection
     * @param connection closed when nothing more is asked of the resource, or when it has been silent for too long
     */
    record Opened(XAResource resource, AutoCloseable connection) {}

    /** The same as recovery sees databases. */
    default XaConnections connections() {
        return this::opened;
    }

    private XAConnection opened() throws SQLException {
        try {
            return new SourcedConnection(open());
        } catch (SQLException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new SQLException(e.getMessage(), e);
        }
    }

    /** The part of {@link XAConnection} and {@link Connection} that recovery uses. */
    private static SQLException closed(Exception failure) {
        return failure instanceof SQLException told ? told : new SQLException(failure.getMessage(), failure);
    }

    /** Closes, with what goes wrong as JDBC tells it. */
    static void close(Opened opened) throws SQLException {
        try {
            opened.connection().close();
        } catch (Exception e) {
            throw closed(e);
        }
    }
}
