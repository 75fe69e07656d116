package dev.assent.rm.postgresql;

import dev.assent.rm.xa.quirk.LazyXaResource;
import dev.assent.rm.xa.quirk.PoolQuirks;
import dev.assent.rm.xa.quirk.SessionState;
import dev.assent.rm.xa.quirk.Unread;
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
 * where the driver reads it only with the next statement, unless it is looked for ({@link PostgresSocket}). It has no
 * bound of its own for a server that takes a connection or a statement and never answers. Its branches begin with a
 * round trip of their own, which {@link LazyPostgresBranch} saves; inside of a transaction it refuses to set an isolation
 * level, which SQL still does before the first query.
 */
final class PostgresPoolQuirks implements PoolQuirks {

    @Override
    public Unread unread(Connection unused) throws SQLException {
        return PostgresSocket.unread(unused.unwrap(BaseConnection.class));
    }

    @Override
    public void glance(Connection unused) throws SQLException {
        BaseConnection backend = unused.unwrap(BaseConnection.class);
        if (backend.isClosed()) {
            throw new SQLException("the connection is closed", "08003");
        }
        PostgresSocket.look(backend);
    }

    /** As in {@link PostgresOpening}: the login time-out alone would leave a thread of the driver behind. */
    @Override
    public Map<String, String> connecting(XADataSource template, Duration login) {
        Map<String, String> settings = new TreeMap<>();
        if (template instanceof BaseDataSource own) {
            settings.put("socketTimeout", Long.toString(PostgresOpening.shorter(own.getSocketTimeout(), login)));
            if (!own.getTcpKeepAlive()) {
                settings.put("tcpKeepAlive", "true");
            }
        }
        return settings;
    }

    @Override
    public Duration answering(XADataSource template, Duration otherwise) {
        if (!(template instanceof BaseDataSource own)) {
            return Duration.ZERO;
        }
        return own.getSocketTimeout() == 0 ? otherwise : Duration.ofSeconds(own.getSocketTimeout());
    }

    @Override
    public SessionState state(Connection raw) {
        return raw instanceof BaseConnection backend ? PostgresSession.state(backend) : SessionState.UNKNOWN;
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
    public Optional<LazyXaResource> branch(Connection raw) throws SQLException {
        return raw.isWrapperFor(BaseConnection.class)
                ? Optional.of(new LazyPostgresBranch(raw.unwrap(BaseConnection.class)))
                : Optional.empty();
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
