package dev.assent.rm.postgresql;

import dev.assent.rm.xa.quirk.LazyXaResource;
import dev.assent.rm.xa.quirk.LoneXaResource;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * One branch over a connection of pgjdbc, without the driver's own {@code PGXAConnection}: that begins each branch with
 * a round trip of its own, and believes the server that says ROLLBACK to a prepare or commit. Here BEGIN goes out
 * together with the first statement, as in any local transaction. Branches are named as by the driver, so either can
 * end what the other has prepared.
 */
final class LazyPostgresBranch extends LoneXaResource implements LazyXaResource {
    private enum Stage {
        OPEN,
        PREPARED,
        ENDED,
        /** A command was sent, and what became of it is not known. */
        UNCLEAR
    }

    private static final int WRITERS_MAX = 8;

    private final BaseConnection backend;
    private volatile boolean begun;
    /** The driver learns that the transaction is open only with the end of its first statement. */
    private volatile boolean underWay;

    private volatile boolean unseen;
    private volatile boolean sealed;
    /** Guarded by itself. */
    private final Set<String> writers = new LinkedHashSet<>();

    private volatile Stage stage = Stage.OPEN;

    LazyPostgresBranch(BaseConnection backend) {
        this.backend = backend;
    }

    @Override
    public void start(Xid xid, int flags) throws XAException {
        if (flags != TMNOFLAGS) {
            return; // it goes on where it is
        }
        try {
            if (backend.isClosed()) {
                throw failure(XAException.XAER_RMFAIL, "the connection is closed", null);
            }
            if (backend.getTransactionState() != TransactionState.IDLE) {
                throw failure(XAException.XAER_OUTSIDE, "a transaction is open on the connection", null);
            }
            backend.setAutoCommit(false);
        } catch (SQLException e) {
            throw failure(XAException.XAER_RMFAIL, "the connection does not take up a branch", e);
        }
    }

    @Override
    public void begin() throws SQLException {
        if (stage != Stage.OPEN) {
            throw new SQLException("the branch on this connection is over", "25000");
        }
        if (!begun && backend.getTransactionState() == TransactionState.IDLE) {
            enter();
            try {
                backend.execSQLUpdate(backend.hintReadOnly() ? "BEGIN READ ONLY" : "BEGIN");
            } finally {
                look();
            }
        }
        begun = true;
    }

    @Override
    public synchronized void enter() throws SQLException {
        if (sealed) {
            throw new SQLException("the branch on this connection is being committed", "25000");
        }
        underWay = true;
    }

    @Override
    public synchronized void unseen() {
        unseen = true;
    }

    @Override
    public void wrote(String sql) {
        synchronized (writers) {
            if (writers.size() < WRITERS_MAX) {
                writers.add(sql);
            }
        }
    }

    @Override
    public Set<String> writers() {
        synchronized (writers) {
            return Set.copyOf(writers);
        }
    }

    @Override
    public synchronized boolean seal() {
        sealed = !underWay && !unseen && stage == Stage.OPEN && backend.getTransactionState() == TransactionState.OPEN;
        return sealed;
    }

    @Override
    public void look() {
        noteBegun();
        underWay = false;
    }

    private void noteBegun() {
        if (!begun && backend.getTransactionState() != TransactionState.IDLE) {
            begun = true;
        }
    }

    @Override
    public boolean isUntouched() throws SQLException {
        noteBegun();
        if (!begun && underWay) {
            throw new SQLException("its first statement is under way, on another thread", "25000");
        }
        if (!begun && backend.isClosed()) {
            throw new SQLException("the connection was lost with its first statement", "08006");
        }
        return !begun;
    }

    @Override
    public void committedBySql() {
        if (backend.getTransactionState() != TransactionState.IDLE) {
            throw new IllegalStateException("a branch that was committed has its transaction open");
        }
        stage = Stage.ENDED;
    }

    @Override
    public void end(Xid xid, int flags) {
        // Nothing to tell the server.
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        requireOpenTransaction(xid);
        run("PREPARE TRANSACTION '" + BranchNames.gid(xid) + "'", XAException.XA_RBROLLBACK);
        stage = Stage.PREPARED;
        return XA_OK;
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        if (onePhase) {
            requireOpenTransaction(xid);
            run("COMMIT", XAException.XA_RBROLLBACK);
        } else {
            runPrepared("COMMIT PREPARED '" + BranchNames.gid(xid) + "'");
        }
        stage = Stage.ENDED;
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        if (stage == Stage.PREPARED) {
            runPrepared("ROLLBACK PREPARED '" + BranchNames.gid(xid) + "'");
        } else {
            rollbackWork();
        }
        stage = Stage.ENDED;
    }

    private void rollbackWork() throws XAException {
        if (stage == Stage.UNCLEAR) {
            throw failure(XAException.XAER_RMFAIL, "what became of the last command is not known", null);
        }
        requireConnection();
        if (backend.getTransactionState() != TransactionState.IDLE) {
            run("ROLLBACK", XAException.XAER_RMERR);
        } else if (underWay) {
            stage = Stage.UNCLEAR;
            throw failure(XAException.XAER_RMFAIL, "a statement is under way, on another thread", null);
        }
    }

    /** The server would answer ROLLBACK to a PREPARE or COMMIT in an aborted transaction, and only the state tells. */
    private void requireOpenTransaction(Xid xid) throws XAException {
        requireConnection();
        if (stage != Stage.OPEN) {
            throw failure(XAException.XAER_PROTO, "branch " + xid + " is " + stage, null);
        }
        if (backend.getTransactionState() != TransactionState.OPEN) {
            rollbackWork();
            throw failure(XAException.XA_RBROLLBACK, "the transaction is not open any more", null);
        }
    }

    private void requireConnection() throws XAException {
        try {
            if (backend.isClosed()) {
                throw failure(XAException.XAER_RMFAIL, "the connection is closed", null);
            }
        } catch (SQLException e) {
            throw failure(XAException.XAER_RMFAIL, "the connection does not say whether it is closed", e);
        }
    }

    /** Ends the transaction on the connection, which the server leaves aborted whenever it refuses. */
    private void run(String command, int refused) throws XAException {
        try {
            backend.execSQLUpdate(command);
        } catch (SQLException e) {
            if (PostgresQuirks.isRefusal(e) && backend.getTransactionState() == TransactionState.IDLE) {
                throw failure(refused, command, e);
            }
            stage = Stage.UNCLEAR;
            throw failure(XAException.XAER_RMFAIL, command, e);
        }
        if (backend.getTransactionState() != TransactionState.IDLE) {
            stage = Stage.UNCLEAR;
            throw failure(XAException.XAER_RMFAIL, command + " has left the transaction open", null);
        }
    }

    /** A refusal leaves the branch as it was; the cause says more. */
    private void runPrepared(String command) throws XAException {
        requireConnection();
        try {
            backend.execSQLUpdate(command);
        } catch (SQLException e) {
            throw failure(PostgresQuirks.isRefusal(e) ? XAException.XAER_RMERR : XAException.XAER_RMFAIL, command, e);
        }
    }

    @Override
    public void forget(Xid xid) {
        // PostgreSQL remembers nothing of an ended branch.
    }

    @Override
    public Xid[] recover(int flag) throws XAException {
        throw failure(XAException.XAER_RMERR, "one branch does not list others: ask a connection of recovery", null);
    }
}
