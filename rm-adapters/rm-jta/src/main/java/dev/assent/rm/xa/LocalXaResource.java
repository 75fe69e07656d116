package dev.assent.rm.xa;

import dev.assent.rm.xa.quirk.CommitRefusals;
import java.sql.Connection;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * The local transaction of a connection whose driver speaks no XA, as a branch that commits in one phase and is never
 * prepared. One thread at a time, as the connection.
 */
public final class LocalXaResource implements XAResource {
    private final Connection connection;

    /** {@code connection} is the driver's own. */
    public LocalXaResource(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void start(Xid xid, int flags) throws XAException {
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw failed(XAException.XAER_RMFAIL, e);
        }
    }

    @Override
    public void end(Xid xid, int flags) {
        // The transaction stays open until it is told how it ends.
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        throw failed(
                XAException.XA_RBPROTO,
                new SQLException("a local transaction has no prepare; it decides, or is alone"));
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw failed(CommitRefusals.isRolledBack(e) ? XAException.XA_RBROLLBACK : XAException.XAER_RMFAIL, e);
        }
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw failed(XAException.XAER_RMFAIL, e);
        }
    }

    private static XAException failed(int code, SQLException cause) {
        XAException failure = new XAException(String.valueOf(cause.getMessage()));
        failure.errorCode = code;
        failure.initCause(cause);
        return failure;
    }

    @Override
    public Xid[] recover(int flag) {
        return new Xid[0];
    }

    @Override
    public void forget(Xid xid) throws XAException {
        throw failed(XAException.XAER_NOTA, new SQLException("a local transaction decides nothing by itself"));
    }

    @Override
    public boolean isSameRM(XAResource other) {
        return other == this;
    }

    @Override
    public int getTransactionTimeout() {
        return 0;
    }

    @Override
    public boolean setTransactionTimeout(int seconds) {
        return false;
    }
}
