package dev.assent.rm.xa.quirk;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.XADataSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.ds.common.BaseDataSource;

/**
 * pgjdbc 42.7. A server that ends a session says so on the connection (57P01, as after {@code pg_terminate_backend}),
 * where the driver reads it only with the next statement; asked for notifications it reads what is there. It has no
 * bound of its own for a server that takes a statement and never answers. It begins the database's transaction together
 * with the branch, and from then on refuses to set an isolation level, which SQL still does before the first query.
 */
public final class PostgresPoolQuirks implements PoolQuirks {

    @Override
    public void glance(Connection unused) throws SQLException {
        BaseConnection backend = unused.unwrap(BaseConnection.class);
        if (backend.isClosed()) {
            throw new SQLException("the connection is closed", "08003");
        }
        backend.getQueryExecutor().processNotifies();
    }

    @Override
    public Map<String, String> missingBounds(XADataSource template, Duration socketTimeout) {
        Map<String, String> missing = new TreeMap<>();
        if (template instanceof BaseDataSource settings) {
            if (settings.getSocketTimeout() == 0) {
                missing.put("socketTimeout", Long.toString(socketTimeout.toSeconds()));
            }
            if (!settings.getTcpKeepAlive()) {
                missing.put("tcpKeepAlive", "true");
            }
        }
        return missing;
    }

    @Override
    public SessionState state(Connection raw) {
        if (!(raw instanceof BaseConnection backend)) {
            return SessionState.UNKNOWN;
        }
        return switch (backend.getTransactionState()) {
            case OPEN -> SessionState.OPEN;
            case FAILED -> SessionState.FAILED;
            case IDLE -> SessionState.NONE;
        };
    }

    /** When it began, to the microsecond. */
    @Override
    public String identity(Connection raw) throws SQLException {
        try (ResultSet row = raw.unwrap(BaseConnection.class)
                .execSQLQuery("SELECT extract(epoch FROM transaction_timestamp())::text")) {
            return row.next() ? row.getString(1) : "";
        }
    }

    @Override
    public Optional<String> isolationStatement(int level) {
        String name =
                switch (level) {
                    case Connection.TRANSACTION_READ_UNCOMMITTED -> "READ UNCOMMITTED";
                    case Connection.TRANSACTION_READ_COMMITTED -> "READ COMMITTED";
                    case Connection.TRANSACTION_REPEATABLE_READ -> "REPEATABLE READ";
                    case Connection.TRANSACTION_SERIALIZABLE -> "SERIALIZABLE";
                    default -> "";
                };
        return name.isEmpty() ? Optional.empty() : Optional.of("SET TRANSACTION ISOLATION LEVEL " + name);
    }
}
