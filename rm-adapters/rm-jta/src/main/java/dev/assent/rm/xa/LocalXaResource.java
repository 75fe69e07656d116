package dev.assent.rm.xa;

import dev.assent.rm.xa.quirk.CommitRefusals;
import dev.assent.rm.xa.quirk.LoneXaResource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;

/**
 * The local transaction of a connection whose driver speaks no XA, as a branch that commits in one phase and is never
 * prepared. One thread at a time, as the connection.
 */
public final class LocalXaResource extends LoneXaResource {
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
            throw failure(XAException.XAER_RMFAIL, "the connection does not take up a branch", e);
        }
    }

    @Override
    public void end(Xid xid, int flags) {
        // The transaction stays open until it is told how it ends.
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        throw failure(XAException.XA_RBPROTO, "a local transaction has no prepare; it decides, or is alone", null);
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        try {
            connection.commit();
        } catch (SQLException e) {
            int code = CommitRefusals.isRolledBack(e) ? XAException.XA_RBROLLBACK : XAException.XAER_RMFAIL;
            throw failure(code, "commit", e);
        }
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw failure(XAException.XAER_RMFAIL, "rollback", e);
        }
    }

    @Override
    public Xid[] recover(int flag) {
        return new Xid[0];
    }

    @Override
    public void forget(Xid xid) throws XAException {
        throw failure(XAException.XAER_NOTA, "a local transaction decides nothing by itself", null);
    }
}
