package dev.assent.rm.jdbc;

import dev.assent.rm.jta.HeldForWork;
import dev.assent.rm.xa.XaError;
import dev.assent.rm.xa.XaParticipant;
import io.agroal.api.transaction.TransactionAware;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool's connection held for one transaction, and given back once. Thread-safe: the transaction may end, and give it
 * back, while its thread is still enlisting it. No lock is held over a call to the driver: a start that hangs keeps
 * nobody from giving back, which breaks it off.
 */
final class PinnedConnection implements HeldForWork {
    private static final Logger LOG = LoggerFactory.getLogger(PinnedConnection.class);

    private final String pool;
    private final TransactionAware pooled;
    private final BranchWatch watch;
    // Guarded by this.
    private @Nullable XaParticipant branch;
    private boolean givenBack;

    PinnedConnection(String pool, TransactionAware pooled, BranchWatch watch) {
        this.pool = pool;
        this.pooled = pooled;
        this.watch = watch;
    }

    /** What looks after the statements of all handles on this connection. */
    BranchWatch watch() {
        return watch;
    }

    TransactionAware pooled() {
        return pooled;
    }

    /** Starts the work of {@code enlisted}, the branch that this connection works for from now on. */
    void begin(XaParticipant enlisted) throws SQLException {
        synchronized (this) {
            if (givenBack) {
                throw new SQLException("the transaction has ended meanwhile");
            }
            branch = enlisted;
        }
        goOn();
    }

    /** Starts the work again if it had ended, as between two calls in a joined transaction. */
    void goOn() throws SQLException {
        try {
            atWork().start();
        } catch (XAException e) {
            throw new SQLException("the branch did not begin: " + XaError.describe(e), e);
        } catch (IllegalStateException e) {
            // The transaction has ended under its thread, as after its deadline.
            throw new SQLException(String.valueOf(e.getMessage()), e);
        }
    }

    private synchronized XaParticipant atWork() throws SQLException {
        if (branch == null || givenBack) {
            throw new SQLException("the connection of this transaction was given back");
        }
        return branch;
    }

    @Override
    public String source() {
        return pool;
    }

    @Override
    public synchronized boolean isOver() {
        return branch != null && branch.isOver();
    }

    @Override
    public void giveBack() {
        XaParticipant released;
        synchronized (this) {
            if (givenBack) {
                return;
            }
            givenBack = true;
            released = branch;
        }
        if (released != null && !released.release()) {
            pooled.setFlushOnly();
        }
        try {
            pooled.transactionEnd();
        } catch (SQLException e) {
            LOG.warn("a connection did not go back to its pool", e);
        }
    }
}
