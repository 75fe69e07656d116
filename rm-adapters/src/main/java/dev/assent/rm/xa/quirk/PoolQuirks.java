package dev.assent.rm.xa.quirk;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.XADataSource;

/** What a pool must know of a driver to keep no dead connections. Implementations hold no state; any thread may call. */
public interface PoolQuirks {

    /** The policy for connections of {@code template}. */
    static PoolQuirks of(XADataSource template) {
        return template.getClass().getName().startsWith("org.postgresql.")
                ? new PostgresPoolQuirks()
                : new StandardPoolQuirks();
    }

    /**
     * Looks whether the database has ended an unused connection, without asking it anything.
     *
     * @throws SQLException it has
     */
    void glance(Connection unused) throws SQLException;

    /**
     * Settings that keep a connection from waiting for ever for a database that does not answer, by the names of
     * {@code template}'s bean properties; only where the user has set none.
     */
    Map<String, String> missingBounds(XADataSource template, Duration socketTimeout);
}
