package dev.assent.rm.xa.quirk;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.sql.XADataSource;

/** A driver of which nothing is known but JDBC. */
public final class StandardPoolQuirks implements PoolQuirks {

    @Override
    public void glance(Connection unused) throws SQLException {
        if (unused.isClosed()) {
            throw new SQLException("the connection is closed", "08003");
        }
    }

    @Override
    public Map<String, String> connecting(XADataSource template, Duration login) {
        return Map.of();
    }

    @Override
    public Duration answering(XADataSource template, Duration otherwise) {
        return Duration.ZERO;
    }

    @Override
    public SessionState state(Connection raw) {
        return SessionState.UNKNOWN;
    }

    @Override
    public String identity(Connection raw) {
        return "";
    }

    @Override
    public Optional<String> isolationStatement(int level) {
        return Optional.empty();
    }
}
