package dev.assent.rm.jdbc;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.HeldForWork;
import dev.assent.rm.xa.XaError;
import dev.assent.rm.xa.XaParticipant;
import dev.assent.rm.xa.XaResourceManager;
import io.agroal.api.transaction.TransactionAware;
import io.agroal.api.transaction.TransactionIntegration;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ties one Agroal pool to the transactions of its threads: the first request in a transaction enlists the connection,
 * the following ones get the same. Thread-safe; use one for each pool.
 */
public final class AgroalIntegration implements TransactionIntegration {
    private static final Logger LOG = LoggerFactory.getLogger(AgroalIntegration.class);

    private final String name;
    private final AssentTransactions transactions;
    private final Object pinKey = new Object();

    /** Ties a pool whose database is known as {@code name}; the pool registers it when recovery is enabled in it. */
    public AgroalIntegration(String name, AssentTransactions transactions) {
        this.name = name;
        this.transactions = transactions;
    }

    @Override
    public @Nullable TransactionAware getTransactionAware() throws SQLException {
        int status = transactions.getStatus();
        if (status == Status.STATUS_NO_TRANSACTION) {
            return null;
        }
        if (status != Status.STATUS_ACTIVE && status != Status.STATUS_MARKED_ROLLBACK) {
            // It would work outside of the transaction that ends here.
            throw new SQLException("no connection of " + name + " now: " + transactions.getTransaction());
        }
        Pin pin = pin();
        if (pin == null && status == Status.STATUS_MARKED_ROLLBACK) {
            throw new SQLException("no connection of " + name + ": " + transactions.getTransaction()
                    + " is rollback-only, so nothing that is done in it can last; roll it back");
        }
        return pin == null ? null : pin.pooled();
    }

    private @Nullable Pin pin() {
        return (Pin) transactions.getResource(pinKey);
    }

    @Override
    public void associate(TransactionAware pooled, XAResource resource) throws SQLException {
        if (transactions.getStatus() == Status.STATUS_NO_TRANSACTION) {
            // Were it used inside a transaction begun later, its work would not belong to it.
            pooled.transactionCheckCallback(this::inTransaction);
            return;
        }
        Pin pinned = pin();
        if (pinned == null) {
            pin(pooled, resource);
        } else {
            pinned.begin();
        }
    }

    private void pin(TransactionAware pooled, XAResource resource) throws SQLException {
        Pin pin = new Pin(pooled, enlist(pooled, resource));
        try {
            pin.begin();
            pooled.transactionCheckCallback(this::inTransaction);
            transactions.putResource(pinKey, pin);
        } catch (SQLException | IllegalStateException e) {
            pooled.setFlushOnly();
            pooled.transactionEnd();
            throw new SQLException("no connection of " + name + " for this transaction: " + e.getMessage(), e);
        }
    }

    private XaParticipant enlist(TransactionAware pooled, XAResource resource) throws SQLException {
        try {
            return transactions.enlist(name, resource, (Connection) pooled.getConnection());
        } catch (RollbackException | SystemException | IllegalStateException e) {
            throw new SQLException("no connection of " + name + " for this transaction: " + e.getMessage(), e);
        }
    }

    private boolean inTransaction() {
        int status = transactions.getStatus();
        return status == Status.STATUS_ACTIVE || status == Status.STATUS_MARKED_ROLLBACK;
    }

    @Override
    public boolean disassociate(TransactionAware pooled) {
        return true;
    }

    @Override
    public void addResourceRecoveryFactory(ResourceRecoveryFactory factory) {
        transactions.registerRecovery(new XaResourceManager(name, factory::getRecoveryConnection));
    }

    /** Branches may be in doubt after the pool is gone, and its database is still where they can be ended. */
    @Override
    public void removeResourceRecoveryFactory(ResourceRecoveryFactory factory) {
        LOG.debug("the pool of {} is closed; its database stays known for recovery", name);
    }

    /** A pool's connection held for one transaction, and given back once. */
    private static final class Pin implements HeldForWork {
        private final TransactionAware pooled;
        private final XaParticipant branch;
        private final AtomicBoolean givenBack = new AtomicBoolean();

        Pin(TransactionAware pooled, XaParticipant branch) {
            this.pooled = pooled;
            this.branch = branch;
        }

        TransactionAware pooled() {
            return pooled;
        }

        /** The pool switches auto-commit first: a driver refuses that inside a branch. */
        void begin() throws SQLException {
            pooled.transactionStart();
            try {
                branch.start();
            } catch (XAException e) {
                throw new SQLException("the branch did not begin: " + XaError.describe(e), e);
            } catch (IllegalStateException e) {
                // The transaction has ended under its thread, as after its deadline.
                throw new SQLException(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public boolean isOver() {
            return branch.isOver();
        }

        @Override
        public void giveBack() {
            if (!givenBack.compareAndSet(false, true)) {
                return;
            }
            if (!branch.release()) {
                pooled.setFlushOnly();
            }
            try {
                pooled.transactionEnd();
            } catch (SQLException e) {
                LOG.warn("a connection did not go back to its pool", e);
            }
        }
    }
}
