package dev.assent.rm.postgresql;

import dev.assent.rm.xa.quirk.SessionState;
import org.postgresql.core.BaseConnection;

/** What pgjdbc remembers of the last thing that PostgreSQL said about the transaction on a connection. */
final class PostgresSession {
    private PostgresSession() {}

    static SessionState state(BaseConnection backend) {
        return switch (backend.getTransactionState()) {
            case OPEN -> SessionState.OPEN;
            case FAILED -> SessionState.FAILED;
            case IDLE -> SessionState.NONE;
        };
    }
}
