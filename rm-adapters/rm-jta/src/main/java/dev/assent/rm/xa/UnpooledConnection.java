package dev.assent.rm.xa;

import javax.sql.ConnectionEventListener;
import javax.sql.StatementEventListener;
import javax.sql.XAConnection;

/** A connection that recovery opens and closes itself, so there is no pool to listen to what becomes of it. */
abstract class UnpooledConnection implements XAConnection {
    @Override
    public final void addConnectionEventListener(ConnectionEventListener listener) {
        // Nobody pools it.
    }

    @Override
    public final void removeConnectionEventListener(ConnectionEventListener listener) {
        // There is none.
    }

    @Override
    public final void addStatementEventListener(StatementEventListener listener) {
        // Nobody pools it.
    }

    @Override
    public final void removeStatementEventListener(StatementEventListener listener) {
        // There is none.
    }
}
