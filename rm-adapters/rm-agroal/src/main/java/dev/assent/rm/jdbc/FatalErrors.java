package dev.assent.rm.jdbc;

import dev.assent.time.Clock;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ExceptionSorter;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.util.Set;

/** Errors after which a connection is of no more use, whatever it is asked next. */
final class FatalErrors implements ExceptionSorter {
    /** The class "connection exception" of the SQL standard. */
    private static final String CONNECTION_EXCEPTION = "08";

    /**
     * PostgreSQL ends the session with them: administrator's word, crash of another backend, start or stop of the
     * server, database dropped, idle session, idle or too long transaction.
     */
    private static final Set<String> SESSION_ENDED =
            Set.of("57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04");

    private final Deaths deaths;

    FatalErrors(Deaths deaths) {
        this.deaths = deaths;
    }

    @Override
    public boolean isFatal(SQLException failure) {
        boolean fatal = endsConnection(failure);
        if (fatal) {
            deaths.seen(Clock.SYSTEM.nanos());
        }
        return fatal;
    }

    private static boolean endsConnection(SQLException failure) {
        String state = failure.getSQLState();
        return failure instanceof SQLNonTransientConnectionException
                || failure instanceof SQLRecoverableException
                || (state != null && (state.startsWith(CONNECTION_EXCEPTION) || SESSION_ENDED.contains(state)));
    }
}
