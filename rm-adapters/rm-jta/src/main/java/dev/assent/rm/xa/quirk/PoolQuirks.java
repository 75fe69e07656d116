package dev.assent.rm.xa.quirk;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.sql.XADataSource;

/**
 * What a pool must know of a driver to give out no dead connections, and to let one be used as usual inside a branch.
 * Implementations hold no state; any thread may call.
 */
public interface PoolQuirks {

    /**
     * The policy for connections of {@code template}.
     *
     * @throws IllegalStateException the database's adapter is not on the class path; the message names it
     */
    static PoolQuirks of(XADataSource template) {
        return KnownDatabases.ofDriver(template).map(DatabaseQuirks::pool).orElseGet(StandardPoolQuirks::new);
    }

    /** Whether the database has said something that nobody has read; asks nothing and waits for nothing. */
    default Unread unread(Connection unused) throws SQLException {
        return Unread.UNKNOWN;
    }

    /**
     * Looks whether the database has ended an unused connection, without asking it anything. May wait for a moment, as
     * drivers have no other way to see that a connection was closed without a word.
     *
     * @throws SQLException it has
     */
    void glance(Connection unused) throws SQLException;

    /**
     * Settings by which the making of a connection has an end, and a lost host is noticed, by the names of
     * {@code template}'s bean properties.
     *
     * @param login after which the driver gives up, in whole seconds
     */
    Map<String, String> connecting(XADataSource template, Duration login);

    /**
     * How long a connection, once it is made, waits for an answer of its database, in whole seconds; zero if the driver
     * is to be left as it is.
     *
     * @param otherwise where the user has set nothing
     */
    Duration answering(XADataSource template, Duration otherwise);

    /** The state of the database's own transaction on {@code raw}, which is the driver's own connection. */
    SessionState state(Connection raw);

    /**
     * Whether two transactions of the database are the same one. A round trip.
     *
     * @return equal for one transaction, different for two; empty if the database cannot tell
     */
    String identity(Connection raw) throws SQLException;

    /**
     * The adapter's own way to drive one branch over {@code raw}; empty: the driver's.
     *
     * @throws SQLException the connection is not usable
     */
    default Optional<LazyXaResource> branch(Connection raw) throws SQLException {
        return Optional.empty();
    }

    /**
     * The statement that gives the open transaction, before its first query, an isolation level, where the driver's own
     * method does not work inside a branch.
     *
     * @param level as of {@link Connection#setTransactionIsolation}
     */
    Optional<String> isolationStatement(int level);
}
