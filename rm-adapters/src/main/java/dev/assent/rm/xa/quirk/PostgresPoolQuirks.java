package dev.assent.rm.xa.quirk;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.XADataSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.ds.common.BaseDataSource;

/**
 * pgjdbc 42.7. A server that ends a session says so on the connection (57P01, as after {@code pg_terminate_backend}),
 * where the driver reads it only with the next statement; asked for notifications it reads what is there. It has no
 * bound of its own for a server that takes a statement and never answers.
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
}
