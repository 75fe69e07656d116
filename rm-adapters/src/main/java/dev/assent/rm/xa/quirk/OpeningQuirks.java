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

    /** The policy for {@code source}. */
    static OpeningQuirks of(XADataSource source) {
        return source.getClass().getName().equals(PostgresOpening.DATA_SOURCE)
                ? new PostgresOpening()
                : new StandardOpening();
    }

    /**
     * Opens a connection.
     *
     * @param bound after which the driver gives up, in whole seconds, as far as it can be told and its user has set
     *     nothing shorter
     */
    XAConnection open(XADataSource source, Duration bound) throws SQLException;
}
