package dev.assent.rm.xa.quirk;

import java.sql.SQLException;
import java.time.Duration;
import javax.sql.XAConnection;
import javax.sql.XADataSource;

/**
 * How a driver is made to give up opening a connection by itself, when a host takes the connection and never says a
 * word. Without that the attempt, its thread and its socket would be left for good. Implementations hold no state; any
 * thread may call.
 */
public interface OpeningQuirks {

    /**
     * The policy for {@code source}.
     *
     * @throws IllegalStateException the database's adapter is not on the class path; the message names it
     */
    static OpeningQuirks of(XADataSource source) {
        return KnownDatabases.ofDriver(source)
                .flatMap(database -> database.opening(source))
                .orElseGet(StandardOpening::new);
    }

    /**
     * Opens a connection.
     *
     * @param bound after which the driver gives up, in whole seconds, as far as it can be told and its user has set
     *     nothing shorter
     */
    XAConnection open(XADataSource source, Duration bound) throws SQLException;
}
